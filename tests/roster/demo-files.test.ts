import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { departmentTreeOn, membersOn, movements, successions, workplacesOn } from '../../server/roster/index.ts'
import type { AnyHandle } from '../../server/roster/tables.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { rosterOfCompany } from './files.ts'

const folder = 'server/demo/roster'
const years = [2023, 2024, 2025, 2026]
const counts: Record<string, unknown>[] = []

let world: World
let companyId: string
const read = <T>(work: (db: AnyHandle) => Promise<T>) =>
  world.services.database.as({ role: 'hr', companyId }, world.clock.now(), (db) => work(db as AnyHandle))

beforeAll(async () => {
  world = await createWorld()
  companyId = (await world.company()).companyId
  const roster = rosterOfCompany(world, companyId)
  for (const year of years)
    for (const kind of ['departments', 'employees'] as const) {
      const previewed = await roster.bring(kind, readFileSync(`${folder}/${year}-11-${kind}.csv`), `${year}-11-01`)
      const wrong = (await roster.lines(previewed.importId)).filter((line) => line.outcome === 'wrong')
      if (wrong.length > 0) throw new Error(`${year} ${kind}: ${JSON.stringify(wrong.slice(0, 3))}`)
      await roster.apply(previewed.importId)
      counts.push({ year, kind, ...previewed.counts })
    }
}, 60_000)
afterAll(() => world.close())

test('the demo company is what it says: people, workplaces, tree, one under 50, heads at divisions, units under ten', async () => {
  const [members, tree, workplaces] = await read(async (db) => [
    await membersOn(db, companyId, '2026-11-01'),
    await departmentTreeOn(db, companyId, '2026-11-01'),
    await workplacesOn(db, companyId, '2026-11-01'),
  ])
  expect(members.length).toBeGreaterThan(460)
  expect(members.length).toBeLessThan(500)
  expect(members.every((one) => one.familyName.startsWith('架空') && one.email?.endsWith('@example.jp'))).toBe(true)
  expect(tree).toHaveLength(24)
  expect(new Set(tree.map((one) => one.depth))).toEqual(new Set([0, 1, 2]))
  expect(workplaces).toHaveLength(4)
  expect(workplaces.filter((one) => one.headcountFor50! < 50)).toHaveLength(1)
  const heads = (id: string) => members.filter((one) => one.departmentId === id).length
  expect(tree.filter((one) => one.depth === 0).every((one) => heads(one.id) > 0)).toBe(true)
  expect(tree.filter((one) => one.depth === 2 && heads(one.id) < 10).length).toBeGreaterThanOrEqual(2)
})

test('three years of history: one department merged, one renamed, people join, move, leave, come back', async () => {
  const [before, after, merged, moves] = await read(async (db) => [
    await departmentTreeOn(db, companyId, '2024-09-30'),
    await departmentTreeOn(db, companyId, '2026-11-01'),
    await successions(db, companyId),
    await movements(db, companyId),
  ])
  expect(before).toHaveLength(25)
  const nameOf = (tree: typeof before, code: string) => tree.find((one) => one.code === code)?.name
  expect([nameOf(before, 'D420'), nameOf(after, 'D420')]).toEqual(['情報システム室', 'システム部'])
  expect([nameOf(before, 'D213'), nameOf(after, 'D213')]).toEqual(['多摩営業課', undefined])
  expect(merged).toEqual([
    {
      predecessorId: before.find((one) => one.code === 'D213')!.id,
      successorId: after.find((one) => one.code === 'D211')!.id,
      onDate: '2025-04-01',
    },
  ])
  for (const { year, kind, ...outcome } of counts)
    if (kind === 'employees' && year !== 2023) expect(outcome, String(year)).toMatchObject({ wrong: 0, absent: 0 })
  const last = counts.at(-1) as unknown as Record<string, number>
  for (const outcome of ['added', 'changed', 'moved', 'ended']) expect(last[outcome], outcome).toBeGreaterThan(0)
  const people = new Set(moves.map((one) => one.employmentId))
  expect(moves.length).toBeGreaterThan(people.size)
  // people who left but are employed today: came back, or a renewed contract
  const ended = moves.filter((one) => one.employedUntilOn !== null && one.employedUntilOn < '2026-11-01')
  const perDepartment = new Map<string, number>()
  for (const one of ended) perDepartment.set(one.departmentId, (perDepartment.get(one.departmentId) ?? 0) + 1)
  const high = after.filter((one) => (perDepartment.get(one.id) ?? 0) > 35).map((one) => one.code)
  expect(high).toEqual(['D230', 'D311'])
})

test('departures.csv tells a kind for every end of employment that is no renewal', async () => {
  const rows = parse(readFileSync(`${folder}/departures.csv`), { columns: true }) as {
    employee_code: string
    leaving_on: string
    last_working_on: string
    notice_on: string
  }[]
  const told = new Set(rows.map((row) => `${row.employee_code} ${row.leaving_on}`))
  const { rows: ends } = await world.superuser.query(
    `SELECT p.employee_code || ' ' || e.until_on AS k, EXISTS (SELECT FROM employment n WHERE n.employee_id = e.employee_id AND n.from_on = e.until_on + 1) AS renewed
     FROM employment e JOIN employee p ON p.id = e.employee_id WHERE e.company_id = $1 AND e.until_on IS NOT NULL`,
    [companyId],
  )
  expect(new Set(ends.filter((row) => !row.renewed).map((row) => row.k as string))).toEqual(told)
  expect(rows.filter((row) => row.last_working_on > row.leaving_on || row.notice_on > row.leaving_on)).toEqual([])
  expect(rows.filter((row) => row.leaving_on >= '2026-11-01').length).toBeGreaterThanOrEqual(4)
})
