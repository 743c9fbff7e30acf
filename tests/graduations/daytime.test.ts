import { afterAll, beforeAll, expect, test } from 'vitest'
import { inviteDueInterviews } from '../../server/graduations/interviews.ts'
import { nextDaytime } from '../../server/mail/index.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { addressOf, createFirm, linkIn, type Firm } from './firm.ts'

// What waits until a mail server comes back is asked for its hour when it is sent: an outage must not end with mails at night.
let world: World
let firm: Firm

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2026-11-02T01:00:00Z')
  firm = await createFirm(world)
})
afterAll(async () => {
  await firm.close()
  await world.close()
})

const dates = { noticeOn: '2026-11-02', lastWorkingOn: '2026-11-13', leavingOn: '2026-11-30' }
const subjects = async (address: string) => (await firm.to(address)).map((mail) => mail.subject ?? '')

test.each([
  ['2026-11-07T00:00:00Z', '2026-11-07T00:00:00Z'], // Saturday, 9:00 in Tokyo
  ['2026-11-07T10:59:59Z', '2026-11-07T10:59:59Z'],
  ['2026-11-07T11:00:00Z', '2026-11-08T00:00:00Z'],
  ['2026-11-07T17:30:00Z', '2026-11-08T00:00:00Z'], // 2:30 of the 8th
])('the next daytime from %s', (at, expected) => {
  expect(nextDaytime(new Date(at), 'Asia/Tokyo')).toEqual(new Date(expected))
})

test('the exit interview is offered by day, also when the mail could not go out before', async () => {
  await firm.leave(await firm.hire('D1', '2020-04-01'), dates)
  await firm.deliver()
  const before = await subjects(addressOf('D1'))
  world.clock.set('2026-11-07T10:50:00Z')
  expect(await inviteDueInterviews(world.services, world.clock.now())).toBe(1)
  // 2:30: the mail server is back
  world.clock.set('2026-11-07T17:30:00Z')
  await firm.deliver()
  expect(await subjects(addressOf('D1'))).toEqual(before)
  world.clock.set('2026-11-08T00:00:00Z')
  await firm.deliver()
  const after = await subjects(addressOf('D1'))
  expect(after).toHaveLength(before.length + 1)
})

test('news of the pool come by day; the link somebody just asked for comes at once', async () => {
  world.clock.set('2026-11-02T01:00:00Z')
  await firm.leave(await firm.hire('D2', '2020-04-01'), dates)
  await firm.deliver()
  // 22:00 in Tokyo
  world.clock.set('2026-11-02T13:00:00Z')
  const leaver = await firm.enter(addressOf('D2'))
  const address = 'd2@private.example.com'
  await leaver.get('/graduation/alumni')
  await leaver.submit('/graduation/alumni', { purpose: ['news'], name: 'もと社員', email: address })
  await firm.deliver()
  const [confirmation] = await firm.to(address)
  const alumna = await firm.browser()
  await alumna.get(linkIn(confirmation))
  await alumna.submit(/confirm/, { confirm: 'yes' })
  await firm.deliver()
  expect(await subjects(address)).toHaveLength(1)
  world.clock.set('2026-11-03T00:00:00Z')
  await firm.deliver()
  expect((await subjects(address)).at(-1)).toContain('ようこそ')
})
