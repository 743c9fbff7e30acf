import type { FastifyRequest } from 'fastify'
import { identifySubjects } from '../campaigns/index.ts'
import { dateIn } from '../clock.ts'
import { findMembers, type Member } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { identityOf } from '../web/audience.ts'
import type { AnyHandle } from './tables.ts'

/**
 * Who these subjects are today (role physician: of those who asked or consult), by subject id. The sealed identity tells; no row at this
 * desk names an employment.
 */
export async function membersOf(
  services: Services,
  db: AnyHandle,
  request: FastifyRequest,
  subjectIds: readonly string[],
): Promise<Map<string, Member>> {
  const { companyId, timeZone } = identityOf(request)
  const identities = await identifySubjects(db, services.vault, companyId, [...new Set(subjectIds)])
  const members = await findMembers(
    db,
    companyId,
    [...identities.values()].map((one) => one.employmentId),
    dateIn(timeZone, services.clock.now()),
  )
  return new Map(
    [...identities].flatMap(([subjectId, one]): [string, Member][] => {
      const member = members.get(one.employmentId)
      return member ? [[subjectId, member]] : []
    }),
  )
}

/** One of them; undefined when the roster no longer knows the person. */
export async function memberOf(
  services: Services,
  db: AnyHandle,
  request: FastifyRequest,
  subjectId: string,
): Promise<Member | undefined> {
  return (await membersOf(services, db, request, [subjectId])).get(subjectId)
}
