import type { FastifyReply, FastifyRequest } from 'fastify'
import { getCompanyDetails, type CompanyDetails } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { cookieOf, identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import { openSession } from '../web/sessions.ts'
import { toneOfKind, type Kind } from './kinds.data.ts'
import { decideWording, invitesToAlumni, mayBeMailed, type Wording } from './rules.ts'
import { identifySubject } from './subjects.ts'
import { graduationsOf, type AnyHandle } from './tables.ts'

/** The leaver in front of their own pages. */
export interface Leaver {
  companyId: string
  subjectId: string
  name: string
  departureId: string
  kind: Kind
  noticeOn: string | null
  lastWorkingOn: string | null
  leavingOn: string
  wording: Wording
  /** false: the alumni pool is not offered by default (neutral kinds) */
  isInvitedToAlumni: boolean
  company: CompanyDetails
}

/** Who walks here (role leaver, own subject). @throws {Problem} link_unknown when the departure was cancelled or its records destroyed */
export async function getLeaver(
  db: AnyHandle,
  services: Services,
  companyId: string,
  subjectId: string,
): Promise<Leaver> {
  const identity = await identifySubject(db, services.vault, companyId, subjectId)
  if (!identity) throw new Problem('link_unknown')
  const departure = await graduationsOf(db)
    .selectFrom('departure')
    .select(['id', 'state', 'kind', 'notice_on', 'last_working_on', 'leaving_on'])
    .where('company_id', '=', companyId)
    .where('id', '=', identity.departureId)
    .executeTakeFirst()
  if (departure?.state !== 'confirmed' || !departure.kind || !mayBeMailed(toneOfKind[departure.kind]))
    throw new Problem('link_unknown')
  const company = await getCompanyDetails(db, companyId)
  return {
    companyId,
    subjectId,
    name: identity.name,
    departureId: departure.id,
    kind: departure.kind,
    noticeOn: departure.notice_on,
    lastWorkingOn: departure.last_working_on,
    leavingOn: departure.leaving_on,
    wording: decideWording(departure.kind, company.leavingWord),
    isInvitedToAlumni: invitesToAlumni(departure.kind),
    company,
  }
}

/** Whom a leaver's page names for questions. */
export const contactOf = (company: CompanyDetails) => ({
  name: company.mailSenderName,
  phone: company.contactPhone || undefined,
  mail: company.contactEmail || undefined,
})

/** Opens a session of the exit area and hands its cookie to the browser; it carries no departure, only the subject. */
export async function beginLeaverSession(
  db: AnyHandle,
  services: Services,
  reply: FastifyReply,
  of: { companyId: string; companyKey: string; subjectId: string },
  at: Date,
): Promise<void> {
  const { cookie } = await openSession(db, { ...of, kind: 'leaver', strength: 'link' }, at)
  const secure = services.config.baseUrl.startsWith('https:')
  reply.setCookie(cookieOf.leaver, cookie, { path: '/', httpOnly: true, sameSite: 'lax', secure })
}

/** Company and subject of a leaver's request. */
export function subjectOf(request: FastifyRequest): { companyId: string; subjectId: string; timeZone: string } {
  const { companyId, subjectId, timeZone } = identityOf(request)
  return { companyId, subjectId, timeZone }
}
