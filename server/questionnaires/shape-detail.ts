import type { FaultParams } from './findings.ts'

/** What is wrong with the shape of a value, in kinds that can be said in any language. */
export type ShapeDetail =
  | 'key'
  | 'missing'
  | 'type'
  | 'empty'
  | 'short'
  | 'long'
  | 'low'
  | 'high'
  | 'value'
  | 'html'
  | 'form'

/** An issue of the schema, as far as its words need it. */
export type ShapeIssue = {
  readonly code: string
  readonly message: string
  readonly input?: unknown
  readonly origin?: string
  readonly minimum?: number | bigint
  readonly maximum?: number | bigint
  readonly format?: string
  readonly values?: readonly unknown[]
}

/**
 * Which kind of fault an issue of the schema is, and the limits it names.
 * Example: `{code: 'too_big', origin: 'string', maximum: 4000}` is `long` with `{most: 4000}`.
 */
export function shapeDetail(issue: ShapeIssue): { detail: ShapeDetail; params?: FaultParams } {
  const { code, origin } = issue
  const counted = origin === 'string' || origin === 'array' || origin === 'set'
  if (code === 'too_small') {
    const least = Number(issue.minimum ?? 0)
    if (!counted) return { detail: 'low', params: { least } }
    return least <= 1 ? { detail: 'empty' } : { detail: 'short', params: { least } }
  }
  if (code === 'too_big') {
    const most = Number(issue.maximum ?? 0)
    return { detail: counted ? 'long' : 'high', params: { most } }
  }
  if (code === 'invalid_value') return { detail: 'value', params: { values: (issue.values ?? []).join(', ') } }
  if (code === 'invalid_type') return { detail: /received undefined/.test(issue.message) ? 'missing' : 'type' }
  if (code === 'custom') return { detail: 'html' }
  return { detail: code === 'invalid_format' ? 'form' : 'type' }
}
