import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../server/ids.ts'
import {
  createMailTransport,
  isSuppressed,
  queueMail,
  sendDueMails,
  suppressAddress,
  type Delivered,
  type MailTemplate,
  type MailTransport,
  type NewMail,
} from '../../server/mail/index.ts'
import type { Services } from '../../server/services.ts'
import { startSmtp, type SmtpPeer } from '../helpers/smtp.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'
import { letterTo, withLetters, type Person } from './letters.ts'

let world: World
let services: Services
let removeLetters: () => Promise<void>
let smtp: SmtpPeer
let transport: MailTransport
let company: TestCompany
let logged = ''
const log = pino(
  { level: 'debug' },
  new Writable({ write: (chunk: Buffer, _encoding, done) => ((logged += chunk.toString()), done()) }),
)

beforeAll(async () => {
  world = await createWorld()
  const letters = await withLetters(world.services)
  services = letters.services
  removeLetters = letters.remove
  smtp = await startSmtp()
})
afterAll(async () => {
  await smtp.close()
  await removeLetters()
  await world.close()
})
beforeEach(async () => {
  world.clock.set('2026-11-02T00:00:00.000Z')
  company = await world.company()
  transport = createMailTransport({ smtpUrl: smtp.url, from: 'chosa@example.jp', timeoutMilliseconds: 400 })
})
afterEach(async () => {
  transport.close()
  smtp.received.length = 0
  smtp.refusals.clear()
  smtp.hangs = 'no'
  smtp.cutsOff = 0
  // what a test leaves waiting is not the next one's business
  await world.superuser.query("UPDATE mail_message SET state = 'cancelled' WHERE state IN ('queued', 'sending')")
})

function people(...names: string[]): Map<string, Person> {
  return new Map(
    names.map((name, index) => {
      const subjectId = newId(world.clock.now())
      return [subjectId, { subjectId, name, address: `p${index}@example.jp` }]
    }),
  )
}

async function queue(
  to: Map<string, Person>,
  mailClass: NewMail['mailClass'] = 'survey',
  batchId: string = randomUUID(),
): Promise<number> {
  const at = world.clock.now()
  const mails = [...to.keys()].map((subjectId) => ({
    mailClass,
    template: `letters.${mailClass}`,
    area: 'stress' as const,
    subjectId,
    contextId: batchId,
    batchId,
    dueAt: at,
  }))
  return services.database.as({ role: 'scheduler', companyId: company.companyId }, at, (db) =>
    queueMail(db, company.companyId, mails, at),
  )
}

async function send(template: MailTemplate, more: { lanes?: number; processId?: string } = {}): Promise<Delivered> {
  return sendDueMails({ services, transport, templates: [template], processId: randomUUID(), log, ...more })
}

async function states(): Promise<Record<string, unknown>[]> {
  const { rows } = await world.superuser.query<Record<string, unknown>>(
    'SELECT state, attempts, last_failure, last_reply_code, next_attempt_at FROM mail_message WHERE company_id = $1 ORDER BY state, id',
    [company.companyId],
  )
  return rows
}

