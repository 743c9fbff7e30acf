import type { Bulk } from './bulk.ts'
import type { ScoringSpeed } from './scoring.ts'
import type { FirstVisit } from './first-visit.ts'
import { median } from './load.ts'
import type { PagePair } from './page.ts'
import type { Starts } from './start.ts'
import type { SubmitPair } from './submit.ts'

export interface Figures {
  conditions: { date: string; cores: number; node: string; postgresql: string; loadBefore: number; loadAfter: number }
  page: { pairs: PagePair[]; bytes: number }
  pageCompressed: { pairs: PagePair[]; bytes: number }
  visits: FirstVisit[]
  submit: SubmitPair[]
  starts: Starts
  bulk: Bulk
  scoring: ScoringSpeed
}

const n = (value: number, digits = 0) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
const seconds = (ms: number) => `${n(ms / 1000, 1)} s`
const met = (holds: boolean) => (holds ? 'met' : '**missed**')

/** docs/performance.md: what was measured, how, and what follows from it for a peak. */
export function writeReport(figures: Figures): string {
  const { conditions, page, pageCompressed, visits, submit, starts, bulk, scoring } = figures
  // others' work shifts the processor between one process (ours) and many (the yardstick's): rates say little then
  const busy = conditions.loadBefore > 1.5
  const judged = (holds: boolean) => (busy ? 'busy machine: not judged' : met(holds))
  const range = (ratios: readonly number[]) => `${n(Math.min(...ratios), 2)}–${n(Math.max(...ratios), 2)}`
  const mid = <Pair>(pairs: readonly Pair[], of: (pair: Pair) => number) => median(pairs.map(of))
  const pageRatio = mid(page.pairs, ({ ours, bare }) => ours.perSecond / bare.perSecond)
  const compressedRatio = mid(pageCompressed.pairs, ({ ours, bare }) => ours.perSecond / bare.perSecond)
  const submitRatio = mid(submit, ({ ours, limit }) => ours.perSecond / limit.perSecond)
  const p95Ratio = mid(submit, ({ ours, limit }) => ours.p95 / limit.p95)
  const pages = mid(pageCompressed.pairs, ({ ours }) => ours.perSecond)
  const submits = mid(submit, ({ ours }) => ours.perSecond)
  const start = median(starts.firstPageMs)
  const importMs = bulk.previewMs + bulk.applyMs
  const pageRow = (name: string, of: Figures['page'], ratio: number) =>
    `| ${name} | ${n(mid(of.pairs, ({ ours }) => ours.perSecond))}/s | ${n(mid(of.pairs, ({ bare }) => bare.perSecond))}/s | ` +
    `${n(ratio, 2)} (${range(of.pairs.map(({ ours, bare }) => ours.perSecond / bare.perSecond))}) | ≥ 0.5 | ${judged(ratio >= 0.5)} |`
  const spent = (cpu: number, database: number) => `${n(cpu, 2)} + ${n(database, 2)} ms`
  return `# Performance

Written by \`npm run bench\`; do not edit by hand.

${conditions.date}, ${conditions.cores} cores, Node ${conditions.node}, PostgreSQL ${conditions.postgresql} (fsync on), everything on one machine: server, database, and the load itself. System load before ${n(conditions.loadBefore, 1)}, after ${n(conditions.loadAfter, 1)}${busy ? ': **the machine was busy with other work**; rates are lower than they would be and their ratios uncertain, which is why they are not judged here. Processor times below say more' : ''}. Pairs are measured in turn, ours then the yardstick, ${submit.length} times; figures are medians, ratios medians of the pairs' ratios (lowest–highest).

| measure | ours | yardstick | ratio | target | |
|---|---|---|---|---|---|
${pageRow('page of questions, as browsers ask for it (brotli)', pageCompressed, compressedRatio)}
${pageRow('the same without compression', page, pageRatio)}
| submission of 58 answers, 16 connections | ${n(submits)}/s | ${n(mid(submit, ({ limit }) => limit.perSecond))}/s | ${n(submitRatio, 2)} (${range(submit.map(({ ours, limit }) => ours.perSecond / limit.perSecond))}) | ≥ 0.5 | ${judged(submitRatio >= 0.5)} |
| the same, pgbench with prepared statements | ${n(submits)}/s | ${n(mid(submit, ({ prepared }) => prepared.perSecond))}/s | ${n(
    mid(submit, ({ ours, prepared }) => ours.perSecond / prepared.perSecond),
    2,
  )} | | |
| 95th percentile of a submission | ${n(mid(submit, ({ ours }) => ours.p95))} ms | ${n(mid(submit, ({ limit }) => limit.p95))} ms | ${n(p95Ratio, 1)} | ≤ 3 | ${judged(p95Ratio <= 3)} |
${visits.map((one) => `| first visit, ${one.page} | ${one.requests} requests, ${n(one.bytes / 1024, 1)} KB | | | ≤ 3, ≤ 20 KB | ${met(one.requests <= 3 && one.bytes <= 20 * 1024)} |`).join('\n')}
| memory of the idle server with its worker | ${n(starts.idleMegabytes)} MB | | | < 200 MB | ${met(starts.idleMegabytes < 200)} |
| embedded start to the first page, data exist | ${n(start / 1000, 2)} s | | | < 2 s | ${judged(start < 2000)} |
| roster of 100,000 lines: preview + apply | ${seconds(bulk.previewMs)} + ${seconds(bulk.applyMs)} | | | < 60 s | ${met(importMs < 60_000)} |
| \`score\` of 100,000 people | ${seconds(bulk.scoreMs)}, ${n(bulk.scoreMegabytes)} MB | | | < 10 s, < 300 MB | ${met(bulk.scoreMs < 10_000 && bulk.scoreMegabytes < 300)} |
| scoring of the 57-item form, one core, million people a second | ${(scoring.scorer / 1e6).toFixed(2)} | ${(scoring.bareLoop / 1e6).toFixed(2)} | ${(scoring.scorer / scoring.bareLoop).toFixed(2)} | | |

## What is compared

- **Page of questions**: \`GET /answer/1\` of people in the middle of answering, ${n(page.bytes)} bytes, 16 connections. The yardstick (\`tests/bench/bare-server.ts\`) is Fastify without anything: it looks the session up, opens the same role transaction and sends the same bytes; it renders nothing and opens nothing.
- **Submission**: \`POST /answer/submit\` over real HTTP of people whose 57 + 1 answers lie in their drafts: code checked, answers validated, sealed under two keys, scored, result sealed, draft deleted, invitation submitted, audit row, one durable transaction under row-level security. The yardstick is pgbench with 16 clients, as it comes (and once more with prepared statements), doing the least durable work for it on plain tables of the same database: one UPDATE, one INSERT of the response, 19 INSERTs of scores. It speaks no HTTP.
- The load comes from wrk, in one thread: as light as pgbench, so that it takes little of the processors from either.
- **Scoring**: the scorer that the server and the command line use, every answer checked, 19 scales with points, both verdicts; beside a bare loop that only adds the same answers in a typed array.
- **First visit**: bodies as transferred, page and all it names, to a browser that has been nowhere here; then the page of questions, for which style and icon are there already.

Processor time of one request (server + database, median): page ${spent(
    mid(page.pairs, ({ ours }) => ours.cpuMs),
    mid(page.pairs, ({ ours }) => ours.databaseCpuMs),
  )}, bare server ${spent(
    mid(page.pairs, ({ bare }) => bare.cpuMs),
    mid(page.pairs, ({ bare }) => bare.databaseCpuMs),
  )}, submission ${spent(
    mid(submit, ({ ours }) => ours.cpuMs),
    mid(submit, ({ ours }) => ours.databaseCpuMs),
  )}, pgbench's transaction ${n(
    mid(submit, ({ limit }) => limit.databaseCpuMs),
    2,
  )} ms of the database (beside pgbench's own).

## Rounds

| | ours | yardstick | ratio |
|---|---|---|---|
${[
  ...pageCompressed.pairs.map(({ ours, bare }) => ['page, brotli', ours, bare] as const),
  ...page.pairs.map(({ ours, bare }) => ['page', ours, bare] as const),
  ...submit.map(({ ours, limit }) => ['submission', ours, limit] as const),
]
  .map(
    ([name, ours, other]) =>
      `| ${name} | ${n(ours.perSecond)}/s, p95 ${n(ours.p95)} ms | ${n(other.perSecond)}/s, p95 ${n(other.p95)} ms | ${n(ours.perSecond / other.perSecond, 2)} |`,
  )
  .join('\n')}

Starts: ${starts.firstPageMs.map((ms) => `${n(ms)} ms`).join(', ')}.

## What it means for a peak

Plan figure: all companies open in the same week at nine o'clock; 1,000 submissions/s in the peak minute and 3,000 pages/s. Nodes of this size needed = peak ÷ (measured × 0.5): submissions ${n(1000)} ÷ ${n(submits * 0.5)} = **${n(Math.ceil(1000 / (submits * 0.5)))}**, pages ${n(3000)} ÷ ${n(pages * 0.5)} = **${n(Math.ceil(3000 / (pages * 0.5)))}**. One node by itself takes half its measured rate: ${n(submits * 0.5 * 3600)} submissions an hour. Companies never read each other, so they are spread over nodes by company; server processes are stateless, so a node with more cores runs more of them.
`
}
