import type { FastifyInstance } from 'fastify'
import { needsSex } from '../../analysis/scoring/index.ts'
import { draftVersion } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { idOf } from '../web/params.ts'
import { wordsIn } from '../web/words.ts'
import { drawEmptySheet } from './sheet-page.ts'
import { cutSheets } from './sheets.ts'
import type { AnyHandle } from './tables.ts'

/**
 * A company's draft as those who answer will see it, screen under screen, for HR who writes it and the implementer who
 * reviews it: drawn by what draws the screens of a sitting. Nothing can be sent from here.
 */
export async function addDraftPagesRoutes(app: FastifyInstance, services: Services): Promise<void> {
  for (const [audience, desk] of [
    ['hr', '/hr/questionnaires/drafts/:id'],
    ['implementer', '/implementer/questionnaires/:id'],
  ] as const)
    await app.register(async (scope) => {
      forAudience(scope, services, audience)
      scope.get(`${desk}/pages`, async (request, reply) => {
        const { companyId, companyName } = identityOf(request)
        const id = idOf(request)
        const version = await asAudience(services, request, (db: AnyHandle) =>
          draftVersion(db, companyId, id, audience),
        )
        const { locale } = request
        const { say, read } = wordsIn(services.texts, locale)
        const plan = cutSheets([version], needsSex(version.definition))
        return reply.page('answering/draft-pages', {
          backHref: desk.replace(':id', id),
          contact: { name: companyName },
          draftTitle: read(version.definition.title),
          screens: plan.map((sheet) => ({
            screenWords: say('questionnaires.pages.screen', { no: sheet.number, all: plan.length }),
            ...(sheet.kind === 'items'
              ? {
                  ...drawEmptySheet(services, locale, sheet),
                  onlyIf: sheet.items.some(({ conditions }) => conditions.length > 0),
                }
              : { heading: say('answering.sex.title'), questions: '' }),
          })),
        })
      })
    })
}
