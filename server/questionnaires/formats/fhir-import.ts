import { bothHold, ConditionError, toVisibility, type Expression, type Known } from './conditions.ts'
import { hasWords, MAX_NOTES } from './draft.ts'
import type { Draft, DraftItem, DraftSection, DraftText, NotCarried } from './draft.ts'
import { codesOf, fhir, find, own, textOf } from './fhir-extensions.ts'
import { importOwnQuestionnaire } from './fhir-own.ts'
import { questionnaireResource } from './fhir-resources.ts'
import type { EnableWhen, FhirQuestionnaire, QuestionnaireItem } from './fhir-resources.ts'
import { finishDraft, type ImportedQuestionnaire } from './finish.ts'
import { guessLanguage, languageOf } from './languages.ts'
import { knownOf, questionKind, type FhirReading } from './fhir-import-questions.ts'
import { identifierOf, nameMaker, short, slugOf, versionOf } from './names.ts'
import type { Visibility } from '../../../survey-definitions/schema.ts'
import { said, type Said } from './remarks.ts'

/**
 * An HL7 FHIR R4 Questionnaire as a definition: what this program exported comes back as it was; of others what our format
 * has a place for, and the rest is named by its path.
 * @throws {ImportError} when it is no Questionnaire at all
 */
export function importFhirQuestionnaire(json: unknown): ImportedQuestionnaire {
  const read = questionnaireResource.safeParse(json)
  if (!read.success) {
    const faults = read.error.issues
      .slice(0, 20)
      .map(({ path, message }) => ({ where: fhirPath(path), ...said('shape', { message }) }))
    return { faults }
  }
  if (find(read.data.extension, own.definition)) return importOwnQuestionnaire(read.data)
  return new ForeignQuestionnaire(read.data).finish()
}

/** `Questionnaire.item[0].text`, as FHIR's own messages say it. */
export function fhirPath(path: readonly PropertyKey[], resource = 'Questionnaire'): string {
  return path.reduce<string>(
    (so, key) => (typeof key === 'number' ? `${so}[${key}]` : `${so}.${String(key)}`),
    resource,
  )
}

const handledExtensions: ReadonlySet<string> = new Set([
  fhir.minValue,
  fhir.maxValue,
  fhir.unit,
  fhir.itemControl,
  fhir.displayCategory,
  fhir.hidden,
])
const handledElements: ReadonlySet<string> = new Set(
  'id linkId type text _text prefix code required repeats maxLength enableWhen enableBehavior answerValueSet answerOption item extension'.split(
    ' ',
  ),
)
const handledAtTop: ReadonlySet<string> = new Set(
  'resourceType id meta text language contained url version name title _title status publisher description _description contact copyright _copyright item extension subjectType date'.split(
    ' ',
  ),
)

/** Reads somebody else's Questionnaire item by item. */
class ForeignQuestionnaire {
  private readonly resource: FhirQuestionnaire
  private readonly language: string
  private readonly notes: NotCarried[] = []
  private readonly nameFor: (wanted: string, where: string) => string
  private readonly known = new Map<string, Known>()
  private readonly sections: DraftSection[] = []
  private readonly sectionName: (wanted: string, where: string) => string

  constructor(resource: FhirQuestionnaire) {
    this.resource = resource
    this.language =
      languageOf(resource.language ?? '') ?? guessLanguage([resource.title, resource.item?.[0]?.text].join(' '))
    this.nameFor = nameMaker(this.notes, ['id', 'sex'])
    this.sectionName = nameMaker([])
  }

  finish(): ImportedQuestionnaire {
    const { resource } = this
    for (const key of Object.keys(resource))
      if (!handledAtTop.has(key)) this.note(`Questionnaire.${key}`, said('not-carried'))
    for (const { url } of resource.extension ?? [])
      this.note('Questionnaire.extension', said('thing-not-carried', { thing: short(url) }))
    if (resource.status === 'retired') this.note('Questionnaire.status', said('retired'))
    this.topLevel(resource.item ?? [])
    const title = this.words(resource.title, resource._title) ?? { [this.language]: resource.name ?? 'Questionnaire' }
    const attribution = this.words(resource.copyright, resource._copyright)
    const sections = this.sections.filter(hasWords)
    const draft: Draft = {
      slug: slugOf(resource.name ?? resource.url?.split('/').at(-1) ?? resource.id ?? resource.title ?? ''),
      version: versionOf(resource.version),
      title,
      sections,
      notCarried: this.notes,
      ...(attribution ? { attribution } : {}),
    }
    const introduction = this.words(resource.description, resource._description)
    if (introduction) draft.introduction = introduction
    for (const section of sections) if (Object.keys(section.title).length === 0) section.title = { ...title }
    return finishDraft(draft, 'a FHIR Questionnaire', this.language)
  }

  /** What reading a question takes from here. */
  private readonly reading: FhirReading = {
    note: (where, what) => this.note(where, what),
    words: (text, element) => this.words(text, element),
    nameFor: (wanted, where) => this.nameFor(wanted, where),
    language: () => this.language,
    contained: () => this.resource.contained ?? [],
  }

  private note(where: string, what: Said): void {
    if (this.notes.length < MAX_NOTES) this.notes.push({ where, ...what })
  }

  private words(text: string | undefined, element: QuestionnaireItem['_text']): DraftText | undefined {
    return textOf(text, element, this.language, languageOf)
  }

