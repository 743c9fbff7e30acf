import type { Readable } from 'node:stream'
import { ownFaults, readDefinitionFile, type DraftFault, type NamesInUse } from './draft-check.ts'
import type { NotCarried } from './draft-tables.ts'
import { languagesOf, readWorking, writeWorking } from './draft-working.ts'
import { findVersion, shippedQuestionnaires } from './shipped.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

/** No questionnaire is longer; one in a spreadsheet's packing neither. */
export const mostBytes = 5 * 1024 * 1024

/** A file that a draft can begin with, and what of it could not be taken along; or why not. */
export type ReadUpload =
  | {
      readonly body: string
      readonly definition: Questionnaire
      /** undefined: a definition of ours, taken as it is */
      readonly notCarried?: readonly NotCarried[]
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

/** What somebody sent, whatever it is called: a definition of ours, or a questionnaire of another format that we can take over. */
export async function readUpload(bytes: Uint8Array | undefined, fileName: string): Promise<ReadUpload> {
  if (!bytes) return { faults: [{ path: '', code: 'too-big', params: { most: mostBytes / 1024 / 1024 } }] }
  if (isOtherFormat(bytes)) return importOther(bytes, fileName)
  const read = readDefinitionFile(bytes)
  return read
}

/** A workbook, a FHIR resource or a SurveyJS survey; a definition of ours has `format`. */
function isOtherFormat(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return true
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) return true
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    return (
      typeof json === 'object' &&
      json !== null &&
      !('format' in json) &&
      ('resourceType' in json || 'pages' in json || 'elements' in json || 'questions' in json)
    )
  } catch {
    return false
  }
}

async function importOther(bytes: Uint8Array, fileName: string): Promise<ReadUpload> {
  // few uploads are of another format, and reading them takes a good deal of code
  const { importQuestionnaire } = await import('./formats/import.ts')
  const made = await importQuestionnaire(bytes, fileName)
  if (made.faults)
    return { faults: made.faults.map(({ where, ...remark }) => ({ path: where, code: 'other-format', remark })) }
  const faults = ownFaults(made.definition)
  if (faults.length > 0) return { faults }
  return { body: made.yaml, definition: made.definition, notCarried: made.notCarried }
}

/**
 * Makes a company's own draft of what another format gave: a name that is free, and whose it is where the file does not say.
 * Nobody who fills in a spreadsheet knows our names.
 */
export async function settleImported(
  body: string,
  owner: string,
  names: NamesInUse,
): Promise<{ slug: string; version: number; body: string }> {
  const working = readWorking(body)
  const taken = (slug: string) =>
    names.published.has(slug) || [...names.drafts.keys()].some((name) => name.startsWith(`${slug}@`))
  const shipped = await shippedQuestionnaires()
  for (let number = 1; taken(working.slug) || findVersion(shipped, working.slug); number++)
    working.slug = `own-${number}`
  working.version = 1
  if (working.licence.name === 'not stated') {
    working.licence.name = owner
    working.licence.attribution = Object.fromEntries(languagesOf(working).map((code) => [code, owner]))
  }
  return { slug: working.slug, version: working.version, body: writeWorking(working) }
}
