import { bothHold, ConditionError, toVisibility, type Known } from './conditions.ts'
import { ImportError, hasWords, MAX_NOTES } from './draft.ts'
import type { Draft, DraftItem, DraftSection, DraftText, NotCarried } from './draft.ts'
import { readExpression } from './expressions.ts'
import { finishDraft, type ImportedQuestionnaire } from './finish.ts'
import { guessLanguage, languageOf } from './languages.ts'
import { nameMaker, short, slugOf, versionOf } from './names.ts'
import { rowKind, type Choice, type RowReading } from './xlsform-questions.ts'
import { readTable, type Row } from './xlsform-table.ts'
import type { Sheet } from './workbook.ts'
import type { Visibility } from '../../../survey-definitions/schema.ts'
import { said, type Said } from './remarks.ts'

/**
 * An XLSForm workbook as a definition: groups at the top become sections, groups within them lead their questions, lists of
 * `choices` are written out where they are used. What else a row says is named by sheet, row and column.
 * Source: https://xlsform.org.
 */
export function importXlsForm(sheets: readonly Sheet[], fileName: string): ImportedQuestionnaire {
  return new Form(sheets, fileName).finish()
}

interface Group {
  readonly section: DraftSection
  readonly condition: Visibility | undefined
  readonly stem: DraftText | undefined
  /** a repeated group, or one inside it: nothing of it is carried */
  readonly left: boolean
}

const ofQuestion = new Set(['type', 'name', 'label', 'hint', 'required', 'relevant'])
const withoutQuestion = new Set([
  'start',
  'end',
  'today',
  'deviceid',
  'subscriberid',
  'simserial',
  'phonenumber',
  'username',
  'email',
  'audit',
])

class Form implements RowReading {
  private readonly notes: NotCarried[] = []
  readonly nameFor = nameMaker(this.notes, ['id', 'sex'])
  private readonly sectionName = nameMaker([])
  private readonly known = new Map<string, Known>()
  private readonly sections: DraftSection[] = []
  private readonly language: string
  private readonly survey: readonly Row[]
  private readonly settings: Row | undefined
  readonly lists = new Map<string, Choice[]>()
  private readonly fileName: string
  private stem: DraftText | undefined
  private loose: DraftSection | undefined

  constructor(sheets: readonly Sheet[], fileName: string) {
    this.fileName = fileName
    const sheetOf = (name: string): Sheet | undefined => sheets.find((one) => one.name.trim().toLowerCase() === name)
    const survey = sheetOf('survey')
    if (!survey) throw new ImportError('the file', said('no-survey-sheet'))
    const settings = sheetOf('settings')
    const settingsText = settings?.rows.flat().join(' ') ?? ''
    // the language of columns without one
    const firstRow = settings ? readTable(settings, 'ja', [])[0] : undefined
    this.language =
      languageOf(firstRow?.plain('default_language') ?? '') ??
      guessLanguage(survey.rows.slice(0, 50).flat().join(' ') + settingsText)
    this.settings = settings ? readTable(settings, this.language, this.notes)[0] : undefined
    this.survey = readTable(survey, this.language, this.notes)
    const choices = sheetOf('choices')
    if (choices) this.readChoices(readTable(choices, this.language, this.notes))
    for (const { name } of sheets)
      if (!['survey', 'choices', 'settings'].includes(name.trim().toLowerCase()))
        this.note(`sheet ${short(name)}`, said('not-carried'))
  }

  finish(): ImportedQuestionnaire {
    const stack: Group[] = []
    for (const row of this.survey) this.row(row, stack)
    const { settings } = this
    for (const column of settings?.others(new Set(['form_title', 'form_id', 'version', 'default_language'])) ?? [])
      this.note(`settings, ${column}`, said('not-carried'))
    const title = settings?.text('form_title') ?? { [this.language]: this.fileName.replace(/\.[^.]*$/, '') || 'Form' }
    const sections = this.sections.filter(hasWords)
    for (const section of sections) if (Object.keys(section.title).length === 0) section.title = { ...title }
    const draft: Draft = {
      slug: slugOf(settings?.plain('form_id') || this.fileName.replace(/\.[^.]*$/, '')),
      version: versionOf(settings?.plain('version')),
      title,
      sections,
      notCarried: this.notes,
    }
    return finishDraft(draft, 'an XLSForm', this.language)
  }

  note(where: string, what: Said): void {
    if (this.notes.length < MAX_NOTES) this.notes.push({ where, ...what })
  }

