import { findVersion, shippedQuestionnaires } from './shipped.ts'
import { forbiddenInStatutory } from './check-sitting.ts'
import { locate, parseDefinition, type DefinitionFault } from './parse.ts'
import type { DefinitionFaultCode, FaultParams } from './findings.ts'
import type { ShapeDetail } from './shape-detail.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'
import { languagesOf, writeWorking, type Working } from './draft-working.ts'
import type { Said } from './formats/remarks.ts'

/** What a company's own questionnaire may be besides sound. */
export type OwnFaultCode =
  | 'no-questions'
  | 'section-empty'
  | 'kind-not-own'
  | 'criteria-not-own'
  | 'slug-shipped'
  | 'version-taken'
  | 'draft-waiting'
  | 'other-draft'
  | 'other-format'
  | 'not-utf8'
  | 'too-big'

/** A fault of a draft or of a file, in codes that can be said in any language. */
export interface DraftFault {
  /** keys from the top, joined by points; empty for the whole */
  readonly path: string
  readonly code: DefinitionFaultCode | OwnFaultCode
  readonly detail?: ShapeDetail | undefined
  readonly params?: FaultParams | undefined
  /** what a file of another format was refused for */
  readonly remark?: Said | undefined
  /** of a file; counting from 1 */
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** Kinds a company may make: what can stand beside the stress check in its sitting. A statutory form is never of one's own (law N-6). */
export const ownKinds = ['own', 'pulse', 'presenteeism', 'recommendation'] as const
export type OwnKind = (typeof ownKinds)[number]

/** Kinds of questions no company's own questionnaire may hold (law N-7). */
export const forbiddenTags: readonly string[] = [...forbiddenInStatutory]

export type CheckedDraft =
  | { readonly definition: Questionnaire; readonly faults?: undefined }
  | { readonly definition?: undefined; readonly faults: readonly DraftFault[] }

/**
 * Can this draft be asked? All its faults, at places of the draft. Sections without questions are checked with one put in
 * for the time, so that their other words are checked all the same.
 */
export function checkDraft(working: Working): CheckedDraft {
  const probed = structuredClone(working)
  const faults: DraftFault[] = []
  const words = () => Object.fromEntries(languagesOf(working).map((code) => [code, '?']))
  if (probed.sections.length === 0) {
    faults.push({ path: 'sections', code: 'no-questions' })
    probed.sections.push({ id: 'probe', title: words(), items: [] })
  }
  for (const [index, section] of probed.sections.entries()) {
    if (section.items.length > 0) continue
    if (working.sections[index]) faults.push({ path: `sections.${index}`, code: 'section-empty' })
    section.items.push({
      id: `probe_${index}`,
      type: 'text',
      text: words(),
      max_length: 1,
      required: false,
      skippable: true,
    })
  }
  const parsed = parseDefinition(writeWorking(probed), 'draft')
  if (parsed.faults)
    faults.push(...parsed.faults.map(({ path, code, detail, params }) => ({ path, code, detail, params })))
  else faults.push(...ownFaults(parsed.definition))
  return faults.length > 0 || parsed.faults ? { faults } : { definition: parsed.definition }
}

/** What is refused of a company's own questionnaire although it is sound: statutory kinds, criteria, forbidden kinds of questions (law N-7). */
export function ownFaults(definition: Questionnaire): DraftFault[] {
  const faults: DraftFault[] = []
  if (!(ownKinds as readonly string[]).includes(definition.kind))
    faults.push({ path: 'kind', code: 'kind-not-own', params: { kind: definition.kind } })
  for (const key of ['criteria', 'point_scales', 'judgement_chart'] as const) {
    const value = definition[key]
    if (value !== undefined && !(Array.isArray(value) && value.length === 0))
      faults.push({ path: key, code: 'criteria-not-own', params: { name: key } })
  }
  for (const [at, section] of definition.sections.entries())
    for (const [index, item] of section.items.entries())
      for (const [position, tag] of (item.tags ?? []).entries())
        if (forbiddenTags.includes(tag))
          faults.push({
            path: `sections.${at}.items.${index}.tags.${position}`,
            code: 'tag-forbidden',
            params: { tag },
          })
  return faults
}

/** What there is already under the names a draft could take. */
export interface NamesInUse {
  /** the company's published versions, by slug the highest one */
  published: ReadonlyMap<string, number>
  /** drafts under way: `slug@version` to id */
  drafts: ReadonlyMap<string, string>
}

/** May a draft have this name? A shipped one's name is never taken; of one's own only a higher version follows. */
export async function nameFault(
  { slug, version }: Pick<Questionnaire, 'slug' | 'version'>,
  { published, drafts }: NamesInUse,
  draftId?: string,
): Promise<DraftFault | undefined> {
  if (findVersion(await shippedQuestionnaires(), slug)) return { path: 'slug', code: 'slug-shipped', params: { slug } }
  const last = published.get(slug)
  if (last !== undefined && version <= last)
    return { path: 'version', code: 'version-taken', params: { slug, next: last + 1 } }
  const waiting = drafts.get(`${slug}@${version}`)
  if (waiting !== undefined && waiting !== draftId)
    return { path: 'slug', code: 'draft-waiting', params: { name: `${slug}@${version}` } }
  return undefined
}

export type ReadFile =
  | { readonly body: string; readonly definition: Questionnaire; readonly faults?: undefined }
  | { readonly faults: readonly DraftFault[] }

/** Reads a definition file, YAML or JSON (which is YAML), as somebody sent it. What it is called says nothing; what is in it does. */
export function readDefinitionFile(bytes: Uint8Array): ReadFile {
  let body: string
  try {
    body = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { faults: [{ path: '', code: 'not-utf8' }] }
  }
  // a database text holds no zero; a file with one is no text
  if (body.includes('\0')) return { faults: [{ path: '', code: 'not-utf8' }] }
  const parsed = parseDefinition(body, 'file')
  if (parsed.faults) return { faults: parsed.faults.map(withoutFile) }
  const faults = ownFaults(parsed.definition).map((fault) => ({ ...fault, ...locate(body, fault.path.split('.')) }))
  return faults.length > 0 ? { faults } : { body, definition: parsed.definition }
}

/** A fault of the name at its place in the file. */
export const placedIn = (body: string, fault: DraftFault): DraftFault => ({
  ...fault,
  ...locate(body, fault.path.split('.')),
})

const withoutFile = ({ path, code, detail, params, line, column }: DefinitionFault): DraftFault => ({
  path,
  code,
  detail,
  params,
  line,
  column,
})
