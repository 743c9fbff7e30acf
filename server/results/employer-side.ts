import { sql } from 'kysely'
import { startOfDay } from '../campaigns/index.ts'
import { timelessId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import { Problem } from '../web/problems.ts'
import { resultsOf, type AnyHandle, type EmployerEventKind } from './tables.ts'

/**
 * The employer's side of a request, as the person and the physician reach it. The person's side knows the stress subject, the employer's
 * side the employment; the only way from one to the other is the seal on the request. Rows of the employer's side carry random ids and
 * days, never an instant, because they are written in one transaction with rows of the person's side.
 */
export interface EmployerSide {
  id: string
  /** the day HR opened it, yyyy-mm-dd */
  openedOn: string | undefined
  /** the day HR first recorded a measure */
  measuredOn: string | undefined
}

/** What a request must show for its employer's side to be found. */
interface Sealed {
  id: string
  sealed: Buffer
}

interface Link {
  employerRequestId: string
}

const linkKeyOf = (subjectId: string) => ({ area: 'stress', subjectId, recordType: 'request' }) as const
const whoKeyOf = (employerRequestId: string) =>
  ({ area: 'employer', subjectId: employerRequestId, recordType: 'request' }) as const

/** The role of this transaction reaches these rows of the employer's side, and no others (policies `named`). */
async function nameEmployerSides(db: AnyHandle, ids: readonly string[]): Promise<void> {
  await sql`SELECT set_config('app.employer_ids', ${`{${ids.join(',')}}`}, true)`.execute(db)
}

/** Makes the employer's side of a request that is being made (role employee); returns the seal that goes onto the person's side. */
export async function makeEmployerSide(
  db: AnyHandle,
  vault: Vault,
  of: {
    companyId: string
    subjectId: string
    requestId: string
    employmentId: string
    campaignId: string
    workplaceId: string
    requestedOn: string
    timeZone: string
  },
  at: Date,
): Promise<Buffer> {
  const { companyId } = of
  const id = timelessId()
  await nameEmployerSides(db, [id])
  const who = { employmentId: of.employmentId }
  const day = startOfDay(of.requestedOn, of.timeZone)
  await resultsOf(db)
    .insertInto('employer_request')
    .values({
      company_id: companyId,
      id,
      campaign_id: of.campaignId,
      workplace_id: of.workplaceId,
      sealed: await vault.seal(db, companyId, whoKeyOf(id), { table: 'employer_request', rowId: id }, who, day),
      requested_on: of.requestedOn,
    })
    .execute()
  const link: Link = { employerRequestId: id }
  const place = { table: 'interview_request', rowId: of.requestId }
  return vault.seal(db, companyId, linkKeyOf(of.subjectId), place, link, at)
}

/**
 * Opens the seals of these requests (roles employee, physician) and names their employer's sides for the rest of the transaction: ids by
 * request id; those whose key is gone are absent.
 */
export async function reachEmployerSides(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  requests: readonly Sealed[],
): Promise<Map<string, string>> {
  if (requests.length === 0) return new Map()
  const links = await vault.openMany<Link>(
    db,
    companyId,
    requests.map((one) => ({ table: 'interview_request', rowId: one.id, sealed: one.sealed })),
  )
  const found = new Map(
    requests.flatMap((one, index): [string, string][] => {
      const link = links[index]
      return link ? [[one.id, link.employerRequestId]] : []
    }),
  )
  await nameEmployerSides(db, [...found.values()])
  return found
}

/** The employer's side of one request, named for the rest of the transaction. @throws {Problem} record_destroyed */
export async function reachEmployerSide(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  request: Sealed,
): Promise<string> {
  const id = (await reachEmployerSides(db, vault, companyId, [request])).get(request.id)
  if (id === undefined) throw new Problem('record_destroyed')
  return id
}

/** What the employer has done about a request (roles employee, physician). @throws {Problem} record_destroyed */
export async function readEmployerSide(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  request: Sealed,
): Promise<EmployerSide> {
  const id = await reachEmployerSide(db, vault, companyId, request)
  const events = await resultsOf(db)
    .selectFrom('employer_request_event')
    .select(['kind', 'happened_on'])
    .where('company_id', '=', companyId)
    .where('request_id', '=', id)
    .orderBy('happened_on')
    .execute()
  const dayOf = (kind: EmployerEventKind) => events.find((event) => event.kind === kind)?.happened_on
  return { id, openedOn: dayOf('opened_by_hr'), measuredOn: dayOf('measures_recorded') }
}

/** Tells the employer's side what happened on the person's side, by its day (roles employee, physician). */
export async function tellEmployerSide(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  request: Sealed,
  event: { kind: 'interviewed' | 'opinion_released' | 'withdrawn'; on: string },
): Promise<void> {
  await resultsOf(db)
    .insertInto('employer_request_event')
    .values({
      company_id: companyId,
      id: timelessId(),
      request_id: await reachEmployerSide(db, vault, companyId, request),
      kind: event.kind,
      happened_on: event.on,
      by_user_id: null,
    })
    .execute()
}
