import { USUAL_LENGTH, USUAL_RANGE } from './draft.ts'
import type { DraftItem, DraftOption, DraftText, NotCarried } from './draft.ts'
import { isObject, plainText } from './json.ts'
import { nameMaker } from './names.ts'
import { noneWords, otherWords, unusedValue, yesNo } from './usual-options.ts'
import { said, type Said } from './remarks.ts'

export type SurveyElement = Record<string, unknown>

interface Reading {
  words: (value: unknown) => DraftText | undefined
  note: (where: string, what: Said) => void
  nameFor: (wanted: string, where: string) => string
}

type Kind = DraftItem extends infer Item
  ? Item extends DraftItem
    ? Omit<Item, 'where' | 'id' | 'text' | 'required'>
    : never
  : never

/** One question of ours; a matrix gives one for each row. */
interface Part {
  readonly shape: Kind
  /** its id, where it had to be made before */
  readonly id?: string
  /** the row it is, as conditions name it after a point */
  readonly suffix?: string
  readonly text?: DraftText
  readonly integer?: boolean
  /** the value of ours for a value of the survey */
  readonly ours?: (value: string | number | boolean) => string | number | undefined
}

interface Kinds {
  readonly parts: Part[]
  /** keys of the element that are carried */
  readonly read: ReadonlySet<string>
}

const always = ['type', 'name', 'title', 'description', 'isRequired', 'visibleIf']
const reads = (...keys: string[]): ReadonlySet<string> => new Set([...always, ...keys])

/** What a question of a survey is in our format; undefined for kinds that have no place in it. */
export function questionKind(element: SurveyElement, where: string, reading: Reading): Kinds | undefined {
  switch (element['type']) {
    case 'radiogroup':
    case 'dropdown':
    case 'buttongroup':
      return choice(element, where, 'single', reading)
    case 'checkbox':
    case 'tagbox':
      return choice(element, where, 'multiple', reading)
    case 'boolean':
      return yesOrNo(element, reading)
    case 'rating':
      return rating(element, where, reading)
    case 'text':
      return input(element, where, reading)
    case 'comment':
      return { parts: [ownWords(element, where, reading)], read: reads('maxLength') }
    case 'matrix':
      return matrix(element, where, reading)
    case 'multipletext':
      return severalTexts(element, where, reading)
    default:
      return undefined
  }
}

interface Choices {
  options: DraftOption[]
  ours: (value: string | number | boolean) => string | number | undefined
}

/** Options, and which value of ours stands for one of the survey's. */
function choices(list: unknown, where: string, { words, note }: Reading): Choices {
  const found = new Map<string, string | number>()
  const options: DraftOption[] = []
  const changed = (at: NotCarried[]): void => at.forEach(({ where: place, ...one }) => note(place, one))
  const pending: NotCarried[] = []
  const valueName = nameMaker(pending)
  for (const [index, one] of (Array.isArray(list) ? list : []).entries()) {
    const at = `${where}[${index}]`
    const given: unknown = isObject(one) ? one['value'] : one
    if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean') {
      note(at, said('no-value'))
      continue
    }
    const value = plainNumber(given) ?? valueName(String(given), at)
    found.set(String(given), value)
    options.push({ value, text: (isObject(one) ? words(one['text']) : undefined) ?? words(given) ?? {} })
    if (isObject(one))
      for (const key of Object.keys(one))
        if (key !== 'value' && key !== 'text') note(`${at}.${key}`, said('not-carried'))
  }
  changed(pending)
  return { options, ours: (value) => found.get(String(value)) }
}

function choice(element: SurveyElement, where: string, type: 'single' | 'multiple', reading: Reading): Kinds {
  const { options, ours } = choices(element['choices'], `${where}.choices`, reading)
  const special = new Map<string, string>()
  if (element['showNoneItem'] === true || element['hasNone'] === true) {
    const value = unusedValue(options, 'none')
    special.set('none', value)
    options.push({ value, text: reading.words(element['noneText']) ?? { ...noneWords } })
    if (type === 'multiple') reading.note(where, said('none-beside'))
  }
  if (element['showOtherItem'] === true || element['hasOther'] === true) {
    const value = unusedValue(options, 'other')
    special.set('other', value)
    options.push({
      value,
      text: reading.words(element['otherText']) ?? { ...otherWords },
      free_text: { id: reading.nameFor(`${plainText(element['name'])}_other`, where), max_length: 200 },
    })
  }
  return {
    parts: [{ shape: { type, options }, ours: (value) => ours(value) ?? special.get(String(value)) }],
    read: reads('choices', 'showNoneItem', 'hasNone', 'noneText', 'showOtherItem', 'hasOther', 'otherText'),
  }
}

function yesOrNo(element: SurveyElement, { words }: Reading): Kinds {
  const options = yesNo(words(element['labelTrue']), words(element['labelFalse']))
  const isYes = (value: unknown): boolean => value === true || value === 'true' || value === element['valueTrue']
  return {
    parts: [{ shape: { type: 'single', options }, ours: (value) => (isYes(value) ? 'yes' : 'no') }],
    read: reads('labelTrue', 'labelFalse', 'valueTrue', 'valueFalse'),
  }
}

