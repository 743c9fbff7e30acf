import { LineCounter, isMap, isNode, isScalar, parseDocument, visit } from 'yaml'
import { questionnaireSchema } from '../../survey-definitions/schema.ts'
import { checkDefinition } from './checks.ts'
import type { Document } from 'yaml'
import type { DefinitionFaultCode, FaultParams, Place } from './findings.ts'
import { shapeDetail, type ShapeDetail, type ShapeIssue } from './shape-detail.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

/** One thing wrong with a definition, at a place a person can find. Lines and columns count from 1. */
export type DefinitionFault = {
  readonly file: string
  readonly line: number
  readonly column: number
  /** The same place by name, e.g. `scales.0.formula.minus.2`; empty for the file as a whole. */
  readonly path: string
  readonly code: DefinitionFaultCode
  /** What is wrong and what to do, in English. */
  readonly message: string
  /** What is wrong with a shape (code `shape`), for those who say it in other words. */
  readonly detail?: ShapeDetail | undefined
  /** What the words name: ids, limits, languages. */
  readonly params?: FaultParams | undefined
}

export type ParsedDefinition =
  | { readonly definition: Questionnaire; readonly faults?: undefined }
  | { readonly definition?: undefined; readonly faults: readonly DefinitionFault[] }

/** The longest shipped form has about 26,000 characters; this leaves room for a dozen languages. */
const MAX_CHARACTERS = 300_000
/** A definition nests about ten deep. The YAML reader recurses, so thousands would exhaust its stack. */
const MAX_DEPTH = 50
/** More would help nobody, and finding the place of each takes time. */
const MAX_FAULTS = 100

/**
 * Reads a questionnaire definition: YAML text in, the definition or all its faults out. Pure: `file` only names the
 * faults. Faults come in layers, each only when the one before is clean: YAML, shape, meaning; sorted by place.
 *
 * Aliases are refused: a definition is read by people, and a few lines of aliases can stand for gigabytes.
 */
export function parseDefinition(text: string, file: string): ParsedDefinition {
  const whole = (code: DefinitionFaultCode, message: string, params: FaultParams): ParsedDefinition => ({
    faults: [{ file, line: 1, column: 1, path: '', code, message, params }],
  })
  if (text.length > MAX_CHARACTERS) {
    return whole(
      'too-large',
      `the file has ${text.length} characters, more than ${MAX_CHARACTERS}; split or shorten it`,
      { count: text.length, most: MAX_CHARACTERS },
    )
  }
  if (nestsDeep(text)) {
    const what = `nested more than ${MAX_DEPTH} deep, no questionnaire is; start anew`
    return whole('yaml', what, { reason: what })
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    stringKeys: true,
    // Checked below: the reader compares every key with every other.
    uniqueKeys: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const faults: DefinitionFault[] = []
  const refuse = (offset: number, code: DefinitionFaultCode, message: string, params: FaultParams): void => {
    faults.push({ file, ...at(offset), path: '', code, message, params })
  }
  for (const error of [...document.errors, ...document.warnings])
    refuse(error.pos[0], 'yaml', error.message, { reason: error.message })
  visit(document, {
    Alias: (_key, node) => {
      refuse(
        node.range?.[0] ?? 0,
        'alias',
        `aliases (*${node.source}) are not allowed; write it out, or use option_sets`,
        { name: node.source },
      )
    },
    Map: (_key, map) => {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        const name = String(key.value)
        const twice = `"${name}" stands twice here; keep one`
        if (seen.has(name)) refuse(key.range?.[0] ?? 0, 'yaml', twice, { reason: twice })
        seen.add(name)
      }
    },
  })
  if (faults.length > 0) return { faults: inOrder(faults) }

  const located: Locate = (place, code, message, { what = 'value', detail, params } = {}) => ({
    file,
    ...at(offsetOf(document, place, what)),
    path: place.join('.'),
    code,
    message,
    detail,
    params,
  })
  const shaped = questionnaireSchema.safeParse(document.toJS())
  if (!shaped.success) {
    const issues = shaped.error.issues.slice(0, MAX_FAULTS) as Issue[]
    return { faults: inOrder(issues.flatMap((issue) => shapeFaults(issue, located))) }
  }
  const findings = checkDefinition(shaped.data).slice(0, MAX_FAULTS)
  if (findings.length === 0) return { definition: shaped.data }
  return {
    faults: inOrder(findings.map(({ place, code, message, params }) => located(place, code, message, { params }))),
  }
}

