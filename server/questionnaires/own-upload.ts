import type { Readable } from 'node:stream'
import { readDefinitionFile, type DraftFault } from './draft-check.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

/** No questionnaire is longer; one in a spreadsheet's packing neither. */
export const mostBytes = 5 * 1024 * 1024

/** A file that a draft can begin with, and what of it could not be taken along; or why not. */
export type ReadUpload =
  | {
      readonly body: string
      readonly definition: Questionnaire
      readonly notCarried: readonly { where: string; what: string }[]
      readonly faults?: undefined
    }
  | { readonly faults: readonly DraftFault[] }

/** The bytes of an upload; undefined when there are more than any questionnaire has. The rest is let run out. */
export async function readBytes(stream: Readable): Promise<Uint8Array | undefined> {
  const blocks: Buffer[] = []
  let size = 0
  for await (const block of stream as AsyncIterable<Buffer>) {
    size += block.length
    if (size <= mostBytes) blocks.push(block)
    else blocks.length = 0
  }
  return size > mostBytes ? undefined : Buffer.concat(blocks)
}

/** What somebody sent, whatever it is called. */
export function readUpload(bytes: Uint8Array | undefined): ReadUpload {
  if (!bytes) return { faults: [{ path: '', code: 'too-big', params: { most: mostBytes / 1024 / 1024 } }] }
  const read = readDefinitionFile(bytes)
  if (read.faults) return { faults: read.faults }
  return { ...read, notCarried: [] }
}
