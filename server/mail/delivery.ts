import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { BaseLogger } from 'pino'
import { getCompanyDetails } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { composeMail, newsFooter } from './compose.ts'
import { claimMail, putOffMail, releaseClaims, settleMail, type ClaimedMail, type MailEnd } from './queue.ts'
import { isSuppressed, suppressAddress } from './suppression.ts'
import type { MailTables } from './tables.ts'
import type { MailTransport, SendOutcome } from './transport.ts'
import type { MailClass, MailCompany, MailTemplate, PreparedMail } from './types.ts'

export interface Delivery {
  services: Services
  /** absent where no mail server is configured: mails wait */
  transport: MailTransport | undefined
  templates: readonly MailTemplate[]
  /** UUID of this process, for its claims */
  processId: string
  log: Pick<BaseLogger, 'info' | 'warn' | 'error'>
  /**
   * Messages on their way at the same time, one by default. A process killed without warning may send again as many as were on their way, so
   * more lanes mean more possible doubles.
   */
  lanes?: number
  /** true: begin no further message */
  stop?: () => boolean
}

export interface Delivered {
  accepted: number
  failed: number
  cancelled: number
  /** will be tried again */
  delayed: number
}

/**
 * Sends everything that is due by the clock and returns when nothing is left to do now (all sent, nothing gets through, or told to stop).
 * A message is claimed and its link minted in one transaction that is committed before the mail server hears of it; no transaction is open meanwhile.
 */
export async function sendDueMails(delivery: Delivery): Promise<Delivered> {
  const done: Delivered = { accepted: 0, failed: 0, cancelled: 0, delayed: 0 }
  const { transport, services } = delivery
  if (!transport) return done
  const inFlight = new Set<string>()
  const goOn = () => !delivery.stop?.() && !transport.pausedUntil(services.clock.now())
  const lane = async () => {
    for (;;) {
      if (!goOn()) return
      const companies = await services.database.lookUp<{ company_id: string }>(
        'SELECT company_id FROM list_companies_with_due_mail($1)',
        [services.clock.now()],
      )
      let worked = false
      for (const { company_id: companyId } of companies) {
        // companies take turns: a large one does not hold up the others
        for (let turn = 0; turn < 50 && goOn(); turn++) {
          const end = await sendOne({ ...delivery, transport }, companyId, inFlight)
          if (!end) break
          worked = true
          done[end.state === 'queued' ? 'delayed' : end.state]++
        }
      }
      if (!worked) return
    }
  }
  await Promise.all(Array.from({ length: delivery.lanes ?? 1 }, lane))
  return done
}

type Ready = { mail: ClaimedMail; company: MailCompany; prepared: PreparedMail }

async function sendOne(
  delivery: Delivery & { transport: MailTransport },
  companyId: string,
  inFlight: Set<string>,
): Promise<MailEnd | undefined> {
  const { services, transport, processId, log } = delivery
  const claimed = await claimAndPrepare(delivery, companyId, inFlight)
  if (!claimed || 'end' in claimed) return claimed?.end
  const { mail, company, prepared } = claimed
  try {
    const at = services.clock.now()
    let message
    try {
      message = composeMail(services, {
        mailId: mail.id,
        mailClass: mail.mail_class as MailClass,
        company,
        prepared,
        from: transport.from,
        at,
      })
    } catch {
      // the reason may quote what stands in the mail: the template's name must do
      log.error({ template: mail.template, page: prepared.page }, 'a mail could not be written')
      return await settle(delivery, companyId, mail, later(mail, { kind: 'broken', code: undefined }, at))
    }
    if (delivery.stop?.()) {
      await asMailer(services, companyId, (db) => releaseClaims(db, companyId, processId, [mail.id]))
      return undefined
    }
    const outcome = await transport.send(message, at)
    if (outcome.kind !== 'accepted')
      log.warn(
        { template: mail.template, outcome: outcome.kind, code: 'code' in outcome ? outcome.code : undefined },
        'mail not accepted',
      )
    const gone =
      outcome.kind === 'permanent' && outcome.atRecipient && mail.mail_class === 'alumni_news' ? prepared.to : undefined
    return await settle(delivery, companyId, mail, endOf(mail, outcome, services.clock.now()), gone)
  } finally {
    inFlight.delete(mail.id)
  }
}

