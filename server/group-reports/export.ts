import { stringify } from 'csv-stringify/sync'
import type { Disclosed } from '../../analysis/disclosure/index.ts'
import type { ReportedGroup } from './content.ts'
import { nameOf, partsOf, type ReportData } from './report-data.ts'
import { sayMean, sayShare, type Words } from './words.ts'

/**
 * A report as CSV for a spreadsheet: UTF-8 with a byte order mark, one line a group in the order of the page, the same figures as the
 * page and no others. What is withheld says so; cells that a spreadsheet would take for a formula are neutralised.
 */
export function exportCsv(data: ReportData, words: Words): string {
  const { content, assessment, titles } = data
  const resolved = content.highStressShareResolvedOn !== null
  const cell = <T>(
    figure: Disclosed<T> | undefined,
    say: (value: T, n: number) => string | number | null,
  ): string | number => {
    if (figure === undefined) return ''
    if (figure.kind === 'withheld') return words.text('web.withheld.short')
    return say(figure.value, figure.n) ?? ''
  }
  const columns: { label: string; of: (group: ReportedGroup) => string | number }[] = [
    { label: words.t('csv.kind'), of: (group) => words.t(`kind.${group.kind}`) },
    { label: words.t('csv.level'), of: (group) => group.depth },
    { label: words.t('column.department'), of: (group) => nameOf(group, words) },
    { label: words.t('csv.parts'), of: (group) => partsOf(group, words) },
    { label: words.t('csv.respondents'), of: ({ figures }) => cell(figures.response, (value) => value.respondents) },
    { label: words.t('csv.invited'), of: ({ figures }) => cell(figures.response, (value) => value.invited) },
    { label: words.t('csv.rate'), of: ({ figures }) => cell(figures.response, (value) => value.rate) },
    ...(resolved
      ? [
          {
            label: words.t('column.highStress'),
            of: ({ figures }: ReportedGroup) =>
              cell(figures.highStress, (value) => (value.kind === 'exact' ? value.share : sayShare(words, value))),
          },
          {
            label: words.t('csv.highStressN'),
            of: ({ figures }: ReportedGroup) => cell(figures.highStress, (_, n) => n),
          },
        ]
      : []),
    { label: words.t('column.totalRisk'), of: ({ figures }) => cell(figures.chart, (value) => value.total) },
    { label: words.t('csv.totalLow'), of: ({ figures }) => cell(figures.chart, (value) => value.interval90.total.lo) },
    { label: words.t('csv.totalHigh'), of: ({ figures }) => cell(figures.chart, (value) => value.interval90.total.hi) },
    { label: words.t('column.loadControl'), of: ({ figures }) => cell(figures.chart, (value) => value.loadControl) },
    { label: words.t('column.support'), of: ({ figures }) => cell(figures.chart, (value) => value.support) },
    { label: words.t('csv.chartN'), of: ({ figures }) => cell(figures.chart, (_, n) => n) },
    ...(content.presenteeismAsked
      ? [
          {
            label: words.t('column.presenteeism'),
            of: ({ figures }: ReportedGroup) =>
              cell(figures.presenteeism, (value) => (value.kind === 'exact' ? value.mean : sayMean(words, value))),
          },
          {
            label: words.t('csv.presenteeismN'),
            of: ({ figures }: ReportedGroup) => cell(figures.presenteeism, (_, n) => n),
          },
        ]
      : []),
    ...[...content.scaleIds, ...content.furtherIds].flatMap((id) => [
      {
        label: titles.scale(id),
        of: ({ scales }: ReportedGroup) =>
          cell(scales[id]?.mean, (value) => (value.kind === 'exact' ? value.mean : sayMean(words, value))),
      },
      {
        label: words.t('csv.scaleN', { scale: titles.scale(id) }),
        of: ({ scales }: ReportedGroup) => cell(scales[id]?.mean, (_, n) => n),
      },
      {
        label: words.t('csv.scaleGap', { scale: titles.scale(id) }),
        of: (group: ReportedGroup) =>
          group.kind === 'company'
            ? ''
            : cell(group.scales[id]?.gap, (value) =>
                words.t(value.notable ? (value.gap > 0 ? 'csv.worse' : 'csv.better') : 'csv.chance'),
              ),
      },
    ]),
    {
      label: words.t('csv.findings'),
      of: ({ figures }) =>
        cell(figures.findings, (found) => words.list(found.map(({ id }) => words.text(`findings.${id}.title`)))),
    },
  ]
  if (assessment) {
    const of = (group: ReportedGroup) =>
      group.kind === 'department' ? assessment.departments.get(group.id) : undefined
    columns.push(
      { label: words.t('csv.observed'), of: (group) => cell(of(group), ({ leavers }) => leavers.observed) },
      { label: words.t('csv.expected'), of: (group) => cell(of(group), ({ leavers }) => leavers.expected) },
      {
        label: words.t('column.multiplier'),
        of: (group) =>
          cell(of(group), ({ survey }) => (survey.use === 'used' ? survey.multiplier : words.t('notUsed'))),
      },
      { label: words.t('column.risk'), of: (group) => cell(of(group), ({ risk }) => risk.estimate) },
      { label: words.t('csv.riskLow'), of: (group) => cell(of(group), ({ risk }) => risk.lo) },
      { label: words.t('csv.riskHigh'), of: (group) => cell(of(group), ({ risk }) => risk.hi) },
      { label: words.t('column.probability'), of: (group) => cell(of(group), ({ risk }) => risk.probability) },
      {
        label: words.t('column.status'),
        of: (group) => cell(of(group), ({ status }) => words.text(`turnover.status.${status}`)),
      },
    )
  }
  const rows = content.groups.map((group) => columns.map((column) => column.of(group)))
  return stringify([columns.map((column) => column.label), ...rows], {
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
  })
}
