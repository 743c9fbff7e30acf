import { newId } from '../ids.ts'
import { queueMail } from '../mail/index.ts'
import type { AnyTransaction } from './tables.ts'

/** Queues the invitation mail; its link lets the person set password and second factor. Each call is one mail. */
export async function queueStaffInvitation(
  db: AnyTransaction,
  companyId: string,
  userId: string,
  at: Date,
): Promise<void> {
  const mail = {
    mailClass: 'account',
    template: 'access.staff-invitation',
    area: 'staff',
    subjectId: userId,
    contextId: userId,
    batchId: newId(at),
    dueAt: at,
  } as const
  await queueMail(db, companyId, [mail], at)
}
