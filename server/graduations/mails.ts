import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { nextDaytime, type MailContext, type MailTemplate, type PreparedMail } from '../mail/index.ts'
import { mintLink, type LinkKind } from '../web/links.ts'
import { findContact } from './contacts.ts'
import { findDeparture, memberOfDeparture, type Departure } from './departures.ts'
import { toneOfKind } from './kinds.data.ts'
import {
  addDays,
  decideWording,
  endOfDay,
  isTooLateToFollowUp,
  lastDayOf,
  mayBeMailed,
  privateLinkDays,
  usesCompanyAddress,
  type Wording,
} from './rules.ts'
import { identifySubject } from './subjects.ts'
import { graduationsOf, type ExitIdentity } from './tables.ts'

interface Walk {
  identity: ExitIdentity
  departure: Departure
  wording: Wording
}

/** Whom a mail of the exit area is about; undefined where nothing may be mailed any more (cancelled, death, keys destroyed). */
async function walkOf({ services, db, company, subjectId }: MailContext): Promise<Walk | undefined> {
  const identity = await identifySubject(db, services.vault, company.companyId, subjectId)
  if (!identity) return undefined
  const departure = await findDeparture(db, company.companyId, identity.departureId)
  if (departure?.state !== 'confirmed' || !departure.kind || !mayBeMailed(toneOfKind[departure.kind])) return undefined
  const { leavingWord } = await getCompanyDetails(db, company.companyId)
  return { identity, departure, wording: decideWording(departure.kind, leavingWord) }
}

/**
 * Where a mail to a leaver goes now, and how long its link may last: the company mailbox before the last working day (the link ends with the
 * employment, for somebody else will read that mailbox), a confirmed private address from then on, otherwise nowhere.
 */
async function destinationOf(context: MailContext, walk: Walk): Promise<{ to: string; expiresAt: Date } | undefined> {
  const { db, company, at, services } = context
  const { departure } = walk
  const today = dateIn(company.timeZone, at)
  if (usesCompanyAddress(departure, today)) {
    const member = await memberOfDeparture(db, company.companyId, departure, today)
    if (member?.email) return { to: member.email, expiresAt: endOfDay(departure.leavingOn, company.timeZone) }
  }
  const contact = await findContact(db, services, company.companyId, context.subjectId)
  if (!contact?.isConfirmed) return undefined
  return { to: contact.email, expiresAt: privateExpiry(departure, company.timeZone, at) }
}

const privateExpiry = (departure: Departure, timeZone: string, at: Date) => {
  const today = dateIn(timeZone, at)
  return endOfDay(addDays(departure.leavingOn > today ? departure.leavingOn : today, privateLinkDays), timeZone)
}

async function prepareWalk(
  context: MailContext,
  walk: Walk,
  mail: { kind: LinkKind; page: string; subject: string; to: string; expiresAt: Date; path?: string },
): Promise<PreparedMail> {
  const { services, db, company, subjectId, at } = context
  const token = await mintLink(
    db,
    {
      companyId: company.companyId,
      companyKey: company.key,
      kind: mail.kind,
      subjectId,
      contextId: context.contextId,
      expiresAt: mail.expiresAt,
    },
    at,
  )
  const { departure, identity, wording } = walk
  return {
    to: mail.to,
    toName: identity.name,
    locale: company.locale,
    subject: mail.subject,
    subjectParams: { company: company.name },
    page: mail.page,
    data: {
      wording,
      lastOn: lastDayOf(departure),
      link: `${services.config.baseUrl}${mail.path ?? '/g/'}${token}`,
    },
  }
}

const welcome: MailTemplate = {
  name: 'graduations.welcome',
  mailClass: 'account',
  async prepare(context) {
    const walk = await walkOf(context)
    const destination = walk && (await destinationOf(context, walk))
    if (!destination) return undefined
    const subject = `graduations.mail.welcome.${walk.wording}.subject`
    return prepareWalk(context, walk, { kind: 'graduation', page: 'graduations/welcome-mail', subject, ...destination })
  },
}

