import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { ShippedDefinitionsError, readWhenAsked, type QuestionnaireVersion } from './version.ts'

/** Every version that ships with the program, sorted by slug and version. */
export type ShippedQuestionnaires = readonly QuestionnaireVersion[]

const SHIPPED_FOLDER = join(import.meta.dirname, '..', '..', 'survey-definitions')

const frozenSchema = z.record(z.string().regex(/^[a-z][a-z0-9-]*@[1-9]\d*$/), z.string().regex(/^[0-9a-f]{64}$/))

/** The content hash of a definition: SHA-256 over the file's bytes, in hexadecimal. */
export function hashDefinition(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Every questionnaire that ships with the program, sorted by slug and version, all of them read. Each file must have the
 * hash that `frozen.json` holds for it: an answer means what it meant when it was given only while the form stays as it was.
 * @throws {ShippedDefinitionsError} naming all files that changed, are missing, were never published, or do not parse
 * (with line and column)
 */
export async function loadShippedQuestionnaires(folder: string = SHIPPED_FOLDER): Promise<ShippedQuestionnaires> {
  const versions = await findShippedQuestionnaires(folder)
  requireReadable(versions)
  return versions
}

/** @throws {ShippedDefinitionsError} naming every fault of those that do not parse */
export function requireReadable(versions: ShippedQuestionnaires): void {
  const problems = versions.flatMap((version) => {
    try {
      return version.items.length > 0 ? [] : [`${version.file}: has no items`]
    } catch (error) {
      if (error instanceof ShippedDefinitionsError) return error.problems
      throw error
    }
  })
  if (problems.length > 0) throw new ShippedDefinitionsError(problems)
}

/**
 * The files and their hashes; what is in a file is read when somebody first asks for it. A server uses a few of the forms
 * that ship, and what is read stays in memory.
 */
async function findShippedQuestionnaires(folder: string): Promise<ShippedQuestionnaires> {
  const problems: string[] = []
  const frozen = new Map(Object.entries(await readFrozen(folder)))
  const versions: QuestionnaireVersion[] = []
  for (const { slug, version, file } of await listFiles(folder)) {
    const bytes = await readFile(join(folder, file))
    const hash = hashDefinition(bytes)
    const published = frozen.get(`${slug}@${version}`)
    frozen.delete(`${slug}@${version}`)
    if (published === undefined) {
      problems.push(`${file}: not published yet; add "${slug}@${version}": "${hash}" to frozen.json`)
      continue
    }
    if (published !== hash) {
      const remedy = 'restore it; a correction is a new version beside it'
      problems.push(`${file}: changed after it was published (SHA-256 is ${hash}, was ${published}); ${remedy}`)
      continue
    }
    versions.push(readWhenAsked({ slug, version, hash, file, source: 'shipped' }, () => bytes.toString('utf8')))
  }
  for (const name of frozen.keys()) problems.push(`${name.replace('@', '/')}.yaml: published, but the file is missing`)
  if (problems.length > 0) throw new ShippedDefinitionsError(problems)
  return versions.sort((a, b) => (a.slug === b.slug ? a.version - b.version : a.slug < b.slug ? -1 : 1))
}

/**
 * Finds `slug@version`, or the newest version of `slug`; undefined when there is none.
 * Example: `stress-check-57` and `stress-check-57@1`.
 */
export function findVersion(versions: ShippedQuestionnaires, reference: string): QuestionnaireVersion | undefined {
  const [slug, version] = reference.split('@')
  return versions.findLast((candidate) => {
    return candidate.slug === slug && (version === undefined || String(candidate.version) === version)
  })
}

let shipped: Promise<ShippedQuestionnaires> | undefined

/** The shipped questionnaires, found once per process and read when needed: published files never change. */
export function shippedQuestionnaires(): Promise<ShippedQuestionnaires> {
  shipped ??= findShippedQuestionnaires(SHIPPED_FOLDER)
  return shipped
}

async function readFrozen(folder: string): Promise<Record<string, string>> {
  try {
    return frozenSchema.parse(JSON.parse(await readFile(join(folder, 'frozen.json'), 'utf8')))
  } catch (error) {
    throw new ShippedDefinitionsError([`frozen.json: cannot be read (${(error as Error).message})`])
  }
}

async function listFiles(folder: string): Promise<{ slug: string; version: number; file: string }[]> {
  const found = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    for (const name of await readdir(join(folder, entry.name))) {
      const version = /^([1-9]\d*)\.yaml$/.exec(name)?.[1]
      const file = `${entry.name}/${name}`
      if (version === undefined) throw new ShippedDefinitionsError([`${file}: is no <version>.yaml; move it elsewhere`])
      found.push({ slug: entry.name, version: Number(version), file })
    }
  }
  return found
}
