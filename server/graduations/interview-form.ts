import { givenWordsOf, ownWordsOf, readAnswer, visibleItems, type AskedItem } from '../../analysis/scoring/index.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import { wholeLocaleOf, type Locale } from '../locales.ts'
import type { FieldError } from '../web/render.ts'
import type { Words } from '../web/words.ts'
import type { InterviewAnswers } from './interviews.ts'

type Say = (key: string, values?: Record<string, string | number>) => string

/** A question as the page draws it; `widget` says how, whatever the type of the item. */
export interface QuestionView {
  name: string
  widget: 'choices' | 'select' | 'text' | 'number' | 'date'
  words: string
  help: string
  multiple: boolean
  /** few short options: side by side where there is room */
  inline: boolean
  entries: { value: string; label: string; checked: boolean; selected: boolean; ownWords?: WordsField }[]
  typed: string
  longest: number
  /** whom it is asked of, in words: all questions stand on one page, which without script does not change under the hand */
  onlyIf?: string
}

/** A line for own words under an option. */
interface WordsField {
  field: string
  label: string
  words: string
  longest: number
}

export interface SectionView {
  heading: string
  instruction: string
  questions: QuestionView[]
}

const isEnglish = (locale: string) => wholeLocaleOf(locale) === 'en'
const fieldOf = (itemId: string) => `q_${itemId}`
const inLocale = (text: Record<string, string> | undefined, locale: Locale) => text?.[locale] ?? text?.['ja'] ?? ''

/** The questions of a definition, with what was typed before (a page shown again). Every question may be left open. */
export function interviewForm(questionnaire: QuestionnaireVersion, words: Words, body: unknown): SectionView[] {
  const { read } = words
  return questionnaire.definition.sections.map((section) => ({
    heading: read(section.title),
    instruction: read(section.instruction),
    questions: questionnaire.items
      .filter((asked) => asked.sectionId === section.id)
      .map((asked) => ({
        ...questionOf(asked, words, body),
        onlyIf: conditionInWords(questionnaire, asked, words),
      })),
  }))
}

function questionOf(asked: AskedItem, words: Words, body: unknown): QuestionView {
  const { say, read } = words
  const { item } = asked
  const given = givenFor(body, asked.id)
  const view = {
    name: fieldOf(item.id),
    words: [read(item.stem), read(item.text)].filter(Boolean).join(' '),
    help: read(item.help),
    multiple: item.type === 'multiple',
    inline: asked.options.length <= 6,
    entries: [] as QuestionView['entries'],
    typed: given[0] ?? '',
    longest: item.type === 'text' ? item.max_length : 40,
  }
  const entry = (value: string, label: string) => {
    const chosen = given.includes(value)
    return { value, label, checked: chosen, selected: chosen }
  }
  switch (item.type) {
    case 'single':
    case 'multiple': {
      const fields = new Map(ownWordsOf(asked).map((one) => [one.value, wordsField(one.asked, words, body)]))
      const entries: QuestionView['entries'] = asked.options.map((option) => {
        const field = fields.get(option.value)
        return { ...entry(String(option.value), read(option.text)), ...(field && { ownWords: field }) }
      })
      // a chosen radio cannot be taken back by itself
      if (item.type === 'single') entries.push(entry('', say('graduations.interview.noAnswer')))
      return { ...view, widget: 'choices', entries }
    }
    case 'rating': {
      const steps = Array.from({ length: item.max - item.min + 1 }, (_, step) => item.min + step)
      const ends = new Map([
        [item.min, read(item.low)],
        [item.max, read(item.high)],
      ])
      const label = (value: number) => (ends.has(value) ? `${value} (${ends.get(value)})` : String(value))
      const entries = [
        entry('', say('graduations.interview.noAnswer')),
        ...steps.map((value) => entry(String(value), label(value))),
      ]
      return { ...view, widget: 'select', entries }
    }
    default:
      return { ...view, widget: item.type }
  }
}

