import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { readUnpublished, type DefinitionFault, type UnpublishedVersion } from '../questionnaires/index.ts'

/** More than any definition may have; what is longer is not read to its end. */
const mostBytes = 2_000_000

/**
 * Reads a definition from disk.
 * @throws {Error} in words for a person, when the file cannot be read at all
 */
export async function readDefinitionFile(path: string): Promise<UnpublishedVersion> {
  const file = basename(path)
  try {
    const handle = await open(path)
    try {
      const { size } = await handle.stat()
      if (size <= mostBytes) return readUnpublished(await handle.readFile(), file)
      const message = `the file has ${size} bytes, more than a questionnaire ever has; split or shorten it`
      const params = { count: size, most: mostBytes }
      return { faults: [{ file, line: 1, column: 1, path: '', code: 'too-large', message, params }] }
    } finally {
      await handle.close()
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Error(`${path} cannot be read (${code}); mend the path`, { cause: error })
  }
}

/** A fault as every command prints it: `file:line:column: what is wrong and what to do`. */
export const placed = (fault: DefinitionFault): string =>
  `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`