/** Line and column where a place stands in a definition's text (keys and list positions from the top), counting from 1. */
export function locate(text: string, place: readonly string[]): { line: number; column: number } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true, uniqueKeys: false, logLevel: 'silent' })
  const keys = place.map((key) => (/^\d+$/.test(key) ? Number(key) : key))
  const { line, col } = lines.linePos(offsetOf(document, keys, 'value'))
  return { line: Math.max(line, 1), column: Math.max(col, 1) }
}

/** The first faults in the order of the file. */
function inOrder(faults: readonly DefinitionFault[]): DefinitionFault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_FAULTS)
}

/** Whether brackets, or dashes on one line, nest deeper than any questionnaire does. Wording may hold a few brackets. */
function nestsDeep(text: string): boolean {
  let depth = 0
  for (let index = 0; index < text.length && depth <= MAX_DEPTH; index++) {
    const character = text[index]
    if (character === '[' || character === '{') depth++
    else if ((character === ']' || character === '}') && depth > 0) depth--
  }
  return depth > MAX_DEPTH || /(?:[-?:][ \t]+){51}/.test(text)
}

type Locate = (
  place: Place,
  code: DefinitionFaultCode,
  message: string,
  more?: { what?: 'key' | 'value'; detail?: ShapeDetail; params?: FaultParams | undefined },
) => DefinitionFault

type Issue = ShapeIssue & {
  readonly path: Place
  readonly keys?: readonly string[]
  readonly errors?: readonly (readonly Issue[])[]
}

function shapeFaults(issue: Issue, located: Locate): DefinitionFault[] {
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.slice(0, MAX_FAULTS).map((key) => {
      const message = `"${key}" means nothing here; mend the spelling or remove it`
      return located([...issue.path, key], 'shape', message, { what: 'key', detail: 'key', params: { name: key } })
    })
  }
  // Of several shapes allowed, report against the one that the text comes closest to.
  const branch = issue.errors?.toSorted((a, b) => depth(b) - depth(a))[0]
  if (branch && depth(branch) > 0) {
    return branch.flatMap((inner) => shapeFaults({ ...inner, path: [...issue.path, ...inner.path] }, located))
  }
  if (issue.path.length === 0 && issue.code === 'invalid_type') {
    const what = 'this is no questionnaire; a definition is made of keys and begins with "format: 1"'
    return [located(issue.path, 'shape', what, shapeDetail(issue))]
  }
  const where = issue.path.at(-1) === undefined ? 'the file' : `"${String(issue.path.at(-1))}"`
  return [located(issue.path, 'shape', `${where}: ${issue.message}`, shapeDetail(issue))]
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
}

/** Where a place begins in the text; where it does not exist, the nearest thing around it that does. */
function offsetOf(document: Document.Parsed, place: Place, what: 'key' | 'value'): number {
  if (place.length === 0) return document.contents?.range[0] ?? 0
  const parent = place.length > 1 ? document.getIn(place.slice(0, -1), true) : document.contents
  const last = place.at(-1)
  const pair = isMap(parent) && parent.items.find(({ key }) => isScalar(key) && key.value === String(last))
  const node = what === 'key' && pair ? pair.key : document.getIn(place, true)
  if (isNode(node) && node.range) return node.range[0]
  return offsetOf(document, place.slice(0, -1), 'value')
}
