import { array, assert, asyncProperty, boolean, constantFrom, option, record } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { membersOn } from '../../server/roster/index.ts'
import type { AnyHandle, Outcome } from '../../server/roster/tables.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { departmentsCsv, employees, person, rosterOfCompany } from './files.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** What a company may tell about a person at one of the yearly files; null: not in the file. */
interface Told {
  department: string
  workplace: string
  kind: string
  family: string
  left: boolean
}
const told = record<Told>({
  department: constantFrom('D1', 'D2', 'D21'),
  workplace: constantFrom('W1', 'W2'),
  kind: constantFrom('正社員', '契約社員'),
  family: constantFrom('架空', '架空改'),
  left: boolean(),
})
const years = [2021, 2022, 2023, 2024]
const histories = array(array(option(told, { freq: 4 }), { minLength: years.length, maxLength: years.length }), {
  minLength: 1,
  maxLength: 6,
})

/** The outcome as a person with paper and pencil would say it: last year's line beside this year's. */
function expected(before: Told | undefined, now: Told): Outcome {
  if (!before || before.left) return 'added'
  if (now.left) return 'ended'
  if (before.department !== now.department || before.workplace !== now.workplace) return 'moved'
  return before.kind !== now.kind || before.family !== now.family ? 'changed' : 'unchanged'
}

test('any history of yearly files: outcomes as by hand, every past day as its file told it, no overlap, again is unchanged', async () => {
  await assert(
    asyncProperty(histories, async (people) => {
      const { companyId } = await world.company()
      const roster = rosterOfCompany(world, companyId)
      await roster.take('departments', departmentsCsv, '2020-11-01')
      const last: (Told | undefined)[] = people.map(() => undefined)
      const joined: string[] = []
      const seen: { on: string; members: string[] }[] = []
      for (const [at, year] of years.entries()) {
        const on = `${year}-11-01`
        const lines: string[] = []
        const wanted: Outcome[] = []
        for (const [who, history] of people.entries()) {
          const now = history[at]
          if (!now) continue
          wanted.push(expected(last[who], now))
          // newcomers, and those who come back, begin in spring
          if (!last[who] || last[who].left) joined[who] = `${year}-04-01`
          lines.push(
            person(`E${who}`, {
              ...now,
              workplaceName: now.workplace,
              joined: joined[who]!,
              left: now.left ? `${year}-11-30` : '',
            }),
          )
          last[who] = now
        }
        if (lines.length === 0) continue
        expect(await roster.take('employees', employees(...lines), on)).toEqual(wanted)
        expect(await roster.take('employees', employees(...lines), on)).toEqual(wanted.map(() => 'unchanged'))
        const members = last.flatMap((one, who) => {
          const mentioned = people[who]!.slice(0, at + 1).some(Boolean)
          if (!one || !mentioned) return []
          // left at the end of a November before this one
          const leftBefore = one.left && people[who]![at] !== one
          return leftBefore ? [] : [`E${who} ${one.department} ${one.workplace}`]
        })
        seen.push({ on, members: members.sort() })
      }
      const codes = await world.superuser.query(
        'SELECT id, code FROM department WHERE company_id = $1 UNION ALL SELECT id, code FROM workplace WHERE company_id = $1',
        [companyId],
      )
      const codeOf = new Map(codes.rows.map((row) => [row.id as string, row.code as string]))
      await world.services.database.as({ role: 'hr', companyId }, world.clock.now(), async (db: AnyHandle) => {
        for (const { on, members } of seen) {
          const found = await membersOn(db, companyId, on)
          expect(
            found
              .map((one) => `${one.employeeCode} ${codeOf.get(one.departmentId)} ${codeOf.get(one.workplaceId)}`)
              .sort(),
          ).toEqual(members)
        }
      })
      const crossing = await world.superuser.query(
        `SELECT 'assignments' AS what FROM assignment a JOIN assignment b ON b.employment_id = a.employment_id AND b.id > a.id
           AND a.from_on <= coalesce(b.until_on, 'infinity') AND b.from_on <= coalesce(a.until_on, 'infinity') WHERE a.company_id = $1
         UNION ALL SELECT 'employments' FROM employment a JOIN employment b ON b.employee_id = a.employee_id AND b.id > a.id
           AND a.from_on <= coalesce(b.until_on, 'infinity') AND b.from_on <= coalesce(a.until_on, 'infinity') WHERE a.company_id = $1
         UNION ALL SELECT 'outside' FROM assignment a JOIN employment e ON e.id = a.employment_id
           WHERE a.company_id = $1 AND (a.from_on < e.from_on OR coalesce(a.until_on, 'infinity') > coalesce(e.until_on, 'infinity'))`,
        [companyId],
      )
      expect(crossing.rows).toEqual([])
    }),
    { numRuns: 8 },
  )
}, 120_000)
