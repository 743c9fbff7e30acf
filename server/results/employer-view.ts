import { sql } from 'kysely'
import { newId } from '../ids.ts'
import { resultsOf, type AnyHandle, type InterviewRequestForEmployerView } from './tables.ts'

/**
 * What the employer learns of requests (role hr; law R-7): that one was made, and once opened, by whom. Newest first.
 * Requests that were withdrawn before HR opened them are not there. `workplaceIds` undefined: all.
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

/** HR's two marks on a request (role hr); making one twice changes nothing. A request withdrawn before is not opened any more. */
export async function markRequest(
  db: AnyHandle,
  requestId: string,
  userId: string,
  kind: 'opened_by_hr' | 'measures_recorded',
  at: Date,
): Promise<void> {
  await sql`SELECT mark_request(${requestId}, ${newId(at)}, ${userId}, ${kind})`.execute(db)
}
