import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { confirmDeparture } from '../../server/graduations/index.ts'
import { jobHandlers } from '../../server/graduations/jobs.ts'
import { newId } from '../../server/ids.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { createFirm, type Firm } from './firm.ts'

let world: World
let firm: Firm

beforeAll(async () => {
  world = await createWorld()
})
beforeEach(async () => {
  firm = await createFirm(world)
})
afterEach(() => firm.close())
afterAll(() => world.close())

const findLeavers = () =>
  jobHandlers[0]!.run({
    services: world.services,
    companyId: firm.companyId,
    objectId: newId(world.clock.now()),
    at: world.clock.now(),
  })

async function departures(employmentId: string) {
  const { rows } = await world.superuser.query(
    'SELECT state, kind, leaving_on, source FROM departure WHERE company_id = $1 AND employment_id = $2 ORDER BY created_at, id',
    [firm.companyId, employmentId],
  )
  return rows
}
const setEnd = (employmentId: string, until: string | null) =>
  world.superuser.query(
    'WITH e AS (UPDATE employment SET until_on = $2 WHERE id = $1) UPDATE assignment SET until_on = $2 WHERE employment_id = $1',
    [employmentId, until],
  )

test('an end date makes one draft, however often the job runs, and mails nobody', async () => {
  const leaving = await firm.hire('E1', '2020-04-01', '2026-11-30')
  const staying = await firm.hire('E2', '2020-04-01')
  await findLeavers()
  await findLeavers()
  expect(await departures(leaving)).toEqual([
    { state: 'draft', kind: null, leaving_on: '2026-11-30', source: 'roster' },
  ])
  expect(await departures(staying)).toEqual([])
  const { rows } = await world.superuser.query('SELECT count(*)::int AS n FROM mail_message WHERE company_id = $1', [
    firm.companyId,
  ])
  expect(rows[0].n).toBe(0)
  expect(await firm.deliver()).toEqual([])
})

test('a renewal that begins the next day is no departure; a gap of two days is one', async () => {
  const first = await firm.hire('E3', '2024-04-01', '2026-03-31')
  await firm.hire('E3', '2026-04-01', null, await firm.employeeOf(first))
  const broken = await firm.hire('E4', '2024-04-01', '2026-03-31')
  await firm.hire('E4', '2026-04-03', null, await firm.employeeOf(broken))
  await findLeavers()
  expect(await departures(first)).toEqual([])
  expect(await departures(broken)).toHaveLength(1)
})

test('an end date taken away cancels the draft, a moved one moves it, a renewal that comes later cancels it', async () => {
  const stays = await firm.hire('E5', '2020-04-01', '2026-11-30')
  const moves = await firm.hire('E6', '2020-04-01', '2026-11-30')
  const renewed = await firm.hire('E7', '2020-04-01', '2026-11-30')
  await findLeavers()
  await setEnd(stays, null)
  await setEnd(moves, '2026-12-31')
  await firm.hire('E7', '2026-12-01', null, await firm.employeeOf(renewed))
  await findLeavers()
  expect((await departures(stays)).map((one) => one.state)).toEqual(['cancelled'])
  expect(await departures(moves)).toMatchObject([{ state: 'draft', leaving_on: '2026-12-31' }])
  expect((await departures(renewed)).map((one) => one.state)).toEqual(['cancelled'])
})

test('what HR confirmed stays as it is, and a confirmed departure feeds the facts of turnover', async () => {
  const employmentId = await firm.hire('E8', '2020-04-01', '2026-11-30')
  await findLeavers()
  const { rows } = await world.superuser.query('SELECT id FROM departure WHERE employment_id = $1', [employmentId])
  const confirmation = {
    companyId: firm.companyId,
    departureId: rows[0].id,
    kind: 'resignation',
    noticeOn: '2026-11-02',
    lastWorkingOn: null,
    leavingOn: '2026-11-30',
    userId: firm.hrId,
  } as const
  await confirmDeparture(world.services, confirmation, world.clock.now())
  await setEnd(employmentId, null)
  await findLeavers()
  expect(await departures(employmentId)).toMatchObject([{ state: 'confirmed', kind: 'resignation' }])
  const facts = await firm.as('turnover', (db) => sql`SELECT leaving_on, voluntary FROM departure_fact`.execute(db))
  expect(facts.rows).toEqual([{ leaving_on: '2026-11-30', voluntary: true }])
  await expect(confirmDeparture(world.services, confirmation, world.clock.now())).rejects.toMatchObject({
    code: 'wrong_state',
  })
})
