import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openCampaign } from '../../server/campaigns/index.ts'
import { fillCompany, signedCampaign, type TestStaff } from '../campaigns/company.ts'
import { startSmtp, type SmtpPeer } from '../helpers/smtp.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { hireMore } from './crowd.ts'

let world: World
let smtp: SmtpPeer
let folder: string
let company: TestStaff
let addresses: string[]
const children: ChildProcess[] = []

function startProcess(startsAt: string): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'worker-process.ts')], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      DATABASE_URL: world.runtimeUrl,
      KEY_FILE: join(folder, 'outer.key'),
      BASE_URL: world.services.config.baseUrl,
      SMTP_URL: smtp.url,
      MAIL_FROM: 'chosa@example.jp',
      LOG_LEVEL: 'warn',
      STARTS_AT: startsAt,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  children.push(child)
  return child
}

/**
 * The test: `people` are invited, the worker is killed with -9 when the mail server has `killAt` of the mails, another one
 * goes on. The suite runs it with hundreds, the long tests with thousands.
 */
export function testKilledWorker(people: number, killAt: number): void {
  beforeAll(async () => {
    world = await createWorld()
    smtp = await startSmtp()
    folder = await mkdtemp(join(tmpdir(), 'hanamichi-worker-'))
    await writeFile(join(folder, 'outer.key'), `${world.keyText}\n`, { mode: 0o600 })
    company = await fillCompany(world)
    addresses = await hireMore(world, company, people)
  })
  afterAll(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await smtp.close()
    await world.close()
    await rm(folder, { recursive: true, force: true })
  })

  test(`kill -9 of the worker amid ${people} invitations: everybody gets one with a link that works, at most the one in flight gets two`, async () => {
    const { companyId } = company
    const campaignId = await signedCampaign(world, company)
    const openedAt = performance.now()
    const opening = await openCampaign(world.services, companyId, campaignId, world.clock.now())
    const openingMs = performance.now() - openedAt
    expect(opening).toEqual({ opened: true, invited: people, withoutAddress: 0 })

    const sentAt = performance.now()
    const first = startProcess('2026-11-02T00:00:01.000Z')
    const exited = once(first, 'exit')
    // the worst moment: the server has the whole message, the worker does not know it yet
    smtp.onReceived = (count) => {
      if (count === killAt) first.kill('SIGKILL')
    }
    expect((await exited)[1]).toBe('SIGKILL')
    expect(smtp.received).toHaveLength(killAt)
    const waiting = await states(companyId)
    expect(waiting['accepted']).toBe(killAt - 1)
    // the one in flight, and perhaps the next one, made ready meanwhile
    expect(waiting['sending']).toBeGreaterThanOrEqual(1)
    expect(waiting['sending']).toBeLessThanOrEqual(2)

    // another process begins while the dead one's claim still holds, and takes it over when it has run out
    smtp.onReceived = () => {}
    const { rows: claims } = await world.superuser.query<{ until: Date }>(
      "SELECT max(claimed_until) AS until FROM mail_message WHERE company_id = $1 AND state = 'sending'",
      [companyId],
    )
    const second = startProcess(new Date(claims[0]!.until.getTime() - 2_000).toISOString())
    const left = performance.now()
    while ((await states(companyId))['accepted'] !== people) {
      if (performance.now() - left > 150_000) throw new Error(`only ${JSON.stringify(await states(companyId))}`)
      await new Promise((wait) => setTimeout(wait, 200))
    }
    const sendingMs = performance.now() - sentAt
    const ended = once(second, 'exit')
    second.kill('SIGTERM')
    expect((await ended)[0]).toBe(0)

    const mails = await smtp.parsed()
    const mailsTo = new Map<string, typeof mails>()
    for (const [index, mail] of mails.entries()) {
      const to = smtp.received[index]!.to
      mailsTo.set(to, [...(mailsTo.get(to) ?? []), mail])
    }
    expect([...mailsTo.keys()].sort()).toEqual(addresses.toSorted())
    const doubles = [...mailsTo.values()].filter((all) => all.length > 1)
    expect(doubles.map((all) => all.length)).toEqual([2])
    // and those two are one mail to any mail program
    expect(new Set(doubles[0]!.map((mail) => mail.messageId)).size).toBe(1)

    const paths = mails.map(pathIn)
    expect(new Set(paths).size).toBe(people + 1)
    const app = await world.app()
    const opens = async (path: string) => (await app.inject({ method: 'GET', url: path })).statusCode
    // the last ones before the kill, the first ones after it, both of the double, and some of the rest
    const sample = [
      ...doubles[0]!.map(pathIn),
      ...paths.filter((_, index) => Math.abs(index - killAt) <= 5 || index % 100 === 0),
    ]
    const statuses = []
    for (const path of sample) statuses.push(await opens(path))
    expect(new Set(statuses)).toEqual(new Set([200]))
    // a page that greets everybody would pass too: another secret does not open
    expect(await opens(`${sample[0]!.slice(0, -4)}0000`)).toBe(404)
    console.log(
      `kill -9 amid ${people} invitations: ${mails.length} received, ${mailsTo.size} people, ${doubles.length} with two, ` +
        `${new Set(paths).size} different links, ${sample.length} of ${sample.length} tried open; ` +
        `opening ${seconds(openingMs)} s, sending ${seconds(sendingMs)} s`,
    )
  }, 240_000)
}

const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1)

function pathIn(mail: { text?: string | undefined }): string {
  const found = [...new Set(mail.text?.match(/\/a\/[0-9a-z]{6}-[0-9a-z]{26}/g))]
  if (found.length !== 1) throw new Error(`${found.length} links in one mail`)
  return found[0]!
}

async function states(companyId: string): Promise<Record<string, number>> {
  const { rows } = await world.superuser.query<{ state: string; n: number }>(
    'SELECT state, count(*)::int AS n FROM mail_message WHERE company_id = $1 GROUP BY state',
    [companyId],
  )
  return Object.fromEntries(rows.map((row) => [row.state, row.n]))
}
