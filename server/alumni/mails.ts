import { staffMailbox } from '../access/index.ts'
import { nextDaytime, type MailContext, type MailTemplate, type PreparedMail } from '../mail/index.ts'
import { mintLink, type LinkKind } from '../web/links.ts'
import { findPlan } from './checkin-plan.ts'
import { isOpenCheckin } from './checkins.ts'
import { livePurposes, waitingPurposes } from './consents.ts'
import { findMember, type Member } from './members.ts'

const day = 24 * 3600_000
/** How long links hold, milliseconds. A refusal must work as long as anybody keeps the mail. */
const lasting = {
  alumni_confirmation: 7 * day,
  alumni: day,
  alumni_checkin: 30 * day,
  alumni_refusal: 10 * 365 * day,
} as const

/** When the link of a confirmation was made: it confirms what was said until then, not what was ticked later. */
export const confirmationMadeAt = ({ expiresAt }: { expiresAt: Date }): Date =>
  new Date(expiresAt.getTime() - lasting.alumni_confirmation)

async function linkOf(context: MailContext, kind: keyof typeof lasting & LinkKind, path: string): Promise<string> {
  const { services, db, company, subjectId, at } = context
  const expiresAt = new Date(at.getTime() + lasting[kind])
  const link = {
    companyId: company.companyId,
    companyKey: company.key,
    kind,
    subjectId,
    contextId: subjectId,
    expiresAt,
  }
  return `${services.config.baseUrl}${path}${await mintLink(db, link, at)}`
}

const memberOf = ({ db, services, company, subjectId }: MailContext) =>
  findMember(db, services, company.companyId, subjectId)

function prepared(
  context: MailContext,
  member: Member,
  page: string,
  subject: string,
  data: Record<string, unknown>,
): PreparedMail {
  const { email, name, locale } = member.profile
  return { to: email, toName: name, locale, subject, subjectParams: { company: context.company.name }, page, data }
}

const confirmation: MailTemplate = {
  name: 'alumni.confirmation',
  mailClass: 'account',
  async prepare(context) {
    const member = await memberOf(context)
    if (member?.state !== 'unconfirmed') return undefined
    const link = await linkOf(context, 'alumni_confirmation', '/alumni/confirm/')
    // mistyped, it reaches a stranger: no name
    return {
      ...prepared(context, member, 'alumni/confirmation-mail', 'alumni.mail.confirmation.subject', { link }),
      toName: '',
    }
  },
}

/** To members who ticked more later: the address is confirmed, the new purposes are not. */
const purposes: MailTemplate = {
  name: 'alumni.purposes',
  mailClass: 'account',
  async prepare(context) {
    const member = await memberOf(context)
    if (!member || member.state === 'unconfirmed') return undefined
    if ((await waitingPurposes(context.db, context.company.companyId, member.id)).length === 0) return undefined
    const link = await linkOf(context, 'alumni_confirmation', '/alumni/confirm/')
    return prepared(context, member, 'alumni/purposes-mail', 'alumni.mail.purposes.subject', { link })
  },
}

const wayIn: MailTemplate = {
  name: 'alumni.link',
  mailClass: 'account',
  async prepare(context) {
    const member = await memberOf(context)
    if (!member || member.state === 'unconfirmed') return undefined
    const link = await linkOf(context, 'alumni', '/alumni/in/')
    return prepared(context, member, 'alumni/link-mail', 'alumni.mail.link.subject', { link })
  },
}

const welcome: MailTemplate = {
  name: 'alumni.welcome',
  mailClass: 'alumni_news',
  nextTime: ({ timeZone }, at) => nextDaytime(at, timeZone),
  async prepare(context) {
    const { db, company, services } = context
    const member = await memberOf(context)
    if (member?.state !== 'active') return undefined
    if ((await livePurposes(db, company.companyId, member.id)).length === 0) return undefined
    const refusalUrl = await linkOf(context, 'alumni_refusal', '/alumni/refuse/')
    const link = `${services.config.baseUrl}/c/${company.key}/alumni/enter`
    const mail = prepared(context, member, 'alumni/welcome-mail', 'alumni.mail.welcome.subject', {
      link,
      memberName: member.profile.name,
    })
    return { ...mail, refusalUrl }
  },
}

/** How are you? To members who chose to be asked; alumni mail like any other, with a refusal in it. */
const checkin: MailTemplate = {
  name: 'alumni.check-in',
  mailClass: 'alumni_news',
  nextTime: ({ timeZone }, at) => nextDaytime(at, timeZone),
  async prepare(context) {
    const { db, company, contextId } = context
    const { companyId } = company
    const member = await memberOf(context)
    if (member?.state !== 'active') return undefined
    if (!(await livePurposes(db, companyId, member.id)).includes('checkin')) return undefined
    if (!(await findPlan(db, companyId)).isOn || !(await isOpenCheckin(db, companyId, contextId))) return undefined
    const refusalUrl = await linkOf(context, 'alumni_refusal', '/alumni/refuse/')
    const link = await linkOf(context, 'alumni_checkin', '/alumni/in/')
    const data = { link, memberName: member.profile.name }
    return { ...prepared(context, member, 'alumni/checkin-mail', 'alumni.mail.checkin.subject', data), refusalUrl }
  },
}

/** To the contact whom a member chose: that something is there, not from whom. */
const returnRequest: MailTemplate = {
  name: 'alumni.return-request',
  mailClass: 'account',
  async prepare(context) {
    const { services, db, company, subjectId } = context
    const mailbox = await staffMailbox(db, company.companyId, subjectId)
    if (!mailbox) return undefined
    return {
      to: mailbox.email,
      toName: mailbox.name,
      locale: company.locale,
      subject: 'alumni.mail.returnRequest.subject',
      subjectParams: {},
      page: 'alumni/return-request-mail',
      data: { link: `${services.config.baseUrl}/hr/alumni` },
    }
  },
}

export const mailTemplates: readonly MailTemplate[] = [confirmation, purposes, wayIn, welcome, checkin, returnRequest]
