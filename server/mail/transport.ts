import { createTransport, type SendMailOptions } from 'nodemailer'

/** What the mail server said to one message. The words of a reply may repeat the address, so only its code is kept. */
export type SendOutcome =
  | { kind: 'accepted' }
  /** refused for good: this recipient or this message */
  | { kind: 'permanent'; code: number | undefined; atRecipient: boolean }
  /** refused for now (greylisting, full mailbox): this message alone waits */
  | { kind: 'transient'; code: number | undefined }
  /** the connection ended without a word about the message */
  | { kind: 'broken'; code: number | undefined }
  | { kind: 'timeout' }
  /** nothing gets through at all: everything waits */
  | { kind: 'unreachable'; code: number | undefined }

export interface MailTransport {
  /** Sender address of every mail. */
  from: string
  send: (message: SendMailOptions, at: Date) => Promise<SendOutcome>
  /** Until when nothing is to be tried, because nothing got through; undefined when the way is free. */
  pausedUntil: (at: Date) => Date | undefined
  close: () => void
}

export interface TransportOptions {
  smtpUrl: string
  from: string
  /** mails per second of this process at most; no limit when absent */
  perSecond?: number | undefined
  /** connections kept open to the mail server */
  connections?: number | undefined
  /** milliseconds the server may be silent before it counts as hanging */
  timeoutMilliseconds?: number | undefined
}

// how long nothing is tried after the first, second … failure to get through
const pauses = [15, 30, 60, 120, 300].map((seconds) => seconds * 1000)
// so many messages in a row that broke off without a verdict on the message mean the server, not the message
const brokenInARow = 3

/**
 * The way out by SMTP (nodemailer, pooled connections). Never throws: every failure is an outcome. The pause belongs to the server, not to
 * a message; it is counted by the passed clock.
 */
export function createMailTransport(options: TransportOptions): MailTransport {
  const timeout = options.timeoutMilliseconds ?? 30_000
  const mailer = createTransport(
    {
      pool: true,
      url: options.smtpUrl,
      maxConnections: options.connections ?? 1,
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      // longer than the greeting's: a server that never greets is unreachable, whichever timer would have fired first
      socketTimeout: timeout * 1.5,
      dnsTimeout: timeout,
      // only before a byte of the message was sent; anything later is ours to repeat
      maxRequeues: 2,
      ...(options.perSecond !== undefined && { rateLimit: options.perSecond, rateDelta: 1000 }),
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    {},
  )
  let broken = 0
  let pause: { until: Date; steps: number } | undefined

  const stand = (at: Date) => {
    const steps = pause ? Math.min(pause.steps + 1, pauses.length) : 1
    pause = { until: new Date(at.getTime() + (pauses[steps - 1] ?? 0)), steps }
  }
  return {
    from: options.from,
    async send(message, at) {
      try {
        // the whole delivery ends well before the claim of the message does, even when a server answers one byte at a time
        await mailer.sendMail({ ...message, signal: AbortSignal.timeout(timeout * 3) })
        broken = 0
        pause = undefined
        return { kind: 'accepted' }
      } catch (error) {
        const outcome = outcomeOf(error as SmtpError)
        if (outcome.kind === 'permanent' || outcome.kind === 'transient') {
          broken = 0
          pause = undefined
        } else if (outcome.kind === 'unreachable' || ++broken >= brokenInARow) stand(at)
        return outcome
      }
    },
    pausedUntil: (at) => (pause && pause.until > at ? pause.until : undefined),
    close: () => mailer.close(),
  }
}

interface SmtpError extends Error {
  code?: string
  originalCode?: string
  command?: string
  responseCode?: number
  timeoutType?: string
}

const serverErrors = new Set([
  'EDNS',
  'ETLS',
  'EAUTH',
  'ENOAUTH',
  'EOAUTH2',
  'EPROXY',
  'ECONFIG',
  'EREQUIRETLS',
  'EPROTOCOL',
])
const networkErrors = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'])

function outcomeOf(error: SmtpError): SendOutcome {
  const code = error.responseCode
  const aboutMessage = error.code === 'EENVELOPE' || error.code === 'EMESSAGE'
  if (aboutMessage && code !== 421 && error.command !== 'MAIL FROM') {
    // without a reply: nodemailer itself found the address or the message impossible
    if (code === undefined || (code >= 500 && code !== 503))
      return { kind: 'permanent', code, atRecipient: error.command !== 'DATA' }
    return { kind: 'transient', code }
  }
  if (error.code === 'EABORT') return { kind: 'timeout' }
  if (error.code === 'ETIMEDOUT')
    return error.timeoutType === 'SOCKET_TIMEOUT' ? { kind: 'timeout' } : { kind: 'unreachable', code }
  // the sender itself refused, no log-in, no way there, or closed before it ever greeted
  if (error.command === 'MAIL FROM' && code !== 421) return { kind: 'unreachable', code }
  if (serverErrors.has(error.code ?? '') || networkErrors.has(error.originalCode ?? ''))
    return { kind: 'unreachable', code }
  if (error.code === 'ECONNECTION' && error.command === undefined) return { kind: 'unreachable', code }
  return { kind: 'broken', code }
}
