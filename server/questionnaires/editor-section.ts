import { freeId, languagesOf, rangesOf, refreshRanges, type Working, type WorkingSection } from './draft-working.ts'
import { conditionView, typedCondition } from './editor-conditions.ts'
import { languageName, typedWords, typedWordsOrNone, wordFields, type Say, type Typed } from './editor-fields.ts'
import { earlierItems } from './editor-item.ts'
import { keepOthers, optionRows, typedOptions } from './editor-options.ts'

/** Lays the form of a section over the draft, a new one at the end; its place as a path. */
export function applySection(working: Working, sectionId: string | undefined, typed: Typed): string {
  const languages = languagesOf(working)
  const ranges = rangesOf(working)
  const found = working.sections.findIndex(({ id }) => id === sectionId)
  const index = found < 0 ? working.sections.length : found
  const before = working.sections[found]
  working.sections[index] = sectionOf(working, before, typed, languages)
  refreshRanges(working, ranges)
  return `sections.${index}`
}

function sectionOf(
  working: Working,
  before: WorkingSection | undefined,
  typed: Typed,
  languages: readonly string[],
): WorkingSection {
  const list = before?.options
  const options = typeof list === 'string' ? list : typedOptions(typed, languages, list ?? [], before?.id ?? 'section')
  const { id, items } = before ?? { id: freeId(working, 'part'), items: [] }
  const section = {
    ...before,
    id,
    title: keepOthers(typedWords(typed, 'title', languages), before?.title, languages),
    instruction: typedWordsOrNone(typed, 'instruction', languages),
    options: options.length > 0 ? options : undefined,
    visible_if: typedCondition(typed, before?.visible_if),
  }
  const said = Object.entries(section).filter(([key, value]) => value !== undefined && key !== 'items')
  return { ...Object.fromEntries(said), items } as unknown as WorkingSection
}

/** View model of the form of a section. */
export function sectionView(
  working: Working,
  sectionId: string | undefined,
  typed: Typed | undefined,
  locale: string,
  say: Say,
): Record<string, unknown> {
  const languages = languagesOf(working)
  const index = working.sections.findIndex(({ id }) => id === sectionId)
  const section = working.sections[index]
  const shown = typed ? sectionOf(working, section, typed, languages) : section
  const fields = (name: 'title' | 'instruction') =>
    wordFields(name, `questionnaires.section.${name}`, { languages, typed, words: section?.[name] }, say)
  const earlier = earlierItems(working, (index < 0 ? working.sections.length : index) - 1)
  return {
    isNewSection: section === undefined,
    sectionId: section?.id ?? '',
    titleFields: fields('title'),
    instructionFields: fields('instruction'),
    hasNamedOptions: typeof section?.options === 'string',
    optionRowsShown: optionRows(
      Array.isArray(shown?.options) ? shown.options : [],
      languages,
      { withOwnWords: false },
      say,
    ),
    optionLanguages: languages.map((code) => say('questionnaires.option.words', { language: languageName(code, say) })),
    optionsOpen: Array.isArray(shown?.options),
    mayRemove: section !== undefined && section.items.length === 0,
    ...conditionView(section?.visible_if, earlier, typed, locale, say),
  }
}
