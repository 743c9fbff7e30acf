import { bothHold, ConditionError, toVisibility, type Known } from './conditions.ts'
import { MAX_NOTES } from './draft.ts'
import type { Draft, DraftItem, DraftSection, DraftText, NotCarried } from './draft.ts'
import { readExpression } from './expressions.ts'
import { finishDraft, type ImportedQuestionnaire } from './finish.ts'
import { isObject, plainText } from './json.ts'
import { guessLanguage, languageOf } from './languages.ts'
import { nameMaker, short, slugOf } from './names.ts'
import { questionKind, type SurveyElement } from './surveyjs-questions.ts'
import type { Visibility } from '../../../survey-definitions/schema.ts'
import { said, type Said } from './remarks.ts'

/** Whether a JSON file looks like a survey of SurveyJS. */
export function isSurvey(json: unknown): json is SurveyElement {
  return isObject(json) && ['pages', 'elements', 'questions'].some((key) => Array.isArray(json[key]))
}

/**
 * A survey of SurveyJS (JSON) as a definition: pages become sections, panels lead their questions, a matrix becomes one choice
 * a row. What else the survey says is named by its JSON path. Source: https://surveyjs.io/form-library/documentation.
 */
export function importSurvey(json: SurveyElement, fileName: string): ImportedQuestionnaire {
  return new Survey(json).finish(fileName)
}

const ofSurvey = new Set(['title', 'description', 'locale', 'pages', 'elements', 'questions'])
const ofPage = new Set(['name', 'title', 'description', 'elements', 'questions', 'visibleIf'])
const ofPanel = new Set(['type', 'name', 'title', 'description', 'elements', 'visibleIf'])

interface Around {
  readonly section: DraftSection
  readonly condition: Visibility | undefined
  readonly stem: DraftText | undefined
}

class Survey {
  private readonly json: SurveyElement
  private readonly language: string
  private readonly notes: NotCarried[] = []
  private readonly nameFor = nameMaker(this.notes, ['id', 'sex'])
  private readonly sectionName = nameMaker([])
  private readonly known = new Map<string, Known>()
  private readonly sections: DraftSection[] = []

  constructor(json: SurveyElement) {
    this.json = json
    this.language = languageOf(plainText(json['locale'])) ?? guessLanguage(JSON.stringify(json).slice(0, 5_000))
  }

  finish(fileName: string): ImportedQuestionnaire {
    const { json } = this
    this.unread(json, ofSurvey, '')
    const pages = Array.isArray(json['pages']) ? json['pages'] : [{ elements: json['elements'] ?? json['questions'] }]
    const title = this.words(json['title']) ?? { [this.language]: fileName.replace(/\.[^.]*$/, '') || 'Survey' }
    for (const [index, page] of pages.entries()) {
      const where = Array.isArray(json['pages']) ? `pages[${index}]` : ''
      if (!isObject(page)) {
        this.note(where, said('no-page'))
        continue
      }
      this.unread(page, ofPage, where)
      const name = typeof page['name'] === 'string' ? page['name'] : `page${index + 1}`
      const instruction = this.words(page['description'])
      const section: DraftSection = {
        where: where || 'the survey',
        id: this.sectionName(name, where),
        title: this.words(page['title']) ?? { ...title },
        items: [],
        ...(instruction ? { instruction } : {}),
      }
      const condition = this.condition(page, where)
      if (condition) section.visible_if = condition
      this.sections.push(section)
      const key = page['elements'] === undefined && page['questions'] !== undefined ? 'questions' : 'elements'
      this.elements(page[key], joined(where, key), { section, condition: undefined, stem: undefined })
    }
    const introduction = this.words(json['description'])
    const draft: Draft = {
      slug: slugOf(fileName.replace(/\.[^.]*$/, '')),
      version: 1,
      title,
      sections: this.sections,
      notCarried: this.notes,
      ...(introduction ? { introduction } : {}),
    }
    return finishDraft(draft, 'a SurveyJS survey', this.language)
  }

