import { dateIn } from '../clock.ts'
import type { MailContext, MailTemplate, PreparedMail } from '../mail/index.ts'
import { findMember } from '../roster/index.ts'
import { mintLink } from '../web/links.ts'
import { findInvitation } from './invitations.ts'
import { nextMailTime } from './calendar.ts'
import { mailKinds, type MailKind } from './mail-kinds.ts'
import { findCampaign } from './queries.ts'
import { identifySubjects } from './subjects.ts'

/**
 * Invitation and reminder. Everybody's mail of one step has the same subject, text and link shape; nothing in it tells
 * anything about the person. No longer wanted once the person has answered or declined, has left, or it is closed.
 */
async function prepare(context: MailContext, kind: MailKind): Promise<PreparedMail | undefined> {
  const { services, db, company, at } = context
  const { companyId } = company
  const invitation = await findInvitation(db, companyId, context.contextId)
  if (!invitation || invitation.subjectId !== context.subjectId) return undefined
  if (invitation.state !== 'invited' && invitation.state !== 'started') return undefined
  const campaign = await findCampaign(db, companyId, invitation.campaignId)
  if (campaign?.state !== 'open' || campaign.closesAt <= at) return undefined
  const identity = (await identifySubjects(db, services.vault, companyId, [invitation.subjectId])).get(
    invitation.subjectId,
  )
  if (!identity) return undefined
  const member = await findMember(db, companyId, identity.employmentId, dateIn(company.timeZone, at))
  if (!member?.email) return undefined
  const token = await mintLink(
    db,
    {
      companyId,
      companyKey: company.key,
      kind: 'invitation',
      subjectId: invitation.subjectId,
      contextId: invitation.id,
      expiresAt: campaign.closesAt,
    },
    at,
  )
  return {
    to: member.email,
    toName:
      company.locale === 'ja' ? `${member.familyName} ${member.givenName}` : `${member.givenName} ${member.familyName}`,
    locale: company.locale,
    subject: `campaigns.mail.${kind}.subject`,
    subjectParams: { company: company.name },
    page: `campaigns/${kind}`,
    data: {
      closesOn: campaign.closesOn,
      link: `${services.config.baseUrl}/a/${token}`,
    },
  }
}

export const mailTemplates: readonly MailTemplate[] = mailKinds.map((kind) => ({
  name: `campaigns.${kind}`,
  mailClass: kind === 'invitation' || kind === 'reminder' ? 'statutory' : 'survey',
  prepare: (context) => prepare(context, kind),
  nextTime: (company, at) => nextMailTime(at, company.timeZone),
}))