/** "For those who chose this or that before", where a question waits for certain options of another one; otherwise nothing. */
function conditionInWords(questionnaire: QuestionnaireVersion, asked: AskedItem, { locale, say, read }: Words): string {
  const options = asked.conditions.flatMap((condition) => {
    if (!('item' in condition) || !condition.one_of) return []
    const other = questionnaire.items.find(({ id }) => id === condition.item)
    return (other?.options ?? []).filter(({ value }) => condition.one_of!.includes(value))
  })
  if (options.length === 0) return ''
  const words = options.map(({ text }) => read(text))
  return say('graduations.interview.onlyIf', {
    options: isEnglish(locale) ? words.map((one) => `“${one}”`).join(', ') : words.map((one) => `「${one}」`).join(''),
  })
}

function wordsField(asked: AskedItem, { say, read }: Words, body: unknown): WordsField {
  return {
    field: fieldOf(asked.id),
    label: say('graduations.interview.ownWords', { option: read(asked.item.text) }),
    words: givenFor(body, asked.id)[0] ?? '',
    longest: asked.item.type === 'text' ? asked.item.max_length : 0,
  }
}

/**
 * Reads a sent form: answers by item id, null where left open; faults at their fields. Own words count only beside an option
 * that is chosen; others are dropped.
 */
export function readInterview(
  questionnaire: QuestionnaireVersion,
  body: unknown,
  say: Say,
): { answers: InterviewAnswers; errors?: undefined } | { answers?: undefined; errors: FieldError[] } {
  const answers: InterviewAnswers = {}
  const errors: FieldError[] = []
  const readOne = (asked: AskedItem): void => {
    const read = readAnswer(asked, givenFor(body, asked.id))
    if (read.fault) errors.push({ field: fieldOf(asked.id), message: say(`graduations.interview.fault.${read.fault}`) })
    else answers[asked.id] = read.answer
  }
  for (const asked of questionnaire.items) {
    readOne(asked)
    for (const words of givenWordsOf(asked, answers)) readOne(words.asked)
  }
  if (errors.length > 0) return { errors }
  // what is not asked after these answers is not told either
  const hidden = new Set(questionnaire.items)
  for (const asked of visibleItems(questionnaire.items, answers)) hidden.delete(asked)
  for (const asked of hidden)
    for (const { id } of [asked, ...ownWordsOf(asked).map((one) => one.asked)]) delete answers[id]
  return { answers }
}

function givenFor(body: unknown, itemId: string): readonly string[] {
  const value = ((body ?? {}) as Record<string, unknown>)[fieldOf(itemId)]
  const parts = Array.isArray(value) ? value : [value]
  return parts.filter((part): part is string => typeof part === 'string')
}

/** What somebody wrote in answers: texts, and own words beside options. */
export function writtenIn(answers: InterviewAnswers | undefined): string[] {
  return Object.values(answers ?? {}).filter((answer) => typeof answer === 'string')
}

/** Answers as question and words, in printed order; what was left open is left out. */
export function interviewInWords(
  questionnaire: QuestionnaireVersion,
  answers: InterviewAnswers,
  locale: Locale,
): { key: string; value: string }[] {
  return questionnaire.items.flatMap((asked) => {
    const answer = answers[asked.id]
    if (answer === null || answer === undefined) return []
    const chosen = typeof answer === 'object' ? answer : [answer]
    const words = chosen.map((value) => {
      const option = asked.options.find((one) => one.value === value)
      if (!option) return String(value)
      const words = option.free_text && answers[option.free_text.id]
      const label = inLocale(option.text, locale)
      return typeof words === 'string' ? (isEnglish(locale) ? `${label}: “${words}”` : `${label}「${words}」`) : label
    })
    return words.length === 0
      ? []
      : [{ key: inLocale(asked.item.text, locale), value: words.join(isEnglish(locale) ? ', ' : '、') }]
  })
}
