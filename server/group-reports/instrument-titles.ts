import type { AnswerClass, SpreadMeasure } from '../../analysis/groups/index.ts'
import type { Text } from '../../survey-definitions/schema.ts'
import { versionsOf, type InTransaction, type QuestionnaireVersion } from '../questionnaires/index.ts'
import type { Words } from './words.ts'

/** Names of an instrument's measures in one language. */
export interface InstrumentTitles {
  version: QuestionnaireVersion
  instrument: string
  /** of a scale, composite or item */
  mean: (id: string) => string
  item: (id: string) => string
  /** of a scale with bands, or of an item */
  spread: (measure: SpreadMeasure) => string
  option: (item: string, option: string) => string
  measure: (id: string) => string
  /** what stands after a value: %, days, or the unit an item is asked in */
  unit: (id: string) => string
  /** one class of a spread, or several that were put together */
  classes: (measure: SpreadMeasure, positions: readonly number[]) => string
}

/** Titles of the instrument a report is about. @throws when its version is not there any more */
export async function instrumentTitles(
  companyId: string,
  frame: { questionnaires: readonly { slug: string; version: number; hash: string }[] },
  words: Words,
  read: InTransaction,
): Promise<InstrumentTitles> {
  const [version] = await versionsOf(companyId, frame.questionnaires, read)
  return titlesOfInstrument(version!, words)
}

export function titlesOfInstrument(version: QuestionnaireVersion, words: Words): InstrumentTitles {
  const { definition } = version
  const say = (text: Text | undefined, id: string) => text?.[words.locale] ?? text?.['ja'] ?? id
  const items = new Map(version.items.map((asked) => [asked.id, asked]))
  const named = new Map([...definition.scales, ...definition.composites].map((one) => [one.id, one.title]))
  const item = (id: string) => {
    const found = items.get(id)?.item
    return found?.stem ? `${say(found.stem, id)} ${say(found.text, id)}` : say(found?.text, id)
  }
  const option = (itemId: string, value: string) =>
    say(items.get(itemId)?.options.find((one) => String(one.value) === value)?.text, value)
  const unit = (id: string) => {
    const found = items.get(id)?.item
    if (found) return found.type === 'number' ? say(found.unit, '') : ''
    const formula = definition.scales.find((scale) => scale.id === id)?.formula
    if (formula?.method === 'quantity-quality') return formula.days === undefined ? '' : words.t('instrument.days')
    return formula?.method === 'sum' && formula.constant === 100 ? '%' : ''
  }
  const numbers = (id: string, from: number, to: number) =>
    from === to
      ? `${words.number(from)}${unit(id)}`
      : words.t('interval', { lo: words.number(from), hi: `${words.number(to)}${unit(id)}` })
  const classOf = (measure: SpreadMeasure, one: AnswerClass): string => {
    if (one.kind === 'numbers') return numbers(measure.id, one.from, one.to)
    if (one.kind === 'option') return option(measure.id, String(one.value))
    const bands = definition.scales.find((scale) => scale.id === measure.id)?.bands
    return say(bands?.find((band) => band.id === one.value)?.title, String(one.value))
  }
  return {
    version,
    instrument: say(definition.title, version.slug),
    mean: (id) => (named.has(id) ? say(named.get(id), id) : item(id)),
    item,
    spread: (measure) => (measure.of === 'bands' ? say(named.get(measure.id), measure.id) : item(measure.id)),
    option,
    measure: (id) => say(definition.group_measures.find((one) => one.id === id)?.title, id),
    unit,
    classes: (measure, positions) => {
      const classes = positions.map((at) => measure.classes[at]!)
      const [first, last] = [classes[0], classes.at(-1)]
      if (first?.kind === 'numbers' && last?.kind === 'numbers') return numbers(measure.id, first.from, last.to)
      return words.list(classes.map((one) => classOf(measure, one)))
    },
  }
}
