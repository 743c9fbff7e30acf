import { createHash } from 'node:crypto'
import type { Questionnaire } from '../../../survey-definitions/schema.ts'
import { ImportError } from './draft.ts'
import { exportFhirResponse, importFhirResponse, type Responder, type ResponseFault } from './fhir-response.ts'
import { fhirPath } from './fhir-import.ts'
import { bundleResource } from './fhir-resources.ts'
import { isObject, readJson } from './json.ts'

const mostFaults = 100

/** Answers of many as a FHIR R4 Bundle of QuestionnaireResponses, piece by piece: one response a line. */
export function* exportFhirBundle(definition: Questionnaire, responders: Iterable<Responder>): Generator<string> {
  yield '{"resourceType":"Bundle","type":"collection","entry":['
  let before = '\n'
  for (const responder of responders) {
    const resource = exportFhirResponse(definition, responder)
    yield `${before}${JSON.stringify({ fullUrl: nameOf(definition, responder.id), resource })}`
    before = ',\n'
  }
  yield before === '\n' ? ']}\n' : '\n]}\n'
}

/** A name for an entry: the same person's answers to the same version have the same one. */
function nameOf({ slug, version }: Questionnaire, id: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([slug, version, id]))
    .digest('hex')
  // version 8: made by a rule of our own (RFC 9562)
  const hex = `${hash.slice(0, 12)}8${hash.slice(13, 16)}a${hash.slice(17, 32)}`
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export type ReadBundle =
  | { readonly responders: Responder[]; readonly faults?: undefined }
  | { readonly responders?: undefined; readonly faults: readonly ResponseFault[] }

/** The answers of a Bundle, or of a single QuestionnaireResponse; all of them or the faults. */
export function importFhirBundle(definition: Questionnaire, bytes: Uint8Array): ReadBundle {
  let json: unknown
  try {
    json = readJson(bytes)
  } catch (error) {
    if (error instanceof ImportError) return { faults: error.faults }
    throw error
  }
  const type = isObject(json) ? json['resourceType'] : undefined
  if (type === 'QuestionnaireResponse') {
    const { responder, faults } = importFhirResponse(definition, json)
    return responder ? { responders: [responder] } : { faults }
  }
  if (type !== 'Bundle')
    return { faults: [{ where: 'the file', what: 'is neither a FHIR Bundle nor a QuestionnaireResponse' }] }
  const read = bundleResource.safeParse(json)
  if (!read.success)
    return {
      faults: read.error.issues
        .slice(0, 20)
        .map(({ path, message }) => ({ where: fhirPath(path, 'Bundle'), what: message })),
    }
  const responders: Responder[] = []
  const faults: ResponseFault[] = []
  const seen = new Set<string>()
  for (const [index, { resource }] of (read.data.entry ?? []).entries()) {
    const where = `Bundle.entry[${index}].resource`
    const { responder, faults: wrong } = importFhirResponse(definition, resource, where)
    if (wrong) faults.push(...wrong)
    else if (seen.has(responder.id)) faults.push({ where, what: 'a second response of the same person' })
    else {
      seen.add(responder.id)
      responders.push(responder)
    }
    if (faults.length >= mostFaults) break
  }
  return faults.length > 0 ? { faults: faults.slice(0, mostFaults) } : { responders }
}
