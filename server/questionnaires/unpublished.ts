import { compileScorer, listItems } from '../../analysis/scoring/index.ts'
import { parseDefinition, type DefinitionFault } from './parse.ts'
import { hashDefinition } from './shipped.ts'
import type { QuestionnaireVersion } from './version.ts'

export type UnpublishedVersion =
  | { readonly version: QuestionnaireVersion; readonly source: string; readonly faults?: undefined }
  | { readonly version?: undefined; readonly source?: undefined; readonly faults: readonly DefinitionFault[] }

/**
 * Reads a file that nobody has published yet, as it would be once published: for looking at it, checking and comparing.
 * `file` only names the faults. Bytes that are not UTF-8 are a fault at their line and column.
 */
export function readUnpublished(bytes: Uint8Array, file: string): UnpublishedVersion {
  const source = new TextDecoder('utf-8').decode(bytes)
  const foreign = findForeign(bytes, source)
  if (foreign)
    return {
      faults: [{ file, ...foreign, path: '', code: 'not-utf8', message: foreignWords }],
    }
  const { definition, faults } = parseDefinition(source, file)
  if (faults) return { faults }
  const { slug, version } = definition
  return {
    source,
    version: {
      slug,
      version,
      hash: hashDefinition(bytes),
      file,
      source: 'own',
      definition,
      items: listItems(definition),
      score: compileScorer(definition),
    },
  }
}

const foreignWords = 'not UTF-8 from here on; save the whole file as UTF-8'

/** Where bytes first are no UTF-8; undefined when all are. A file of two encodings is UTF-8 down to the place where the other begins. */
function findForeign(bytes: Uint8Array, source: string): { line: number; column: number } | undefined {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return undefined
  } catch {
    // a replacement character may also have been typed: the first one that its own bytes do not stand for
    const lines = source.split('\n')
    let start = 0
    for (const [index, line] of lines.entries()) {
      const end = bytes.indexOf(0x0a, start)
      const part = bytes.subarray(start, end < 0 ? bytes.length : end)
      if (!isUtf8(part)) return { line: index + 1, column: Math.max(line.indexOf('\uFFFD'), 0) + 1 }
      start = end + 1
    }
    return { line: 1, column: 1 }
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
