import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { compileScorer, listItems } from '../../analysis/scoring/index.ts'
import { parseDefinition } from './parse.ts'
import type { AskedItem, Scorer } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

/** A published version: frozen data that a campaign names by slug, version and hash. */
export type QuestionnaireVersion = {
  readonly slug: string
  readonly version: number
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly hash: string
  /** `<slug>/<version>.yaml`, below the folder of definitions. */
  readonly file: string
  readonly definition: Questionnaire
  /** Every item in printed order, with the options it offers. */
  readonly items: readonly AskedItem[]
  /** Scores one person's answers; prepared once. */
  readonly score: Scorer
}

/** Every version that ships with the program, sorted by slug and version. */
export type ShippedQuestionnaires = readonly QuestionnaireVersion[]

/** The folder of definitions is not as it was published. Names every file concerned; nothing was loaded. */
export class ShippedDefinitionsError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`questionnaire definitions cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ShippedDefinitionsError'
    this.problems = problems
  }
}

const SHIPPED_FOLDER = join(import.meta.dirname, '..', '..', 'survey-definitions')

const frozenSchema = z.record(z.string().regex(/^[a-z][a-z0-9-]*@[1-9]\d*$/), z.string().regex(/^[0-9a-f]{64}$/))

/** The content hash of a definition: SHA-256 over the file's bytes, in hexadecimal. */
export function hashDefinition(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Reads every questionnaire that ships with the program, sorted by slug and version. Each file must have the hash that
 * `frozen.json` holds for it: an answer means what it meant when it was given only while the form stays as it was.
 * Throws one {@link ShippedDefinitionsError} naming all files that changed, are missing, were never published, or do not
 * parse (with line and column).
 */
export async function loadShippedQuestionnaires(folder: string = SHIPPED_FOLDER): Promise<ShippedQuestionnaires> {
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
    const { definition, faults } = parseDefinition(bytes.toString('utf8'), file)
    if (faults) {
      problems.push(...faults.map((fault) => `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`))
    } else if (definition.slug !== slug || definition.version !== version) {
      problems.push(`${file}: says ${definition.slug}@${definition.version}; folder and file name must agree with it`)
    } else {
      const items = listItems(definition)
      versions.push({ slug, version, hash, file, definition, items, score: compileScorer(definition) })
    }
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

/** The shipped questionnaires, read once per process: published files never change. */
export function shippedQuestionnaires(): Promise<ShippedQuestionnaires> {
  shipped ??= loadShippedQuestionnaires()
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
