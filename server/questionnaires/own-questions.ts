import { listItems, numericRange, type AskedItem } from '../../analysis/scoring/index.ts'
import type { Item, Questionnaire, Text, Visibility } from '../../survey-definitions/schema.ts'
import { forbiddenTags } from './draft-check.ts'
import { languageName, type Say } from './editor-fields.ts'

/** Words in the page's language, else in the first one of the questionnaire. */
export const inLocale = (text: Text | undefined, locale: string): string =>
  text ? (text[locale] ?? text['ja'] ?? Object.values(text)[0] ?? '') : ''

/** The same words in the other languages, to be read beside them. */
const otherWords = (text: Text | undefined, locale: string, say: Say) =>
  Object.entries(text ?? {})
    .filter(([code, words]) => code !== locale && words !== inLocale(text, locale))
    .map(([code, words]) => ({ language: languageName(code, say), langCode: code, words }))

/** View model of templates/questionnaires/questions.hbs: every question of a definition, to be read by whoever reviews or chooses it. */
export function questionsView(definition: Questionnaire, locale: string, say: Say): Record<string, unknown> {
  const asked = new Map(listItems(definition).map((one, index) => [one.id, { one, no: index + 1 }]))
  return {
    introductionWords: inLocale(definition.introduction, locale),
    sectionsRead: definition.sections.map((section) => ({
      heading: inLocale(section.title, locale),
      instructionWords: inLocale(section.instruction, locale),
      conditionWords: section.visible_if ? conditionWords(section.visible_if, asked, locale, say) : '',
      questions: section.items.map((item) => {
        const { one, no } = asked.get(item.id)!
        return {
          no,
          idWords: item.id,
          stemWords: inLocale(item.stem, locale),
          words: inLocale(item.text, locale),
          others: otherWords(item.text, locale, say),
          helpWords: inLocale(item.help, locale),
          typeWords: typeWords(item, locale, say),
          requiredWords: say(item.required ? 'questionnaires.read.required' : 'questionnaires.read.optional'),
          conditionWords: item.visible_if ? conditionWords(item.visible_if, asked, locale, say) : '',
          tagWords: (item.tags ?? []).map((tag) => ({
            words: say(`questionnaires.tag.${tag}`),
            kind: forbiddenTags.includes(tag) ? 'late' : '',
          })),
          optionsRead: one.options.map((option) => ({
            no: String(option.value),
            words: inLocale(option.text, locale),
            others: otherWords(option.text, locale, say),
            freeWords: option.free_text ? say('questionnaires.read.ownWords') : '',
          })),
        }
      }),
    })),
    scalesRead: definition.scales.map((scale) => ({
      key: inLocale(scale.title, locale),
      value: scaleWords(scale, say),
    })),
  }
}

function typeWords(item: Item, locale: string, say: Say): string {
  const type = say(`questionnaires.type.${item.type}`)
  if (item.type === 'number' || item.type === 'rating')
    return say('questionnaires.read.range', {
      type,
      least: item.min,
      most: item.max,
      unit: item.type === 'number' ? inLocale(item.unit, locale) : '',
    })
  if (item.type === 'text') return say('questionnaires.read.length', { type, most: item.max_length })
  return type
}

/** How a scale is counted, in words: 「平均 (q1, q2; 逆転 q3)、1〜4」 */
export function scaleWords({ formula, range }: Questionnaire['scales'][number], say: Say): string {
  const limits = { least: round(range[0]), most: round(range[1]) }
  if (formula.method === 'quantity-quality')
    return say('questionnaires.read.quantityQuality', {
      ...limits,
      quantity: formula.quantity,
      quality: formula.quality,
    })
  const [plain, reverse] = formula.method === 'sum' ? [formula.plus, formula.minus] : [formula.items, formula.reverse]
  const items = [...plain, ...reverse.map((id) => say('questionnaires.read.reversed', { id }))].join(', ')
  return say(`questionnaires.read.${formula.method}`, { ...limits, items })
}

const round = (value: number) => String(Math.round(value * 100) / 100)

/** A condition in words, with the numbers of its questions. */
export function conditionWords(
  condition: Visibility,
  asked: ReadonlyMap<string, { one: AskedItem; no: number }>,
  locale: string,
  say: Say,
): string {
  return say('questionnaires.read.asked', { words: testWords(condition, asked, locale, say) })
}

function testWords(
  condition: Visibility,
  asked: ReadonlyMap<string, { one: AskedItem; no: number }>,
  locale: string,
  say: Say,
): string {
  const inner = (part: Visibility) => testWords(part, asked, locale, say)
  if ('all' in condition) return condition.all.map(inner).join(say('questionnaires.read.and'))
  if ('any' in condition) return condition.any.map(inner).join(say('questionnaires.read.or'))
  if ('not' in condition) return say('questionnaires.read.not', { words: inner(condition.not) })
  const { item, answered, one_of: oneOf, at_least: least, at_most: most } = condition
  const named = asked.get(item)
  const no = named?.no ?? item
  const said: string[] = []
  if (answered !== undefined) said.push(say(`questionnaires.read.${answered ? 'answered' : 'unanswered'}`, { no }))
  if (oneOf) {
    const options = oneOf.map((value) => {
      const option = named?.one.options.find((one) => one.value === value)
      return option ? inLocale(option.text, locale) : String(value)
    })
    said.push(say('questionnaires.read.oneOf', { no, options: options.join(say('questionnaires.read.orOption')) }))
  }
  if (least !== undefined) said.push(say('questionnaires.read.least', { no, least }))
  if (most !== undefined) said.push(say('questionnaires.read.most', { no, most }))
  return said.join(say('questionnaires.read.and'))
}

/** What a questionnaire is, in lines: kind, languages and their standing, licence, length. */
export function factRows(definition: Questionnaire, locale: string, say: Say): { key: string; value: string }[] {
  const { licence, languages } = definition
  const items = listItems(definition)
  return [
    { key: say('questionnaires.fact.name'), value: `${definition.slug}@${definition.version}` },
    { key: say('questionnaires.fact.kind'), value: say(`questionnaires.kind.${definition.kind}`) },
    {
      key: say('questionnaires.fact.length'),
      value: say('questionnaires.fact.items', {
        items: items.length,
        numbers: items.filter((asked) => numericRange(asked)).length,
      }),
    },
    {
      key: say('questionnaires.fact.languages'),
      value: Object.entries(languages)
        .map(([code, { validated }]) =>
          say(`questionnaires.fact.${validated ? 'validated' : 'unvalidated'}`, { language: languageName(code, say) }),
        )
        .join('\n'),
    },
    {
      key: say('questionnaires.fact.licence'),
      value: [licence.name, licence.holder, inLocale(licence.attribution, locale), licence.note]
        .filter((line, index, lines) => line && lines.indexOf(line) === index)
        .join('\n'),
    },
  ]
}
