import type { ReportedGroup } from './content.ts'
import type { ManagerInstrumentPart, ManagerPart } from './manager-queries.ts'
import { footOf } from './report-view.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import { roundsOf, type TrendContent } from './trend-rounds.ts'
import { drawTrend, linesWithPast, trendTable } from './trend-view.ts'
import type { ScaleTitles } from './titles.ts'
import { figureCell, sayInterval, sayMean, type Words } from './words.ts'

/** The own department beside the company's average: no other department, no status, no causes. */
export function managerView(part: ManagerPart, titles: ScaleTitles, words: Words) {
  const { frame, department, company } = part
  const columns = ['scale', 'here', 'company'].map((key) => ({
    label: key === 'here' ? department.name : words.t(`column.${key}`),
    numeric: key !== 'scale',
  }))
  const beside = (say: (group: ReportedGroup) => ReturnType<typeof figureCell>) => [say(department), say(company)]
  return {
    departmentName: department.name,
    campaignName: frame.campaign.name,
    instrumentName: '',
    instrument: undefined,
    shown: department.figures.response.kind === 'shown',
    key: {
      columns: columns.map((column, index) => (index === 0 ? { ...column, label: words.t('column.figure') } : column)),
      rows: [
        {
          cells: [
            { text: words.t('column.response'), heading: true },
            ...beside(({ figures }) =>
              figureCell(figures.response, (value) => ({
                text: words.t('people', { n: words.number(value.respondents) }),
                note: words.t('ofInvited', {
                  invited: words.number(value.invited),
                  rate: value.rate === null ? '–' : words.percent(value.rate),
                }),
              })),
            ),
          ],
        },
        ...(['total', 'loadControl', 'support'] as const).map((axis) => ({
          cells: [
            { text: words.t(`column.${axis === 'total' ? 'totalRisk' : axis}`), heading: true },
            ...beside(({ figures }) =>
              figureCell(figures.chart, (value, n) => ({
                text: words.number(value[axis]),
                note: `${sayInterval(words, value.interval90[axis])} n=${words.number(n)}`,
              })),
            ),
          ],
        })),
      ],
    },
    scales: {
      columns,
      rows: [...frame.scaleIds, ...frame.furtherIds].map((id) => ({
        cells: [
          { text: titles.scale(id), heading: true, note: words.t(`polarity.${titles.polarity(id)}`) },
          ...beside((group) =>
            figureCell(group.scales[id]?.mean, (value, n) => ({
              text: sayMean(words, value),
              note: `n=${words.number(n)}`,
            })),
          ),
        ],
      })),
    },
    foot: footOf({ content: frame, contentHash: part.contentHash, methodVersion: part.methodVersion }, words),
  }
}

type AnyPart = ManagerPart | ManagerInstrumentPart

/** The own department over the rounds this manager was named for; undefined where there is one round only. */
export function managerTrend(
  part: AnyPart,
  all: readonly AnyPart[],
  versions: readonly QuestionnaireVersion[],
  words: Words,
) {
  const same = all.filter((one) => one.departmentId === part.departmentId)
  const { rounds, lines, current } = roundsOf(contentOf(part), same.map(contentOf), versions, words)
  const group = current.groups.find((one) => one.kind === 'department')!
  const compared = linesWithPast(lines, rounds, group)
  if (compared.length === 0) return undefined
  const company = current.groups.find((one) => one.kind === 'company')!
  return {
    chart: drawTrend(compared, rounds, { group, company }, `trend-${part.slug}-${group.id}`, words),
    table: trendTable(compared, rounds, group, words),
  }
}

function contentOf(part: AnyPart): TrendContent {
  return part.kind === 'statutory'
    ? { kind: part.kind, content: { ...part.frame, groups: [part.company, part.department] } }
    : { kind: part.kind, content: { ...part.frame, groups: [part.company, part.department] } }
}
