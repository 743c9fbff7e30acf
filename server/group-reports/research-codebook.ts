import { stringify } from 'csv-stringify/sync'
import { numericRange } from '../../analysis/scoring/index.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import type { Texts } from '../web/texts.ts'
import { variablesOf } from './research-variables.ts'

const header = [
  'questionnaire',
  'version',
  'hash',
  'variable',
  'item',
  'type',
  'label_ja',
  'label_en',
  'value',
  'value_label_ja',
  'value_label_en',
  'lowest',
  'highest',
  'scales',
]

/**
 * What each column of answers.csv means: a line for each value, one for a column without named values. UTF-8 with a byte order
 * mark; cells that a spreadsheet would take for a formula are neutralised.
 */
export function codebookCsv(version: QuestionnaireVersion, texts: Texts): string {
  const of = [version.slug, version.version, version.hash]
  const own = [
    ['row', 'research.column.row'],
    ['department', 'research.column.department'],
    ['sex', 'research.column.sex'],
    ['age_band', 'research.column.ageBand'],
  ].map(([name, key]) => [
    ...of,
    name,
    '',
    'text',
    ...['ja', 'en'].map((locale) => texts.text(locale, `group-reports.${key}`)),
    '',
    '',
    '',
    '',
    '',
    '',
  ])
  const lines = variablesOf(version).flatMap(({ name, item, label, values, scales }) => {
    const range = item.item.type === 'multiple' ? [0, 1] : (numericRange(item) ?? ['', ''])
    const head = [...of, name, item.id, item.item.type, label['ja'] ?? '', label['en'] ?? '']
    const tail = [...range, scales.join(' ')]
    if (values.length === 0) return [[...head, '', '', '', ...tail]]
    return values.map((one) => [...head, one.value, one.label['ja'] ?? '', one.label['en'] ?? '', ...tail])
  })
  return stringify([header, ...own, ...lines], { bom: true, escape_formulas: true, record_delimiter: 'windows' })
}
