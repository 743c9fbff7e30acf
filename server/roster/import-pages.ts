import { formatDate, formatNumber } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import type { Counts, ImportRow, LineRow } from './import-queries.ts'
import { describeFault, describeRemarks } from './pages.ts'
import { isFault } from './remarks.ts'

const filters = ['wrong', 'added', 'moved', 'changed', 'ended', 'unchanged', 'absent'] as const
/** What a preview can show: one outcome, everything that differs, or what the file leaves out. */
export type Filter = (typeof filters)[number] | 'differing'

export function isFilter(value: string): value is Filter {
  return value === 'differing' || (filters as readonly string[]).includes(value)
}

interface Context {
  texts: Texts
  locale: string
  timeZone: string
}

interface PreviewDetails {
  show: Filter
  page: number
  linesAtOnce: number
  lines: readonly LineRow[]
  absent: readonly { code: string; name: string }[]
  progress: { done: number; total: number } | undefined
  sameFileAt: Date | undefined
  told: 'applied' | 'stale' | 'wrong' | undefined
  revoked: number
}

const tagOf: Record<string, string> = { wrong: 'late', added: 'wait', moved: 'wait', changed: 'wait', ended: 'strong' }

/** Values of the page of one import, whatever state it is in. */
export function previewPage(context: Context, found: ImportRow, details: PreviewDetails): Record<string, unknown> {
  const { texts, locale } = context
  const text = (key: string, params = {}) => texts.text(locale, key, params)
  const number = (value: number) => formatNumber(value, locale)
  const counts: Partial<Counts> = found.counts
  const wrong = counts.wrong ?? 0
  const differing = (counts.added ?? 0) + (counts.changed ?? 0) + (counts.moved ?? 0) + (counts.ended ?? 0)
  const here = `/hr/roster/imports/${found.id}`
  const address = (show: string, page = 1) => `${here}?show=${show}${page > 1 ? `&page=${page}` : ''}`
  const more = details.lines.length > details.linesAtOnce
  return {
    here,
    id: found.id,
    state: found.state,
    fileName: found.fileName,
    kindWord: text(`roster.kind.${found.kind}`),
    effectiveOn: found.effectiveOn,
    heading: headingOf(found, wrong, differing, text, number),
    seen: found.state === 'previewed' || found.state === 'applied',
    wrong,
    mayApply: found.state === 'previewed' && wrong === 0 && differing > 0,
    nothingToDo: found.state === 'previewed' && wrong === 0 && differing === 0,
    fault: found.problem ? describeFault(texts, locale, found.problem) : undefined,
    sameFileOn: details.sameFileAt,
    ignoredColumns: found.ignoredColumns.length > 0 ? found.ignoredColumns.join(text('roster.separator')) : undefined,
    absentCount: counts.absent ?? 0,
    progressValue: details.progress?.done ?? 0,
    progressMax: Math.max(details.progress?.total ?? 1, 1),
    progressWords: text('roster.preview.progress', {
      done: details.progress?.done ?? 0,
      total: details.progress?.total ?? 0,
    }),
    notice: noticeOf(details, text),
    filters: [{ show: 'differing', count: differing }, ...filters.map((show) => ({ show, count: counts[show] ?? 0 }))]
      .filter((one) => one.count > 0 || one.show === details.show)
      .map(({ show, count }) => ({
        href: address(show),
        label: text(show === 'differing' ? 'roster.preview.differing' : `roster.outcome.${show}`),
        count: number(count),
        current: show === details.show,
      })),
    showsAbsent: details.show === 'absent',
    caption: text('roster.preview.caption', {
      what: text(details.show === 'differing' ? 'roster.preview.differing' : `roster.outcome.${details.show}`),
    }),
    columns: ['line', 'who', 'outcome', 'remarks'].map((one) => ({ label: text(`roster.preview.${one}`) })),
    rows: details.lines.slice(0, details.linesAtOnce).map((line) => ({
      line: line.line,
      who: nameOf(line),
      outcome: text(`roster.outcome.${line.outcome}`),
      kind: tagOf[line.outcome] ?? 'quiet',
      remarks: describeRemarks(texts, locale, line.remarks, line.outcome === 'wrong'),
    })),
    absent: details.absent,
    previous: details.page > 1 ? address(details.show, details.page - 1) : undefined,
    next: more ? address(details.show, details.page + 1) : undefined,
  }
}

