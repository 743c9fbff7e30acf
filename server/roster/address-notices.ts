import { sql } from 'kysely'
import { recordAuditMany } from '../audit/index.ts'
import { queueMail, type MailContext, type MailTemplate, type PreparedMail } from '../mail/index.ts'
import { rosterOf, type AnyHandle } from './tables.ts'

/**
 * Whoever may change an address could have somebody else's link sent to it. So each address that an import takes out of use gets one notice, and
 * the ledger a row. It goes to everybody alike, whether they were asked anything, have answered or not: otherwise the roster's preview would
 * tell HR who has.
 */
export async function noticeAddressChanges(
  db: AnyHandle,
  of: {
    companyId: string
    importId: string
    actor: { kind: 'staff' | 'operator'; id: string | undefined }
    requestId: string
  },
  at: Date,
): Promise<void> {
  const { companyId, importId, actor } = of
  const { rows } = await sql<{ notice_id: string; employee_id: string }>`
    SELECT l.ids[1] AS notice_id, l.plan->>'employeeId' AS employee_id FROM roster_import_line l
    WHERE l.company_id = ${companyId} AND l.import_id = ${importId} AND l.remarks @> '[{"code": "address_changed"}]'`.execute(
    db,
  )
  await queueMail(
    db,
    companyId,
    rows.map((row) => ({
      mailClass: 'account',
      template: 'roster.address-changed',
      area: 'staff',
      subjectId: row.notice_id,
      contextId: importId,
      batchId: importId,
      dueAt: at,
    })),
    at,
  )
  await recordAuditMany(
    db,
    companyId,
    at,
    rows.map((row) => ({
      actorKind: actor.kind,
      actorId: actor.id,
      actorRole: 'hr',
      action: 'roster.address_changed',
      reason: 'roster.audit.addressChanged',
      objectKind: 'employee',
      objectId: row.employee_id,
      requestId: of.requestId,
    })),
  )
}

/** To the address that was in use before. Nobody is named and there is no link: it may have been somebody else's by mistake. */
async function prepare({ db, company, subjectId, contextId }: MailContext): Promise<PreparedMail | undefined> {
  const row = await rosterOf(db)
    .selectFrom('roster_former_address')
    .select(['address', 'applied_at'])
    .where('company_id', '=', company.companyId)
    .where('import_id', '=', contextId)
    .where('notice_id', '=', subjectId)
    .executeTakeFirst()
  if (!row) return undefined
  return {
    to: row.address,
    toName: '',
    locale: company.locale,
    subject: 'roster.mail.addressChanged.subject',
    subjectParams: { company: company.name },
    page: 'roster/address-changed-mail',
    data: { changedAt: row.applied_at },
  }
}

export const mailTemplates: readonly MailTemplate[] = [
  { name: 'roster.address-changed', mailClass: 'account', prepare },
]
