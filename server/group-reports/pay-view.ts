import { lossInMoney, type GroupPay, type MeanMeasure, type MoneyLoss } from '../../analysis/groups/index.ts'
import { mapDisclosed, type Disclosed } from '../../analysis/disclosure/index.ts'
import type { InstrumentContent, InstrumentGroup } from './instrument-content.ts'
import type { InstrumentData } from './instrument-view.ts'
import { isShown, nameOf } from './report-data.ts'
import { figureCell, type Words } from './words.ts'

/** What was typed into the form of pay, to be shown again with what is wrong. */
export interface TypedPay {
  group: string
  yen: string
  period: string
  people: string
}

/** The measure of an instrument that pay can be multiplied with; the first if there are several. */
export function lossMeasure({ measures }: Pick<InstrumentContent, 'measures'>): MeanMeasure | undefined {
  return measures.means.find(({ loss }) => loss !== null)
}

/** Groups pay can be entered for: those that are told of by name. */
export function payableGroups(content: InstrumentContent): InstrumentGroup[] {
  return content.groups.filter((group) => group.kind !== 'rest' && isShown(group))
}

/**
 * Loss in yen a year of one group, made of the figures as they are published. It is under the same disclosure as the mean; where the
 * mean is only a marker there is none.
 */
export function moneyOf(group: InstrumentGroup, measure: MeanMeasure, pay: GroupPay): Disclosed<MoneyLoss | null> {
  const { mean, interval } = group.means[measure.id]!
  return mapDisclosed(interval, ({ lo, hi }) =>
    mean.kind === 'shown' && mean.value.kind === 'exact' && measure.loss
      ? lossInMoney({ mean: mean.value.mean, lo, hi }, measure.loss, pay)
      : null,
  )
}

/** Form and table of the loss in yen; undefined where the instrument counts nothing that pay can be multiplied with. */
export function payView(
  data: Pick<InstrumentData, 'content'>,
  reportId: string,
  pay: ReadonlyMap<string, GroupPay>,
  typed: TypedPay | undefined,
  words: Words,
) {
  const { content } = data
  const measure = lossMeasure(content)
  const groups = payableGroups(content)
  if (!measure || groups.length === 0) return undefined
  const yen = (value: number) => words.t('pay.yen', { yen: words.number(value) })
  const entered = groups.flatMap((group) => {
    const given = pay.get(group.id)
    return given ? [{ group, given }] : []
  })
  return {
    action: `/hr/reports/${reportId}/pay`,
    note: words.t(`pay.note.${measure.loss!.basis}`),
    typedYen: typed?.yen ?? '',
    typedPeople: typed?.people ?? '',
    groupOptions: groups.map((group) => ({
      value: group.id,
      label: nameOf(group, words),
      selected: group.id === typed?.group,
    })),
    periodOptions: (['month', 'year'] as const).map((period) => ({
      value: period,
      label: words.t(`pay.period.${period}`),
      checked: period === (typed?.period ?? 'month'),
    })),
    entered: entered.map(({ group }) => ({
      groupId: group.id,
      removeLabel: words.t('pay.remove', { name: group.name }),
    })),
    table:
      entered.length > 0
        ? {
            columns: ['department', 'pay', 'loss'].map((key) => ({
              label: words.t(key === 'department' ? 'column.department' : `pay.column.${key}`),
              numeric: key !== 'department',
            })),
            rows: entered.map(({ group, given }) => ({
              cells: [
                { text: nameOf(group, words), heading: true },
                {
                  text: words.t(`pay.each.${given.period}`, { yen: words.number(given.yen) }),
                  note: words.t('people', { n: words.number(given.people) }),
                  numeric: true,
                },
                figureCell(moneyOf(group, measure, given), (value, n) =>
                  value === null
                    ? '–'
                    : {
                        text: yen(value.loss),
                        note: `${words.t('interval', { lo: words.number(value.lo), hi: yen(value.hi) })} n=${words.number(n)}`,
                      },
                ),
              ],
            })),
          }
        : undefined,
  }
}
