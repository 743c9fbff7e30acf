import { checkAnswer, listItems, visibleItems } from '../../../analysis/scoring/index.ts'
import type { Answer, AskedItem } from '../../../analysis/scoring/index.ts'
import type { Option, Questionnaire } from '../../../survey-definitions/schema.ts'
import { firstLanguage, optionSystem, ownWordsLinkId } from './fhir-export.ts'
import { canonicalOf } from './fhir-extensions.ts'
import { fhirPath } from './fhir-import.ts'
import { sectionLinkId, valueOfCode } from './fhir-own.ts'
import { responseResource } from './fhir-resources.ts'
import type { Coding, FhirResponse, ResponseAnswer, ResponseItem } from './fhir-resources.ts'

/** One person's answers: by item id, and the words written beside options by theirs. */
export interface Responder {
  /** who it is, as the asking side calls them */
  readonly id: string
  readonly sex: 'male' | 'female' | null
  readonly answers: Readonly<Record<string, Answer>>
}

/**
 * One person's answers as an HL7 FHIR R4 QuestionnaireResponse: groups and items as the exported Questionnaire has them, choices
 * with code and words, own words below the answer they belong to. The person is a contained Person with that id and sex, and
 * nothing else; words stand in one language, as the Questionnaire has them all. `completed` when every required item has an answer, `in-progress` otherwise. Items without an answer are not
 * there. The answers must be ones the questionnaire allows.
 */
export function exportFhirResponse(definition: Questionnaire, { id, sex, answers }: Responder): FhirResponse {
  const language = firstLanguage(definition)
  const asked = new Map(listItems(definition).map((one) => [one.id, one]))
  const groups = definition.sections.flatMap((section): ResponseItem[] => {
    const item = section.items.flatMap((one): ResponseItem[] => {
      const answer = fhirAnswers(asked.get(one.id)!, answers, { slug: definition.slug, language })
      return answer.length > 0 ? [{ linkId: one.id, text: one.text[language], answer }] : []
    })
    return item.length > 0 ? [{ linkId: sectionLinkId(section.id), text: section.title[language], item }] : []
  })
  const open = visibleItems([...asked.values()], answers).some(
    ({ item }) => item.required && !isAnswered(answers[item.id] ?? null),
  )
  return {
    resourceType: 'QuestionnaireResponse',
    language,
    contained: [{ resourceType: 'Person', id: 'person', identifier: [{ value: id }], ...(sex ? { gender: sex } : {}) }],
    questionnaire: `${canonicalOf(definition.slug)}|${definition.version}`,
    status: open ? 'in-progress' : 'completed',
    subject: { reference: '#person' },
    ...(groups.length > 0 ? { item: groups } : {}),
  }
}

function isAnswered(answer: Answer): answer is Exclude<Answer, null> {
  return answer !== null && answer !== '' && !(typeof answer === 'object' && answer.length === 0)
}

function fhirAnswers(
  asked: AskedItem,
  answers: Responder['answers'],
  { slug, language }: { slug: string; language: string },
): ResponseAnswer[] {
  const answer = answers[asked.id] ?? null
  const { item } = asked
  if (!isAnswered(answer)) return []
  if (item.type === 'number')
    return [item.integer ? { valueInteger: answer as number } : { valueDecimal: answer as number }]
  if (item.type === 'rating') return [{ valueInteger: answer as number }]
  if (item.type === 'text') return [{ valueString: answer as string }]
  if (item.type === 'date') return [{ valueDate: answer as string }]
  const chosen = typeof answer === 'object' ? answer : [answer]
  return asked.options
    .filter(({ value }) => chosen.includes(value))
    .map((option) => {
      const words = option.free_text ? (answers[option.free_text.id] ?? '') : ''
      const valueCoding: Coding = {
        system: optionSystem(slug, asked.id),
        code: String(option.value),
        display: option.text[language],
      }
      if (!option.free_text || words === '') return { valueCoding }
      const linkId = ownWordsLinkId(asked.id, option.free_text.id)
      return { valueCoding, item: [{ linkId, answer: [{ valueString: String(words) }] }] }
    })
}

/** Something wrong with a response, and where; it never quotes an answer. */
export interface ResponseFault {
  readonly where: string
  readonly what: string
}

export type ReadResponse =
  | { readonly responder: Responder; readonly faults?: undefined }
  | { readonly responder?: undefined; readonly faults: readonly ResponseFault[] }

