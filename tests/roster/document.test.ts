import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { columns, readHeader } from '../../server/roster/columns.ts'
import { addDays, readDate } from '../../server/roster/cells.ts'
import { faults, notes } from '../../server/roster/remarks.ts'

const document = readFileSync('docs/roster.md', 'utf8')

test('docs/roster.md names every column, by the heading that is read and by its field', () => {
  for (const kind of ['departments', 'employees'] as const) {
    const section = document.split('### ').find((part) => part.toLowerCase().startsWith(kind))!
    const rows = [...section.matchAll(/^\| (\S[^|]*) \| (`[^|]*) \|/gm)].flatMap(([, headings, fields]) => {
      const names = [...fields!.matchAll(/`(\w+)`/g)].map(([, name]) => name!)
      return headings!.split(', ').map((heading, place) => [heading.trim(), names[place]] as const)
    })
    expect(rows.map(([, field]) => field)).toEqual(columns[kind].map((one) => one.field))
    const header = readHeader(
      kind,
      rows.map(([heading]) => heading),
    )
    expect([...header.places.keys()]).toEqual(columns[kind].map((one) => one.field))
  }
})

test('every remark has words in both languages', () => {
  for (const locale of ['ja', 'en']) {
    const texts = JSON.parse(readFileSync(`templates/locales/${locale}/roster.json`, 'utf8')) as {
      remark: Record<string, string>
    }
    expect(
      Object.keys(texts.remark)
        .filter((key) => key !== 'movedWorkplace')
        .sort(),
    ).toEqual([...faults, ...notes].sort())
  }
})

test.each([
  ['2024-02-29', '2024-02-29'],
  ['2024/2/9', '2024-02-09'],
  ['２０２４／２／９', '2024-02-09'],
  ['2000-02-29', '2000-02-29'],
])('%s is the day %s', (typed, day) => expect(readDate(typed)).toBe(day))

test.each([
  '2023-02-29',
  '1900-02-29',
  '2024-04-31',
  '2024-13-01',
  '2024-00-10',
  '24-04-01',
  '2024-4/1',
  '20240401',
  '1899-12-31',
  '',
])('%s is no day', (typed) => expect(readDate(typed)).toBeUndefined())

test('a day earlier or later', () => {
  expect([addDays('2024-03-01', -1), addDays('2024-12-31', 1), addDays('2026-03-31', 1)]).toEqual([
    '2024-02-29',
    '2025-01-01',
    '2026-04-01',
  ])
})
