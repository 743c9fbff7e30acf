import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { cookieOf } from '../web/audience.ts'
import { findSession, type Identity } from '../web/sessions.ts'
import { codeLength, firstGroupsOf, lastGroupLength } from './personal-code.ts'

const heldGroupsCookie = 'hanamichi_code_groups'

const options = (services: Services, path: string) =>
  ({ path, httpOnly: true, sameSite: 'lax', secure: services.config.baseUrl.startsWith('https:') }) as const

export function setParticipantCookie(services: Services, reply: FastifyReply, cookie: string): void {
  reply.setCookie(cookieOf.participant, cookie, options(services, '/'))
}

export function clearParticipantCookie(services: Services, reply: FastifyReply): void {
  reply.clearCookie(cookieOf.participant, options(services, '/'))
}

/** The first groups of an unbound code stay in the browser it was shown in, so that only the last one is typed. */
export function holdFirstGroups(services: Services, reply: FastifyReply, code: string): void {
  reply.setCookie(heldGroupsCookie, firstGroupsOf(code), options(services, '/answer'))
}

export function releaseFirstGroups(services: Services, reply: FastifyReply): void {
  reply.clearCookie(heldGroupsCookie, options(services, '/answer'))
}

export function heldFirstGroups(request: FastifyRequest): string | undefined {
  const held = request.cookies[heldGroupsCookie]
  return held?.length === codeLength - lastGroupLength ? held : undefined
}

/** The session this browser already has for an invitation; public pages ask, because they show "go on" instead of "start". */
export async function ownSession(
  services: Services,
  request: FastifyRequest,
  invitationId: string,
): Promise<Identity | undefined> {
  const cookie = request.cookies[cookieOf.participant]
  const found = await findSession(services.database, cookie, services.clock.now())
  return found?.contextId === invitationId ? found : undefined
}
