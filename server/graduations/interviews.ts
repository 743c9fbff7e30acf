import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { inviteDue } from './due-surveys.ts'
import type { Services } from '../services.ts'
import { exitInterview, type ExitSurvey } from './surveys.ts'
import { graduationsOf, type AnyHandle, type InterviewState, type Visibility } from './tables.ts'

/** Answers by item id, as analysis/scoring reads them; null is left open. */
export type InterviewAnswers = Record<string, number | string | readonly (number | string)[] | null>

export interface Interview {
  subjectId: string
  slug: string
  version: number
  state: InterviewState
  /** where it counts: the department held 30 days before leaving */
  departmentId: string
  visibility: Visibility | null
  submittedOn: string | null
  dueOn: string
}

const keyOf = (subjectId: string, { recordType }: ExitSurvey) => ({ area: 'exit', subjectId, recordType }) as const
const place = (subjectId: string, { table }: ExitSurvey) => ({ table, rowId: subjectId })

/** The interview of a subject: the own one (leaver), or one that the leaver opened to HR and sent (hr). */
export async function findInterview(
  db: AnyHandle,
  companyId: string,
  subjectId: string,
  survey: ExitSurvey = exitInterview,
): Promise<Interview | undefined> {
  const row = await graduationsOf(db)
    .selectFrom(survey.table)
    .select(['id', 'slug', 'version', 'state', 'department_id', 'visibility', 'submitted_on', 'due_on'])
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .executeTakeFirst()
  return (
    row && {
      subjectId: row.id,
      slug: row.slug,
      version: row.version,
      state: row.state,
      departmentId: row.department_id,
      visibility: row.visibility,
      submittedOn: row.submitted_on,
      dueOn: row.due_on,
    }
  )
}

/** The leaver's choice at the start; may be changed until the answers are sent. */
export async function chooseVisibility(
  db: AnyHandle,
  companyId: string,
  subjectId: string,
  visibility: Visibility,
  survey: ExitSurvey = exitInterview,
): Promise<boolean> {
  const changed = await graduationsOf(db)
    .updateTable(survey.table)
    .set({ visibility })
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .where('state', 'in', [...survey.openStates])
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

/** Sends the answers, once: sealed in the same transaction. @returns false when they were sent or declined before, or nothing was chosen */
export async function submitInterview(
  db: AnyHandle,
  services: Services,
  of: { companyId: string; subjectId: string; timeZone: string; requestId: string },
  answers: InterviewAnswers,
  at: Date,
  survey: ExitSurvey = exitInterview,
): Promise<boolean> {
  const { companyId, subjectId } = of
  const { vault } = services
  const sealed = await vault.seal(db, companyId, keyOf(subjectId, survey), place(subjectId, survey), answers, at)
  const changed = await graduationsOf(db)
    .updateTable(survey.table)
    .set({ state: 'submitted', sealed_answers: sealed, submitted_on: dateIn(of.timeZone, at) })
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .where('state', 'in', [...survey.openStates])
    .where('visibility', 'is not', null)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) return false
  await recordAudit(db, companyId, at, {
    actorKind: 'leaver',
    actorId: subjectId,
    actorRole: 'leaver',
    action: `${survey.action}.submitted`,
    subjectArea: 'exit',
    subjectId,
    reason: 'graduations.reason.own',
    requestId: of.requestId,
  })
  return true
}

/** "I will not take it": no further mail, and no trace that HR could see. */
export async function declineInterview(
  db: AnyHandle,
  companyId: string,
  subjectId: string,
  survey: ExitSurvey = exitInterview,
): Promise<boolean> {
  const changed = await graduationsOf(db)
    .updateTable(survey.table)
    .set({ state: 'declined' })
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .where('state', 'in', [...survey.openStates])
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

/** Opens the answers of an interview in reach. @throws KeyUnavailable when its key is not this role's */
export async function openAnswers(
  db: AnyHandle,
  services: Services,
  companyId: string,
  subjectId: string,
  survey: ExitSurvey = exitInterview,
): Promise<InterviewAnswers | undefined> {
  const row = await graduationsOf(db)
    .selectFrom(survey.table)
    .select('sealed_answers')
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .executeTakeFirst()
  if (!row?.sealed_answers) return undefined
  return services.vault.open<InterviewAnswers>(db, companyId, place(subjectId, survey), row.sealed_answers)
}

/**
 * Queues the interview mails that are due (role scheduler): waiting interviews whose date has come, by day only. The state changes with the queueing,
 * so twice queues once. Whether and where it can still go is decided when it is sent.
 */
export const inviteDueInterviews = (services: Services, at: Date): Promise<number> =>
  inviteDue(services, { table: 'exit_interview', template: 'graduations.exit-interview' }, at)