  private readChoices(rows: readonly Row[]): void {
    const values = new Map<string, (wanted: string, where: string) => string>()
    for (const row of rows) {
      const list = row.plain('list_name') || row.plain('list name')
      const name = row.plain('name') || row.plain('value')
      if (list === '' || name === '') {
        this.note(row.where, said('no-list'))
        continue
      }
      if (!values.has(list)) values.set(list, nameMaker(this.notes))
      const value = /^-?(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : values.get(list)!(name, `${row.where}, name`)
      for (const column of row.others(new Set(['list_name', 'list name', 'name', 'value', 'label'])))
        this.note(`${row.where}, ${column}`, said('not-carried'))
      const options = this.lists.get(list) ?? []
      options.push({ value, name, text: row.text('label') ?? { [this.language]: name } })
      this.lists.set(list, options)
    }
  }

  private section(name: string, where: string, title: DraftText): DraftSection {
    const section: DraftSection = { where, id: this.sectionName(name || 's', where), title, items: [] }
    this.sections.push(section)
    return section
  }

  private row(row: Row, stack: Group[]): void {
    const type = row.plain('type').replace(/\s+/g, ' ')
    if (type === '') {
      if (row.plain('name') || row.text('label')) this.note(row.where, said('no-type'))
      return
    }
    const kind = type.toLowerCase().replace(' ', '_')
    const around = stack.at(-1)
    if (kind === 'begin_group' || kind === 'begin_repeat') {
      stack.push(this.begin(row, around, kind === 'begin_repeat'))
      return
    }
    if (kind === 'end_group' || kind === 'end_repeat') {
      this.stem = undefined
      if (!stack.pop()) this.note(row.where, said('group-end'))
      return
    }
    if (around?.left) return
    if (!around && !this.loose) this.loose = this.section('main', row.where, {})
    const section = around?.section ?? this.loose!
    if (kind === 'note') {
      const text = row.text('label')
      if (text && section.items.length === 0 && !section.instruction && !row.plain('relevant'))
        section.instruction = text
      else if (text) this.stem = text
      if (row.plain('relevant')) this.note(`${row.where}, relevant`, said('shown-with-next'))
      return
    }
    this.question(row, type, section, around)
  }

  private begin(row: Row, around: Group | undefined, repeated: boolean): Group {
    this.stem = undefined
    const name = row.plain('name')
    for (const column of row.others(ofQuestion)) this.note(`${row.where}, ${column}`, said('not-carried'))
    const left = repeated || around?.left === true
    if (left && around?.left !== true) this.note(row.where, said('repeat', { name: short(name) }))
    const condition = left ? undefined : this.condition(row)
    const label = row.text('label')
    if (!around) {
      this.loose = undefined
      if (left)
        return {
          section: { where: row.where, id: 'left', title: {}, items: [] },
          condition: undefined,
          stem: undefined,
          left,
        }
      const section = this.section(name, row.where, label ?? {})
      if (condition) section.visible_if = condition
      return { section, condition: undefined, stem: undefined, left }
    }
    return {
      section: around.section,
      condition: bothHold(around.condition, condition),
      stem: label ?? around.stem,
      left,
    }
  }

  private condition(row: Row): Visibility | undefined {
    const text = row.plain('relevant')
    if (text === '') return undefined
    try {
      return toVisibility(readExpression(text, 'xlsform'), (name) => this.known.get(name))
    } catch (error) {
      if (!(error instanceof ConditionError)) throw error
      this.note(`${row.where}, relevant`, said('condition-text', { condition: short(text) }, error.why))
      return undefined
    }
  }

  private question(row: Row, type: string, section: DraftSection, around: Group | undefined): void {
    const [word = ''] = type.split(' ')
    const name = row.plain('name')
    if (withoutQuestion.has(word.toLowerCase())) {
      this.note(row.where, said('metadata', { name: short(type) }))
      return
    }
    const read = new Set(ofQuestion)
    const kind = rowKind(row, read, this)
    if (!kind) {
      this.note(row.where, said('kind', { name: short(name), type: short(type) }))
      return
    }
    for (const column of row.others(read)) this.note(`${row.where}, ${column}`, said('not-carried'))
    const id = this.nameFor(name, `${row.where}, name`)
    const condition = bothHold(around?.condition, this.condition(row))
    const help = row.text('hint')
    const stem = this.stem ?? around?.stem
    const required = row.plain('required').toLowerCase()
    const needed = /^(yes|true|true\(\)|1)$/.test(required)
    if (!needed && !/^(no|false|false\(\)|0)?$/.test(required))
      this.note(`${row.where}, required`, said('required-odd'))
    if (/\$\{[^{}]+\}/.test(Object.values(row.text('label') ?? {}).join(' ')))
      this.note(`${row.where}, label`, said('names-answer'))
    const item = {
      where: row.where,
      id,
      text: row.text('label') ?? { [this.language]: name || '—' },
      ...(stem ? { stem } : {}),
      ...(help ? { help } : {}),
      required: needed,
      ...(condition ? { visible_if: condition } : {}),
      ...kind.shape,
    } as DraftItem
    section.items.push(item)
    this.known.set(name, {
      id,
      kind: item.type,
      ...(item.type === 'number' ? { integer: item.integer } : {}),
      ...(kind.ours ? { ours: kind.ours } : {}),
    })
  }
}
