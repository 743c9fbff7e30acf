import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../server/ids.ts'
import { queueMail } from '../../server/mail/index.ts'
import { startSmtp, type SmtpPeer } from '../helpers/smtp.ts'
import { createWorld, type World } from '../helpers/world.ts'

let world: World
let smtp: SmtpPeer
const children: ChildProcess[] = []

beforeAll(async () => {
  world = await createWorld()
  smtp = await startSmtp()
})
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
  await smtp.close()
  await world.close()
})

async function startProcess(startsAt: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'worker-process.ts')], {
    env: { ...process.env, RUNTIME_URL: world.runtimeUrl, SMTP_URL: smtp.url, STARTS_AT: startsAt },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return child
}

test('kill -9 of the worker amid 2,000 mails: everybody gets one, at most the one in flight gets two', async () => {
  const people = 2_000
  const killAt = 700
  const at = world.clock.now()
  const { companyId } = await world.company()
  const batchId = newId(at)
  const subjects = Array.from({ length: people }, () => newId(at))
  const mails = subjects.map((subjectId) => ({
    mailClass: 'survey' as const,
    template: 'letters.survey',
    area: 'stress' as const,
    subjectId,
    contextId: batchId,
    batchId,
    dueAt: at,
  }))
  await world.services.database.as({ role: 'scheduler', companyId }, at, (db) => queueMail(db, companyId, mails, at))

  const first = await startProcess('2026-11-02T00:00:01.000Z')
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
  const second = await startProcess(new Date(claims[0]!.until.getTime() - 3_000).toISOString())
  const left = performance.now()
  while ((await states(companyId))['accepted'] !== people) {
    if (performance.now() - left > 90_000) throw new Error(`only ${JSON.stringify(await states(companyId))}`)
    await new Promise((wait) => setTimeout(wait, 200))
  }
  const ended = once(second, 'exit')
  second.kill('SIGTERM')
  expect((await ended)[0]).toBe(0)

  const counts = new Map<string, number>()
  for (const mail of smtp.received) counts.set(mail.to, (counts.get(mail.to) ?? 0) + 1)
  expect(counts.size).toBe(people)
  const doubles = [...counts.values()].filter((count) => count > 1)
  expect(doubles).toEqual([2])
  // and those two are one mail to any mail program
  const double = [...counts].find(([, count]) => count === 2)?.[0]
  const ids = smtp.received
    .filter((mail) => mail.to === double)
    .map((mail) => /^Message-ID: (.*)$/m.exec(mail.raw)?.[1])
  expect(new Set(ids).size).toBe(1)
  console.log(
    `kill -9 amid ${people} mails: ${smtp.received.length} received, ${counts.size} people, ${doubles.length} with two`,
  )
}, 180_000)

async function states(companyId: string): Promise<Record<string, number>> {
  const { rows } = await world.superuser.query<{ state: string; n: number }>(
    'SELECT state, count(*)::int AS n FROM mail_message WHERE company_id = $1 GROUP BY state',
    [companyId],
  )
  return Object.fromEntries(rows.map((row) => [row.state, row.n]))
}
