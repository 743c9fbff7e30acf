import { stringify } from 'csv-stringify/sync'
import type { Disclosed } from '../../analysis/disclosure/index.ts'
import type { GroupPay } from '../../analysis/groups/index.ts'
import type { InstrumentGroup } from './instrument-content.ts'
import type { InstrumentData } from './instrument-view.ts'
import { lossMeasure, moneyOf } from './pay-view.ts'
import { nameOf, partsOf } from './report-data.ts'
import { sayMean, sayShare, type Words } from './words.ts'

type Line = readonly (string | number)[]

/**
 * An instrument's report as CSV for a spreadsheet: UTF-8 with a byte order mark, one line a figure: group, what, which class, value,
 * interval, people. The same figures as the page and no others; what is withheld says so, cells that a spreadsheet would take for a
 * formula are neutralised.
 */
export function exportInstrumentCsv(
  { content, titles }: InstrumentData,
  pay: ReadonlyMap<string, GroupPay>,
  words: Words,
): string {
  const { measures } = content
  const line = <T>(
    figure: Disclosed<T> | undefined,
    what: readonly [kind: string, id: string, title: string, part: string],
    say: (value: T, n: number) => readonly [value: string | number, lo?: number, hi?: number],
  ): Line => {
    if (figure === undefined) return [...what, '', '', '', '']
    if (figure.kind === 'withheld') return [...what, words.text('web.withheld.short'), '', '', '']
    const [value, lo = '', hi = ''] = say(figure.value, figure.n)
    return [...what, value, lo, hi, figure.n]
  }
  const kind = (name: string) => words.t(`instrument.csv.${name}`)
  const money = lossMeasure(content)
  const linesOf = (group: InstrumentGroup): Line[] => [
    line(group.figures.response, [kind('response'), '', '', ''], ({ respondents }) => [respondents]),
    line(group.figures.response, [kind('invited'), '', '', ''], ({ invited }) => [invited]),
    ...measures.recommendations.map(({ id }) =>
      line(group.recommendations[id], [kind('score'), id, titles.measure(id), ''], ({ score, lo, hi }) => [
        score,
        lo,
        hi,
      ]),
    ),
    ...measures.means.map(({ id }) => {
      const { mean, interval } = group.means[id]!
      const limits = interval.kind === 'shown' ? ([interval.value.lo, interval.value.hi] as const) : ([] as const)
      return line(mean, [kind('mean'), id, titles.mean(id), ''], (value) => [
        value.kind === 'exact' ? value.mean : sayMean(words, value),
        ...limits,
      ])
    }),
    ...measures.spreads.flatMap((measure): Line[] => {
      const figure = group.spreads[measure.id]!
      const what = (part: string) => [kind('share'), measure.id, titles.spread(measure), part] as const
      if (figure.kind === 'withheld') return [line(figure, what(''), () => [''])]
      const { value } = figure
      if (value.kind !== 'exact')
        return [
          line(figure, what(titles.classes(measure, value.options)), () => [
            sayShare(words, { kind: value.kind, people: value.people }),
          ]),
        ]
      return value.classes.map(({ options, share }) =>
        line(figure, what(titles.classes(measure, options)), () => [share]),
      )
    }),
    ...measures.chosen.flatMap(({ id, options }) =>
      options.map((option) =>
        line(
          group.chosen[id]?.[String(option)],
          [kind('chosen'), id, titles.item(id), titles.option(id, String(option))],
          (value) => [value.kind === 'exact' ? value.share : sayShare(words, value)],
        ),
      ),
    ),
    ...[pay.get(group.id)].flatMap((given) =>
      given && money
        ? [
            line(moneyOf(group, money, given), [kind('yen'), money.id, titles.mean(money.id), ''], (value) =>
              value === null ? ['–'] : [value.loss, value.lo, value.hi],
            ),
          ]
        : [],
    ),
  ]
  const head = [
    words.t('csv.kind'),
    words.t('csv.level'),
    words.t('column.department'),
    words.t('csv.parts'),
    ...['figure', 'id', 'title', 'class', 'value', 'low', 'high', 'people'].map((name) => kind(`column.${name}`)),
  ]
  const rows = content.groups.flatMap((group) => {
    const at = [words.t(`kind.${group.kind}`), group.depth, nameOf(group, words), partsOf(group, words)]
    return linesOf(group).map((one) => [...at, ...one])
  })
  return stringify([head, ...rows], { bom: true, escape_formulas: true, record_delimiter: 'windows' })
}
