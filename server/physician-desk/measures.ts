import * as z from 'zod'
import { startOfDay } from '../campaigns/index.ts'
import { timelessId } from '../ids.ts'
import { markRequest } from '../results/index.ts'
import { Problem } from '../web/problems.ts'
import type { Vault } from '../vault/index.ts'
import { findReleasedOpinion } from './opinions.ts'
import { deskOf, type AnyHandle, type MeasureTable } from './tables.ts'

/** A measure as it is read: dates, and what was decided. */
export type Measure = Omit<MeasureTable, 'sealed'> & Pick<NewMeasure, 'kind' | 'detail'>

const keyOf = (requestId: string) => ({ area: 'employer', subjectId: requestId, recordType: 'measure' }) as const

/** What the employer may do, from the table of work categories (https://wic-net.com/material/document/17187/145). */
export const measureKinds = [
  'shorten_hours',
  'limit_overtime',
  'limit_trips',
  'limit_load',
  'change_task',
  'change_place',
  'less_night_work',
  'leave',
  'none',
  'other',
] as const

const optionalDate = z.union([z.literal('').transform(() => null), z.iso.date()]).default(null)

/** One measure as HR records it; the person is heard before, a review date always stands. */
export const measureSchema = z
  .object({
    kind: z.enum(measureKinds),
    detail: z.string().trim().min(1).max(1_000),
    from_on: z.iso.date(),
    until_on: optionalDate,
    review_on: z.iso.date(),
    person_heard_on: z.iso.date(),
  })
  .refine((one) => one.until_on === null || one.until_on >= one.from_on, { path: ['until_on'] })
  .refine((one) => one.review_on >= one.from_on, { path: ['review_on'] })
export type NewMeasure = z.infer<typeof measureSchema>

/**
 * Records what the employer decided (role hr): only upon a released opinion, after the person was heard (law B-1, P-7).
 * @throws {Problem} not_found without an opinion in reach, invalid_input when the person is to be heard later than today
 */
export async function recordMeasure(
  db: AnyHandle,
  vault: Vault,
  of: {
    companyId: string
    /** the employer's side of the request */
    requestId: string
    userId: string
    workplaceIds: readonly string[] | undefined
    today: string
    timeZone: string
  },
  measure: NewMeasure,
): Promise<string> {
  const opinion = await findReleasedOpinion(db, of.companyId, of.requestId, of.workplaceIds)
  if (!opinion) throw new Problem('not_found')
  if (measure.person_heard_on > of.today)
    throw new Problem('invalid_input', [
      { field: 'person_heard_on', key: 'physician-desk.measure.errors.person_heard_on' },
    ])
  const id = timelessId()
  const { kind, detail, ...dates } = measure
  await deskOf(db)
    .insertInto('measure')
    .values({
      company_id: of.companyId,
      id,
      opinion_id: opinion.id,
      sealed: await vault.seal(
        db,
        of.companyId,
        keyOf(opinion.id),
        { table: 'measure', rowId: id },
        { kind, detail },
        startOfDay(of.today, of.timeZone),
      ),
      ...dates,
      decided_by: of.userId,
      decided_on: of.today,
    })
    .execute()
  await markRequest(db, of.requestId, of.userId, 'measures_recorded')
  return id
}

/** Opinions upon which something was decided (role hr). */
export async function measuredOpinions(db: AnyHandle, companyId: string): Promise<Set<string>> {
  const rows = await deskOf(db)
    .selectFrom('measure')
    .select('opinion_id')
    .distinct()
    .where('company_id', '=', companyId)
    .execute()
  return new Set(rows.map((row) => row.opinion_id))
}

/** Measures upon one opinion (role hr), earliest first. */
export async function listMeasures(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  requestId: string,
): Promise<Measure[]> {
  const rows = await deskOf(db)
    .selectFrom('measure')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('opinion_id', '=', requestId)
    .orderBy('from_on')
    .orderBy('id')
    .execute()
  const opened = await vault.openMany<Pick<NewMeasure, 'kind' | 'detail'>>(
    db,
    companyId,
    rows.map((row) => ({ table: 'measure', rowId: row.id, sealed: row.sealed })),
  )
  return rows.flatMap(({ sealed: _sealed, ...row }, index) => {
    const decided = opened[index]
    return decided ? [{ ...row, ...decided }] : []
  })
}
