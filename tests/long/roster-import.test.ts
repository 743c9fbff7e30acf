import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
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

/** The command as HR's computer department runs it: what it printed, how long it took (ms), and the most memory it had (MB). */
async function command(args: string[], environment: Record<string, string>) {
  const began = performance.now()
  const path = process.env['PATH'] ?? ''
  const cli = resolve(import.meta.dirname, '../../server/cli.ts')
  let megabytes = 0
  const printed = await new Promise<string>((done, fail) => {
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { env: { PATH: path, ...environment } },
      (error, output) => {
        clearInterval(watch)
        if (error) fail(new Error(output, { cause: error }))
        else done(output)
      },
    )
    const watch = setInterval(() => {
      const status = `/proc/${child.pid}/status`
      const peak = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
      if (peak) megabytes = Math.max(megabytes, Math.round(Number(peak) / 1024))
    }, 50)
  })
  return { printed, milliseconds: Math.round(performance.now() - began), megabytes }
}

test('100,000 lines are previewed and applied in under 60 s, in bounded memory', async () => {
  const world = await createWorld()
  const { companyId } = await world.company()
  const units = Array.from({ length: 2000 }, (_, i) => `X${i},架空課${i},D1,2020-04-01,,\n`)
  await rosterOfCompany(world, companyId).take('departments', departmentsCsv + units.join(''), '2024-11-01')
  const folder = await mkdtemp(join(tmpdir(), 'hanamichi-long-roster-'))
  const environment = { DATABASE_URL: world.runtimeUrl, KEY_FILE: join(folder, 'outer.key') }
  await writeFile(environment.KEY_FILE, `${world.keyText}\n`, { mode: 0o600 })
  const roster = join(folder, 'employees.csv')
  const expected = [/ 100000 +Added/, / 100000 +Unchanged/, / 3683 +Changed\n +10000 +Moved\n +5294 +Ended/]
  for (const [turn, year] of ([2024, 2024, 2025] as const).entries()) {
    await writeFile(roster, [...file(year)].join(''))
    const args = ['import-roster', roster, '--kind', 'employees', '--effective-on', `${year}-11-01`, '--apply']
    const { printed, milliseconds, megabytes } = await command(args, environment)
    console.log({ turn, milliseconds, megabytes, printed })
    expect(printed).toMatch(expected[turn]!)
    expect(milliseconds).toBeLessThan(60_000)
    expect(megabytes).toBeGreaterThan(50)
    expect(megabytes).toBeLessThan(450)
  }
  await rm(folder, { recursive: true, force: true })
  await world.close()
}, 300_000)
