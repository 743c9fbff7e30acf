import type { Option } from '../../survey-definitions/schema.ts'
import { isTicked, typedText, typedWords, languageName, type Say, type Typed } from './editor-fields.ts'

const identifier = /^[A-Za-z][A-Za-z0-9_]{0,63}$/
/** Empty rows that a form offers beyond what is there; more come when it is saved. */
const spareRows = 4
const fewestRows = 6
const mostRows = 60

/**
 * Options of a form's rows `option_<n>_…`: a row without words and value is none. A value left empty gets the next whole
 * number. What was own words beside an option keeps its id and length.
 */
export function typedOptions(
  typed: Typed,
  languages: readonly string[],
  before: readonly Option[],
  itemId: string,
): Option[] {
  const rows: { value: number | string | undefined; text: Record<string, string>; free: boolean }[] = []
  for (let row = 0; row < mostRows; row++) {
    const text = typedWords(typed, `option_${row}`, languages)
    const value = typedText(typed, `option_${row}_value`).normalize('NFKC')
    if (Object.keys(text).length === 0 && value === '') continue
    rows.push({
      value: value === '' ? undefined : /^-?\d{1,9}$/.test(value) ? Number(value) : value,
      text,
      free: isTicked(typed, `option_${row}_free`),
    })
  }
  let next = Math.max(0, ...rows.flatMap(({ value }) => (typeof value === 'number' ? [value] : [])))
  return rows.map(({ value, text, free }) => {
    const stored = value ?? ++next
    const known = before.find((option) => option.value === stored)
    const id = `${itemId}_${String(stored).replace('-', 'minus')}_words`
    return {
      ...known,
      value: stored,
      text: keepOthers(text, known?.text, languages),
      ...(free && {
        free_text: known?.free_text ?? { id: identifier.test(id) ? id : `${itemId}_words`, max_length: 200 },
      }),
      ...(!free && { free_text: undefined }),
    }
  })
}

/** Languages that the form did not show stay as they are. */
export function keepOthers(
  text: Record<string, string>,
  before: Record<string, string> | undefined,
  shown: readonly string[],
): Record<string, string> {
  const others = Object.entries(before ?? {}).filter(([code]) => !shown.includes(code))
  return { ...text, ...Object.fromEntries(others) }
}

/** Rows of the form: what is there and some empty ones. */
export function optionRows(
  options: readonly Option[],
  languages: readonly string[],
  { withOwnWords }: { withOwnWords: boolean },
  say: Say,
): Record<string, unknown>[] {
  const count = Math.min(mostRows, Math.max(fewestRows, options.length + spareRows))
  return Array.from({ length: count }, (_none, row) => {
    const option = options[row]
    return {
      rowNo: row + 1,
      valueName: `option_${row}_value`,
      valueTyped: option === undefined ? '' : String(option.value),
      valueLabel: say('questionnaires.option.valueOf', { no: row + 1 }),
      words: languages.map((code) => ({
        language: languageName(code, say),
        name: `option_${row}_${code}`,
        label: say('questionnaires.option.wordsOf', { no: row + 1, language: languageName(code, say) }),
        wordsTyped: option?.text[code] ?? '',
      })),
      freeName: withOwnWords ? `option_${row}_free` : '',
      freeTicked: option?.free_text !== undefined,
      freeLabel: say('questionnaires.option.freeOf', { no: row + 1 }),
    }
  })
}
