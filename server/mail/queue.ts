import { sql, type Kysely } from 'kysely'
import { newId } from '../ids.ts'
import type { MailMessageTable, MailTables } from './tables.ts'
import type { NewMail } from './types.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- queued inside any capability's transaction
type Handle = Kysely<any>

/**
 * Puts mails into the queue in the caller's transaction. Doing it again changes nothing: one message per batch, template, subject and context.
 * Returns how many were new. Ids within a batch are in no order, so the order of sending tells nothing about the people.
 */
export async function queueMail(db: Handle, companyId: string, mails: readonly NewMail[], at: Date): Promise<number> {
  let queued = 0
  for (let start = 0; start < mails.length; start += 2_000) {
    const rows = mails.slice(start, start + 2_000).map((mail) => ({
      company_id: companyId,
      id: newId(at),
      mail_class: mail.mailClass,
      template: mail.template,
      area: mail.area,
      subject_id: mail.subjectId,
      context_id: mail.contextId,
      batch_id: mail.batchId,
      due_at: mail.dueAt,
      state: 'queued',
      attempts: 0,
      next_attempt_at: mail.dueAt,
      created_at: at,
    }))
    const [result] = await db
      .insertInto('mail_message')
      .values(rows)
      // no conflict target: the roles that queue may insert, not read
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    queued += Number(result?.numInsertedOrUpdatedRows ?? 0)
  }
  return queued
}

/** A claimed message, as far as sending needs it. */
export type ClaimedMail = Pick<
  MailMessageTable,
  'id' | 'mail_class' | 'template' | 'area' | 'subject_id' | 'context_id' | 'due_at' | 'attempts'
>

/** A claim lasts this long by the passed clock; longer than one delivery can take (see transport.ts). */
const leaseMilliseconds = 2 * 60_000

/**
 * Takes one due message of a company for this process: a waiting one, or one whose claim ran out because its process died.
 * Two processes never get the same one. `inFlight`: what this process is sending at this moment, never taken over from itself.
 */
export async function claimMail(
  db: Kysely<MailTables>,
  companyId: string,
  claim: { processId: string; at: Date; inFlight: readonly string[] },
): Promise<ClaimedMail | undefined> {
  const until = new Date(claim.at.getTime() + leaseMilliseconds)
  const { rows } = await sql<ClaimedMail>`
    -- materialized: joined as a plain subquery it could be run again for each row and claim more than one
    WITH next AS MATERIALIZED (
      SELECT w.id FROM mail_message w
      WHERE w.company_id = ${companyId} AND w.state IN ('queued', 'sending')
        AND ((w.state = 'queued' AND w.next_attempt_at <= ${claim.at}) OR (w.state = 'sending' AND w.claimed_until < ${claim.at}))
        AND w.id <> ALL (${claim.inFlight}::uuid[])
      ORDER BY w.next_attempt_at, w.id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    UPDATE mail_message m
    SET state = 'sending', claimed_by = ${claim.processId}, claimed_until = ${until}, attempts = m.attempts + 1
    FROM next WHERE m.company_id = ${companyId} AND m.id = next.id
    RETURNING m.id, m.mail_class, m.template, m.area, m.subject_id, m.context_id, m.due_at, m.attempts`.execute(db)
  return rows[0]
}

/** What became of a claimed message. */
export type MailEnd =
  | { state: 'accepted' }
  | { state: 'cancelled' }
  | {
      state: 'failed'
      failure: 'permanent' | 'transient' | 'timeout' | 'no_address' | 'blocked'
      code?: number | undefined
    }
  /** nothing went wrong, it is not the hour; the days in which it is tried begin when it may go out for the first time */
  | { state: 'queued'; nextAttemptAt: Date; counts: false }
  | {
      state: 'queued'
      failure: 'transient' | 'timeout' | 'unreachable'
      code?: number | undefined
      nextAttemptAt: Date
      counts: boolean
    }

/** Writes down what became of a message; does nothing when another process has taken the claim over since. */
export async function settleMail(
  db: Kysely<MailTables>,
  companyId: string,
  id: string,
  processId: string,
  end: MailEnd,
  at: Date,
): Promise<void> {
  await db
    .updateTable('mail_message')
    .set((row) => ({
      state: end.state,
      claimed_by: null,
      claimed_until: null,
      ...(end.state === 'accepted' && { accepted_at: at, last_failure: null, last_reply_code: null }),
      ...('failure' in end && { last_failure: end.failure, last_reply_code: end.code ?? null }),
      ...(end.state === 'queued' && { next_attempt_at: end.nextAttemptAt }),
      ...(end.state === 'queued' &&
        !('failure' in end) && {
          due_at: row.case().when('attempts', '=', 1).then(end.nextAttemptAt).else(row.ref('due_at')).end(),
        }),
      ...(end.state === 'queued' && !end.counts && { attempts: row('attempts', '-', 1) }),
    }))
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .where('state', '=', 'sending')
    .where('claimed_by', '=', processId)
    .execute()
}

/** Puts off a message whose claim was rolled back because it could not be prepared. Leaves it alone when another process has it by now. */
export async function putOffMail(
  db: Kysely<MailTables>,
  companyId: string,
  mail: ClaimedMail,
  end: MailEnd,
  at: Date,
): Promise<void> {
  await db
    .updateTable('mail_message')
    .set({
      state: end.state,
      attempts: mail.attempts,
      claimed_by: null,
      claimed_until: null,
      ...('failure' in end && { last_failure: end.failure }),
      ...(end.state === 'queued' && { next_attempt_at: end.nextAttemptAt }),
    })
    .where('company_id', '=', companyId)
    .where('id', '=', mail.id)
    .where((where) =>
      where.or([
        where('state', '=', 'queued'),
        where.and([where('state', '=', 'sending'), where('claimed_until', '<', at)]),
      ]),
    )
    .execute()
}

/** Gives back a message that was claimed and not handed to the mail server: waiting as before. */
export async function releaseClaim(
  db: Kysely<MailTables>,
  companyId: string,
  processId: string,
  id: string,
): Promise<void> {
  await db
    .updateTable('mail_message')
    .set((row) => ({ state: 'queued', claimed_by: null, claimed_until: null, attempts: row('attempts', '-', 1) }))
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .where('claimed_by', '=', processId)
    .where('state', '=', 'sending')
    .execute()
}