const exitInterview: MailTemplate = {
  name: 'graduations.exit-interview',
  mailClass: 'survey',
  nextTime: ({ timeZone }, at) => nextDaytime(at, timeZone),
  async prepare(context) {
    const { db, company, subjectId } = context
    const interview = await graduationsOf(db)
      .selectFrom('exit_interview')
      .select('state')
      .where('company_id', '=', company.companyId)
      .where('id', '=', subjectId)
      .executeTakeFirst()
    if (interview?.state !== 'invited') return undefined
    const walk = await walkOf(context)
    const destination = walk && (await destinationOf(context, walk))
    if (!destination) return undefined
    const subject = 'graduations.mail.interview.subject'
    return prepareWalk(context, walk, {
      kind: 'exit_interview',
      page: 'graduations/interview-mail',
      subject,
      ...destination,
    })
  },
}

/** Some months later: to the confirmed private address of a leaver who agreed, and nowhere else. */
const exitFollowup: MailTemplate = {
  name: 'graduations.exit-followup',
  mailClass: 'survey',
  nextTime: ({ timeZone }, at) => nextDaytime(at, timeZone),
  async prepare(context) {
    const { db, services, company, subjectId, at } = context
    const followup = await graduationsOf(db)
      .selectFrom('exit_followup')
      .select('state')
      .where('company_id', '=', company.companyId)
      .where('id', '=', subjectId)
      .executeTakeFirst()
    if (followup?.state !== 'invited') return undefined
    const walk = await walkOf(context)
    const today = dateIn(company.timeZone, at)
    if (!walk || today <= walk.departure.leavingOn || isTooLateToFollowUp(walk.departure.leavingOn, today))
      return undefined
    const contact = await findContact(db, services, company.companyId, subjectId)
    if (!contact?.isConfirmed) return undefined
    return prepareWalk(context, walk, {
      kind: 'exit_followup',
      page: 'graduations/followup-mail',
      subject: 'graduations.mail.followup.subject',
      to: contact.email,
      expiresAt: privateExpiry(walk.departure, company.timeZone, at),
    })
  },
}

const datesChanged: MailTemplate = {
  name: 'graduations.dates-changed',
  mailClass: 'account',
  async prepare(context) {
    const walk = await walkOf(context)
    const destination = walk && (await destinationOf(context, walk))
    if (!destination) return undefined
    const subject = 'graduations.mail.dates.subject'
    const mail = { kind: 'graduation', page: 'graduations/dates-mail', subject, ...destination } as const
    const prepared = await prepareWalk(context, walk, mail)
    return { ...prepared, data: { ...prepared.data, leavingOn: walk.departure.leavingOn } }
  },
}

const linkDays = 14

const privateContact: MailTemplate = {
  name: 'graduations.private-contact',
  mailClass: 'account',
  async prepare(context) {
    const { db, services, company, at } = context
    const walk = await walkOf(context)
    if (!walk) return undefined
    const contact = await findContact(db, services, company.companyId, context.subjectId)
    if (!contact || contact.isConfirmed || contact.version !== context.contextId) return undefined
    const expiresAt = endOfDay(addDays(dateIn(company.timeZone, at), linkDays), company.timeZone)
    const prepared = await prepareWalk(context, walk, {
      kind: 'private_contact',
      page: 'graduations/contact-mail',
      subject: 'graduations.mail.contact.subject',
      to: contact.email,
      expiresAt,
      path: '/g/contact/',
    })
    // mistyped, it reaches a stranger: no name
    return { ...prepared, toName: '' }
  },
}

const contactConfirmed: MailTemplate = {
  name: 'graduations.contact-confirmed',
  mailClass: 'account',
  async prepare(context) {
    const { db, services, company, at } = context
    const walk = await walkOf(context)
    if (!walk) return undefined
    const contact = await findContact(db, services, company.companyId, context.subjectId)
    if (!contact?.isConfirmed) return undefined
    return prepareWalk(context, walk, {
      kind: 'graduation',
      page: 'graduations/confirmed-mail',
      subject: 'graduations.mail.confirmed.subject',
      to: contact.email,
      expiresAt: privateExpiry(walk.departure, company.timeZone, at),
    })
  },
}

export const mailTemplates: readonly MailTemplate[] = [
  welcome,
  datesChanged,
  exitInterview,
  exitFollowup,
  privateContact,
  contactConfirmed,
]