/**
 * The answers in a QuestionnaireResponse to this version, each checked: an item that is not asked, a value that is no answer to
 * it or another questionnaire is a fault with its path. Faults name places, never answers.
 */
export function importFhirResponse(
  definition: Questionnaire,
  json: unknown,
  where = 'QuestionnaireResponse',
): ReadResponse {
  const read = responseResource.safeParse(json)
  if (!read.success)
    return {
      faults: read.error.issues
        .slice(0, 20)
        .map(({ path, message }) => ({ where: fhirPath(path, where), what: message })),
    }
  const response = read.data
  const faults: ResponseFault[] = []
  const wanted = canonicalOf(definition.slug)
  const named = response.questionnaire
  if (named !== wanted && named !== `${wanted}|${definition.version}`)
    faults.push({
      where: `${where}.questionnaire`,
      what: `is not ${wanted}|${definition.version}; name the questionnaire it answers`,
    })
  if (response.status === 'entered-in-error')
    faults.push({ where: `${where}.status`, what: 'was entered in error; such answers are not taken' })
  const { id, sex } = person(response)
  if (id === '')
    faults.push({ where: `${where}.subject`, what: 'says not whose answers these are; an identifier is needed' })
  const answers: Record<string, Answer> = {}
  const asked = new Map(listItems(definition).map((one) => [one.id, one]))
  collect(response.item ?? [], where)
  if (faults.length > 0) return { faults }
  return { responder: { id, sex, answers } }

  function collect(items: readonly ResponseItem[], at: string): void {
    for (const [index, item] of items.entries()) {
      const place = `${at}.item[${index}]`
      const one = asked.get(item.linkId)
      if (one) answer(one, item.answer ?? [], place)
      else if (!definition.sections.some((section) => sectionLinkId(section.id) === item.linkId))
        faults.push({
          where: `${place}.linkId`,
          what: `there is no item "${item.linkId.slice(0, 80)}" in this questionnaire`,
        })
      collect(item.item ?? [], place)
    }
  }

  function answer(one: AskedItem, given: readonly ResponseAnswer[], place: string): void {
    if (given.length === 0) return
    if (Object.hasOwn(answers, one.id)) {
      faults.push({ where: place, what: `"${one.id}" stands twice` })
      return
    }
    const values = given.map((part) => valueOf(part, one))
    const value =
      one.item.type === 'multiple' ? inOrder(one.options, values) : values.length === 1 ? values[0] : undefined
    if (value === undefined || checkAnswer(one, value)) {
      faults.push({ where: `${place}.answer`, what: `is no answer that "${one.id}" allows` })
      return
    }
    answers[one.id] = value
    for (const [index, part] of given.entries()) ownWords(one, part, values[index], `${place}.answer[${index}]`)
  }

  function ownWords(one: AskedItem, part: ResponseAnswer, value: unknown, place: string): void {
    const line = one.options.find((option) => option.value === value)?.free_text
    for (const [index, child] of (part.item ?? []).entries()) {
      const words = child.answer?.[0]?.valueString
      const fits = line && child.linkId === ownWordsLinkId(one.id, line.id) && (words?.length ?? 0) <= line.max_length
      if (!fits)
        faults.push({ where: `${place}.item[${index}]`, what: `does not belong to this answer of "${one.id}"` })
      else if (words !== undefined) answers[line.id] = words
    }
  }
}

/** The values chosen in the order of the options; undefined when one of them is no option, or stands twice. */
function inOrder(options: readonly Option[], values: readonly (Answer | undefined)[]): Answer | undefined {
  const known = options.map(({ value }) => value).filter((value) => values.includes(value))
  return known.length === values.length ? known : undefined
}

function valueOf(part: ResponseAnswer, { item }: AskedItem): string | number | undefined {
  switch (item.type) {
    case 'single':
    case 'multiple': {
      const code = part.valueCoding?.code
      return code === undefined ? undefined : valueOfCode(code)
    }
    case 'number':
    case 'rating':
      return part.valueInteger ?? part.valueDecimal
    case 'date':
      return part.valueDate
    default:
      return part.valueString
  }
}

function person({ subject, contained }: FhirResponse): { id: string; sex: 'male' | 'female' | null } {
  const inside = contained?.find((one) => subject?.reference === `#${one.id}`)
  const gender = inside?.gender
  return {
    id: (subject?.identifier?.value ?? inside?.identifier?.[0]?.value ?? '').trim(),
    sex: gender === 'male' || gender === 'female' ? gender : null,
  }
}