describe('a mail', () => {
  test('arrives as text and HTML with a link minted at sending, and carries the headers of a machine and nothing to unsubscribe', async () => {
    const to = people('花田 舞')
    await queue(to)
    expect(await send(letterTo(to))).toEqual({ accepted: 1, failed: 0, cancelled: 0, delayed: 0 })
    const [mail] = await smtp.parsed()
    expect(mail?.subject).toBe('調査のご案内')
    expect(mail?.from?.value).toEqual([{ name: '試験株式会社 健康管理室', address: 'chosa@example.jp' }])
    expect(mail?.date).toEqual(world.clock.now())
    const link = /http:\/\/localhost:3000\/a\/[0-9a-z]{6}-[0-9a-z]{26}/
    expect(mail?.text).toMatch(link)
    expect(mail?.text).toContain('花田 舞 さん、こんにちは。')
    expect(mail?.text).toContain('お問い合わせ: kenko@example.jp')
    expect(mail?.html).toMatch(link)
    expect(mail?.html).not.toMatch(/<img|<script|src=/)
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated')
    expect(mail?.headers.has('list')).toBe(false)
    expect(smtp.received[0]?.raw).not.toMatch(/list-unsubscribe|x-mailer/i)
    const token = link
      .exec(mail?.text ?? '')?.[0]
      .split('/')
      .at(-1)
    const dump = await world.superuser.query("SELECT string_agg(m::text, '') AS text FROM mail_message m")
    expect(JSON.stringify(dump.rows)).not.toContain(token?.split('-')[1])
    expect((await states())[0]).toMatchObject({ state: 'accepted', last_failure: null })
  })

  test('has the same shape for two people: byte for byte the same but for name, address, link and its id', async () => {
    const to = people('鈴木 一', '佐藤 二')
    await queue(to)
    await send(letterTo(to))
    const [one, two] = smtp.received.map((mail) => shapeOf(mail.raw))
    expect(one).toBe(two)
    expect(one).toContain('NAME さん、こんにちは。')
    expect(one).toContain('-TOKEN')
    expect(smtp.received[0]?.raw.length).toBe(smtp.received[1]?.raw.length)
  })

  test('queued twice is sent once; queued for another batch it is another mail', async () => {
    const to = people('甲', '乙')
    const batch = randomUUID()
    expect(await queue(to, 'survey', batch)).toBe(2)
    expect(await queue(to, 'survey', batch)).toBe(0)
    await send(letterTo(to))
    expect(smtp.received).toHaveLength(2)
    expect(await queue(to, 'survey', batch)).toBe(0)
    expect(await queue(to)).toBe(2)
    await send(letterTo(to))
    expect(smtp.received).toHaveLength(4)
  })

  test.each([
    'scheduler',
    'hr',
    'clerk',
    'implementer',
    'physician',
    'employee',
    'leaver',
    'alumni',
    'admin',
    'setup',
    'jobs',
    'mailer',
  ] as const)('can be queued by %s, again without harm', async (role) => {
    const at = world.clock.now()
    const mail: NewMail = {
      mailClass: 'account',
      template: 'letters.account',
      area: 'stress',
      subjectId: newId(at),
      contextId: newId(at),
      batchId: newId(at),
      dueAt: at,
    }
    const queueAs = () =>
      services.database.as({ role, companyId: company.companyId, subjectId: mail.subjectId }, at, (db) =>
        queueMail(db, company.companyId, [mail], at),
      )
    expect([await queueAs(), await queueAs()]).toEqual([1, 0])
  })

  test('waits for its time and is dropped when it is no longer wanted or has no address', async () => {
    const to = people('甲', '乙', '丙')
    await queue(to)
    const [, second, third] = [...to.values()]
    if (second) second.done = true
    if (third) third.address = ''
    world.clock.set('2026-11-01T23:59:59.000Z')
    expect((await send(letterTo(to))).accepted).toBe(0)
    world.clock.set('2026-11-02T00:00:00.000Z')
    expect(await send(letterTo(to))).toEqual({ accepted: 1, failed: 1, cancelled: 1, delayed: 0 })
    expect((await states()).map((row) => [row['state'], row['last_failure']])).toEqual([
      ['accepted', null],
      ['cancelled', null],
      ['failed', 'no_address'],
    ])
  })

  test('waits for the hour of its template: no attempt, and its days of trying begin only then', async () => {
    const to = people('甲')
    await queue(to)
    const morning = new Date('2026-11-08T00:00:00.000Z')
    const template: MailTemplate = { ...letterTo(to), nextTime: (_company, at) => (at < morning ? morning : at) }
    expect(await send(template)).toEqual({ accepted: 0, failed: 0, cancelled: 0, delayed: 1 })
    expect((await states())[0]).toMatchObject({ attempts: 0, last_failure: null, next_attempt_at: morning })
    // six days later somebody greylists: that is the first day
    world.clock.set(morning)
    smtp.refusals.set('p0@example.jp', { code: 451, text: '4.7.1 greylisted' })
    expect((await send(template)).delayed).toBe(1)
    // a night between two attempts is no new beginning
    const next = new Date('2026-11-13T01:00:00.000Z')
    world.clock.set('2026-11-09T00:00:00.000Z')
    const later: MailTemplate = { ...template, nextTime: (_company, at) => (at < next ? next : at) }
    expect((await send(later)).delayed).toBe(1)
    world.clock.set(next)
    expect((await send(later)).failed).toBe(1)
    expect((await states())[0]).toMatchObject({ state: 'failed', attempts: 2 })
  })

  test('without a mail server nothing is lost: it waits', async () => {
    const to = people('甲')
    await queue(to)
    await sendDueMails({ services, transport: undefined, templates: [letterTo(to)], processId: randomUUID(), log })
    expect((await states())[0]).toMatchObject({ state: 'queued', attempts: 0 })
  })
})

