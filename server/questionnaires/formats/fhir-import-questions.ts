import type { Known } from './conditions.ts'
import { USUAL_LENGTH, USUAL_RANGE } from './draft.ts'
import type { DraftItem, DraftOption, DraftText, NotCarried } from './draft.ts'
import { codesOf, fhir, find } from './fhir-extensions.ts'
import { valueSetResource } from './fhir-resources.ts'
import type { AnswerOption, FhirElement, QuestionnaireItem } from './fhir-resources.ts'
import { nameMaker, short } from './names.ts'
import { said, type Said } from './remarks.ts'
import { otherWords, unusedValue, yesNo } from './usual-options.ts'

/** What reading a question of somebody else's Questionnaire needs of the whole. */
export interface FhirReading {
  readonly note: (where: string, what: Said) => void
  readonly words: (text: string | undefined, element: FhirElement | undefined) => DraftText | undefined
  readonly nameFor: (wanted: string, where: string) => string
  readonly language: () => string
  readonly contained: () => readonly { resourceType: string; id?: string | undefined; url?: unknown }[]
}

/** What a question is in our format; undefined for kinds that have no place in it. */
export function questionKind(
  item: QuestionnaireItem,
  where: string,
  id: string,
  reading: FhirReading,
): object | undefined {
  const { note, words } = reading
  const number = (url: string): number | undefined => {
    const found = find(item.extension, url)
    return found?.valueInteger ?? found?.valueDecimal
  }
  switch (item.type) {
    case 'choice':
    case 'open-choice':
      return choice(item, where, id, reading)
    case 'boolean':
      return { type: 'single', options: yesNo() }
    case 'string':
    case 'text':
    case 'url':
      if (item.answerOption?.length || item.answerValueSet) return choice(item, where, id, reading)
      if (item.maxLength === undefined) note(where, said('usual-length', { most: USUAL_LENGTH }))
      return { type: 'text', max_length: Math.min(Math.max(item.maxLength ?? USUAL_LENGTH, 1), 10_000) }
    case 'date':
      for (const url of [fhir.minValue, fhir.maxValue]) if (find(item.extension, url)) note(where, said('day-limits'))
      return { type: 'date' }
    case 'integer':
    case 'decimal': {
      if (item.answerOption?.length) return choice(item, where, id, reading)
      const [min, max] = [number(fhir.minValue), number(fhir.maxValue)]
      const controls = codesOf(item.extension, fhir.itemControl)
      if (
        item.type === 'integer' &&
        controls.includes('slider') &&
        Number.isInteger(min) &&
        Number.isInteger(max) &&
        max! > min! &&
        max! - min! <= 20
      ) {
        const end = (code: string, value: number): DraftText => {
          const child = item.item?.find((one) => codesOf(one.extension, fhir.itemControl).includes(code))
          return (child && words(child.text, child._text)) ?? { [reading.language()]: String(value) }
        }
        return { type: 'rating', min, max, low: end('lower', min!), high: end('upper', max!) }
      }
      if (min === undefined || max === undefined)
        note(where, said('usual-range', { low: min ?? USUAL_RANGE[0], high: max ?? USUAL_RANGE[1] }))
      const unit = find(item.extension, fhir.unit)?.valueCoding
      const unitText = unit && words(unit.display ?? unit.code, unit._display)
      const low = min ?? Math.min(USUAL_RANGE[0], max ?? 0)
      return {
        type: 'number',
        min: low,
        max: max === undefined ? Math.max(USUAL_RANGE[1], low + 1) : Math.max(max, low + 1),
        integer: item.type === 'integer',
        ...(unitText ? { unit: unitText } : {}),
      }
    }
    default:
      return undefined
  }
}

