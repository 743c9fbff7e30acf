import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { departmentsCsv, employeesHeader, person, rosterOfCompany } from '../roster/files.ts'
import type { Stage } from './stage.ts'

const people = 100_000
const units = 2_000

export interface Bulk {
  previewMs: number
  applyMs: number
  scoreMs: number
  scoreMegabytes: number
}

/** A roster of 100,000 lines previewed and applied, and 100,000 people scored by the command line. */
export async function measureBulk(stage: Stage): Promise<Bulk> {
  return { ...(await importRoster(stage)), ...(await score()) }
}

function* employees(): Generator<string> {
  yield `${employeesHeader}\n`
  for (let n = 0; n < people; n++) {
    const values = { department: `X${n % units}`, workplace: `W${n % 50}`, workplaceName: `事業場${n % 50}` }
    yield `${person(`E${n}`, values)}\n`
  }
}

async function importRoster(stage: Stage): Promise<Pick<Bulk, 'previewMs' | 'applyMs'>> {
  const { companyId } = await stage.world.company()
  const roster = rosterOfCompany(stage.world, companyId)
  const tree = Array.from({ length: units }, (_none, n) => `X${n},架空課${n},D1,2020-04-01,,\n`)
  await roster.take('departments', departmentsCsv + tree.join(''), '2024-11-01')
  const began = performance.now()
  const { importId, wrong } = await roster.bring('employees', Readable.from(employees()), '2024-11-01')
  if (wrong > 0) throw new Error(`${wrong} lines are wrong`)
  const previewed = performance.now()
  await roster.apply(importId)
  return { previewMs: previewed - began, applyMs: performance.now() - previewed }
}

async function score(): Promise<Pick<Bulk, 'scoreMs' | 'scoreMegabytes'>> {
  const items = Array.from({ length: 57 }, (_none, item) => item)
  const lines = [['id', 'sex', ...items.map((item) => `q${item + 1}`)].join(',')]
  for (let n = 0; n < people; n++)
    lines.push(
      [`p${n}`, n % 2 ? 'male' : 'female', ...items.map((item) => 1 + ((n + item * (1 + (n % 3))) % 4))].join(','),
    )
  const csv = `${lines.join('\n')}\n`
  const began = performance.now()
  const child = spawn(
    process.execPath,
    [resolve(import.meta.dirname, '../../server/cli.ts'), 'score', '--questionnaire', 'stress-check-57'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  let megabytes = 0
  const watch = setInterval(() => {
    const status = `/proc/${child.pid}/status`
    const peak = existsSync(status) ? /VmHWM:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
    if (peak) megabytes = Math.max(megabytes, Number(peak) / 1024)
  }, 20)
  let newlines = 0
  child.stdout.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) newlines++
  })
  child.stdin.end(csv)
  const [code] = (await once(child, 'close')) as [number]
  clearInterval(watch)
  if (code !== 0 || newlines !== people) throw new Error(`score ended with ${code} after ${newlines} lines`)
  return { scoreMs: performance.now() - began, scoreMegabytes: megabytes }
}
