import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { codebookCsv } from './research-codebook.ts'
import { planResearch, researchLines, type Research } from './research-file.ts'
import { rScript, spssSyntax } from './research-scripts.ts'
import { researchView } from './research-view.ts'
import type { AnyHandle } from './tables.ts'
import { createWords } from './words.ts'

const slugParam = z.object({ slug: z.string().regex(/^[a-z][a-z0-9-]{1,62}$/) })

type Describe = (version: QuestionnaireVersion, of: { texts: Services['texts']; locale: string }) => string

/** Files whose content is about the questionnaire and holds no answer. */
const descriptions: Record<string, { type: string; make: Describe }> = {
  'codebook.csv': { type: 'text/csv', make: (version, { texts }) => codebookCsv(version, texts) },
  'import.R': { type: 'text/plain', make: (version, { locale }) => rScript(version, locale) },
  'import.sps': { type: 'text/plain', make: (version, { locale }) => spssSyntax(version, locale) },
}

/**
 * `/implementer/campaigns/:id/answers`: research files of a closed campaign, one for each questionnaire, without identity. For an
 * implementer of the whole company only: files of parts could be subtracted from each other.
 */
export async function addResearchRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'implementer')
    const wordsOf = (request: FastifyRequest) =>
      createWords(services.texts, request.locale, identityOf(request).timeZone)

    scope.get('/implementer/campaigns/:id/answers', async (request, reply) => {
      const research = await inAnalysis(request, async (_db, found) => found)
      const view = researchView(idOf(request), research, wordsOf(request))
      return deskPage(services, request, reply, 'group-reports/research', view)
    })

    scope.get('/implementer/campaigns/:id/answers/:slug/answers.csv', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const lines = await inAnalysis(request, async (db, research) => {
        const version = versionIn(request, research)
        const reader = { companyId, userId: subjectId, requestId: request.id }
        return researchLines(services, db, { research: research!, version, reader })
      })
      return download(reply, 'text/csv', 'answers.csv').send(Readable.from(inBlocks(lines)))
    })

    for (const [file, { type, make }] of Object.entries(descriptions))
      scope.get(`/implementer/campaigns/:id/answers/:slug/${file}`, async (request, reply) => {
        const version = await inAnalysis(request, async (_db, research) => versionIn(request, research))
        return download(reply, type, file).send(make(version, { texts: services.texts, locale: request.locale }))
      })

    /** Answers are opened under the role of analysis, for whoever the guard of this audience has let in. */
    function inAnalysis<Result>(
      request: FastifyRequest,
      work: (db: AnyHandle, research: Research | undefined) => Promise<Result>,
    ): Promise<Result> {
      if (workplacesInReach(request)) throw new Problem('not_allowed')
      const { companyId } = identityOf(request)
      const words = wordsOf(request)
      return services.database.as({ role: 'analysis', companyId }, services.clock.now(), async (db: AnyHandle) =>
        work(
          db,
          await planResearch(services, db, companyId, idOf(request), (name) => words.t('research.rest', { name })),
        ),
      )
    }
  })
}

function versionIn(request: FastifyRequest, research: Research | undefined): QuestionnaireVersion {
  const params = slugParam.safeParse(request.params)
  const version = params.success && research?.versions.find(({ slug }) => slug === params.data.slug)
  if (!version) throw new Problem('not_found')
  return version
}

const download = (reply: FastifyReply, type: string, file: string): FastifyReply =>
  reply.type(`${type}; charset=utf-8`).header('content-disposition', `attachment; filename="${file}"`)

/** A few hundred lines at a time: one write for each would cost more than making them. */
function* inBlocks(lines: readonly string[]): Generator<string> {
  for (let start = 0; start < lines.length; start += 500) yield lines.slice(start, start + 500).join('')
}
