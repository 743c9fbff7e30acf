import type { Disclosed, ShareFigure } from '../../analysis/disclosure/index.ts'
import {
  reportSummary,
  type AssessedValue,
  type DepartmentSummary,
  type ReportSummary,
} from '../group-reports/index.ts'
import { staffOf, type DemoCompany } from './staff.ts'
import type { Stage } from './stage.ts'

/** The figures of the demo's last line; `answered ≤ invited ≤ employees`. */
export interface Totals {
  employees: number
  invited: number
  delivered: number
  answered: number
  released: number
  requests: number
  departments: number
  withheld: number
  flagged: number
  leavers: number
  alumni: number
}

/** What HR reads in the report of the current campaign: only disclosed figures. */
export async function readSummary(stage: Stage, company: DemoCompany, reportId: string): Promise<ReportSummary> {
  const { services } = stage
  return services.database.as(
    { role: 'hr', companyId: company.companyId, subjectId: staffOf(company, 'hr').userId },
    services.clock.now(),
    (db) => reportSummary(db, company.companyId, reportId),
  )
}

/** Width of a text on a terminal: Japanese characters take two columns. */
function width(text: string): number {
  let columns = 0
  for (const character of text)
    columns +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1
  return columns
}

const pad = (text: string, columns: number, right = false) => {
  const space = ' '.repeat(Math.max(0, columns - width(text)))
  return right ? space + text : text + space
}

/** The departments in one table, for the terminal. */
export function departmentTable(summary: ReportSummary, text: (key: string) => string): string {
  const heads = ['department', 'respondents', 'highStress', 'healthRisk', 'observed', 'expected', 'risk', 'status'].map(
    (one) => text(`demo.table.${one}`),
  )
  const rows = summary.departments.map((one) => rowOf(one, text))
  const columns = heads.map((head, index) => Math.max(width(head), ...rows.map((row) => width(row[index]!))))
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => pad(cell, columns[index]!, index > 0 && index < 7)).join('  ')
  return [line(heads), columns.map((one) => '─'.repeat(one)).join('  '), ...rows.map(line)].join('\n')
}

function rowOf(one: DepartmentSummary, text: (key: string) => string): string[] {
  const none = text('demo.table.withheld')
  const name = `${'  '.repeat(Math.max(0, one.depth - 1))}${one.name}`
  if (one.response.kind === 'withheld') return [name, none, '', '', '', '', '', '']
  const turnover = one.turnover?.kind === 'shown' ? one.turnover.value : undefined
  return [
    name,
    String(one.response.value.respondents),
    shareText(one.highStressShare, text),
    one.chart.kind === 'shown' ? String(Math.round(one.chart.value.total)) : '—',
    turnover ? String(turnover.leavers.observed) : '—',
    turnover ? turnover.leavers.expected.toFixed(1) : '—',
    riskText(turnover),
    turnover ? text(`turnover.status.${turnover.status}`) : '—',
  ]
}

function shareText(figure: Disclosed<ShareFigure>, text: (key: string) => string): string {
  if (figure.kind === 'withheld') return '—'
  const share = figure.value
  if (share.kind === 'exact') return `${Math.round(share.share * 100)}%`
  return share.kind === 'atMost' ? text('demo.table.few') : text('demo.table.most')
}

function riskText(value: AssessedValue | undefined): string {
  if (!value) return '—'
  const two = (number: number) => number.toFixed(2)
  return `${two(value.risk.estimate)} (${two(value.risk.lo)}–${two(value.risk.hi)})`
}

/** The demo's last line: the same seed gives the same line. */
export function lastLine(totals: Totals): string {
  const order = [
    'employees',
    'invited',
    'delivered',
    'answered',
    'released',
    'requests',
    'departments',
    'withheld',
    'flagged',
    'leavers',
    'alumni',
  ] as const
  return `demo: ${order.map((name) => `${name}=${totals[name]}`).join(' ')}`
}