describe('a mail server that', () => {
  test('greylists one recipient does not hold up the others; that one follows after its wait', async () => {
    const to = people('甲', '乙', '丙')
    await queue(to)
    smtp.refusals.set('p1@example.jp', { code: 451, text: '4.7.1 greylisted p1@example.jp' })
    expect(await send(letterTo(to))).toEqual({ accepted: 2, failed: 0, cancelled: 0, delayed: 1 })
    expect((await states()).at(-1)).toMatchObject({
      state: 'queued',
      attempts: 1,
      last_failure: 'transient',
      last_reply_code: 451,
      next_attempt_at: new Date('2026-11-02T00:01:00.000Z'),
    })
    world.clock.advance(60_000)
    expect((await send(letterTo(to))).delayed).toBe(1)
    expect((await states()).at(-1)).toMatchObject({
      attempts: 2,
      next_attempt_at: new Date('2026-11-02T00:06:00.000Z'),
    })
    smtp.refusals.clear()
    world.clock.advance(5 * 60_000)
    expect((await send(letterTo(to))).accepted).toBe(1)
    expect(smtp.received.map((mail) => mail.to).sort()).toEqual(['p0@example.jp', 'p1@example.jp', 'p2@example.jp'])
  })

  test('refuses a recipient for good: failed, never tried again', async () => {
    const to = people('甲', '乙')
    await queue(to)
    smtp.refusals.set('p0@example.jp', { code: 550, text: 'no such user' })
    expect(await send(letterTo(to))).toEqual({ accepted: 1, failed: 1, cancelled: 0, delayed: 0 })
    smtp.refusals.clear()
    world.clock.advance(7 * 86_400_000)
    expect((await send(letterTo(to))).accepted).toBe(0)
    expect((await states()).at(-1)).toMatchObject({ state: 'failed', last_failure: 'permanent', last_reply_code: 550 })
  })

  test('defers for five days is given up', async () => {
    const to = people('甲')
    await queue(to)
    smtp.refusals.set('p0@example.jp', { code: 452, text: 'mailbox full' })
    let rounds = 0
    for (; rounds < 60; rounds++) {
      await send(letterTo(to))
      const [row] = await states()
      if (row?.['state'] === 'failed') break
      world.clock.set(row?.['next_attempt_at'] as Date)
    }
    expect((await states())[0]).toMatchObject({ state: 'failed', last_failure: 'transient', last_reply_code: 452 })
    expect(world.clock.now().getTime() - Date.parse('2026-11-02')).toBeGreaterThan(5 * 86_400_000)
    expect(rounds).toBeGreaterThan(20)
  })

  test('refuses connections: everything waits, one try per pause, and all is sent when it is back', async () => {
    const to = people(...Array.from({ length: 20 }, (_, index) => `人${index}`))
    await queue(to)
    await smtp.close()
    expect(await send(letterTo(to))).toEqual({ accepted: 0, failed: 0, cancelled: 0, delayed: 1 })
    expect(await send(letterTo(to))).toEqual({ accepted: 0, failed: 0, cancelled: 0, delayed: 0 })
    world.clock.advance(15_000)
    expect((await send(letterTo(to))).delayed).toBe(1)
    await smtp.reopen()
    expect((await send(letterTo(to))).accepted).toBe(0)
    world.clock.advance(30_000)
    expect((await send(letterTo(to))).accepted).toBe(20)
    expect(new Set(smtp.received.map((mail) => mail.to)).size).toBe(20)
  })

  test.each(['greeting', 'data'] as const)(
    'hangs at the %s is left after its time-out, and nothing is lost',
    async (where) => {
      const to = people('甲', '乙', '丙', '丁', '戊')
      await queue(to)
      smtp.hangs = where
      const started = performance.now()
      const done = await send(letterTo(to))
      expect(performance.now() - started).toBeLessThan(5_000)
      // three broken off in a row mean the server
      expect(done).toEqual({ accepted: 0, failed: 0, cancelled: 0, delayed: where === 'greeting' ? 1 : 3 })
      smtp.hangs = 'no'
      world.clock.advance(60_000)
      expect((await send(letterTo(to))).accepted).toBe(5)
      expect(new Set(smtp.received.map((mail) => mail.to)).size).toBe(5)
    },
  )

  test('cuts the line in the middle of a message: that one is sent again, the rest at once', async () => {
    const to = people('甲', '乙', '丙')
    await queue(to)
    smtp.cutsOff = 1
    expect(await send(letterTo(to))).toEqual({ accepted: 2, failed: 0, cancelled: 0, delayed: 1 })
    world.clock.advance(60_000)
    expect((await send(letterTo(to))).accepted).toBe(1)
    expect(new Set(smtp.received.map((mail) => mail.to)).size).toBe(3)
  })
})

