import { join } from 'node:path'
import {
  Listr,
  ListrLogger,
  ProcessOutput,
  type ListrTaskWrapper,
  type DefaultRenderer,
  type SimpleRenderer,
} from 'listr2'
import { dateIn, systemClock } from '../clock.ts'
import { membersOn } from '../roster/index.ts'
import { at, tellCampaign, type CampaignTold } from './campaign-story.ts'
import { moveDate, shiftDays } from './clock.ts'
import { Interruption } from './interruption.ts'
import { tellLeavings } from './leavers-story.ts'
import { tellRequests } from './requests-story.ts'
import { confirmDrafts, importSnapshot, readDepartures, type DepartureRow } from './roster-story.ts'
import { acknowledgeSecrecy, foundCompany, staffOf, type DemoCompany } from './staff.ts'
import { buildStage, type Stage } from './stage.ts'
import { createTexts } from '../web/texts.ts'
import { departmentTable, lastLine, readSummary, type Totals } from './summary.ts'
import type { ReportSummary } from '../group-reports/index.ts'

interface Told {
  building: Promise<Stage> | undefined
  stage: Stage
  company: DemoCompany
  shift: number
  seed: number
  departures: DepartureRow[]
  campaign: CampaignTold
  summary: ReportSummary
  totals: Totals
  /** employee codes whose graduation HR opened before the roster knew */
  confirmed: ReadonlySet<string>
}

type Task = ListrTaskWrapper<Told, typeof DefaultRenderer, typeof SimpleRenderer>

/** Departments of the demo that carry more than others (standard deviations of strain); what the report should find. */
const harder: ReadonlyMap<string, number> = new Map([
  ['D230', 0.9],
  ['D311', 0.8],
  ['D420', -0.4],
])

/**
 * A fictional company lives through three campaigns on a database of its own; every mail goes over SMTP, every answer over HTTP.
 * Progress goes to stderr; stdout gets the table of departments, addresses and sign-ins, and as its last line the totals.
 * Interrupted, it ends the process with 128 + signal, after everything it made is stopped and removed.
 * @param options `once`: return after the story; otherwise it serves until it is interrupted
 */
export async function demo(options: { port: number; once: boolean; seed: number }): Promise<void> {
  const started = process.hrtime.bigint()
  const texts = createTexts(join(import.meta.dirname, '..', '..', 'templates', 'locales'))
  const text = (key: string, values?: Record<string, string>) => texts.text('ja', key, values)
  const interruption = new Interruption(text('demo.interrupted'))
  const told = { seed: options.seed, shift: shiftDays(dateIn('Asia/Tokyo', systemClock.now())) } as Told
  try {
    await tasks(options.port, told, interruption).run(told)
    const { stage } = told
    const seconds = Number((process.hrtime.bigint() - started) / 1_000_000_000n)
    const out = [
      departmentTable(told.summary, text),
      '',
      ...signIns(told, text),
      '',
      text('demo.took', { seconds: String(seconds) }),
    ]
    process.stdout.write(`${out.join('\n')}\n`)
    if (!options.once) {
      await stage.letGo()
      process.stdout.write(`${text('demo.serving')}\n`)
    }
    process.stdout.write(`${lastLine(told.totals)}\n`)
    if (!options.once) await interruption.arrived
  } catch (error) {
    if (interruption.exitCode === undefined) throw error
  } finally {
    // also when it was cut off while the stage was being built: whatever of it came up is closed
    const stage = await told.building?.catch(() => undefined)
    await stage?.close().catch(() => undefined)
  }
  // what the cut-off story still waits for must not keep the process
  if (interruption.exitCode !== undefined) process.exit(interruption.exitCode)
}

