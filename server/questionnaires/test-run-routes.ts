import type { FastifyInstance, FastifyRequest } from 'fastify'
import { dateIn } from '../clock.ts'
import type { Services } from '../services.ts'
import { identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { checkDraft } from './draft-check.ts'
import { readWorking } from './draft-working.ts'
import { addressOf, loadDraft, sayIn } from './own-desk.ts'
import { inLocale } from './own-questions.ts'
import { runTest } from './test-run.ts'
import { sampleView, testRunView } from './test-run-pages.ts'

/** A draft tried with made-up people: every score, and the report it would give. Looked at only; nothing is stored. Within forAudience('hr'). */
export function addTestRunRoutes(scope: FastifyInstance, services: Services): void {
  for (const [path, page] of [
    ['test-run', 'questionnaires/test-run'],
    ['sample-report', 'questionnaires/sample-report'],
  ] as const)
    scope.get(`/hr/questionnaires/drafts/:id/${path}`, async (request, reply) => {
      const row = await loadDraft(services, request, idOf(request))
      const { definition } = checkDraft(readWorking(row.body))
      if (!definition) throw new Problem('wrong_state')
      const say = sayIn(services, request)
      const seed = seedOf(request)
      const day = dateIn(identityOf(request).timeZone, services.clock.now())
      const people = runTest(definition, seed, { sentence: say('questionnaires.run.sentence'), day })
      const view = path === 'test-run' ? testRunView : sampleView
      return deskPage(services, request, reply, page, {
        ...view(definition, people, request.locale, say),
        draftTitle: inLocale(definition.title, request.locale),
        backHref: addressOf(row.id),
        runHref: `${addressOf(row.id)}/test-run?seed=${seed}`,
        sampleHref: `${addressOf(row.id)}/sample-report?seed=${seed}`,
        pagesHref: `${addressOf(row.id)}/pages`,
        othersHref: `${addressOf(row.id)}/${path}?seed=${seed + 1}`,
        seedNo: String(seed),
      })
    })
}

function seedOf(request: FastifyRequest): number {
  const { seed } = request.query as { seed?: unknown }
  return typeof seed === 'string' && /^[1-9]\d{0,5}$/.test(seed) ? Number(seed) : 1
}
