import type { FieldError } from '../web/render.ts'
import { ownKinds, type DraftFault } from './draft-check.ts'
import type { Words } from './draft-working.ts'
import { remarkWords } from './formats/remarks.ts'

/** What a form sent. */
export type Typed = Readonly<Record<string, string | readonly string[] | undefined>>

/** Says a text of this capability in the page's language. */
export type Say = (key: string, params?: Record<string, string | number>) => string

/** A text of the form as it is kept: ends trimmed, control characters gone, line ends of one kind. */
export function typedText(typed: Typed, field: string): string {
  const value = typed[field]
  const text = (typeof value === 'string' ? value : (value?.[0] ?? '')).replaceAll(/\r\n?/g, '\n')
  // oxlint-disable-next-line no-control-regex -- what no keyboard types
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trim()
}

export const typedList = (typed: Typed, field: string): string[] => [typed[field] ?? []].flat().map(String)

export const isTicked = (typed: Typed, field: string): boolean => typed[field] === 'yes'

/** The same words in every language of the draft, from `<field>_<language>`; languages that the form did not show are kept. */
export function typedWords(typed: Typed, field: string, languages: readonly string[]): Words {
  const words: Words = {}
  for (const code of languages) {
    const text = typedText(typed, `${field}_${code}`)
    if (text !== '') words[code] = text
  }
  return words
}

/** Words that may be left out altogether: undefined when every language is empty. */
export function typedWordsOrNone(typed: Typed, field: string, languages: readonly string[]): Words | undefined {
  const words = typedWords(typed, field, languages)
  return Object.keys(words).length > 0 ? words : undefined
}

/**
 * A number as people type it, full width or not; what is no number stays as it was typed, so that the check of the draft
 * refuses it at its field. Empty is undefined.
 */
export function typedNumber(typed: Typed, field: string): number | undefined {
  const text = typedText(typed, field).normalize('NFKC').replace('−', '-')
  if (text === '') return undefined
  return /^-?\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : (text as unknown as number)
}

/** Fields `<name>_<language>` side by side, with what was typed or stands in the draft, and what stands there where it is something else. */
export function wordFields(
  name: string,
  labelKey: string,
  { languages, typed, words }: { languages: readonly string[]; typed?: Typed | undefined; words?: Words | undefined },
  say: Say,
): { name: string; label: string; language: string; value: string; storedWords: string }[] {
  return languages.map((code) => {
    const stored = words?.[code] ?? ''
    const value = typed ? String(typed[`${name}_${code}`] ?? '') : stored
    return {
      name: `${name}_${code}`,
      label: say(labelKey),
      language: languageName(code, say),
      value,
      storedWords: value === stored ? '' : stored,
    }
  })
}

/** 日本語, English; other languages by their code. */
export function languageName(code: string, say: Say): string {
  return code === 'ja' || code === 'en' ? say(`questionnaires.language.${code}`) : code
}

const wordKeys = ['text', 'help', 'stem', 'unit', 'low', 'high', 'title', 'instruction', 'introduction']

/** The field of a form that a place below the edited part belongs to; the first field stands for what has none. */
export function fieldOfFault(place: readonly string[], fault: DraftFault, firstLanguage: string): string {
  const [key = '', second, third, fourth] = place
  const language = String(fault.params?.['language'] ?? fourth ?? firstLanguage)
  if (wordKeys.includes(key)) return `${key}_${String(fault.params?.['language'] ?? second ?? firstLanguage)}`
  if (key === 'options' && second !== undefined)
    return third === 'text' ? `option_${second}_${language}` : `option_${second}_value`
  if (key === 'options') return `option_0_${firstLanguage}`
  if (key === 'visible_if') return 'condition_0'
  if (key === 'skippable') return 'required'
  return ['min', 'max', 'max_length', 'tags', 'minutes', 'kind', 'slug', 'languages'].includes(key) ? key : ''
}

/** What a fault says, in the page's language. */
export function faultWords({ path, code, detail, params = {}, remark }: DraftFault, say: Say): string {
  const named: Record<string, string | number> = { ...params }
  if (remark) named['what'] = remarkWords(remark, say)
  if (code === 'language-missing' || code === 'language-undeclared')
    named['language'] = languageName(String(params['language'] ?? ''), say)
  if (code === 'tag-forbidden') named['tag'] = say(`questionnaires.tag.${String(params['tag'])}`)
  // what the format knows is more than a company may make
  if (path === 'kind' && detail === 'value') named['values'] = ownKinds.join(', ')
  return say(
    code === 'shape' ? `questionnaires.fault.shape.${detail ?? 'type'}` : `questionnaires.fault.${code}`,
    named,
  )
}

/** Faults inside one part of the draft as errors at the fields of its form, each field once. */
export function errorsOf(faults: readonly DraftFault[], part: string, firstLanguage: string, say: Say): FieldError[] {
  const errors = new Map<string, FieldError>()
  for (const fault of faults) {
    const inside = part === '' || fault.path === '' || fault.path === part || fault.path.startsWith(`${part}.`)
    if (!inside) continue
    const rest = fault.path.slice(part === '' ? 0 : part.length + 1)
    const field = fieldOfFault(rest === '' ? [] : rest.split('.'), fault, firstLanguage)
    const name = field === '' ? fault.path : field
    if (!errors.has(name)) errors.set(name, { field, message: faultWords(fault, say) })
  }
  return [...errors.values()]
}
