import { itemsOfFormula, type Answer, type AskedItem } from '../../analysis/scoring/index.ts'
import type { Text } from '../../survey-definitions/schema.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'

/** One column of a research file. */
export interface Variable {
  /** letters, digits and _, no word that R or SPSS keeps for itself */
  name: string
  item: AskedItem
  label: Text
  /** what its values mean; none for a plain number */
  values: { value: number | string; label: Text }[]
  isNumber: boolean
  /** ids of the scales that count it */
  scales: string[]
  /** what stands in the cell */
  cell: (answer: Answer | undefined) => string
}

/** Columns that stand before the answers. */
export const ownColumns = ['row', 'department', 'sex', 'age_band'] as const

/** Words that may not name a variable in SPSS (any case) or are values of R. */
const kept = new Set(
  'all and by eq ge gt le lt ne not or to with true false null na nan inf if else for while repeat function next break in'.split(
    ' ',
  ),
)

const yes: Text = { ja: '選んだ', en: 'chosen' }
const no: Text = { ja: '選ばない', en: 'not chosen' }

/**
 * The columns that answers to a questionnaire are written in, in printed order. What somebody wrote in own words, and dates,
 * are left out: they could be recognised by them. Of a choice of several each option has a column, 1 chosen, 0 not.
 *
 * Example: q1 of the 57-item form is one column `q1` with the values 1 to 4; an item `why` of several options with the
 * value `pay` among them has a column `why_pay`.
 */
export function variablesOf({ items, definition }: QuestionnaireVersion): Variable[] {
  const taken = new Set<string>(ownColumns)
  const nameOf = (wanted: string): string => {
    let name = wanted.replaceAll('-', 'minus')
    while (taken.has(name.toLowerCase()) || kept.has(name.toLowerCase())) name += '_'
    taken.add(name.toLowerCase())
    return name
  }
  const scales = [...definition.scales, ...(definition.point_scales ?? [])]
  const countedBy = (id: string) => [
    ...new Set(scales.filter(({ formula }) => itemsOfFormula(formula).includes(id)).map((scale) => scale.id)),
  ]
  return items.flatMap((item): Variable[] => {
    const { type, text } = item.item
    const plain = { item, label: withStem(item), scales: countedBy(item.id) }
    if (type === 'text' || type === 'date') return []
    if (type === 'multiple')
      return item.options.map(({ value, text: option }) => ({
        ...plain,
        name: nameOf(`${item.id}_${value}`),
        label: joined(text, option, ': '),
        values: [
          { value: 1, label: yes },
          { value: 0, label: no },
        ],
        isNumber: true,
        cell: (answer) => (Array.isArray(answer) ? String(Number(answer.includes(value))) : ''),
      }))
    const values = item.options.map(({ value, text: label }) => ({ value, label }))
    return [
      {
        ...plain,
        name: nameOf(item.id),
        values,
        isNumber: values.every(({ value }) => typeof value === 'number'),
        cell: (answer) => (answer === null || answer === undefined ? '' : String(answer)),
      },
    ]
  })
}

const withStem = ({ item }: AskedItem): Text => (item.stem ? joined(item.stem, item.text, ' ') : item.text)

function joined(first: Text, second: Text, between: string): Text {
  return Object.fromEntries(
    Object.entries(first).map(([language, words]) => [language, `${words}${between}${second[language] ?? ''}`]),
  )
}

/** Items that are in no file, because people could be recognised by what they wrote. */
export const leftOut = ({ items }: QuestionnaireVersion): AskedItem[] =>
  items.filter(
    ({ item, options }) =>
      item.type === 'text' || item.type === 'date' || options.some((option) => option.free_text !== undefined),
  )
