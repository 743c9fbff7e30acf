import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { BaseLogger } from 'pino'
import { getCompanyDetails } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { composeMail, newsFooter } from './compose.ts'
import { claimMail, putOffMail, releaseClaim, settleMail, type ClaimedMail, type MailEnd } from './queue.ts'
import { endOf, later } from './retries.ts'
import { isSuppressed, suppressAddress } from './suppression.ts'
import type { MailTables } from './tables.ts'
import type { MailTransport } from './transport.ts'
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

type Ready = { companyId: string; mail: ClaimedMail; company: MailCompany; prepared: PreparedMail }
type Sending = Delivery & {
  transport: MailTransport
  inFlight: Set<string>
  goOn: () => boolean
  count: (end: MailEnd) => void
}

/**
 * Sends everything that is due by the clock and returns when nothing is left to do now (all sent, nothing gets through, or told to stop).
 * A message is claimed and its link minted in one transaction that is committed before the mail server hears of it; no transaction is open meanwhile.
 */
export async function sendDueMails(delivery: Delivery): Promise<Delivered> {
  const done: Delivered = { accepted: 0, failed: 0, cancelled: 0, delayed: 0 }
  const { transport, services } = delivery
  if (!transport) return done
  const sending: Sending = {
    ...delivery,
    transport,
    inFlight: new Set(),
    goOn: () => !delivery.stop?.() && !transport.pausedUntil(services.clock.now()),
    count: (end) => void done[end.state === 'queued' ? 'delayed' : end.state]++,
  }
  await Promise.all(Array.from({ length: delivery.lanes ?? 1 }, () => runLane(sending)))
  return done
}

/** One message after the other; the next one is made ready while one is on its way, but handed over only when that one's end is written down. */
async function runLane(sending: Sending): Promise<void> {
  const next = readyMails(sending)
  let upcoming = next()
  try {
    for (;;) {
      const ready = await upcoming
      if (!ready) return
      upcoming = next()
      // looked at when its turn comes
      upcoming.catch(() => undefined)
      if (sending.goOn()) await deliver(sending, ready)
      else await giveBack(sending, ready)
    }
  } finally {
    const unsent = await upcoming.catch(() => undefined)
    if (unsent) await giveBack(sending, unsent)
  }
}

/** Each call gives the next message that is ready to be sent, undefined when there is none. Companies take turns: a large one does not hold up the others. */
function readyMails(sending: Sending): () => Promise<Ready | undefined> {
  const { services } = sending
  let companies: string[] = []
  let turns = 0
  let found = true
  return async () => {
    while (sending.goOn()) {
      const companyId = companies[0]
      if (companyId === undefined) {
        if (!found) return undefined
        const due = await services.database.lookUp<{ company_id: string }>(
          'SELECT company_id FROM list_companies_with_due_mail($1)',
          [services.clock.now()],
        )
        if (due.length === 0) return undefined
        companies = due.map((row) => row.company_id)
        found = false
        continue
      }
      const claimed = await claimAndPrepare(sending, companyId)
      if (claimed) found = true
      if (!claimed || ++turns >= 50) {
        turns = 0
        companies.shift()
      }
      if (claimed && !('end' in claimed)) return claimed
      if (claimed) sending.count(claimed.end)
    }
    return undefined
  }
}

async function deliver(sending: Sending, { companyId, mail, company, prepared }: Ready): Promise<void> {
  const { services, transport, log } = sending
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
      return await settle(sending, companyId, mail, later(mail, { kind: 'broken', code: undefined }, at))
    }
    const outcome = await transport.send(message, at)
    if (outcome.kind !== 'accepted')
      log.warn(
        { template: mail.template, outcome: outcome.kind, code: 'code' in outcome ? outcome.code : undefined },
        'mail not accepted',
      )
    const gone =
      outcome.kind === 'permanent' && outcome.atRecipient && mail.mail_class === 'alumni_news' ? prepared.to : undefined
    await settle(sending, companyId, mail, endOf(mail, outcome, services.clock.now()), gone)
  } finally {
    sending.inFlight.delete(mail.id)
  }
}

/** Claimed, but not to be sent now. */
async function giveBack(sending: Sending, { companyId, mail }: Ready): Promise<void> {
  await asMailer(sending.services, companyId, (db) => releaseClaim(db, companyId, sending.processId, mail.id))
  sending.inFlight.delete(mail.id)
}

/** Claim, address, link and suppression in one transaction; what needs no sending is settled in it at once. */
async function claimAndPrepare(sending: Sending, companyId: string): Promise<Ready | { end: MailEnd } | undefined> {
  const { services, processId, log, inFlight } = sending
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
      const template = sending.templates.find((one) => one.name === mail.template)
      if (!template) throw new Error('no such mail template')
      const company = await companyOf(db, companyId)
      const allowedAt = template.nextTime?.(company, at)
      if (allowedAt && allowedAt > at) return settleNow({ state: 'queued', nextAttemptAt: allowedAt, counts: false })
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
      return { companyId, mail, company, prepared }
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
  sending: Sending,
  companyId: string,
  mail: ClaimedMail,
  end: MailEnd,
  gone?: string,
): Promise<void> {
  const { services, processId } = sending
  for (let attempt = 0; ; attempt++) {
    try {
      await asMailer(services, companyId, async (db) => {
        const at = services.clock.now()
        await settleMail(db, companyId, mail.id, processId, end, at)
        if (gone) await suppressAddress(db, services.vault, companyId, gone, 'permanent_bounce', at)
      })
      sending.count(end)
      return
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
