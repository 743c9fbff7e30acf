import { startOfDay } from '../campaigns/index.ts'
import { addRequestEvent, reachEmployerSide, type InterviewRequest } from '../results/index.ts'
import type { Vault } from '../vault/index.ts'
import { Problem } from '../web/problems.ts'
import {
  findMissingItems,
  formVersion,
  opinionFormSchema,
  releasedPartOf,
  type OpinionForm,
  type ReleasedOpinion,
} from './opinion-form.ts'
import { deskOf, type AnyHandle, type ReleasedOpinionTable } from './tables.ts'

const keyOf = (subjectId: string) => ({ area: 'stress', subjectId, recordType: 'opinion' }) as const
// what the company got lies under a key of its own, by the employer's side of the request: no desk needs a key of the person for it
const companysKeyOf = (employerRequestId: string) =>
  ({ area: 'employer', subjectId: employerRequestId, recordType: 'opinion' }) as const

export interface Opinion {
  form: OpinionForm
  releasedAt: Date | null
  explainedAt: Date | null
}

/** The physician's own form on a request (role physician); undefined when not begun, also when another physician wrote it. */
export async function readOpinion(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  requestId: string,
): Promise<Opinion | undefined> {
  const row = await deskOf(db)
    .selectFrom('opinion')
    .select(['sealed', 'released_at', 'explained_to_person_at'])
    .where('company_id', '=', companyId)
    .where('id', '=', requestId)
    .executeTakeFirst()
  if (!row) return undefined
  const [form] = await vault.openMany<unknown>(db, companyId, [
    { table: 'opinion', rowId: requestId, sealed: row.sealed },
  ])
  if (!form) throw new Problem('record_destroyed')
  return { form: opinionFormSchema.parse(form), releasedAt: row.released_at, explainedAt: row.explained_to_person_at }
}

/** Keeps the form as it stands, sealed. @throws {Problem} wrong_state after release, conflict when another physician holds the form */
export async function saveOpinion(
  db: AnyHandle,
  vault: Vault,
  of: { companyId: string; requestId: string; subjectId: string; authorId: string },
  form: OpinionForm,
  at: Date,
): Promise<void> {
  const before = await readOpinion(db, vault, of.companyId, of.requestId)
  if (before?.releasedAt) throw new Problem('wrong_state')
  const sealed = await vault.seal(
    db,
    of.companyId,
    keyOf(of.subjectId),
    { table: 'opinion', rowId: of.requestId },
    form,
    at,
  )
  if (before) {
    await deskOf(db)
      .updateTable('opinion')
      .set({ sealed })
      .where('company_id', '=', of.companyId)
      .where('id', '=', of.requestId)
      .execute()
    return
  }
  await deskOf(db)
    .insertInto('opinion')
    .values({
      company_id: of.companyId,
      id: of.requestId,
      subject_id: of.subjectId,
      author_id: of.authorId,
      sealed,
      explained_to_person_at: null,
      released_at: null,
    })
    .execute()
}

export interface Release {
  companyId: string
  request: InterviewRequest
  physician: { id: string; name: string }
  /** today in the company's time zone */
  today: string
  timeZone: string
}

/** What the company would get now; undefined while the interview is not held or an item is empty. */
export function previewOf(opinion: Opinion | undefined, of: Release): ReleasedOpinion | undefined {
  const { interview } = of.request
  if (!opinion || !interview || findMissingItems(opinion.form).length > 0) return undefined
  return releasedPartOf(opinion.form, {
    interviewedOn: interview.heldOn,
    mode: interview.mode,
    physicianName: of.physician.name,
    opinionOn: of.today,
  })
}

/**
 * Gives the opinion to the company: exactly the previewed part, once, after it was explained to the person (law P-4, P-5).
 * @throws {Problem} invalid_input without the tick, wrong_state before the interview, with empty items, after release or withdrawal
 */
export async function releaseOpinion(
  db: AnyHandle,
  vault: Vault,
  of: Release,
  explained: boolean,
  at: Date,
): Promise<ReleasedOpinion> {
  if (!explained)
    throw new Problem('invalid_input', [{ field: 'explained', key: 'physician-desk.preview.explainedFirst' }])
  const { companyId, request } = of
  const opinion = await readOpinion(db, vault, companyId, request.id)
  const content = previewOf(opinion, of)
  if (!content || !opinion || opinion.releasedAt || request.withdrawnAt) throw new Problem('wrong_state')
  await deskOf(db)
    .updateTable('opinion')
    .set({ explained_to_person_at: at, released_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', request.id)
    .execute()
  const id = await reachEmployerSide(db, vault, companyId, request)
  // the employer's side carries the day: the instant would join it to the physician's own row of this transaction
  const day = startOfDay(of.today, of.timeZone)
  await deskOf(db)
    .insertInto('released_opinion')
    .values({
      company_id: companyId,
      id,
      workplace_id: request.workplaceId,
      form_version: formVersion,
      sealed: await vault.seal(
        db,
        companyId,
        companysKeyOf(id),
        { table: 'released_opinion', rowId: id },
        content,
        day,
      ),
      released_by: of.physician.id,
      released_on: of.today,
    })
    .execute()
  const released = { kind: 'opinion_released', byUserId: of.physician.id, on: of.today } as const
  await addRequestEvent(db, vault, companyId, request, released, at)
  return content
}

/** The released opinion on a request, named by its employer's side, that HR has opened (role hr); undefined while there is none. `workplaceIds` undefined: all. */
export async function findReleasedOpinion(
  db: AnyHandle,
  companyId: string,
  requestId: string,
  workplaceIds?: readonly string[],
): Promise<ReleasedOpinionTable | undefined> {
  const row = await deskOf(db)
    .selectFrom('released_opinion')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('id', '=', requestId)
    .executeTakeFirst()
  return row && (!workplaceIds || workplaceIds.includes(row.workplace_id)) ? row : undefined
}

/** What the company got (role hr). The caller writes the audit row. @throws {Problem} record_destroyed */
export async function openReleasedOpinion(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  row: Pick<ReleasedOpinionTable, 'id' | 'sealed'>,
): Promise<ReleasedOpinion> {
  const [content] = await vault.openMany<ReleasedOpinion>(db, companyId, [
    { table: 'released_opinion', rowId: row.id, sealed: row.sealed },
  ])
  if (!content) throw new Problem('record_destroyed')
  return content
}
