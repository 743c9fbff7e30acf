import type { Text } from '../../survey-definitions/schema.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import { variablesOf, type Variable } from './research-variables.ts'

const inOneLine = (words: string) => words.replaceAll(/\s+/g, ' ').trim()
const read = (text: Text, locale: string) => inOneLine(text[locale] ?? text['ja'] ?? Object.values(text)[0] ?? '')
const headOf = ({ slug, version, hash }: QuestionnaireVersion) => `${slug}@${version}, SHA-256 ${hash}`

/** A text as R writes it. Example: `a "b" \ c` gives `"a \"b\" \\ c"`. */
const inR = (words: string) => `"${words.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

/**
 * A script for R that reads answers.csv beside it: choices become factors with their words, questions become labels. The numbers
 * stay in `answers`, the factors stand in `labelled`. Nothing but R itself is needed.
 */
export function rScript(version: QuestionnaireVersion, locale: string): string {
  const variables = variablesOf(version)
  const lines = variables.flatMap(({ name, label, values }) => {
    const at = `[[${inR(name)}]]`
    const levels = values.map(({ value }) => (typeof value === 'number' ? String(value) : inR(value))).join(', ')
    const labels = values.map((one) => inR(read(one.label, locale))).join(', ')
    // two options of the same words would be one level: then the numbers stay
    const isDistinct = new Set(values.map((one) => read(one.label, locale))).size === values.length
    return [
      ...(values.length > 0 && isDistinct
        ? [`labelled${at} <- factor(answers${at}, levels = c(${levels}), labels = c(${labels}))`]
        : []),
      `attr(answers${at}, "label") <- ${inR(read(label, locale))}`,
      `attr(labelled${at}, "label") <- attr(answers${at}, "label")`,
    ]
  })
  const kinds = [
    'row',
    'department',
    'sex',
    'age_band',
    ...variables.filter((one) => !one.isNumber).map(({ name }) => name),
  ]
  return [
    `# ${headOf(version)}`,
    '# Run with: source("import.R", encoding = "UTF-8")',
    'answers <- read.csv("answers.csv", fileEncoding = "UTF-8-BOM", check.names = FALSE, na.strings = "",',
    `  colClasses = c(${kinds.map((name) => `${inR(name)} = "character"`).join(', ')}))`,
    'labelled <- answers',
    ...lines,
    '',
  ].join('\n')
}

/** A text as SPSS writes it, cut to so many bytes. Example: `it's` gives `'it''s'`. */
function inSpss(words: string, mostBytes: number): string {
  let kept = ''
  let bytes = 0
  for (const character of words) {
    bytes += Buffer.byteLength(character)
    if (bytes > mostBytes) break
    kept += character
  }
  return `'${kept.replaceAll("'", "''")}'`
}

/** The longest texts SPSS keeps: 256 bytes for a variable's label, 120 for a value's. */
const mostOfLabel = 256
const mostOfValue = 120

const widthOf = ({ isNumber, values }: Variable): string =>
  isNumber ? 'F8.2' : `A${Math.max(1, ...values.map(({ value }) => String(value).length))}`

/**
 * SPSS syntax that reads answers.csv beside it: GET DATA, labels of questions and of values. A blank number is
 * system-missing by itself; blank texts (a sex or an age that is not told) are declared as missing.
 */
export function spssSyntax(version: QuestionnaireVersion, locale: string): string {
  const variables = variablesOf(version)
  const labelled = variables.filter(({ values }) => values.length > 0)
  return [
    `* ${headOf(version)}.`,
    "* Set the folder of answers.csv first: CD 'folder'.",
    "GET DATA /TYPE=TXT /FILE='answers.csv' /ENCODING='UTF8' /ARRANGEMENT=DELIMITED",
    '  /DELIMITERS="," /QUALIFIER=\'"\' /FIRSTCASE=2 /VARIABLES=',
    '  row A36',
    '  department A200',
    '  sex A8',
    '  age_band A8',
    ...variables.map((one) => `  ${one.name} ${widthOf(one)}`),
    '  .',
    'VARIABLE LABELS',
    ...variables.map(({ name, label }) => `  ${name} ${inSpss(read(label, locale), mostOfLabel)}`),
    '  .',
    ...(labelled.length > 0
      ? [
          'VALUE LABELS',
          ...labelled.map(
            ({ name, values, isNumber }, index) =>
              `  ${index > 0 ? '/' : ''}${name} ${values
                .map(({ value, label }) => {
                  const code = isNumber ? String(value) : inSpss(String(value), mostOfValue)
                  return `${code} ${inSpss(read(label, locale), mostOfValue)}`
                })
                .join(' ')}`,
          ),
          '  .',
        ]
      : []),
    "MISSING VALUES sex age_band ('').",
    'EXECUTE.',
    '',
  ].join('\r\n')
}
