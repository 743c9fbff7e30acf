/**
 * Errors of users, in one catalogue: what happened, what is safe, what to do stand in templates/locales (problem.<code>.…).
 * Our own errors are assertions and plain Errors; they become `unexpected`.
 */
export const problems = {
  not_found: 404,
  link_unknown: 404,
  link_expired: 410,
  sign_in_needed: 401,
  not_allowed: 403,
  form_expired: 403,
  invalid_input: 400,
  too_large: 413,
  too_many_requests: 429,
  already_submitted: 409,
  campaign_not_open: 409,
  campaign_closed: 409,
  conflict: 409,
  wrong_state: 409,
  code_wrong: 403,
  code_locked: 429,
  result_not_ready: 409,
  consent_before_notice: 409,
  request_not_open: 403,
  personnel_authority: 409,
  secrecy_not_acknowledged: 403,
  floor_not_reached: 409,
  unsupported_file: 415,
  database_unavailable: 503,
  storage_full: 507,
  mail_unavailable: 503,
  record_destroyed: 410,
  unexpected: 500,
} as const

export type ProblemCode = keyof typeof problems

export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  /** What was wrong, field by field: text keys with values, shown at the field. */
  readonly fields: readonly { field: string; key: string; params?: Record<string, string | number> }[]
  constructor(
    code: ProblemCode,
    fields: readonly { field: string; key: string; params?: Record<string, string | number> }[] = [],
  ) {
    super(code)
    this.name = 'Problem'
    this.code = code
    this.status = problems[code]
    this.fields = fields
  }
}

/** Errors of PostgreSQL and of the file system that mean something to a person; undefined for those that are a fault of ours. */
export function problemOfSystemError(error: unknown): Problem | undefined {
  const code = (error as { code?: unknown }).code
  // pg's own words for a connection that broke, or for a turn that did not come, carry no code
  if (typeof code !== 'string')
    return lost.test((error as Error).message) ? new Problem('database_unavailable') : undefined
  // disk full: the database's own, the one with the temporary folder, or this user's share of it
  if (['53100', 'ENOSPC', 'EDQUOT'].includes(code)) return new Problem('storage_full')
  // connection refused, lost, server starting or stopping; too many connections
  if (/^(08|57P0[1-3]|53300)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(code))
    return new Problem('database_unavailable')
  if (code === '23505') return new Problem('conflict')
  // a signed campaign keeps what was signed (0012_campaigns.sql): somebody signed while this was being written
  if (code === 'HA002') return new Problem('wrong_state')
  // serialization failure, deadlock: the same request may simply be sent again
  if (code === '40001' || code === '40P01') return new Problem('conflict')
  return undefined
}

const lost =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (was closed|has encountered a connection error))/
