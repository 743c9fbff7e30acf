import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { recordAudit } from '../audit/index.ts'
import { cookieOf } from '../web/audience.ts'
import { firstRoomOf } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { findSession, openSession, revokeSessions, type Identity } from '../web/sessions.ts'
import { createDeviceCookie, deviceCookie } from './attempts.ts'
import { isKeyBackupConfirmed } from './confirmations.ts'
import { confidentialRoles } from './rules.ts'
import type { AccessTables, StaffRole } from './tables.ts'

const secureOf = (services: Services) => services.config.baseUrl.startsWith('https:')

export function setStaffCookie(services: Services, reply: FastifyReply, cookie: string): void {
  // lax: a desk opened from a mail must find its session; writes carry a CSRF token
  reply.setCookie(cookieOf.staff, cookie, { path: '/', httpOnly: true, sameSite: 'lax', secure: secureOf(services) })
}

export function clearStaffCookie(reply: FastifyReply): void {
  reply.clearCookie(cookieOf.staff, { path: '/' })
}

/** The person whose password was right and whose second factor is still missing. @throws {Problem} sign_in_needed */
export async function halfSignedIn(services: Services, request: FastifyRequest): Promise<Identity> {
  const found = await stillHalfSignedIn(services, request)
  if (!found) throw new Problem('sign_in_needed')
  return found
}

/**
 * The same for a form that was sent: undefined when the first step's session has ended, as it has for the second of two clicks.
 * That one has nothing to prove any more, and goes where the first one leads.
 */
export async function stillHalfSignedIn(services: Services, request: FastifyRequest): Promise<Identity | undefined> {
  const found = await findSession(services.database, request.cookies[cookieOf.staff], services.clock.now())
  return found?.kind === 'staff' && found.strength === 'password' ? found : undefined
}

/** Whether this browser is signed in at this company already. */
export async function isSignedIn(services: Services, request: FastifyRequest, companyId: string): Promise<boolean> {
  const found = await findSession(services.database, request.cookies[cookieOf.staff], services.clock.now())
  return found?.kind === 'staff' && found.strength === 'full' && found.companyId === companyId
}

/** Both factors are proven: the half session ends, a new one with a new secret begins, and the act is written down. */
export async function beginFullSession(
  db: Transaction<AccessTables>,
  request: FastifyRequest,
  half: Identity,
  at: Date,
): Promise<string> {
  await revokeSessions(db, half.companyId, { subjectId: half.subjectId, sessionId: half.sessionId }, at)
  const { cookie, sessionId } = await openSession(
    db,
    {
      companyId: half.companyId,
      companyKey: half.companyKey,
      kind: 'staff',
      subjectId: half.subjectId,
      strength: 'full',
    },
    at,
  )
  await recordAudit(db, half.companyId, at, {
    actorKind: 'staff',
    actorId: half.subjectId,
    actorRole: 'staff',
    action: 'staff.signed_in',
    subjectArea: 'staff',
    subjectId: half.subjectId,
    reason: 'access.audit.signIn',
    objectKind: 'session',
    objectId: sessionId,
    requestId: request.id,
  })
  return cookie
}

/** Remembers this browser as one that the person signed in with. */
export async function rememberDevice(
  services: Services,
  reply: FastifyReply,
  companyId: string,
  email: string,
): Promise<void> {
  reply.setCookie(deviceCookie, await createDeviceCookie(services.vault, companyId, email), {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: secureOf(services),
    maxAge: 180 * 24 * 3600,
  })
}

/** Where to go after signing in: the only desk, or the choice of desks; whoever has just set up the first account goes on to the keys. */
export async function findFirstRoom(
  services: Services,
  identity: { companyId: string; subjectId: string },
  justEnrolled: boolean,
): Promise<string> {
  const rows = await services.database.lookUp<{ role: StaffRole; acknowledged: boolean }>(
    'SELECT role, acknowledged FROM find_staff_roles($1, $2)',
    [identity.companyId, identity.subjectId],
  )
  if (justEnrolled && rows.some((row) => row.role === 'admin')) {
    const actor = { role: 'sign_in', companyId: identity.companyId } as const
    const kept = await services.database.as(actor, services.clock.now(), async (db) =>
      isKeyBackupConfirmed(db, identity.companyId),
    )
    if (!kept) return '/setup/keys'
  }
  return roomFor(rows)
}

export function roomFor(held: readonly { role: StaffRole; acknowledged: boolean }[]): string {
  const roles = new Set(held.map((one) => one.role))
  if (roles.size !== 1) return '/staff'
  const [role] = roles
  const missing = confidentialRoles.includes(role!) && !held.some((one) => one.acknowledged)
  return missing ? '/staff/secrecy' : firstRoomOf(role!)
}