/** Claim, address, link and suppression in one transaction; what needs no sending is settled in it at once. */
async function claimAndPrepare(
  delivery: Delivery,
  companyId: string,
  inFlight: Set<string>,
): Promise<Ready | { end: MailEnd } | undefined> {
  const { services, processId, log } = delivery
  let claimed: ClaimedMail | undefined
  try {
    return await asMailer(services, companyId, async (db) => {
      const at = services.clock.now()
      claimed = await claimMail(db, companyId, { processId, at, inFlight: [...inFlight] })
      if (!claimed) return undefined
      const mail = claimed
      inFlight.add(mail.id)
      const settleNow = async (end: MailEnd) => {
        await settleMail(db, companyId, mail.id, processId, end, at)
        inFlight.delete(mail.id)
        return { end }
      }
      const template = delivery.templates.find((one) => one.name === mail.template)
      if (!template) throw new Error('no such mail template')
      const company = await companyOf(db, companyId)
      const prepared = await template.prepare({
        services,
        db,
        company,
        subjectId: mail.subject_id,
        contextId: mail.context_id,
        at,
      })
      if (!prepared) return settleNow({ state: 'cancelled' })
      if (!prepared.to) return settleNow({ state: 'failed', failure: 'no_address' })
      if (mail.mail_class === 'alumni_news') {
        if (!newsFooter(company, prepared.refusalUrl)) return settleNow({ state: 'failed', failure: 'blocked' })
        if (await isSuppressed(db, services.vault, companyId, prepared.to)) return settleNow({ state: 'cancelled' })
      }
      return { mail, company, prepared }
    })
  } catch (error) {
    if (!claimed) throw error
    // rolled back, so it is nobody's: put it off, or it would be tried again at once and for ever
    const mail = claimed
    inFlight.delete(mail.id)
    log.error(
      { template: mail.template, fault: (error as Error).name, code: (error as { code?: unknown }).code },
      'a mail could not be prepared',
    )
    const at = services.clock.now()
    const end = later(mail, { kind: 'broken', code: undefined }, at)
    await asMailer(services, companyId, (db) => putOffMail(db, companyId, mail, end, at))
    return { end }
  }
}

// the mail server has the message: losing the database for a moment must not make a second one of it
const patience = [200, 1_000, 3_000, 10_000]

async function settle(
  delivery: Delivery,
  companyId: string,
  mail: ClaimedMail,
  end: MailEnd,
  gone?: string,
): Promise<MailEnd> {
  const { services, processId } = delivery
  for (let attempt = 0; ; attempt++) {
    try {
      await asMailer(services, companyId, async (db) => {
        const at = services.clock.now()
        await settleMail(db, companyId, mail.id, processId, end, at)
        if (gone) await suppressAddress(db, services.vault, companyId, gone, 'permanent_bounce', at)
      })
      return end
    } catch (error) {
      const wait = patience[attempt]
      if (wait === undefined) throw error
      await sleep(wait)
    }
  }
}

function asMailer<Result>(
  services: Services,
  companyId: string,
  work: (db: Kysely<MailTables>) => Promise<Result>,
): Promise<Result> {
  return services.database.as<MailTables, Result>({ role: 'mailer', companyId }, services.clock.now(), work)
}

async function companyOf(db: Kysely<MailTables>, companyId: string): Promise<MailCompany> {
  const details = await getCompanyDetails(db, companyId)
  return {
    companyId,
    key: details.key,
    name: details.name,
    locale: details.locale,
    timeZone: details.timeZone,
    senderName: details.mailSenderName,
    postalAddress: details.postalAddress,
    contactEmail: details.contactEmail,
    contactPhone: details.contactPhone,
  }
}

const minute = 60_000
// greylisting asks for a few minutes, a full mailbox for hours
const backOff = [1, 5, 15, 60, 240].map((minutes) => minutes * minute)
// RFC 5321 4.5.4.1: give up after four to five days
const giveUpAfter = 5 * 24 * 60 * minute

function endOf(mail: ClaimedMail, outcome: SendOutcome, at: Date): MailEnd {
  if (outcome.kind === 'accepted') return { state: 'accepted' }
  if (outcome.kind === 'permanent') return { state: 'failed', failure: 'permanent', code: outcome.code }
  // not this message's fault: it stays first in the queue while everything waits
  if (outcome.kind === 'unreachable')
    return { state: 'queued', failure: 'unreachable', code: outcome.code, nextAttemptAt: at, counts: false }
  return later(mail, outcome, at)
}

function later(
  mail: ClaimedMail,
  outcome: Extract<SendOutcome, { kind: 'transient' | 'broken' | 'timeout' }>,
  at: Date,
): MailEnd {
  const failure = outcome.kind === 'timeout' ? 'timeout' : 'transient'
  const code = 'code' in outcome ? outcome.code : undefined
  if (at.getTime() - mail.due_at.getTime() > giveUpAfter) return { state: 'failed', failure, code }
  const wait = backOff[Math.min(mail.attempts, backOff.length) - 1] ?? minute
  return { state: 'queued', failure, code, nextAttemptAt: new Date(at.getTime() + wait), counts: true }
}