function tasks(port: number, told: Told, interruption: Interruption): Listr<Told, 'default', 'simple'> {
  const day = (on: string) => moveDate(on, told.shift)
  const campaign = (name: string, year: number, dates: [string, string, string, string, string]) => ({
    name,
    year,
    plannedOn: day(dates[0]),
    opensOn: day(dates[1]),
    closesOn: day(dates[2]),
    confirmedOn: day(dates[3]),
    reportedOn: day(dates[4]),
  })
  const progress = (task: Task, title: string) => (done: number, total: number) => {
    task.title = `${title} ${done}/${total}`
  }
  const step = (title: string, work: (context: Told, task: Task) => Promise<string>) => ({
    title,
    task: async (context: Told, task: Task) => {
      task.title = `${title} ${await interruption.cut(work(context, task))}`
    },
  })
  const ask = (title: string, plan: ReturnType<typeof campaign>) =>
    step(title, async (context, task) => {
      context.campaign = await tellCampaign(
        context.stage,
        context.company,
        plan,
        { seed: context.seed, harder },
        progress(task, title),
      )
      return `回答 ${context.campaign.respondents.length}/${context.campaign.invited}`
    })
  const leave = (title: string, fromOn: string, untilOn: string) =>
    step(title, async (context, task) => {
      const done = await tellLeavings(
        context.stage,
        context.company,
        { departures: context.departures, fromOn: day(fromOn), untilOn: day(untilOn), seed: context.seed },
        progress(task, title),
      )
      context.totals.leavers += done.confirmed.size
      context.confirmed = done.confirmed
      context.totals.alumni += done.alumni
      return `${done.confirmed.size}人、退職時アンケート ${done.interviews}、アルムナイ ${done.alumni}`
    })
  const settlePast = (title: string, fromOn: string, untilOn: string) =>
    step(title, async (context) => {
      const past = context.departures.filter(
        (one) =>
          one.leavingOn >= day(fromOn) && one.leavingOn < day(untilOn) && !context.confirmed.has(one.employeeCode),
      )
      const confirmed = await confirmDrafts(context.stage, context.company, past)
      context.totals.leavers += confirmed
      return `${confirmed}人`
    })
  const importYear = (year: number) =>
    step(`名簿 ${year}-11 を取り込む`, async (context) => {
      await importSnapshot(context.stage, context.company, year, day(`${year}-11-01`), context.shift)
      return ''
    })

  return new Listr<Told, 'default', 'simple'>(
    [
      step('データベース、メールサーバ、画面を用意する', async (context) => {
        context.building = buildStage(port, interruption.signal)
        context.stage = await context.building
        context.totals = {
          employees: 0,
          invited: 0,
          delivered: 0,
          answered: 0,
          released: 0,
          requests: 0,
          departments: 0,
          withheld: 0,
          flagged: 0,
          leavers: 0,
          alumni: 0,
        }
        context.departures = await readDepartures(context.shift)
        context.confirmed = new Set()
        context.stage.clock.set(at(day('2023-10-02')))
        context.company = await foundCompany(context.stage)
        await acknowledgeSecrecy(context.stage, context.company, 'implementer')
        await acknowledgeSecrecy(context.stage, context.company, 'physician')
        return ''
      }),
      importYear(2023),
      importYear(2024),
      settlePast('2023〜2024年の退職を確定する', '2023-11-01', '2024-11-01'),
      ask(
        '実施回 2024',
        campaign('2024年度 ストレスチェック', 2024, [
          '2024-11-01',
          '2024-11-05',
          '2024-11-15',
          '2024-11-18',
          '2024-11-21',
        ]),
      ),
      importYear(2025),
      settlePast('2024〜2025年の退職を確定する', '2024-11-01', '2025-11-01'),
      ask(
        '実施回 2025',
        campaign('2025年度 ストレスチェック', 2025, [
          '2025-11-03',
          '2025-11-05',
          '2025-11-14',
          '2025-11-17',
          '2025-11-20',
        ]),
      ),
      leave('この一年の退職 (毎週)', '2025-11-24', '2026-10-26'),
      importYear(2026),
      settlePast('残りの退職を確定する', '2025-11-01', '2026-11-01'),
      ask(
        '実施回 2026',
        campaign('2026年度 ストレスチェック', 2026, [
          '2026-11-02',
          '2026-11-04',
          '2026-11-13',
          '2026-11-16',
          '2026-11-20',
        ]),
      ),
      step('結果を開く、申し出る、相談する', async (context) => {
        const done = await tellRequests(context.stage, context.campaign, context.seed)
        context.totals.requests = done.requests
        return `結果の閲覧 ${done.opened}、面接指導の申出 ${done.requests}、健康相談 1`
      }),
      step('まとめる', async (context) => {
        await context.stage.settle()
        context.summary = await readSummary(context.stage, context.company, context.campaign.reportId)
        const { counts } = context.summary
        Object.assign(context.totals, {
          employees: await countEmployees(context),
          invited: context.campaign.invited,
          delivered: context.campaign.delivered,
          answered: context.campaign.respondents.length,
          released: context.campaign.released,
          ...counts,
        })
        return ''
      }),
    ],
    {
      concurrent: false,
      // interruptions are ours: its own listener would end the process at once and leave the database running
      registerSignalListeners: false,
      rendererOptions: { collapseErrors: false, logger: onStderr(false) },
      fallbackRenderer: 'simple',
      fallbackRendererOptions: { logger: onStderr(true) },
    },
  )
}

/** The renderer writes to one stream only and holds back both while it draws: its "stdout" is our stderr. */
const onStderr = (useIcons: boolean) =>
  new ListrLogger({ useIcons, processOutput: new ProcessOutput(process.stderr, process.stdout) })

async function countEmployees(told: Told): Promise<number> {
  const { services } = told.stage
  const on = dateIn('Asia/Tokyo', services.clock.now())
  const members = await services.database.as(
    { role: 'hr', companyId: told.company.companyId, subjectId: staffOf(told.company, 'hr').userId },
    services.clock.now(),
    (db) => membersOn(db, told.company.companyId, on),
  )
  return new Set(members.map((member) => member.employeeCode)).size
}

/** Addresses, accounts and one-time-password secrets for each role. */
function signIns(told: Told, text: (key: string) => string): string[] {
  const { stage, company } = told
  return [
    `${text('demo.pages')}: ${stage.baseUrl}/c/${company.key}/sign-in`,
    `${text('demo.mailbox.title')}: ${stage.mailboxUrl}`,
    `${text('demo.signIns.title')}: ${stage.mailboxUrl}/sign-ins`,
    ...company.staff.map(
      (one) =>
        `${text(`web.role.${one.role}`)}: ${one.email}  ${text('demo.password')} ${one.password}  ${text('demo.totp')} ${one.totpSecret}`,
    ),
  ]
}
