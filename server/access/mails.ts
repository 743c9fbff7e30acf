import type { MailContext, MailTemplate, PreparedMail } from '../mail/index.ts'
import { mintLink } from '../web/links.ts'
import type { Transaction } from '../database/connection.ts'
import type { AccessTables } from './tables.ts'

/** How long an invitation to staff can be used. */
export const invitationDays = 7

async function prepareInvitation(context: MailContext): Promise<PreparedMail | undefined> {
  const { services, company, at } = context
  const db: Transaction<AccessTables> = context.db
  const user = await db
    .selectFrom('staff_user')
    .select(['email', 'display_name', 'totp_confirmed_at', 'disabled_at'])
    .where('company_id', '=', company.companyId)
    .where('id', '=', context.subjectId)
    .executeTakeFirst()
  // accepted or closed meanwhile
  if (!user || user.totp_confirmed_at || user.disabled_at) return undefined
  const expiresAt = new Date(at.getTime() + invitationDays * 24 * 3600 * 1000)
  const token = await mintLink(
    db,
    {
      companyId: company.companyId,
      companyKey: company.key,
      kind: 'staff_invitation',
      subjectId: context.subjectId,
      contextId: context.subjectId,
      expiresAt,
    },
    at,
  )
  return {
    to: user.email,
    toName: user.display_name,
    locale: company.locale,
    subject: 'access.mail.invitation.subject',
    subjectParams: { company: company.name },
    page: 'access/staff-invitation',
    data: { personName: user.display_name, link: `${services.config.baseUrl}/staff/invitation/${token}`, expiresAt },
  }
}

export const mailTemplates: readonly MailTemplate[] = [
  { name: 'access.staff-invitation', mailClass: 'account', prepare: prepareInvitation },
]
