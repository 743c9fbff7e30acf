import { sql, type Kysely } from 'kysely'
import type { MailTables } from './tables.ts'

export type MailState = 'queued' | 'sending' | 'accepted' | 'failed' | 'cancelled'

/**
 * How far some batches of one kind of mail are: numbers by state, nothing that names anybody (roles implementer, clerk,
 * scheduler). States without a mail are absent.
 */
export async function countMail(
  // oxlint-disable-next-line typescript/no-explicit-any -- asked inside any capability's transaction
  db: Kysely<any>,
  companyId: string,
  of: { template: string; batchIds: readonly string[] },
): Promise<Map<MailState, number>> {
  if (of.batchIds.length === 0) return new Map()
  const rows = await (db as Kysely<MailTables>)
    .selectFrom('mail_message')
    .select(['state', sql<number>`count(*)`.as('count')])
    .where('company_id', '=', companyId)
    .where('template', '=', of.template)
    .where('batch_id', 'in', [...of.batchIds])
    .groupBy('state')
    .execute()
  return new Map(rows.map((row) => [row.state as MailState, row.count]))
}
