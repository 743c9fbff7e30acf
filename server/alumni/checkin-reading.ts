import { decideFloor, discloseFigure, discloseShare, planDisclosure } from '../../analysis/disclosure/index.ts'
import type { Disclosed, ShareFigure } from '../../analysis/disclosure/index.ts'
import { recordAudit } from '../audit/index.ts'
import { countedInterviews, type CountedInterview, type InterviewAnswers } from '../graduations/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { placeOf, type SealedCheckin } from './checkins.ts'
import { alumniOf, type AnyHandle } from './tables.ts'

/** Answers that a member opened to HR, without saying whose they are before they are opened. */
export interface OpenedCheckin {
  id: string
  submittedOn: string
}

/** Newest first (role hr: the database shows no other). */
export async function listOpenedCheckins(db: AnyHandle, companyId: string): Promise<OpenedCheckin[]> {
  const rows = await alumniOf(db)
    .selectFrom('alumni_checkin')
    .select(['id', 'submitted_on'])
    .where('company_id', '=', companyId)
    .where('visibility', '=', 'hr')
    .where('state', '=', 'submitted')
    .orderBy('submitted_on', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({ id: row.id, submittedOn: row.submitted_on! }))
}

/** HR opens one: one audit row, then the answers with the name. @throws {Problem} not_found in every other case */
export async function openCheckin(
  db: AnyHandle,
  services: Services,
  of: { companyId: string; id: string; userId: string; requestId: string },
  at: Date,
): Promise<SealedCheckin & { slug: string; version: number; submittedOn: string }> {
  const row = await alumniOf(db)
    .selectFrom('alumni_checkin')
    .select(['id', 'slug', 'version', 'sealed_answers', 'submitted_on'])
    .where('company_id', '=', of.companyId)
    .where('id', '=', of.id)
    .executeTakeFirst()
  if (!row?.sealed_answers || !row.submitted_on) throw new Problem('not_found')
  const opened = await services.vault.open<SealedCheckin>(db, of.companyId, placeOf(row.id), row.sealed_answers)
  await recordAudit(db, of.companyId, at, {
    actorKind: 'staff',
    actorId: of.userId,
    actorRole: 'hr',
    action: 'alumni_checkin.opened',
    subjectArea: 'alumni',
    reason: 'alumni.reason.openedToHr',
    objectKind: 'alumni_checkin',
    objectId: row.id,
    requestId: of.requestId,
  })
  return { ...opened, slug: row.slug, version: row.version, submittedOn: row.submitted_on }
}

/** What members may be interested in, as the questionnaire asks it; these two answers count as a yes. */
export const interests = ['gatherings', 'projects', 'talking', 'returning'] as const
const yes: readonly unknown[] = ['very', 'somewhat']

export interface InterestFigures {
  year: string
  respondents: Disclosed<number>
  shares: { interest: (typeof interests)[number]; share: Disclosed<ShareFigure> }[]
}

const pool = 'pool'

interface AnsweredCheckin {
  counted: CountedInterview
  year: string
  answers: InterviewAnswers
}

/**
 * What members want, by the year they were asked in (nobody is asked twice in a year), newest first: only of those who answered for group figures, in whole
 * batches of the floor as they came. Those who opened their answers to HR are known to HR one by one and stand in no figure.
 */
export async function interestFigures(
  services: Services,
  companyId: string,
  today: string,
  at: Date,
): Promise<InterestFigures[]> {
  const all = await services.database.as({ role: 'analysis', companyId }, at, (db: AnyHandle) =>
    readAnswered(db, services, companyId),
  )
  const years = [...Map.groupBy(all, (one) => one.year)].sort(([a], [b]) => (a < b ? 1 : -1))
  return years.map(([year, ofYear]) => {
    const inBatches = countedInterviews(
      ofYear.map((one) => one.counted),
      today,
      decideFloor(),
    )
    return discloseInterests(
      year,
      inBatches.map(({ id }) => ofYear.find((one) => one.counted.id === id)!.answers),
    )
  })
}

/** Shares of a yes among everybody counted; an open answer is no yes. */
export function discloseInterests(year: string, counted: readonly InterviewAnswers[]): InterestFigures {
  const counts = new Map([[pool, counted.length]])
  const plan = planDisclosure([{ id: pool, parentId: null, direct: counted.length }], decideFloor())
  return {
    year,
    respondents: discloseFigure(plan, { counts, value: (_group, n) => n }).departments.get(pool)!,
    shares: interests.map((interest) => {
      const positives = new Map([[pool, counted.filter((answers) => yes.includes(answers[interest])).length]])
      return { interest, share: discloseShare(plan, { counts, positives, resolved: true }).departments.get(pool)! }
    }),
  }
}

async function readAnswered(db: AnyHandle, services: Services, companyId: string): Promise<AnsweredCheckin[]> {
  const rows = await alumniOf(db)
    .selectFrom('alumni_checkin')
    .select(['id', 'invited_on', 'submitted_on', 'sealed_answers'])
    .where('company_id', '=', companyId)
    .where('visibility', '=', 'groups_only')
    .where('state', '=', 'submitted')
    .execute()
  const opened = await services.vault.openMany<SealedCheckin>(
    db,
    companyId,
    rows.map((row) => ({ ...placeOf(row.id), sealed: row.sealed_answers! })),
  )
  return rows.flatMap((row, index) => {
    const one = opened[index]
    if (!one) return [] // its key was destroyed
    const counted = { id: row.id, visibility: 'groups_only', submittedOn: row.submitted_on!, reason: '' } as const
    return [{ counted, year: row.invited_on.slice(0, 4), answers: one.answers }]
  })
}
