import type { AddRoutes } from '../capabilities.ts'
import type { Answers } from '../../analysis/scoring/index.ts'
import type { Vault } from '../vault/index.ts'
import { addAnswerRoutes } from './answer-routes.ts'
import { addCodeRoutes } from './code-routes.ts'
import { addDraftPagesRoutes } from './draft-pages-routes.ts'
import { addLandingRoutes } from './landing-routes.ts'
import { listResponses } from './queries.ts'
import type { SealedAnswers } from './submission.ts'
import type { AnyHandle } from './tables.ts'

/**
 * Answering: from the link in a mail to the stored answers. A landing page that changes nothing, a start that binds nothing,
 * a personal code, screens that save themselves, a submission in one transaction. What a person writes is always sealed.
 */
export const addRoutes: AddRoutes = async (app, services) => {
  await app.register(async (scope) => addLandingRoutes(scope, services))
  await app.register(async (scope) => addAnswerRoutes(scope, services))
  await app.register(async (scope) => addCodeRoutes(scope, services))
  await addDraftPagesRoutes(app, services)
}

export { ticks } from './jobs.ts'
export { addPreviewRoutes, type PreviewedFile } from './preview.ts'

/** One person's submitted answers to one questionnaire; `sex` where the roster did not tell and the person did. */
export interface AnswersForAnalysis {
  invitationId: string
  answers: Answers
  sex: 'male' | 'female' | undefined
}

const batch = 2_000

/**
 * Submitted answers of one questionnaire in a campaign (role analysis), by response id. Records whose key was destroyed
 * are left out. What is made of them is for groups only.
 */
export async function answersForAnalysis(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  campaignId: string,
  slug: string,
): Promise<AnswersForAnalysis[]> {
  const found: AnswersForAnalysis[] = []
  for await (const one of readAnswersForAnalysis(db, vault, companyId, campaignId, slug)) found.push(one)
  return found
}

/** The same one after another: for what keeps little of each. */
export async function* readAnswersForAnalysis(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  campaignId: string,
  slug: string,
): AsyncGenerator<AnswersForAnalysis, void, undefined> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await listResponses(db, companyId, campaignId, slug, after, batch)
    const opened = await vault.openMany<SealedAnswers>(
      db,
      companyId,
      rows.map((row) => ({ table: 'response', rowId: row.id, sealed: row.sealed_answers })),
    )
    for (const [index, row] of rows.entries()) {
      const one = opened[index]
      if (one) yield { invitationId: row.invitation_id, answers: one.answers, sex: one.sex }
    }
    if (rows.length < batch) return
    after = rows.at(-1)!.id
  }
}
