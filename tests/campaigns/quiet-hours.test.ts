import { pino } from 'pino'
import { expect, test } from 'vitest'
import { jobHandlers, mailTemplates } from '../../server/capabilities.ts'
import { sendReminders } from '../../server/campaigns/index.ts'
import { startWorker } from '../../server/jobs/index.ts'
import { createMailTransport } from '../../server/mail/index.ts'
import { openSurvey } from '../answering/survey.ts'
import { startSmtp } from '../helpers/smtp.ts'
import { createWorld } from '../helpers/world.ts'

test('reminders that waited for a mail server do not go out at night because it came back at night', async () => {
  const world = await createWorld()
  const { company, campaignId } = await openSurvey(world)
  const smtp = await startSmtp()
  const transport = createMailTransport({ smtpUrl: smtp.url, from: 'chosa@example.jp' })
  const worker = await startWorker({
    services: world.services,
    runtimeUrl: world.runtimeUrl,
    transport,
    templates: mailTemplates,
    handlers: jobHandlers,
    ticks: [],
    log: pino({ level: 'silent' }),
    loops: false,
  })
  const settleFor = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      await worker.settle()
      world.clock.advance(60_000)
    }
  }
  try {
    await worker.settle()
    const invited = smtp.received.length
    expect(invited).toBeGreaterThan(50)
    // Tuesday, 19:55 in Tokyo
    world.clock.set('2026-11-10T10:55:00Z')
    await sendReminders(world.services, company.companyId, campaignId, world.clock.now())
    await smtp.close()
    await worker.settle()
    // 02:30
    world.clock.set('2026-11-10T17:30:00Z')
    await smtp.reopen()
    await settleFor(4)
    expect(smtp.received).toHaveLength(invited)
    // 08:00
    world.clock.set('2026-11-10T23:00:00Z')
    await settleFor(2)
    expect(smtp.received).toHaveLength(2 * invited)
    const { rows } = await world.superuser.query('SELECT max(attempts) AS most FROM mail_message WHERE state = $1', [
      'accepted',
    ])
    // waiting for the hour is no attempt
    expect(rows[0].most).toBe(1)
  } finally {
    await worker.stop()
    transport.close()
    await smtp.close()
    await world.close()
  }
}, 60_000)