function choice(item: QuestionnaireItem, where: string, id: string, reading: FhirReading): object | undefined {
  const { note, words } = reading
  let given = item.answerOption ?? []
  if (given.length === 0 && item.answerValueSet !== undefined) {
    given = optionsOf(item.answerValueSet, reading)
    if (given.length === 0) {
      note(`${where}.answerValueSet`, said('list-elsewhere', { list: short(item.answerValueSet) }))
      return undefined
    }
  }
  const ordinals = given.map((option) => ordinalOf(option))
  const counted =
    ordinals.every((one) => one !== undefined && Number.isInteger(one)) && new Set(ordinals).size === given.length
  const renamed: NotCarried[] = []
  const valueName = nameMaker(renamed)
  const options = given.map((option, index): DraftOption => {
    const at = `${where}.answerOption[${index}]`
    const { valueCoding: coding } = option
    const plain =
      coding?.code ?? coding?.display ?? option.valueString ?? option.valueDate ?? String(option.valueInteger ?? '')
    const text = coding
      ? words(coding.display ?? coding.code, coding._display)
      : { [reading.language()]: String(option.valueString ?? option.valueInteger ?? option.valueDate ?? '') }
    if (option['valueReference'] !== undefined) note(at, said('option-refers'))
    return { value: counted ? ordinals[index]! : valueFor(plain, at, valueName), text: text ?? {} }
  })
  for (const { where: place, ...what } of renamed) note(place, what)
  if (
    counted &&
    given.some(
      ({ valueCoding: coding }, index) => coding?.code !== undefined && coding.code !== String(ordinals[index]),
    )
  )
    note(`${where}.answerOption`, said('ordinals'))
  if (item.type === 'open-choice')
    options.push({
      value: unusedValue(options, 'other'),
      text: { ...otherWords },
      free_text: { id: reading.nameFor(`${id}_other`, where), max_length: 200 },
    })
  return { type: item.repeats === true ? 'multiple' : 'single', options }
}

/** Options of a value set that came along in the same file. */
function optionsOf(url: string, { contained }: FhirReading): AnswerOption[] {
  const set = contained().find(
    ({ id, url: name, resourceType }) => resourceType === 'ValueSet' && (`#${id}` === url || name === url),
  )
  const { data } = valueSetResource.safeParse(set)
  const listed = data?.compose?.include?.flatMap(({ concept }) => concept ?? []) ?? []
  const concepts = listed.length > 0 ? listed : (data?.expansion?.contains ?? [])
  return concepts.slice(0, 500).map(({ code, display, extension }) => ({
    valueCoding: { code, display: display ?? code, ...(extension ? { extension } : {}) },
  }))
}

/** The question as conditions name it. */
export function knownOf(draft: DraftItem, item: QuestionnaireItem, reading: FhirReading): Known {
  if (!('options' in draft))
    return { id: draft.id, kind: draft.type, integer: draft.type === 'number' ? draft.integer : true }
  const given = item.answerOption?.length
    ? item.answerOption
    : item.answerValueSet
      ? optionsOf(item.answerValueSet, reading)
      : []
  const byCode = new Map(
    given.map(({ valueCoding, valueString, valueInteger, valueDate }, index) => [
      String(valueCoding?.code ?? valueCoding?.display ?? valueString ?? valueDate ?? valueInteger),
      draft.options[index]?.value,
    ]),
  )
  const ours = (value: string | number | boolean): string | number | undefined =>
    item.type === 'boolean' ? (value === true ? 'yes' : 'no') : byCode.get(String(value))
  return { id: draft.id, kind: draft.type, ours }
}

/** The number an option counts: FHIR R4 lets it stand at the option or at its code. */
function ordinalOf({ extension, valueCoding }: AnswerOption): number | undefined {
  const found = find(valueCoding?.extension, fhir.ordinalValue) ?? find(extension, fhir.ordinalValue)
  return found?.valueDecimal
}

function valueFor(plain: string, where: string, nameFor: (wanted: string, where: string) => string): string | number {
  return /^-?(0|[1-9]\d{0,8})$/.test(plain) ? Number(plain) : nameFor(plain, where)
}