  private note(where: string, what: Said): void {
    if (this.notes.length < MAX_NOTES) this.notes.push({ where: where || 'the survey', ...what })
  }

  /** Names what nobody read. */
  private unread(element: SurveyElement, read: ReadonlySet<string>, where: string): void {
    for (const key of Object.keys(element))
      if (!read.has(key)) this.note(joined(where, short(key)), said('not-carried'))
  }

  /** Words of SurveyJS: a text, or texts by language with `default` for the survey's own. */
  private readonly words = (value: unknown): DraftText | undefined => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return String(value).trim() === '' ? undefined : { [this.language]: String(value) }
    if (!isObject(value)) return undefined
    const text: DraftText = {}
    for (const [code, words] of Object.entries(value)) {
      const language = code === 'default' ? this.language : languageOf(code)
      if (language !== undefined && typeof words === 'string' && words.trim() !== '') text[language] ??= words
    }
    return Object.keys(text).length > 0 ? text : undefined
  }

  private condition(element: SurveyElement, where: string): Visibility | undefined {
    const { visibleIf: text } = element
    if (typeof text !== 'string' || text.trim() === '') return undefined
    try {
      return toVisibility(readExpression(text, 'surveyjs'), (name) => this.known.get(name))
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error
      const at = joined(where, 'visibleIf')
      this.note(at, said('condition-text', { condition: short(text) }, error.why))
      return undefined
    }
  }

  private elements(list: unknown, where: string, around: Around): void {
    if (!Array.isArray(list)) return
    for (const [index, element] of list.entries()) {
      const at = `${where}[${index}]`
      if (!isObject(element)) this.note(at, said('no-question'))
      else if (element['type'] === 'panel') this.panel(element, at, around)
      else this.question(element, at, around)
    }
  }

  private panel(panel: SurveyElement, where: string, { section, condition, stem }: Around): void {
    this.unread(panel, ofPanel, where)
    const title = this.words(panel['title'])
    const lead = title ?? this.words(panel['description']) ?? stem
    if (title && panel['description'] !== undefined) this.note(joined(where, 'description'), said('not-carried'))
    const inside = bothHold(condition, this.condition(panel, where))
    this.elements(panel['elements'], joined(where, 'elements'), { section, condition: inside, stem: lead })
  }

  private question(element: SurveyElement, where: string, { section, condition, stem }: Around): void {
    const own = plainText(element['name'])
    const shown = bothHold(condition, this.condition(element, where))
    const kinds = questionKind(element, where, {
      words: this.words,
      note: (at, what) => this.note(at, what),
      nameFor: this.nameFor,
    })
    if (!kinds) {
      const type = short(plainText(element['type']))
      this.note(where, said('kind', { name: short(own), type }))
      return
    }
    this.unread(element, kinds.read, where)
    if (/\{[^{}]+\}/.test(Object.values(this.words(element['title']) ?? {}).join(' ')))
      this.note(joined(where, 'title'), said('names-answer'))
    const help = this.words(element['description'])
    const title = this.words(element['title']) ?? { [this.language]: own || '—' }
    for (const { suffix, text, integer, ours, ...kind } of kinds.parts) {
      const name = suffix === undefined ? own : `${own}.${suffix}`
      const id = kind.id ?? this.nameFor(name, joined(where, 'name'))
      const item: DraftItem = {
        where,
        id,
        text: text ?? { ...title },
        ...(suffix === undefined ? (stem ? { stem } : {}) : { stem: title }),
        ...(help ? { help } : {}),
        required: element['isRequired'] === true || element['isAllRowRequired'] === true,
        ...(shown ? { visible_if: shown } : {}),
        ...kind.shape,
      }
      section.items.push(item)
      this.known.set(name, {
        id,
        kind: item.type,
        ...(integer === undefined ? {} : { integer }),
        ...(ours ? { ours } : {}),
      })
    }
  }
}

const joined = (where: string, key: string): string => (where === '' ? key : `${where}.${key}`)
