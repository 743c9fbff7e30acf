import { ImportError } from './draft.ts'
import { said } from './remarks.ts'

/** No questionnaire nests so deep; what does could exhaust the stack of whoever walks through it. */
const deepest = 60

/** JSON of a file. @throws {ImportError} where it is none, is not UTF-8 or nests too deep */
export function readJson(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ImportError('the file', said('not-utf8'))
  }
  if (nestsDeep(text)) throw new ImportError('the file', said('too-deep', { most: deepest }))
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    const place = /line (\d+) column (\d+)/.exec((error as Error).message)
    throw new ImportError(place ? `line ${place[1]}, column ${place[2]}` : 'the file', said('no-json'))
  }
}

function nestsDeep(text: string): boolean {
  let [depth, quoted] = [0, false]
  for (let index = 0; index < text.length && depth <= deepest; index++) {
    const character = text.charCodeAt(index)
    if (quoted) {
      if (character === 0x5c) index++
      else if (character === 0x22) quoted = false
    } else if (character === 0x22) quoted = true
    else if (character === 0x5b || character === 0x7b) depth++
    else if (character === 0x5d || character === 0x7d) depth--
  }
  return depth > deepest
}

/** A text or number of a JSON file as text; blank for anything else. */
export const plainText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
