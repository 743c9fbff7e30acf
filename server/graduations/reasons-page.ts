import type { Disclosed, ShareFigure } from '../../analysis/disclosure/index.ts'
import { getShipped } from '../questionnaires/index.ts'
import { formatNumber, formatPercent } from '../web/formats.ts'
import type { LaterPanel, ReasonFigures, ReasonPanel } from './reasons.ts'

type Say = (key: string, values?: Record<string, string | number>) => string

interface CellView {
  text: string
  heading?: true
  numeric?: true
  withheld?: boolean
}

/** The panel of reasons as one table: a line for each reason, a column for each set of answers. */
export async function reasonTable(panel: ReasonPanel, locale: string, say: Say): Promise<Record<string, unknown>> {
  return tableOf(panel, await reasonWords('exit-interview', locale), locale, say)
}

/** What was told some months later, in the same form, and beside it whether the main reason is another one now. */
export async function laterTables(
  { later, shift }: LaterPanel,
  locale: string,
  say: Say,
): Promise<{ later: Record<string, unknown>; shift: Record<string, unknown> }> {
  return {
    later: tableOf(later, await reasonWords('exit-followup', locale), locale, say),
    shift: tableOf(shift, [say('graduations.reasons.changed')], locale, say),
  }
}

async function reasonWords(slug: string, locale: string): Promise<string[]> {
  const { items } = await getShipped(slug, 1)
  const options = items.find((asked) => asked.id === 'primaryReason')?.options ?? []
  return options.map((option) => option.text[locale] ?? option.text['ja'] ?? '')
}

function tableOf(panel: ReasonPanel, words: readonly string[], locale: string, say: Say): Record<string, unknown> {
  const column = (label: string, figures: ReasonFigures) => ({
    label:
      figures.respondents.kind === 'shown'
        ? say('graduations.reasons.columnWithCount', { label, n: formatNumber(figures.respondents.value, locale) })
        : label,
    numeric: true,
  })
  const rows = words.map((text, index) => ({
    cells: [
      { text, heading: true },
      cell(panel.groupsOnly.reasons[index]!.share, locale, say),
      cell(panel.openToHr.reasons[index]!.share, locale, say),
    ] satisfies CellView[],
  }))
  return {
    columns: [
      { label: say('graduations.reasons.reason'), numeric: false },
      column(say('graduations.reasons.groupsOnly'), panel.groupsOnly),
      column(say('graduations.reasons.openToHr'), panel.openToHr),
    ],
    rows,
    isWithheld: panel.groupsOnly.respondents.kind === 'withheld' && panel.openToHr.respondents.kind === 'withheld',
  }
}

function cell(share: Disclosed<ShareFigure>, locale: string, say: Say): CellView {
  if (share.kind === 'withheld') return { text: '', withheld: true }
  const { value } = share
  const text =
    value.kind === 'exact'
      ? formatPercent(value.share, locale, 0)
      : say(`graduations.reasons.${value.kind}`, { people: formatNumber(value.people, locale) })
  return { text, numeric: true }
}