function headingOf(
  found: ImportRow,
  wrong: number,
  differing: number,
  text: (key: string, params?: Record<string, string | number>) => string,
  number: (value: number) => string,
): string {
  if (found.state !== 'previewed') return text(`roster.preview.heading.${found.state}`)
  if (wrong > 0) return text('roster.preview.heading.wrong', { count: number(wrong) })
  if (differing === 0) return text('roster.preview.heading.same')
  return text('roster.preview.heading.ready', { count: number(differing) })
}

function noticeOf(details: PreviewDetails, text: (key: string, params?: Record<string, string | number>) => string) {
  if (details.told === 'stale') return { kind: 'warn', text: text('roster.apply.stale') }
  if (details.told === 'wrong') return { kind: 'warn', text: text('roster.apply.wrong') }
  if (details.told !== 'applied') return undefined
  const revoked = details.revoked > 0 ? text('roster.preview.revoked', { count: details.revoked }) : ''
  return { kind: 'good', text: `${text('roster.preview.appliedNotice')}${revoked}` }
}

function nameOf(line: LineRow): string {
  const cell = (name: string) => (typeof line.fields[name] === 'string' ? line.fields[name] : '')
  const name = cell('department_name') || [cell('family_name'), cell('given_name')].filter(Boolean).join(' ')
  // a department of a person's line is not who the line is about
  const code = 'employee_code' in line.fields ? cell('employee_code') : cell('department_code')
  return [code, name].filter(Boolean).join(' ')
}

/** Every fault of every wrong line: line, code, column, what is wrong, what the cell holds. */
export function wrongLinesCsv(texts: Texts, locale: string, lines: readonly LineRow[]): string[][] {
  const text = (key: string) => texts.text(locale, key)
  const header = ['line', 'who', 'column', 'remarks', 'cell'].map((one) => text(`roster.preview.${one}`))
  return [
    header,
    ...lines.flatMap((line) =>
      line.remarks
        .filter(isFault)
        .map((remark) => [
          String(line.line),
          nameOf(line),
          remark.field ? text(`roster.field.${remark.field}`) : '',
          describeRemarks(texts, locale, [remark])[0]!,
          String(remark.params?.['value'] ?? ''),
        ]),
    ),
  ]
}

/** Rows of the history of imports. */
export function historyRows(texts: Texts, locale: string, timeZone: string, imports: readonly ImportRow[]) {
  const text = (key: string, params = {}) => texts.text(locale, key, params)
  const stateTag: Record<string, string> = { previewed: 'wait', applied: 'done', failed: 'late', reading: 'wait' }
  return {
    columns: ['created', 'file', 'kind', 'effective', 'state', 'result'].map((one) => ({
      label: text(`roster.imports.${one}`),
    })),
    rows: imports.map((one) => ({
      cells: [
        { text: formatDate('dateTime', one.createdAt, locale, timeZone) },
        {
          text: one.fileName,
          heading: true,
          ...(one.state !== 'discarded' && { href: `/hr/roster/imports/${one.id}` }),
        },
        { text: text(`roster.kind.${one.kind}`) },
        { text: formatDate('date', one.effectiveOn, locale, timeZone) },
        { text: text(`roster.state.${one.state}`), tag: stateTag[one.state] ?? 'quiet' },
        { text: one.problem ? describeFault(texts, locale, one.problem) : resultOf(one.counts, text, locale) },
      ],
    })),
  }
}

function resultOf(counts: Partial<Counts>, text: (key: string) => string, locale: string): string {
  return (['added', 'changed', 'moved', 'ended', 'wrong'] as const)
    .filter((one) => (counts[one] ?? 0) > 0)
    .map((one) => `${text(`roster.outcome.${one}`)} ${formatNumber(counts[one]!, locale)}`)
    .join(text('roster.separator'))
}
