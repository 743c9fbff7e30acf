import { DOMParser, type Element, type Node } from '@xmldom/xmldom'
import type { Questionnaire } from '../../../survey-definitions/schema.ts'
import { nameOfPlace, textsOf } from '../texts.ts'
import { takeTexts, type ImportedTexts, type ReadTexts, type TranslatedText } from '../translation.ts'

const namespace = 'urn:oasis:names:tc:xliff:document:1.2'
const mostCharacters = 5_000_000
/** Inline elements whose text is the translator's; what stands for something else has no place in plain words. */
const transparent = new Set(['g', 'mrk'])

/** Whether a translator's file is XML rather than CSV. */
export const isXml = (text: string): boolean => /^\uFEFF?\s*</.test(text)

/**
 * A translator's file as XLIFF 1.2, the version that most tools read: a unit for each text, `source` in the questionnaire's
 * first language, the other languages as notes, `target` as far as it is translated.
 * Source: http://docs.oasis-open.org/xliff/v1.2/os/xliff-core.html.
 */
export function exportXliff(definition: Questionnaire, wanted: string): string {
  const from = sourceLanguage(definition, wanted)
  if (from === undefined) throw new Error(`the questionnaire has no language but "${wanted}" to translate from`)
  const others = Object.keys(definition.languages).filter((code) => code !== wanted && code !== from)
  const units = textsOf(definition).map(({ place, text }) => {
    const target = text[wanted]
    return [
      `      <trans-unit id="${escaped(nameOfPlace(definition, place))}" xml:space="preserve">`,
      `        <source>${escaped(text[from] ?? '')}</source>`,
      target === undefined
        ? '        <target state="needs-translation"></target>'
        : `        <target state="translated">${escaped(target)}</target>`,
      ...others.map((code) => `        <note from="${escaped(code)}">${escaped(text[code] ?? '')}</note>`),
      '      </trans-unit>',
    ].join('\n')
  })
  const original = escaped(`${definition.slug}@${definition.version}`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="${namespace}">
  <file original="${original}" source-language="${escaped(from)}" target-language="${escaped(wanted)}" datatype="plaintext">
    <body>
${units.join('\n')}
    </body>
  </file>
</xliff>
`
}

/** As `importTexts` for CSV: the next version with that language, or the faults with line and column. */
export function importXliff(source: string, xml: string, wanted: string): ImportedTexts {
  return takeTexts(source, (definition) => readXliff(definition, xml, wanted), wanted)
}

const sourceLanguage = (definition: Questionnaire, wanted: string): string | undefined =>
  ['ja', ...Object.keys(definition.languages)].find((code) => code !== wanted && code in definition.languages)

function readXliff(definition: Questionnaire, xml: string, wanted: string): ReadTexts {
  const fault = (node: { lineNumber?: number; columnNumber?: number } | undefined, message: string): ReadTexts => ({
    faults: [{ line: node?.lineNumber ?? 1, column: node?.columnNumber ?? 1, message }],
  })
  if (xml.length > mostCharacters) return fault(undefined, `longer than ${mostCharacters} characters`)
  // a few lines of entities can stand for gigabytes; no translator's tool writes them
  const declared = /<!\s*(?:DOCTYPE|ENTITY)/i.exec(xml)
  if (declared) {
    const before = xml.slice(0, declared.index).split('\n')
    return {
      faults: [
        { line: before.length, column: before.at(-1)!.length + 1, message: 'declares a document type; take it out' },
      ],
    }
  }
  let root: Element | null
  try {
    root = new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new Error(message)
      },
    }).parseFromString(xml.replace(/^\uFEFF/, ''), 'text/xml').documentElement
  } catch (error) {
    const { message, locator } = error as { message: string; locator?: { lineNumber?: number; columnNumber?: number } }
    return fault(locator, `no readable XML (${message.split('\n')[0]!.slice(0, 120)})`)
  }
  if (root?.localName !== 'xliff' || root.getAttribute('version') !== '1.2')
    return fault(root ?? undefined, 'is not XLIFF 1.2; choose that version when saving')
  const [file, ...further] = elements(root, 'file')
  if (!file || further.length > 0) return fault(root, 'holds not exactly one <file>; export it anew')
  const from = file.getAttribute('source-language') ?? ''
  if (!(from in definition.languages) || from === wanted)
    return fault(file, `source-language "${from.slice(0, 40)}" is no language of the questionnaire to translate from`)
  const into = file.getAttribute('target-language')
  if (into !== null && into !== '' && into.toLowerCase() !== wanted.toLowerCase())
    return fault(file, `is a translation into "${into.slice(0, 40)}", not "${wanted}"`)
  const original = file.getAttribute('original')
  const name = `${definition.slug}@${definition.version}`
  if (original !== null && original !== name)
    return fault(file, `was exported from "${original.slice(0, 80)}", and this is ${name}`)
  const faults: { line: number; column: number; message: string }[] = []
  const texts = [...elements(file, 'trans-unit')].map((unit): TranslatedText => {
    const at = (node: Node | undefined): { line: number; column: number } => ({
      line: node?.lineNumber ?? unit.lineNumber ?? 1,
      column: node?.columnNumber ?? unit.columnNumber ?? 1,
    })
    const id = unit.getAttribute('id') ?? ''
    const [source] = elements(unit, 'source')
    const [target] = elements(unit, 'target')
    const odd = target && [...elements(target, '*')].find((one) => !transparent.has(one.localName ?? ''))
    if (odd) faults.push({ ...at(odd), message: `"${id.slice(0, 80)}" holds <${odd.localName}>; plain words only` })
    const state = target?.getAttribute('state') ?? ''
    const unfinished = /^(new|needs-)/.test(state) && (target?.textContent ?? '').trim() !== ''
    if (unfinished)
      faults.push({ ...at(target), message: `"${id.slice(0, 80)}" is marked "${state}"; finish it first` })
    return {
      name: id,
      ...at(unit),
      from: [{ code: from, words: source?.textContent ?? '', ...at(source) }],
      words: { text: target?.textContent ?? '', ...at(target) },
    }
  })
  return faults.length > 0 ? { faults } : { texts, end: { line: file.lineNumber ?? 1, column: file.columnNumber ?? 1 } }
}

function elements(parent: Element, name: string): Element[] {
  return [...parent.getElementsByTagNameNS('*', name)]
}

function escaped(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- XML has no place for them
      .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  )
}
