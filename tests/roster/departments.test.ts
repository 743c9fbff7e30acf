import { array, assert, integer, option, property, constantFrom } from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findCycles, judgeDepartments, type KnownDepartment } from '../../server/roster/department-changes.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { departmentsCsv, rosterOfCompany } from './files.ts'

let world: World
let roster: ReturnType<typeof rosterOfCompany>
const header = '部署コード,部署名,上位部署コード,開始日,終了日,引継先部署コード\n'

beforeAll(async () => {
  world = await createWorld()
})
beforeEach(async () => {
  roster = rosterOfCompany(world, (await world.company()).companyId)
})
afterAll(() => world.close())

describe('departments over the years', () => {
  test('renamed, moved, merged, reopened: each year keeps its own tree; the same file again is unchanged', async () => {
    expect(await roster.take('departments', departmentsCsv, '2023-11-01')).toEqual(['added', 'added', 'added', 'added'])
    expect(await roster.take('departments', departmentsCsv, '2023-11-01')).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
      'unchanged',
    ])
    const next = `${header}D0,本社,,2020-04-01,,\nD1,営業本部,D0,2024-04-01,,\nD2,製造部,D0,2020-04-01,2024-09-30,D3;D1\nD21,製造一課,D3,,,\nD3,生産部,D0,2024-10-01,,\n`
    expect(await roster.take('departments', next, '2024-11-01')).toEqual([
      'unchanged',
      'changed',
      'ended',
      'moved',
      'added',
    ])
    const after = [
      'D0 本社 < 2020-04-01/',
      'D1 営業部 <D0 2020-04-01/2024-03-31',
      'D1 営業本部 <D0 2024-04-01/',
      'D2 製造部 <D0 2020-04-01/2024-09-30',
      'D21 製造一課 <D2 2020-04-01/2024-10-31',
      'D21 製造一課 <D3 2024-11-01/',
      'D3 生産部 <D0 2024-10-01/',
    ]
    expect(await roster.departments()).toEqual(after)
    expect(await roster.take('departments', next, '2024-11-01')).toEqual(Array(5).fill('unchanged'))
    expect(await roster.departments()).toEqual(after)
    // what the file leaves out stays; what had ended may begin again
    const reopened = `${header}D2,製造部,D0,2025-04-01,,\n`
    expect(await roster.look('departments', reopened, '2025-11-01')).toEqual(['changed reopened'])
    const { counts } = await roster.bring('departments', reopened, '2025-11-01')
    expect(counts.absent).toBe(4)
    await roster.take('departments', reopened, '2025-11-01')
    expect((await roster.departments()).filter((row) => row.startsWith('D2 '))).toEqual([
      'D2 製造部 <D0 2020-04-01/2024-09-30',
      'D2 製造部 <D0 2025-04-01/',
    ])
  })

  test('a wrong name put right on the very day is a correction, an end can be withdrawn', async () => {
    await roster.take('departments', `${header}D0,ほん社,,,,\nD1,営業部,D0,,2025-03-31,\n`, '2024-11-01')
    expect(await roster.take('departments', `${header}D0,本社,,,,\nD1,営業部,D0,,,\n`, '2024-11-01')).toEqual([
      'changed',
      'changed',
    ])
    expect(await roster.departments()).toEqual(['D0 本社 < 2024-11-01/', 'D1 営業部 <D0 2024-11-01/'])
  })

  test('each bad line is named', async () => {
    await roster.take('departments', departmentsCsv, '2024-11-01')
    const bad = `${header}${[
      'A,甲,B,,,',
      'B,乙,C,,,',
      'C,丙,A,,,',
      'E,戊,NO,,,',
      'F,己,D0,,2025-03-31,NO',
      'G,庚,D0,,,D1',
      'H,辛,D0,2025-04-01,2025-03-31,',
      'D1,営業部,D0,,,',
      'D1,営業部,D0,,,',
      '=CMD(),壬,D0,,,',
      ',癸,D0,,,',
      'D0,本社,D21,,,',
      'K,庚,K,,,',
      'L,己,F,2025-04-01,,',
      'M,壬,D0,,2025-03-31,M',
    ].join('\n')}\n`
    expect(await roster.look('departments', bad, '2025-11-01')).toEqual([
      'wrong cycle:parent_code new_department',
      'wrong cycle:parent_code new_department',
      'wrong cycle:parent_code new_department',
      'wrong unknown_parent:parent_code new_department',
      'wrong unknown_successor:successor_codes goes_into:successor_codes new_department',
      'wrong successor_without_end:successor_codes new_department',
      'wrong before_start:until_on before_start:until_on new_department',
      'unchanged',
      'wrong duplicate_code:department_code',
      'wrong formula:department_code',
      'wrong required:department_code',
      'wrong cycle:parent_code department_moved:parent_code',
      'wrong cycle:parent_code new_department',
      'wrong parent_ended:parent_code new_department',
      'wrong successor_is_itself:successor_codes goes_into:successor_codes new_department',
    ])
    const { importId } = await roster.bring('departments', bad, '2025-11-01')
    const lines = await roster.lines(importId)
    const pathOf = (at: number) => lines[at]!.remarks.find((one) => one.code === 'cycle')!.params!['path']
    expect(pathOf(0)).toBe('A → B → C → A')
    // a circle closed over departments that stand in the roster only
    expect(pathOf(11)).toBe('D0 → D21 → D2 → D0')
    await expect(roster.apply(importId)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await roster.departments()).toHaveLength(4)
  })
})

describe('findCycles', () => {
  const graphs = integer({ min: 1, max: 12 }).chain((size) =>
    array(option(integer({ min: 0, max: size - 1 })), { minLength: size, maxLength: size }),
  )

  test('names exactly the members of circles, each with its way round', () => {
    assert(
      property(graphs, (parents) => {
        const map = new Map(parents.map((parent, code) => [String(code), parent === null ? null : String(parent)]))
        const found = findCycles(map)
        for (const code of map.keys()) {
          let at: string | null | undefined = map.get(code)
          let steps = 1
          while (at !== null && at !== undefined && at !== code && steps <= map.size) {
            at = map.get(at)
            steps++
          }
          expect(found.has(code)).toBe(at === code)
          if (at === code) {
            const path = found.get(code)!
            expect([path[0], path.at(-1), path.length]).toEqual([code, code, steps + 1])
            for (const [place, member] of path.slice(0, -1).entries()) expect(map.get(member)).toBe(path[place + 1])
          }
        }
      }),
    )
  })
})

test('judging is pure: known departments that the file repeats are all unchanged', () => {
  const name = constantFrom('甲', '乙', '丙')
  assert(
    property(array(name, { minLength: 1, maxLength: 8 }), (names) => {
      const known: KnownDepartment[] = names.map((one, at) => ({
        id: `id${at}`,
        code: `D${at}`,
        versions: [
          {
            id: `v${at}`,
            name: one,
            parentId: at === 0 ? null : `id${Math.floor((at - 1) / 2)}`,
            fromOn: '2020-04-01',
            untilOn: null,
          },
        ],
        successorIds: [],
      }))
      const lines = names.map((one, at) => ({
        line: at + 2,
        remarks: [],
        fields: {
          department_code: `D${at}`,
          department_name: one,
          parent_code: at === 0 ? null : `D${Math.floor((at - 1) / 2)}`,
          from_on: null,
          until_on: null,
          successor_codes: [],
        },
      }))
      for (const judged of judgeDepartments(lines, known, '2024-11-01'))
        expect(judged).toMatchObject({ outcome: 'unchanged', plan: {} })
    }),
  )
})
