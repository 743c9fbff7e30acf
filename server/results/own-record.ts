import type { FastifyRequest } from 'fastify'
import { identityOf } from '../web/audience.ts'
import type { Locale } from '../locales.ts'
import { Problem } from '../web/problems.ts'

/** Whose pages these are: the session tells, never the address. */
export interface OwnRecord {
  companyId: string
  subjectId: string
  invitationId: string
  timeZone: string
  requestId: string
  locale: Locale
}

export function ownRecordOf(request: FastifyRequest): OwnRecord {
  const identity = identityOf(request)
  if (!identity.contextId) throw new Problem('sign_in_needed')
  return {
    companyId: identity.companyId,
    subjectId: identity.subjectId,
    invitationId: identity.contextId,
    timeZone: identity.timeZone,
    requestId: request.id,
    locale: request.locale,
  }
}
