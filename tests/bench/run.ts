import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { measureBulk } from './bulk.ts'
import { measureScoring } from './scoring.ts'
import { measureFirstVisit } from './first-visit.ts'
import { measurePage } from './page.ts'
import { writeReport } from './report.ts'
import { openStage } from './stage.ts'
import { measureStarts } from './start.ts'
import { measureSubmit } from './submit.ts'

/** `npm run bench`: every measure of docs/performance.md, which it writes. About four minutes; needs PostgreSQL with pgbench, and wrk, of the system. */
const rounds = 5
const say = (what: string) => process.stderr.write(`${what} …\n`)
const loadBefore = loadavg()[0]!

say('scoring in one process')
const scoring = await measureScoring(rounds)

say('starts of the embedded engine')
const starts = await measureStarts(rounds)
say('database, company, campaign')
const stage = await openStage()
try {
  say('first visit')
  const visits = await measureFirstVisit(stage)
  say('page of questions, compressed')
  const pageCompressed = await measurePage(stage, { rounds, seconds: 3, compressed: true })
  say('page of questions')
  const page = await measurePage(stage, { rounds, seconds: 3, compressed: false })
  say('submissions')
  const submit = await measureSubmit(stage, rounds, 3)
  say('roster and scores of 100,000')
  const bulk = await measureBulk(stage)
  const conditions = {
    date: new Date().toISOString().slice(0, 10),
    cores: availableParallelism(),
    node: process.versions.node,
    postgresql: stage.database.version,
    loadBefore,
    loadAfter: loadavg()[0]!,
  }
  const report = writeReport({ conditions, page, pageCompressed, visits, submit, starts, bulk, scoring })
  await writeFile(join(import.meta.dirname, '..', '..', 'docs', 'performance.md'), report)
  process.stdout.write(report)
} finally {
  await stage.close()
}
