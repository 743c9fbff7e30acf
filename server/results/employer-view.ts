import { sql } from 'kysely'
import { timelessId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import { resultsOf, type AnyHandle, type InterviewRequestForEmployerView } from './tables.ts'

/**
 * What the employer learns of requests (role hr; law R-7): that one was made, and once opened, whose it is ({@link whoAsked}). Newest
 * first. Requests that were withdrawn before HR opened them are not there. `workplaceIds` undefined: all.
 */
export async function requestsForEmployer(
  db: AnyHandle,
  companyId: string,
  workplaceIds?: readonly string[],
): Promise<InterviewRequestForEmployerView[]> {
  const rows = await resultsOf(db)
    .selectFrom('interview_request_for_employer')
    .selectAll()
    .where('company_id', '=', companyId)
    .orderBy('requested_on', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return workplaceIds ? rows.filter((row) => workplaceIds.includes(row.workplace_id)) : rows
}

/** Employment ids of opened requests, by request (role hr); those not opened, or whose key is gone, are absent. */
export async function whoAsked(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  requests: readonly InterviewRequestForEmployerView[],
): Promise<Map<string, string>> {
  const sealed = requests.flatMap((one) =>
    one.sealed ? [{ table: 'employer_request', rowId: one.id, sealed: one.sealed }] : [],
  )
  const opened = await vault.openMany<{ employmentId: string }>(db, companyId, sealed)
  return new Map(
    sealed.flatMap((one, index): [string, string][] => {
      const who = opened[index]
      return who ? [[one.rowId, who.employmentId]] : []
    }),
  )
}

/** HR's two marks on a request (role hr); making one twice changes nothing. A request withdrawn before is not opened any more. */
export async function markRequest(
  db: AnyHandle,
  requestId: string,
  userId: string,
  kind: 'opened_by_hr' | 'measures_recorded',
): Promise<void> {
  await sql`SELECT mark_request(${requestId}, ${timelessId()}, ${userId}, ${kind})`.execute(db)
}
