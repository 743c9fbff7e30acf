import type { Disclosed, MeanFigure } from '../../analysis/disclosure/index.ts'
import { Problem } from '../web/problems.ts'
import { trendChart, type TrendPanel } from '../web/charts/index.ts'
import { isShown, sameMembers } from './report-data.ts'
import type { Round, Rounds, TrendLine } from './trend-rounds.ts'
import { figureCell, type Words } from './words.ts'

/**
 * A group's means over the rounds, and the company's beside them. A round in which the group was not told of, or held other
 * departments than now, is a gap.
 * @throws {Problem} not_found for a department this report does not show
 */
export function trendView(
  { rounds, lines, current }: Rounds,
  departmentId: string | undefined,
  page: { id: string; href: string },
  words: Words,
): Record<string, unknown> {
  const company = current.groups.find((group) => group.kind === 'company')!
  const group =
    departmentId === undefined
      ? company
      : current.groups.find((one) => one.kind === 'department' && one.id === departmentId && isShown(one))
  if (!group) throw new Problem('not_found')
  const compared = linesWithPast(lines, rounds, group)
  return {
    campaignName: current.campaign.name,
    groupName: group.name,
    reportHref: page.href,
    none: compared.length === 0,
    chart: compared.length > 0 ? drawTrend(compared, rounds, { group, company }, 'trend', words) : '',
    table: trendTable(compared, rounds, group, words),
    forms: rounds.map((round) =>
      words.t('trend.form', { campaign: round.campaign.name, forms: words.list(round.references) }),
    ),
    notCompared: lines.filter((one) => !compared.includes(one)).map(({ title }) => title),
    departments: current.groups
      .filter((one) => one.kind === 'department' && isShown(one))
      .map((one) => ({ href: `${page.href}/trends/${one.id}`, name: one.name, current: one === group })),
    companyHref: departmentId === undefined ? '' : `${page.href}/trends`,
    foot: '',
  }
}

type RoundGroup = Round['groups'][number]

/** The mean of a line in a round, for the same group under the same definition; undefined where there is none. */
export function meanIn(round: Round, group: RoundGroup, line: TrendLine): Disclosed<MeanFigure> | undefined {
  const found = round.groups.find((one) => one.kind === group.kind && one.id === group.id)
  // the company is the company, whatever departments it has; every other group must hold the same departments
  if (!found || (group.kind !== 'company' && !sameMembers(found, group))) return undefined
  return found.means.get(line.key)
}

/** Lines of which at least two rounds tell something of this group. */
export function linesWithPast(lines: readonly TrendLine[], rounds: readonly Round[], group: RoundGroup): TrendLine[] {
  return lines.filter((line) => rounds.filter((round) => meanIn(round, group, line)?.kind === 'shown').length >= 2)
}

function valueIn(round: Round, group: RoundGroup, line: TrendLine): number | undefined {
  const mean = meanIn(round, group, line)
  return mean?.kind === 'shown' && mean.value.kind === 'exact' ? mean.value.mean : undefined
}

export function drawTrend(
  lines: readonly TrendLine[],
  rounds: readonly Round[],
  { group, company }: { group: RoundGroup; company: RoundGroup },
  id: string,
  words: Words,
): string {
  const compares = group.kind !== 'company'
  return trendChart({
    id,
    title: words.t('trend.title', { name: group.name }),
    description: words.t('trend.description'),
    rounds: rounds.map(({ campaign }) => campaign.closesOn.slice(0, 7).replace('-', '/')),
    panels: lines.map((line): TrendPanel => {
      const values = rounds.map((round) => valueIn(round, group, line))
      const last = values.findLast((value) => value !== undefined)
      return {
        title: line.title,
        values,
        reference: compares ? rounds.map((round) => valueIn(round, company, line)) : undefined,
        range: line.range,
        text: last === undefined ? '' : `${words.number(last, line.decimals)}${line.unit}`,
      }
    }),
    ...(compares ? { legend: { own: group.name, reference: words.t('column.company') } } : {}),
  })
}

export function trendTable(lines: readonly TrendLine[], rounds: readonly Round[], group: RoundGroup, words: Words) {
  return {
    columns: [
      { label: words.t('column.scale'), numeric: false },
      ...rounds.map(({ campaign }) => ({ label: campaign.name, numeric: true })),
    ],
    rows: lines.map((line) => ({
      cells: [
        {
          text: line.title,
          heading: true,
          ...(line.polarity ? { note: words.t(`polarity.${line.polarity}`) } : {}),
        },
        ...rounds.map((round) =>
          figureCell(meanIn(round, group, line), (value, n) => ({
            text:
              value.kind === 'exact'
                ? `${words.number(value.mean, line.decimals)}${line.unit}`
                : words.t(`mean.${value.kind}`),
            note: `n=${words.number(n)}`,
          })),
        ),
      ],
    })),
  }
}
