import { itemsOfFormula, pointScalesOf } from '../../analysis/scoring/index.ts'
import type { Questionnaire, Scale } from '../../survey-definitions/schema.ts'
import { formatNumber } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import type { StoredResult } from './store.ts'

/** Means of scales and of fields, ready to print, with the mean of a reference population beside each. */
export interface FurtherScales {
  /** heading of the reference column: men, women, or all where the sex is not known */
  referenceLabel: string
  /** where the reference is from, and that it rests on one source alone */
  referenceNotes: string[]
  /** true when a high mean is good in every row */
  highIsGood: boolean
  tables: { caption: string; rows: { label: string; value: string; range: string; reference: string }[] }[]
}

type Norms = Pick<Scale, 'norms'>

/**
 * The scales that ask what no scale with points asks, and the fields that means are taken of: 22 and 5 in the 80 items. Satisfaction
 * with work and with life, two scales there, are left to the one scale of the same items that has points.
 * Undefined for other forms, and for results stored without these figures.
 */
export function furtherOf(
  definition: Questionnaire,
  stored: StoredResult,
  texts: Texts,
  locale: string,
): FurtherScales | undefined {
  const { means, composites, sex } = stored
  if (!definition.point_scales || !means) return undefined
  const text = (key: string, params?: Record<string, string>) =>
    texts.text(locale, `results.profile.further.${key}`, params)
  const words = (of: Readonly<Record<string, string>>) => texts.wording(locale, of)
  const told = new Set(pointScalesOf(definition).flatMap((scale) => itemsOfFormula(scale.formula)))
  const scales = definition.scales.filter(({ formula }) => itemsOfFormula(formula).some((id) => !told.has(id)))
  const number = (value: number | null | undefined) => (value == null ? '–' : formatNumber(value, locale, 2))
  const reference = ({ norms }: Norms) => {
    const norm = norms?.[0]
    return number(norm && ((sex && norm[sex]) ?? norm.all).mean)
  }
  const lowest = Math.min(...scales.map(({ range }) => range[0]))
  const highest = Math.max(...scales.map(({ range }) => range[1]))
  const row = (one: Pick<Scale, 'title' | 'norms'>, value: number | null | undefined, range: readonly number[]) => ({
    label: words(one.title),
    value: number(value),
    range: texts.text(locale, 'results.profile.range', { low: range[0]!, high: range[1]! }),
    reference: reference(one),
  })
  const all = [...scales, ...definition.composites]
  return {
    referenceLabel: text(`reference.${sex ?? 'all'}`),
    referenceNotes: referenceNotes(definition, all, words, (key, { source, ...params }) =>
      text(key, { ...params, source: texts.withReadings(locale, source!) }),
    ),
    highIsGood: all.every(({ polarity }) => polarity === 'positive'),
    tables: [
      {
        caption: text('composites'),
        rows: definition.composites.map((one) => row(one, composites?.[one.id], [lowest, highest])),
      },
      { caption: text('scales'), rows: scales.map((one) => row(one, means[one.id], one.range)) },
    ],
  }
}

/** One sentence for each source of reference values; that a value has one source only is said, not hidden. */
function referenceNotes(
  definition: Questionnaire,
  measures: readonly Norms[],
  words: (of: Readonly<Record<string, string>>) => string,
  text: (key: string, params: Record<string, string>) => string,
): string[] {
  const notes = measures.flatMap(({ norms }) => {
    const norm = norms?.[0]
    if (!norm) return []
    const source = norm.sources.map((id) => definition.sources[id]?.title ?? id).join(', ')
    return [text(norm.sources.length === 1 ? 'singleSource' : 'source', { title: words(norm.title), source })]
  })
  return [...new Set(notes)]
}
