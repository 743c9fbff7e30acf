import { mean } from 'simple-statistics'
import { listItems, numericRange, recommendationScore, type AskedItem } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'
import type { MadeUpPerson } from './test-run.ts'

export interface ScaleFigures {
  id: string
  respondents: number
  mean: number | undefined
  lowest: number | undefined
  highest: number | undefined
  /** how many lie in each band, by its id */
  bands: readonly { id: string; count: number }[]
}

export interface ItemFigures {
  id: string
  kind: 'options' | 'numbers' | 'words'
  /** who were asked it, and who answered */
  asked: number
  answered: number
  mean: number | undefined
  /** by option or number; empty where people write */
  counts: readonly { value: string; count: number }[]
}

export interface SampleFigures {
  scales: readonly ScaleFigures[]
  composites: readonly Omit<ScaleFigures, 'bands'>[]
  measures: readonly { id: string; score: ReturnType<typeof recommendationScore> }[]
  items: readonly ItemFigures[]
}

/** Numbers that are worth a line each; a longer range is told by its mean. */
const mostLines = 11

/**
 * What a report on made-up people would say: per scale mean and bands, per question counts of its options. Means are over
 * those who have a value; a missing item leaves a scale empty. Free text and dates are never in a report.
 *
 * Example: three people with 1, 2 and no answer: asked 3, answered 2, mean 1.5. Nobody: every mean undefined.
 */
export function sampleFigures(definition: Questionnaire, people: readonly MadeUpPerson[]): SampleFigures {
  const figuresOf = (id: string, values: readonly (number | null | undefined)[]) => {
    const known = values.filter((value): value is number => typeof value === 'number')
    const has = known.length > 0
    return {
      id,
      respondents: known.length,
      mean: has ? mean(known) : undefined,
      lowest: has ? Math.min(...known) : undefined,
      highest: has ? Math.max(...known) : undefined,
    }
  }
  return {
    scales: definition.scales.map(({ id, bands = [] }) => {
      const values = people.map(({ score }) => score.scales[id]?.raw)
      return {
        ...figuresOf(id, values),
        bands: bands.map((band) => ({
          id: band.id,
          count: values.filter((value) => value !== undefined && value >= band.from && value <= band.to).length,
        })),
      }
    }),
    composites: definition.composites.map(({ id }) =>
      figuresOf(
        id,
        people.map(({ score }) => score.composites[id]),
      ),
    ),
    measures: definition.group_measures.map((measure) => ({
      id: measure.id,
      score: recommendationScore(numbersOf(people, measure.item), measure),
    })),
    items: listItems(definition).map((asked) => itemFigures(asked, people)),
  }
}

const numbersOf = (people: readonly MadeUpPerson[], id: string): number[] =>
  people.map(({ answers }) => answers[id]).filter((answer) => typeof answer === 'number')

function itemFigures(asked: AskedItem, people: readonly MadeUpPerson[]): ItemFigures {
  const { id, item, options } = asked
  const given = people.filter(({ answers }) => (answers[id] ?? null) !== null).map(({ answers }) => answers[id]!)
  const count = (value: number | string) => given.filter((answer) => [answer].flat().includes(value)).length
  const common = { id, asked: people.filter((person) => person.asked.has(id)).length, answered: given.length }
  if (item.type === 'text' || item.type === 'date') return { ...common, kind: 'words', mean: undefined, counts: [] }
  const range = numericRange(asked)
  const numbers = range ? numbersOf(people, id) : []
  const average = numbers.length > 0 ? mean(numbers) : undefined
  if (options.length > 0)
    return {
      ...common,
      kind: 'options',
      mean: average,
      counts: options.map(({ value }) => ({ value: String(value), count: count(value) })),
    }
  const [low, high] = range!
  const steps = high - low + 1
  const values = steps <= mostLines ? Array.from({ length: steps }, (_none, step) => low + step) : []
  return {
    ...common,
    kind: 'numbers',
    mean: average,
    counts: values.map((value) => ({ value: String(value), count: count(value) })),
  }
}
