import { LineCounter, isAlias, isMap, isNode, isScalar, parseDocument, visit } from 'yaml'
import { questionnaireSchema } from '../../survey-definitions/schema.ts'
import { checkDefinition } from './checks.ts'
import type { Document } from 'yaml'
import type { DefinitionFaultCode, Place } from './findings.ts'
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
}

export type ParsedDefinition =
  | { readonly definition: Questionnaire; readonly faults?: undefined }
  | { readonly definition?: undefined; readonly faults: readonly DefinitionFault[] }

/** The longest shipped form has about 26,000 characters; a million leaves room for many languages. */
const MAX_CHARACTERS = 1_000_000

/**
 * Reads a questionnaire definition: YAML text in, the definition or all its faults out. Pure: `file` only names the
 * faults. Faults come in layers, each only when the one before is clean: YAML, shape, meaning; sorted by place.
 *
 * Aliases are refused: a definition is read by people, and a few lines of aliases can stand for gigabytes.
 */
export function parseDefinition(text: string, file: string): ParsedDefinition {
  const whole = (code: DefinitionFaultCode, message: string): ParsedDefinition => ({
    faults: [{ file, line: 1, column: 1, path: '', code, message }],
  })
  if (text.length > MAX_CHARACTERS) {
    return whole(
      'too-large',
      `the file has ${text.length} characters, more than ${MAX_CHARACTERS}; split or shorten it`,
    )
  }
  const lines = new LineCounter()
  let document: Document.Parsed
  try {
    document = parseDocument(text, {
      lineCounter: lines,
      stringKeys: true,
      resolveKnownTags: false,
      logLevel: 'silent',
    })
  } catch (error) {
    // Thousands of nested brackets exhaust the stack of the YAML reader.
    if (error instanceof RangeError) return whole('yaml', 'nested too deeply to be a questionnaire; start anew')
    throw error
  }
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const faults: DefinitionFault[] = [...document.errors, ...document.warnings].map((error) => ({
    file,
    ...at(error.pos[0]),
    path: '',
    code: 'yaml',
    message: error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? error.code,
  }))
  visit(document, {
    Alias: (_key, node) => {
      const message = `aliases (*${node.source}) are not allowed; write it out, or use option_sets`
      faults.push({ file, ...at(node.range?.[0] ?? 0), path: '', code: 'alias', message })
    },
  })
  if (faults.length > 0) return { faults }

  const located = (place: Place, code: DefinitionFaultCode, message: string): DefinitionFault => ({
    file,
    ...at(offsetOf(document, place)),
    path: place.join('.'),
    code,
    message,
  })
  const shaped = questionnaireSchema.safeParse(document.toJS())
  const found = shaped.success
    ? checkDefinition(shaped.data).map(({ place, code, message }) => located(place, code, message))
    : shaped.error.issues.flatMap((issue) => shapeFaults(issue as Issue, located))
  if (found.length > 0) return { faults: found.sort((a, b) => a.line - b.line || a.column - b.column) }
  return { definition: shaped.data! }
}

type Issue = {
  readonly code: string
  readonly path: Place
  readonly message: string
  readonly keys?: readonly string[]
  readonly errors?: readonly (readonly Issue[])[]
}

function shapeFaults(
  issue: Issue,
  located: (place: Place, code: DefinitionFaultCode, message: string) => DefinitionFault,
): DefinitionFault[] {
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    return issue.keys.map((key) => {
      return located([...issue.path, key], 'shape', `"${key}" means nothing here; mend the spelling or remove it`)
    })
  }
  // Of several shapes allowed, report against the one that the text comes closest to.
  const branch = issue.errors?.toSorted((a, b) => depth(b) - depth(a))[0]
  if (branch && depth(branch) > 0) {
    return branch.flatMap((inner) => shapeFaults({ ...inner, path: [...issue.path, ...inner.path] }, located))
  }
  const where = issue.path.at(-1) === undefined ? 'the file' : `"${String(issue.path.at(-1))}"`
  return [located(issue.path, 'shape', `${where}: ${issue.message}`)]
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)))
}

/** Where a place begins in the text; where it does not exist, the nearest thing around it that does. */
function offsetOf(document: Document.Parsed, place: Place): number {
  const last = place.at(-1)
  const parent = place.length > 1 ? document.getIn(place.slice(0, -1), true) : document.contents
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))
    // An unknown key is pointed at itself, anything else at its value.
    const node = pair && isNode(pair.value) && !isEmpty(pair.value) ? pair.value : pair?.key
    if (isNode(node) && !isAlias(node) && node.range) return node.range[0]
  }
  const node = place.length === 0 ? document.contents : document.getIn(place, true)
  if (isNode(node) && node.range) return node.range[0]
  return place.length === 0 ? 0 : offsetOf(document, place.slice(0, -1))
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null
}