describe('several processes', () => {
  test('never send the same mail', async () => {
    const to = people(...Array.from({ length: 60 }, (_, index) => `人${index}`))
    await queue(to)
    const [one, two, three] = await Promise.all([
      send(letterTo(to)),
      send(letterTo(to), { lanes: 3 }),
      send(letterTo(to)),
    ])
    expect(one.accepted + two.accepted + three.accepted).toBe(60)
    expect(new Set(smtp.received.map((mail) => mail.to)).size).toBe(60)
    expect(smtp.received).toHaveLength(60)
  })

  test('take over what a dead one had claimed, when its claim has run out and not before', async () => {
    const to = people('甲')
    await queue(to)
    await world.superuser.query(
      "UPDATE mail_message SET state = 'sending', attempts = 1, claimed_by = $2, claimed_until = $3 WHERE company_id = $1",
      [company.companyId, randomUUID(), new Date('2026-11-02T00:02:00.000Z')],
    )
    expect((await send(letterTo(to))).accepted).toBe(0)
    world.clock.set('2026-11-02T00:02:00.001Z')
    expect((await send(letterTo(to))).accepted).toBe(1)
  })
})

test('a template that fails puts that mail off and lets the others go; neither log nor table tells whose', async () => {
  const to = people('危険 太郎', '安全 花子')
  await queue(to)
  const good = letterTo(to)
  const [bad] = [...to.keys()]
  const template: MailTemplate = {
    ...good,
    prepare: (context) =>
      context.subjectId === bad ? Promise.reject(new Error('危険 太郎 p0@example.jp')) : good.prepare(context),
  }
  expect(await send(template)).toEqual({ accepted: 1, failed: 0, cancelled: 0, delayed: 1 })
  expect((await states()).at(-1)).toMatchObject({
    state: 'queued',
    attempts: 1,
    next_attempt_at: new Date('2026-11-02T00:01:00.000Z'),
  })
  expect((await send(template)).delayed).toBe(0)
  world.clock.advance(60_000)
  expect((await send(good)).accepted).toBe(1)
})

test('no address, name or link has reached the log in all of this', () => {
  expect(logged).toContain('mail not accepted')
  expect(logged).toContain('letters.survey')
  expect(logged).not.toMatch(/example\.jp|太郎|人1|localhost|[0-9a-z]{6}-[0-9a-z]{26}/)
})