function rating(element: SurveyElement, where: string, reading: Reading): Kinds {
  const { words } = reading
  const read = reads(
    'rateMin',
    'rateMax',
    'rateStep',
    'rateCount',
    'rateValues',
    'minRateDescription',
    'maxRateDescription',
    'rateType',
    'displayMode',
    'autoGenerate',
  )
  const given = element['rateValues']
  if (Array.isArray(given) && given.length > 0) {
    const { options, ours } = choices(given, `${where}.rateValues`, reading)
    return { parts: [{ shape: { type: 'single', options }, ours }], read }
  }
  const whole = (key: string, usual: number): number =>
    Number.isInteger(element[key]) ? (element[key] as number) : usual
  const min = whole('rateMin', 1)
  const max = whole('rateMax', min + Math.max(whole('rateCount', 5), 2) - 1)
  const step = whole('rateStep', 1)
  const low = words(element['minRateDescription'])
  const high = words(element['maxRateDescription'])
  if (step !== 1 || max <= min || max - min > 20) {
    if (step < 1 || max <= min || (max - min) / step > 100)
      return { parts: [numberPart(min, Math.max(max, min + 1), true)], read }
    const values = Array.from({ length: Math.floor((max - min) / step) + 1 }, (_, index) => min + index * step)
    const options = values.map((value): DraftOption => ({ value, text: words(value) ?? {} }))
    if (low || high) reading.note(where, said('words-of-ends'))
    return { parts: [{ shape: { type: 'single', options }, ours: (value) => plainNumber(value) }], read }
  }
  return {
    parts: [{ shape: { type: 'rating', min, max, low: low ?? words(min)!, high: high ?? words(max)! }, integer: true }],
    read,
  }
}

function numberPart(min: number, max: number, integer: boolean): Part {
  return { shape: { type: 'number', min, max, integer }, integer }
}

function input(element: SurveyElement, where: string, reading: Reading): Kinds | undefined {
  const { note } = reading
  switch (element['inputType'] ?? 'text') {
    case 'number':
    case 'range': {
      const bound = (key: string): number | undefined => {
        const value = Number(element[key] ?? Number.NaN)
        return Number.isFinite(value) && Math.abs(value) < 1e12 ? value : undefined
      }
      const [min, max, step] = [bound('min'), bound('max'), bound('step')]
      if (min === undefined || max === undefined)
        note(where, said('usual-range', { low: min ?? USUAL_RANGE[0], high: max ?? USUAL_RANGE[1] }))
      const low = min ?? Math.min(USUAL_RANGE[0], max ?? 0)
      // without a step a number field of SurveyJS takes decimals
      const integer = step !== undefined && Number.isInteger(step)
      return {
        parts: [numberPart(low, Math.max(max ?? USUAL_RANGE[1], low + 1), integer)],
        read: reads('inputType', 'min', 'max', 'step'),
      }
    }
    case 'date':
      return { parts: [{ shape: { type: 'date' } }], read: reads('inputType') }
    case 'text':
    case 'email':
    case 'url':
    case 'tel':
      if ((element['inputType'] ?? 'text') !== 'text') note(`${where}.inputType`, said('not-checked'))
      return { parts: [ownWords(element, where, reading)], read: reads('inputType', 'maxLength') }
    default:
      return undefined
  }
}

function ownWords(element: SurveyElement, where: string, { note }: Reading): Part {
  const given = element['maxLength']
  const length = typeof given === 'number' && Number.isInteger(given) && given > 0 ? given : undefined
  if (length === undefined) note(where, said('usual-length', { most: USUAL_LENGTH }))
  return { shape: { type: 'text', max_length: Math.min(length ?? USUAL_LENGTH, 10_000) } }
}

function matrix(element: SurveyElement, where: string, reading: Reading): Kinds {
  const rows = (Array.isArray(element['rows']) ? element['rows'] : []) as unknown[]
  const type = element['cellType'] === 'checkbox' ? ('multiple' as const) : ('single' as const)
  const { options, ours } = choices(element['columns'], `${where}.columns`, reading)
  const parts = rows.flatMap((row, index): Part[] => {
    const value: unknown = isObject(row) ? row['value'] : row
    if (typeof value !== 'string' && typeof value !== 'number') {
      reading.note(`${where}.rows[${index}]`, said('no-value'))
      return []
    }
    const text = (isObject(row) ? reading.words(row['text']) : undefined) ?? reading.words(value) ?? {}
    const shape = { type, options: options.map((option) => ({ ...option, text: { ...option.text } })) }
    return [{ shape, suffix: String(value), text, ours }]
  })
  if (parts.length === 0) reading.note(where, said('no-rows'))
  return { parts, read: reads('rows', 'columns', 'cellType', 'isAllRowRequired') }
}

function severalTexts(element: SurveyElement, where: string, reading: Reading): Kinds {
  const items = (Array.isArray(element['items']) ? element['items'] : []) as unknown[]
  const parts = items.flatMap((item, index): Part[] => {
    const at = `${where}.items[${index}]`
    if (!isObject(item) || typeof item['name'] !== 'string') {
      reading.note(at, said('no-name'))
      return []
    }
    const kinds = input(item, at, reading)
    const part = kinds?.parts[0]
    if (!part) {
      reading.note(at, said('kind-inside'))
      return []
    }
    for (const key of Object.keys(item))
      if (!kinds.read.has(key) || key === 'isRequired' || key === 'visibleIf')
        reading.note(`${at}.${key}`, said('not-carried'))
    return [
      { ...part, suffix: item['name'], text: reading.words(item['title']) ?? { ...reading.words(item['name'])! } },
    ]
  })
  return { parts, read: reads('items') }
}

/** Whole numbers, also when a survey writes them as text: its conditions take them for the same. */
function plainNumber(value: unknown): number | undefined {
  return /^-?(0|[1-9]\d{0,8})$/.test(String(value)) ? Number(value) : undefined
}
