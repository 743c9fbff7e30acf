import type { Readable } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import type { Services } from '../services.ts'
import { formatDate } from '../web/formats.ts'
import { signInRows, type DemoStaff } from './sign-ins.ts'

/** A mail as the demo's own SMTP server received it. */
export interface ReceivedMail {
  number: number
  to: string
  from: string
  subject: string
  text: string
  html: string
  receivedAt: Date
}

export interface Mailbox {
  /** smtp:// address for SMTP_URL */
  smtpUrl: string
  mails: readonly ReceivedMail[]
  /** Mails to one address, oldest first. */
  to: (address: string) => ReceivedMail[]
  /** The link of a path in the newest mail to an address, e.g. `/a/`. */
  linkTo: (address: string, path: string) => string | undefined
  close: () => Promise<void>
}

/** Starts a real SMTP server on loopback that keeps every mail in memory. `now` is the demo's clock. */
export async function startMailbox(now: () => Date): Promise<Mailbox> {
  const mails: ReceivedMail[] = []
  const byAddress = new Map<string, ReceivedMail[]>()
  async function receive(stream: Readable, recipients: readonly string[]): Promise<void> {
    const parsed = await simpleParser(stream, { skipImageLinks: true, skipTextToHtml: true })
    for (const recipient of recipients) {
      const mail: ReceivedMail = {
        number: mails.length + 1,
        to: recipient.toLowerCase(),
        from: parsed.from?.text ?? '',
        subject: parsed.subject ?? '',
        text: parsed.text ?? '',
        html: parsed.html || '',
        receivedAt: now(),
      }
      mails.push(mail)
      const kept = byAddress.get(mail.to)
      if (kept) kept.push(mail)
      else byAddress.set(mail.to, [mail])
    }
  }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    // milliseconds: a connection that is cut off in the middle of a mail holds up the end no longer
    closeTimeout: 1_000,
    logger: false,
    onData(stream, session, callback) {
      const recipients = session.envelope.rcptTo.map((one) => one.address)
      const settled = receive(stream, recipients).then(
        () => undefined,
        (error: Error) => error,
      )
      // oxlint-disable-next-line promise/no-callback-in-promise, promise/always-return -- smtp-server speaks callbacks
      void settled.then((error) => callback(error))
    },
  })
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => done())
  })
  const address = server.server.address()
  if (address === null || typeof address === 'string') throw new Error('the demo mail server has no port')
  const to = (wanted: string) => byAddress.get(wanted.toLowerCase()) ?? []
  return {
    smtpUrl: `smtp://127.0.0.1:${address.port}`,
    mails,
    to,
    linkTo(wanted, path) {
      const newest = to(wanted).findLast((mail) => mail.text.includes(path))
      const found = newest ? /https?:\/\/\S+/g.exec(newest.text.slice(newest.text.search(/https?:\/\//))) : null
      if (!newest || !found) return undefined
      return [...newest.text.matchAll(/https?:\/\/[^\s>）)]+/g)]
        .map((match) => match[0])
        .find((link) => link.includes(path))
    },
    close: () => new Promise((done) => server.close(() => done())),
  }
}

const perPage = 50

/**
 * The page on which every mail of the demo can be read, a stand-in for the mail programs of the company's people, and one with the six digits that
 * the authenticator apps of its staff would show now.
 */
export function buildMailboxPage(
  services: Services,
  mailbox: Mailbox,
  staff: () => readonly DemoStaff[],
): FastifyInstance {
  const app = Fastify({ logger: false })
  app.addHook('onSend', async (_request, reply) => {
    reply.header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; frame-src 'self'; form-action 'self'",
    )
    reply.header('referrer-policy', 'no-referrer')
  })
  const text = (key: string) => services.texts.text('ja', key)
  app.get<{ Querystring: { to?: string; page?: string } }>('/', async (request, reply) => {
    const wanted = (request.query.to ?? '').trim().toLowerCase()
    const all = mailbox.mails
      .filter((mail) => !wanted || mail.to.includes(wanted) || mail.subject.includes(wanted))
      .toReversed()
    const page = Math.max(1, Number(request.query.page) || 1)
    const rows = all
      .slice((page - 1) * perPage, page * perPage)
      .map(
        (mail) =>
          `<tr><td>${escape(formatDate('dateTime', mail.receivedAt, 'ja', 'Asia/Tokyo'))}<td>${escape(mail.to)}<td><a href="/mail/${mail.number}">${escape(mail.subject)}</a></tr>`,
      )
      .join('')
    const pages = Math.ceil(all.length / perPage)
    const link = (to: number, label: string) =>
      `<a href="/?page=${to}&amp;to=${encodeURIComponent(wanted)}">${label}</a>`
    return reply.type('text/html; charset=utf-8').send(
      shell(
        text('demo.mailbox.title'),
        `<h1>${text('demo.mailbox.title')}</h1><p>${text('demo.mailbox.lead')}</p><p><a href="/sign-ins">${text('demo.signIns.title')}</a></p>
<form><label>${text('demo.mailbox.search')} <input name="to" value="${escape(wanted)}"></label> <button>${text('demo.mailbox.find')}</button></form>
<p>${all.length} ${text('demo.mailbox.count')} ${page > 1 ? link(page - 1, '←') : ''} ${page}/${Math.max(1, pages)} ${page < pages ? link(page + 1, '→') : ''}</p>
<table><thead><tr><th>${text('demo.mailbox.at')}<th>${text('demo.mailbox.to')}<th>${text('demo.mailbox.subject')}</thead><tbody>${rows}</tbody></table>`,
      ),
    )
  })
  app.get('/sign-ins', async (_request, reply) => {
    const { rows, secondsLeft } = signInRows(staff(), services.clock.now())
    const cells = rows.map(
      (one) =>
        `<tr><td>${text(`web.role.${one.role}`)}<td>${escape(one.email)}<td><code>${escape(one.password)}</code><td><code>${one.code}</code></tr>`,
    )
    return reply
      .header('refresh', String(secondsLeft))
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(
        shell(
          text('demo.signIns.title'),
          `<p><a href="/">${text('demo.mailbox.title')}</a></p><h1>${text('demo.signIns.title')}</h1><p>${text('demo.signIns.lead')}</p>
<table><thead><tr><th>${text('demo.signIns.role')}<th>${text('demo.signIns.email')}<th>${text('demo.password')}<th>${text('demo.signIns.code')}</thead><tbody>${cells.join('')}</tbody></table>`,
        ),
      )
  })
  app.get<{ Params: { number: string } }>('/mail/:number', async (request, reply) => {
    const mail = mailbox.mails[Number(request.params.number) - 1]
    if (!mail) return reply.code(404).type('text/plain').send('404')
    const body = escape(mail.text).replace(
      /https?:\/\/[^\s<&）)]+/g,
      (address) => `<a href="${address}">${address}</a>`,
    )
    return reply.type('text/html; charset=utf-8').send(
      shell(
        mail.subject,
        `<p><a href="/">${text('demo.mailbox.back')}</a></p><h1>${escape(mail.subject)}</h1>
<p>${escape(mail.from)} → ${escape(mail.to)}<br>${escape(formatDate('dateTime', mail.receivedAt, 'ja', 'Asia/Tokyo'))}</p><pre>${body}</pre>
<details><summary>HTML</summary><iframe sandbox src="/mail/${mail.number}/html" title="HTML"></iframe></details>`,
      ),
    )
  })
  app.get<{ Params: { number: string } }>('/mail/:number/html', async (request, reply) => {
    const mail = mailbox.mails[Number(request.params.number) - 1]
    return reply.type('text/html; charset=utf-8').send(mail?.html ?? '')
  })
  return app
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function shell(title: string, body: string): string {
  return `<!doctype html><html lang="ja"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title>
<style>body{font:16px/1.7 system-ui,"Hiragino Sans","Noto Sans CJK JP",sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1c}table{border-collapse:collapse;width:100%}th,td{text-align:left;border-bottom:1px solid #ddd;padding:.4rem .6rem;overflow-wrap:anywhere}@media(min-width:40rem){td:nth-child(2){white-space:nowrap}}@media(max-width:40rem){thead{display:none}tr{display:block;border-bottom:1px solid #ddd;padding:.5rem 0}td{display:block;border:0;padding:0}}code{font-size:1.125em}pre{white-space:pre-wrap;background:#f8f8fb;padding:1rem;font:inherit}iframe{width:100%;height:36rem;border:1px solid #ddd}a{color:#0017c1}</style><main>${body}</main></html>`
}