describe('alumni news', () => {
  test('carries who sends it, where, the contact and the refusal in both parts, and one-click headers', async () => {
    const to = people('卒業 生')
    await queue(to, 'alumni_news')
    expect((await send(letterTo(to, 'alumni_news'))).accepted).toBe(1)
    const [mail] = await smtp.parsed()
    const refusal = /http:\/\/localhost:3000\/a\/[0-9a-z]{6}-[0-9a-z]{26}/.exec(mail?.text ?? '')?.[0] ?? 'none'
    for (const part of [mail?.text, String(mail?.html)])
      for (const legal of [
        '試験株式会社 健康管理室',
        '東京都千代田区1-1',
        'kenko@example.jp',
        '03-0000-0000',
        '配信の停止',
        refusal,
      ])
        expect(part).toContain(legal)
    const raw = smtp.received[0]?.raw.replaceAll(/\r\n[ \t]+/g, ' ')
    expect(raw).toContain(`List-Unsubscribe: <${refusal}>`)
    expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
  })

  test.each(['mail_sender_name', 'postal_address'])(
    'is blocked while the company has no %s; other mails go',
    async (column) => {
      await world.superuser.query(`UPDATE company SET ${column} = '' WHERE company_id = $1`, [company.companyId])
      const to = people('卒業 生')
      await queue(to, 'alumni_news')
      expect((await send(letterTo(to, 'alumni_news'))).failed).toBe(1)
      expect((await states())[0]).toMatchObject({ state: 'failed', last_failure: 'blocked' })
      await queue(to)
      expect((await send(letterTo(to))).accepted).toBe(1)
      expect(smtp.received).toHaveLength(1)
    },
  )

  test('never goes to an address that refused, however it is written; survey mail still does; only a hash is kept', async () => {
    const to = people('卒業 生')
    const [person] = [...to.values()]
    await services.database.as(
      { role: 'alumni', companyId: company.companyId, subjectId: person?.subjectId },
      world.clock.now(),
      (db) => suppressAddress(db, services.vault, company.companyId, ' P0@Example.JP ', 'refused', world.clock.now()),
    )
    await queue(to, 'alumni_news')
    expect(await send(letterTo(to, 'alumni_news'))).toEqual({ accepted: 0, failed: 0, cancelled: 1, delayed: 0 })
    await queue(to)
    expect((await send(letterTo(to))).accepted).toBe(1)
    const { rows } = await world.superuser.query('SELECT m::text AS text FROM mail_suppression m')
    expect(JSON.stringify(rows)).not.toMatch(/example/i)
  })

  test('to an address that is gone is the last one: it is suppressed', async () => {
    const to = people('卒業 生')
    smtp.refusals.set('p0@example.jp', { code: 550, text: 'gone' })
    await queue(to, 'alumni_news')
    expect((await send(letterTo(to, 'alumni_news'))).failed).toBe(1)
    const suppressed = await services.database.as(
      { role: 'mailer', companyId: company.companyId },
      world.clock.now(),
      (db) => isSuppressed(db, services.vault, company.companyId, 'p0@example.jp'),
    )
    expect(suppressed).toBe(true)
  })

  test('without a refusal address is never written, and a survey mail with one neither', async () => {
    const to = people('甲')
    const news = letterTo(to, 'alumni_news')
    const bare: MailTemplate = {
      ...news,
      prepare: async (context) => ({ ...(await news.prepare(context))!, refusalUrl: '' }),
    }
    await queue(to, 'alumni_news')
    expect((await send(bare)).failed).toBe(1)
    const survey = letterTo(to)
    const refusable: MailTemplate = {
      ...survey,
      prepare: async (context) => ({ ...(await survey.prepare(context))!, refusalUrl: 'https://example.jp/x' }),
    }
    await queue(to)
    expect((await send(refusable)).delayed).toBe(1)
    expect(smtp.received).toHaveLength(0)
  })
})

/** A raw mail with what may differ between two people of one batch taken out; the base64 parts decoded. */
function shapeOf(raw: string): string {
  const id = /Message-ID: <([0-9a-f-]{36})@/.exec(raw)?.[1] ?? 'none'
  const [head = '', ...body] = raw.replaceAll(id, 'ID').split('\r\n\r\n')
  const decoded = body.map((part) =>
    part
      .split('\r\n--')
      .map((piece, index) => (index === 0 && !piece.startsWith('-') ? Buffer.from(piece, 'base64').toString() : piece))
      .join('\r\n--'),
  )
  return [head.replace(/^To: .*$/m, 'To: X'), ...decoded]
    .join('\r\n\r\n')
    .replaceAll(/鈴木 一|佐藤 二/g, 'NAME')
    .replaceAll(/-[0-9a-z]{26}\b/g, '-TOKEN')
}
