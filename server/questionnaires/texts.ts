import type { Questionnaire, Text } from '../../survey-definitions/schema.ts'
import type { Place } from './findings.ts'

/** Keys of the format that hold words in every language. */
const textKeys: ReadonlySet<string> = new Set([
  'title',
  'introduction',
  'developer',
  'instruction',
  'text',
  'stem',
  'help',
  'unit',
  'low',
  'high',
  'reason',
])

/** Words of a definition, and where they stand. */
export interface PlacedText {
  readonly place: Place
  readonly text: Text
}

/** Every text of a definition that has languages, in the order of the format. Sources and notes are for readers of the file. */
export function textsOf(definition: Questionnaire): PlacedText[] {
  const found: PlacedText[] = []
  const visit = (value: unknown, place: Place): void => {
    if (Array.isArray(value)) {
      for (const [index, part] of value.entries()) visit(part, [...place, index])
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        if (textKeys.has(key) && typeof part === 'object' && part !== null && !Array.isArray(part)) {
          found.push({ place: [...place, key], text: part as Text })
        } else visit(part, [...place, key])
      }
    }
  }
  const { sources: _sources, languages: _languages, licence, point_columns: headings, ...worded } = definition
  visit(worded, [])
  for (const [index, text] of (headings ?? []).entries()) found.push({ place: ['point_columns', index], text })
  found.push({ place: ['licence', 'attribution'], text: licence.attribution })
  return found
}

/**
 * A place as a translator sees it and as it is found again: list members by their id, options by their value.
 * Example: the words of the first item are `sections.A.items.q1.text`.
 */
export function nameOfPlace(definition: Questionnaire, place: Place): string {
  let value: unknown = definition
  return place
    .map((key) => {
      value = (value as Record<string | number, unknown>)[key]
      const member = value as { id?: string; value?: string | number; method?: string } | undefined
      if (typeof key === 'number' && typeof member === 'object')
        return String(member.id ?? member.value ?? member.method ?? key)
      return String(key)
    })
    .join('.')
}
