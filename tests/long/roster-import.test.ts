import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { createWorld } from '../helpers/world.ts'
import { departmentsCsv, employeesHeader, person, rosterOfCompany } from '../roster/files.ts'

const people = 100_000

function* file(year: 2024 | 2025): Generator<string> {
  yield `${employeesHeader}\n`
  for (let i = 0; i < people; i++) {
    const values: Record<string, string> = {
      department: `X${i % 2000}`,
      workplace: `W${i % 50}`,
      workplaceName: `事業場${i % 50}`,
    }
    if (i % 50 === 0) values['authority'] = `X${i % 2000}`
    if (year === 2025) {
      if (i % 10 === 0) values['department'] = `X${(i + 7) % 2000}`
      else if (i % 17 === 0) values['left'] = '2025-03-31'
      if (i % 23 === 0) values['family'] = '架空改'
    }
    yield `${person(`E${i}`, values)}\n`
  }
}

test('100,000 lines are previewed and applied in under 60 s, in bounded memory', async () => {
  const world = await createWorld()
  const { companyId } = await world.company()
  const roster = rosterOfCompany(world, companyId)
  const units = Array.from({ length: 2000 }, (_, i) => `X${i},架空課${i},D1,2020-04-01,,\n`)
  await roster.take('departments', departmentsCsv + units.join(''), '2024-11-01')
  for (const year of [2024, 2024, 2025] as const) {
    const begun = performance.now()
    const { importId, counts } = await roster.bring('employees', Readable.from(file(year)), `${year}-11-01`)
    const previewed = performance.now()
    expect(counts.wrong).toBe(0)
    await roster.apply(importId)
    const done = performance.now()
    const megabytes = Math.round(process.memoryUsage().rss / 1e6)
    console.log({
      ...counts,
      previewMs: Math.round(previewed - begun),
      applyMs: Math.round(done - previewed),
      megabytes,
    })
    expect(done - begun).toBeLessThan(60_000)
    expect(megabytes).toBeLessThan(600)
  }
  await world.close()
}, 300_000)
