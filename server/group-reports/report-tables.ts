import type { Disclosed } from '../../analysis/disclosure/index.ts'
import type { AssessedValue } from './assessment-content.ts'
import { comparableContent } from './earlier-report.ts'
import { byRisk, isShown, nameOf, partsOf, sameMembers, tagOf, type Marks, type ReportData } from './report-data.ts'
import {
  figureCell,
  sayInterval,
  sayMean,
  sayPercentInterval,
  sayRisk,
  sayShare,
  type Cell,
  type Words,
} from './words.ts'

export function overviewOf({ content, assessment, departmentHref }: ReportData, marks: Marks, words: Words) {
  const resolved = content.highStressShareResolvedOn !== null
  const columns = [
    { label: words.t('column.number'), numeric: true },
    { label: words.t('column.department'), numeric: false },
    { label: words.t('column.response'), numeric: true },
    ...(resolved ? [{ label: words.t('narrow.highStress'), numeric: true }] : []),
    { label: words.t('narrow.totalRisk'), numeric: true },
    ...(content.presenteeismAsked ? [{ label: words.t('narrow.presenteeism'), numeric: true }] : []),
    ...(assessment
      ? [
          { label: words.t('narrow.leavers'), numeric: true },
          { label: words.t('column.risk'), numeric: true },
          { label: words.t('column.status'), numeric: false },
        ]
      : []),
  ]
  const rows = content.groups.map((group) => {
    const shown = isShown(group)
    const { figures } = group
    const interval = figures.highStressInterval
    const turnover = assessment?.departments.get(group.id)
    const cells: Cell[] = [
      figureCell(figures.response, (value) => ({
        text: words.t('people', { n: words.number(value.respondents) }),
        note: words.t('ofInvited', {
          invited: words.number(value.invited),
          rate: value.rate === null ? '–' : words.percent(value.rate),
        }),
      })),
      ...(resolved
        ? [
            figureCell(figures.highStress, (value, n) => ({
              text: sayShare(words, value),
              note:
                value.kind === 'exact' && interval.kind === 'shown'
                  ? sayPercentInterval(words, interval.value)
                  : words.t('ofPeople', { n: words.number(n) }),
            })),
          ]
        : []),
      figureCell(figures.chart, (value) => ({
        text: words.number(value.total),
        note: sayInterval(words, value.interval90.total),
      })),
      ...(content.presenteeismAsked
        ? [
            figureCell(figures.presenteeism, (value, n) => ({
              text:
                value.kind === 'exact'
                  ? words.t('points', { value: words.number(value.mean, 1) })
                  : sayMean(words, value),
              note: `n=${words.number(n)}`,
            })),
          ]
        : []),
      ...(assessment ? (group.kind === 'department' ? turnoverCells(turnover, words) : [{}, {}, {}]) : []),
    ]
    const below = group.kind === 'company' ? 0 : group.depth
    return {
      mark: group.kind === 'department' && shown ? marks.get(group.id)! : '',
      name: nameOf(group, words),
      parts: group.kind === 'rest' ? partsOf(group, words) : '',
      depthClass: `depth-${Math.min(below, 4)}`,
      isCompany: group.kind === 'company',
      href: group.kind === 'department' && shown && departmentHref ? departmentHref(group.id) : '',
      withheldWhole: !shown,
      cells: shown ? cells : [],
    }
  })
  return { columns, rows, span: columns.length - 2 }
}

function turnoverCells(figure: Disclosed<AssessedValue> | undefined, words: Words): Cell[] {
  return [
    figureCell(figure, ({ leavers }) => ({
      text: words.t('observedExpected', {
        observed: words.number(leavers.observed),
        expected: words.number(leavers.expected, 1),
      }),
    })),
    figureCell(figure, (value) => {
      if (value.status === 'insufficient') return '–'
      const { risk, lo, hi } = sayRisk(words, value)
      return { text: words.t('times', { value: risk }), note: words.t('interval', { lo, hi }) }
    }),
    figure?.kind === 'shown'
      ? { text: words.text(`turnover.status.${figure.value.status}`), tag: tagOf(figure.value.status) }
      : { withheld: figure?.kind === 'withheld', text: '–' },
  ]
}

export function heatTable({ content, titles }: ReportData, words: Words, ids = content.scaleIds) {
  const groups = content.groups.filter(isShown)
  return {
    columns: [
      { label: words.t('column.scale'), numeric: false },
      ...groups.map((group) => ({ label: nameOf(group, words), numeric: true })),
    ],
    rows: ids.map((id) => ({
      cells: [
        {
          text: titles.scale(id),
          heading: true,
          note: words.t(titles.polarity(id) === 'positive' ? 'polarity.positive' : 'polarity.negative'),
        },
        ...groups.map((group) =>
          figureCell(group.scales[id]?.mean, (value, n) => ({
            text: sayMean(words, value),
            note: `n=${words.number(n)}`,
          })),
        ),
      ],
    })),
  }
}

export function judgementTable({ content, previous: earlier }: ReportData, marks: Marks, words: Words) {
  const previous = comparableContent(earlier, 'chart')
  const before = new Map(previous?.groups.map((group) => [`${group.kind}${group.id}`, group]))
  return {
    columns: ['number', 'department', 'loadControl', 'support', 'totalRisk', ...(previous ? ['totalBefore'] : [])].map(
      (key) => ({
        label: words.t(`column.${key}`),
        numeric: key !== 'department',
      }),
    ),
    rows: content.groups.filter(isShown).map((group) => {
      const { chart } = group.figures
      const last = before.get(`${group.kind}${group.id}`)
      return {
        cells: [
          { text: marks.get(group.kind === 'department' ? group.id : '') ?? '', numeric: true },
          { text: nameOf(group, words), heading: true },
          figureCell(chart, (value) => ({
            text: words.number(value.loadControl),
            note: sayInterval(words, value.interval90.loadControl),
          })),
          figureCell(chart, (value) => ({
            text: words.number(value.support),
            note: sayInterval(words, value.interval90.support),
          })),
          figureCell(chart, (value, n) => ({
            text: words.number(value.total),
            note: `${sayInterval(words, value.interval90.total)} n=${words.number(n)}`,
          })),
          ...(previous
            ? [
                last && sameMembers(last, group)
                  ? figureCell(last.figures.chart, (value) => words.number(value.total))
                  : { text: '–', numeric: true },
              ]
            : []),
        ],
      }
    }),
  }
}

export function turnoverTable({ content, assessment }: ReportData, words: Words) {
  const rows = byRisk(content, assessment!)
  return {
    columns: ['department', 'leavers', 'multiplier', 'risk', 'probability', 'nextYear', 'status'].map((key) => ({
      label: words.t(`column.${key}`),
      numeric: key !== 'department' && key !== 'status',
    })),
    rows: rows.map(({ group, figure }) => {
      const [leavers, risk, status] = turnoverCells(figure, words)
      return {
        cells: [
          { text: group.name, heading: true },
          leavers!,
          figureCell(figure, ({ survey, decimals }) =>
            survey.use === 'used' ? words.number(survey.multiplier, decimals) : words.t('notUsed'),
          ),
          risk!,
          figureCell(figure, (value) =>
            value.status === 'insufficient' ? '–' : words.percent(value.risk.probability),
          ),
          figureCell(figure, ({ nextYear }) => ({
            text: words.t('peopleMean', { mean: words.number(nextYear.mean, 1) }),
            note: sayInterval(words, nextYear),
          })),
          status!,
        ],
      }
    }),
  }
}