  /** Groups at the top are sections; questions between them make sections of their own. */
  private topLevel(items: readonly QuestionnaireItem[]): void {
    let open: DraftSection | undefined
    for (const [index, item] of items.entries()) {
      const where = `Questionnaire.item[${index}]`
      if (item.type === 'group') {
        const section = this.section(item.linkId, where)
        const title = this.wordsOf(item)
        if (title) section.title = title
        const condition = this.condition(item, where)
        if (condition) section.visible_if = condition
        this.rest(item, where)
        this.children(item.item ?? [], where, section, {})
        open = undefined
      } else {
        open ??= this.section('main', where)
        this.children([item], '', open, {}, where)
      }
    }
  }

  private section(name: string, where: string): DraftSection {
    const section: DraftSection = {
      where,
      id: this.sectionName(identifierOf(name) || 's', where),
      title: {},
      items: [],
    }
    this.sections.push(section)
    return section
  }

  /** A question's words with the number that stands before them. */
  private wordsOf(item: QuestionnaireItem): DraftText | undefined {
    return this.words(item.text, item._text)
  }

  private children(
    items: readonly QuestionnaireItem[],
    parent: string,
    section: DraftSection,
    around: { condition?: Visibility | undefined; stem?: DraftText | undefined },
    only?: string,
  ): void {
    let lead = around.stem
    for (const [index, item] of items.entries()) {
      const where = only ?? `${parent}.item[${index}]`
      if (find(item.extension, fhir.hidden)?.valueBoolean === true) {
        this.note(where, said('hidden', { name: short(item.linkId) }))
        continue
      }
      const condition = bothHold(around.condition, this.condition(item, where))
      if (item.type === 'display') {
        const text = this.wordsOf(item)
        if (!text) continue
        const isFirst = section.items.length === 0 && parent === section.where && !condition
        if (isFirst && !section.instruction) section.instruction = text
        else lead = text
        if (item.enableWhen) this.note(where, said('shown-with-next'))
        this.rest(item, where)
      } else if (item.type === 'group') {
        this.rest(item, where)
        if (item.repeats === true) this.note(where, said('asked-once'))
        this.note(where, said('group-inside', { name: short(item.linkId) }))
        this.children(item.item ?? [], where, section, { condition, stem: this.wordsOf(item) ?? lead })
      } else this.question(item, where, section, condition, lead)
    }
  }

  private question(
    item: QuestionnaireItem,
    where: string,
    section: DraftSection,
    condition: Visibility | undefined,
    lead: DraftText | undefined,
  ): void {
    this.rest(item, where)
    const id = this.nameFor(item.linkId, `${where}.linkId`)
    const kind = questionKind(item, where, id, this.reading)
    if (!kind) {
      this.note(where, said('kind', { name: short(item.linkId), type: short(item.type) }))
      if (item.item?.length) this.note(`${where}.item`, said('hangs-on-it'))
      return
    }
    const shows = (code: string): DraftText | undefined => {
      const child = item.item?.find(
        (one) => one.type === 'display' && codesOf(one.extension, fhir.itemControl).includes(code),
      )
      return child && this.wordsOf(child)
    }
    const help = shows('help') ?? shows('flyover')
    const draft = {
      where,
      id,
      text: this.wordsOf(item) ?? (item.prefix === undefined ? {} : { [this.language]: item.prefix }),
      ...(lead ? { stem: lead } : {}),
      ...(help ? { help } : {}),
      required: item.required ?? false,
      ...(condition ? { visible_if: condition } : {}),
      ...kind,
    } as DraftItem
    section.items.push(draft)
    if (item.prefix !== undefined && item.text !== undefined)
      this.note(`${where}.prefix`, said('thing-not-carried', { thing: short(item.prefix) }))
    for (const code of item.code ?? [])
      this.note(`${where}.code`, said('thing-not-carried', { thing: short(code.code ?? '') }))
    this.known.set(item.linkId, knownOf(draft, item, this.reading))
    const further = (item.item ?? []).filter((child) => {
      const controls = codesOf(child.extension, fhir.itemControl)
      return !(
        child.type === 'display' &&
        ['help', 'flyover', 'unit', 'lower', 'upper'].some((code) => controls.includes(code))
      )
    })
    if (further.length > 0)
      this.children(further, where, section, { condition: bothHold(condition, { item: id, answered: true }) })
  }

  private condition(item: QuestionnaireItem, where: string): Visibility | undefined {
    const { enableWhen = [] } = item
    if (enableWhen.length === 0) return undefined
    const parts = enableWhen.map(expressionOf)
    const expression: Expression = item.enableBehavior === 'any' ? { any: parts } : { all: parts }
    try {
      return toVisibility(expression, (name) => this.known.get(name))
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error
      this.note(`${where}.enableWhen`, said('condition', {}, error.why))
      return undefined
    }
  }

  /** Elements and extensions we have no place for. */
  private rest(item: QuestionnaireItem, where: string): void {
    for (const key of Object.keys(item))
      if (!handledElements.has(key)) this.note(`${where}.${key}`, said('not-carried'))
    for (const { url } of item.extension ?? [])
      if (!handledExtensions.has(url)) this.note(`${where}.extension`, said('thing-not-carried', { thing: short(url) }))
  }
}

function expressionOf(one: EnableWhen): Expression {
  const value =
    one.answerCoding?.code ??
    one.answerCoding?.display ??
    one.answerInteger ??
    one.answerDecimal ??
    one.answerBoolean ??
    one.answerString
  const { question: name, operator } = one
  if (operator === 'exists')
    return { name, operator: one.answerBoolean === false ? 'unanswered' : 'answered', values: [] }
  if (value === undefined) return { name: `${name} (compared with what is not carried)`, operator: '=', values: [] }
  // FHIR's = and != are about any of several answers
  if (operator === '=') return { name, operator: 'has-one-of', values: [value] }
  if (operator === '!=') return { not: { name, operator: 'has-one-of', values: [value] } }
  return { name, operator, values: [value] }
}
