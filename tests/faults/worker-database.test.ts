import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../server/ids.ts'
import { requestJob, startWorker, type JobHandler } from '../../server/jobs/index.ts'
import { createMailTransport, queueMail } from '../../server/mail/index.ts'
import { startSmtp, type SmtpPeer } from '../helpers/smtp.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { letterTo, withLetters, type Person } from '../mail/letters.ts'

let world: World
let smtp: SmtpPeer
let letters: Awaited<ReturnType<typeof withLetters>>

beforeAll(async () => {
  world = await createWorld()
  letters = await withLetters(world.services)
  smtp = await startSmtp()
})
afterAll(async () => {
  await smtp.close()
  await letters.remove()
  await world.close()
})

test('the database dropping every connection, twice, amid mails and jobs: each mail goes once, each job runs, the worker lives on', async () => {
  const at = world.clock.now()
  const { companyId } = await world.company()
  const people = new Map<string, Person>()
  for (let index = 0; index < 200; index++) {
    const subjectId = newId(at)
    people.set(subjectId, { subjectId, name: `人${index}`, address: `p${index}@example.jp` })
  }
  const batchId = newId(at)
  const mails = [...people.keys()].map((subjectId) => ({
    mailClass: 'survey' as const,
    template: 'letters.survey',
    area: 'stress' as const,
    subjectId,
    contextId: batchId,
    batchId,
    dueAt: at,
  }))
  const objects = Array.from({ length: 6 }, () => newId(at))
  await world.services.database.as({ role: 'scheduler', companyId }, at, async (db) => {
    await queueMail(db, companyId, mails, at)
    for (const object of objects) await requestJob(db, companyId, 'test.note', object, at)
  })
  await world.superuser.query("UPDATE pgboss.queue SET retry_delay = 1, retry_backoff = false WHERE name = 'hanamichi'")
  const ran = new Set<string>()
  const note: JobHandler = {
    name: 'test.note',
    run: async ({ objectId }) => {
      ran.add(objectId)
    },
  }
  // dropped while the mail server has the message and the worker does not know it yet
  smtp.onReceived = (count) => {
    if (count === 60 || count === 130)
      void world.superuser.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      )
  }
  const transport = createMailTransport({ smtpUrl: smtp.url, from: 'chosa@example.jp' })
  const worker = await startWorker({
    services: letters.services,
    runtimeUrl: world.runtimeUrl,
    transport,
    templates: [letterTo(people)],
    handlers: [note],
    ticks: [],
    log: pino({ level: 'silent' }),
  })
  const began = performance.now()
  const accepted = async () =>
    (
      await world.superuser.query<{ n: number }>(
        "SELECT count(*)::int AS n FROM mail_message WHERE company_id = $1 AND state = 'accepted'",
        [companyId],
      )
    ).rows[0]?.n
  while ((await accepted()) !== people.size || ran.size !== objects.length) {
    // what could not be prepared when the connection broke waits a minute by the clock
    world.clock.advance(5_000)
    if (performance.now() - began > 50_000) throw new Error(`mails ${await accepted()}, jobs ${ran.size}`)
    await new Promise((wait) => setTimeout(wait, 200))
  }
  await worker.stop()
  transport.close()
  expect(smtp.received).toHaveLength(people.size)
  expect(new Set(smtp.received.map((mail) => mail.to)).size).toBe(people.size)
}, 90_000)
