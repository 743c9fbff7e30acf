import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { PoolClient } from 'pg'
import { together, type DatabaseRole, type Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import type { Locale } from '../locales.ts'
import { Problem } from './problems.ts'
import { findSession, inSession, isToTouch, touchSession, type Identity, type SessionKind } from './sessions.ts'

/** Who a route is for. A route without one does not start (see app.ts). */
export type Audience =
  | 'public'
  | 'participant'
  | 'participant_with_code'
  | 'staff'
  | 'hr'
  | 'implementer'
  | 'clerk'
  | 'physician'
  | 'manager'
  | 'admin'
  | 'leaver'
  | 'alumni'

interface Door {
  kind: SessionKind
  role: DatabaseRole
  /** strengths that open it */
  strengths: readonly Identity['strength'][]
  /** staff role that must be granted */
  staffRole?: string
}

const doors: Record<Exclude<Audience, 'public'>, Door> = {
  participant: { kind: 'participant', role: 'employee', strengths: ['link', 'code'] },
  participant_with_code: { kind: 'participant', role: 'employee', strengths: ['code'] },
  staff: { kind: 'staff', role: 'sign_in', strengths: ['full'] },
  hr: { kind: 'staff', role: 'hr', strengths: ['full'], staffRole: 'hr' },
  implementer: { kind: 'staff', role: 'implementer', strengths: ['full'], staffRole: 'implementer' },
  clerk: { kind: 'staff', role: 'clerk', strengths: ['full'], staffRole: 'clerk' },
  physician: { kind: 'staff', role: 'physician', strengths: ['full'], staffRole: 'physician' },
  manager: { kind: 'staff', role: 'manager', strengths: ['full'], staffRole: 'manager' },
  admin: { kind: 'staff', role: 'admin', strengths: ['full'], staffRole: 'admin' },
  leaver: { kind: 'leaver', role: 'leaver', strengths: ['link', 'code', 'full'] },
  alumni: { kind: 'alumni', role: 'alumni', strengths: ['link', 'full'] },
}

/** A live role of the signed-in person; the workplace is undefined when it holds everywhere. */
export interface HeldRole {
  grantId: string
  role: string
  workplaceId: string | undefined
  departmentId: string | undefined
  secrecyAcknowledged: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    audience?: Audience
  }
  interface FastifyRequest {
    /** Who is asking; set by the audience's guard, absent on public routes. */
    identity: Identity | undefined
    heldRoles: readonly HeldRole[]
    /** the page's language: one of `locales` */
    locale: Locale
    /** languages this page is offered in */
    locales: readonly Locale[]
    staffName: string | undefined
  }
}

/** Cookie names: one for each kind, so that an employee may also be HR in the same browser. */
export const cookieOf: Record<SessionKind, string> = {
  staff: 'hanamichi_staff',
  participant: 'hanamichi_participant',
  leaver: 'hanamichi_leaver',
  alumni: 'hanamichi_alumni',
}

/**
 * Puts a guard in front of every route of this plugin: session of the right kind and strength, a live role, a CSRF token on writes.
 * Call it first in a plugin registered without fastify-plugin: encapsulation makes a forgotten check impossible.
 */
export function forAudience(app: FastifyInstance, services: Services, audience: Audience): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, audience }
  })
  app.addHook('preHandler', async (request, reply) => {
    if (audience !== 'public' && !request.routeOptions.config.entersByItself)
      await requireSession(services, request, audience)
    if (request.method !== 'GET' && request.method !== 'HEAD' && !request.routeOptions.config.withoutCsrf)
      await verifyCsrf(app, request, reply)
  })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Only for POSTs that must work without cookies by a standard (one-click refusal of news, RFC 8058). */
    withoutCsrf?: true
    /** The handler enters with {@link enterAsAudience}; until then it has no identity and no transaction. Not for staff. */
    entersByItself?: true
  }
}

async function verifyCsrf(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  await new Promise<void>((done, fail) => {
    app.csrfProtection(request, reply, (error?: Error) => (error ? fail(new Problem('form_expired')) : done()))
  })
}

async function requireSession(
  services: Services,
  request: FastifyRequest,
  audience: Exclude<Audience, 'public'>,
): Promise<void> {
  const door = doors[audience]
  const at = services.clock.now()
  const found = await findSession(services.database, request.cookies[cookieOf[door.kind]], at)
  if (!found || found.kind !== door.kind) throw new Problem('sign_in_needed')
  if (!door.strengths.includes(found.strength)) throw new Problem('sign_in_needed')
  const { lastSeenAt, ...identity } = found
  request.identity = identity
  if (door.kind === 'staff') await requireRole(services, request, door)
  await keepAlive(services, door, identity, lastSeenAt, at)
}

async function keepAlive(services: Services, door: Door, identity: Identity, lastSeenAt: Date, at: Date) {
  if (!isToTouch(door.kind, lastSeenAt, at)) return
  const role = door.kind === 'participant' ? 'employee' : door.kind === 'staff' ? 'sign_in' : door.kind
  await services.database.as({ role, companyId: identity.companyId, subjectId: identity.subjectId }, at, (db) =>
    touchSession(db, identity, at),
  )
}

async function requireRole(services: Services, request: FastifyRequest, door: Door): Promise<void> {
  const identity = request.identity!
  const rows = await services.database.lookUp<{
    id: string
    role: string
    workplace_id: string | null
    department_id: string | null
    acknowledged: boolean
    display_name: string
  }>('SELECT * FROM find_staff_roles($1, $2)', [identity.companyId, identity.subjectId])
  request.staffName = rows[0]?.display_name
  request.heldRoles = rows.map((row) => ({
    grantId: row.id,
    role: row.role,
    workplaceId: row.workplace_id ?? undefined,
    departmentId: row.department_id ?? undefined,
    secrecyAcknowledged: row.acknowledged,
  }))
  if (!door.staffRole) return
  const held = request.heldRoles.filter((one) => one.role === door.staffRole)
  if (held.length === 0) throw new Problem('not_allowed')
  // those who may open individual records: only with the duty of secrecy acknowledged (law R-5), for each workplace it was given for
  if (['implementer', 'clerk', 'physician'].includes(door.staffRole) && !held.every((one) => one.secrecyAcknowledged))
    throw new Problem('secrecy_not_acknowledged')
}

/**
 * Session, role and the first statements in one write, for routes that thousands call at the same minute
 * (`config: { entersByItself: true }`): the guard's look-up and the transaction are one. `identity` settles when it is known
 * who asks; `work` must wait for it before it writes or returns anything. Statements sent before see what this person may see,
 * through `company_id()`, `subject_id()` and `context_id()` of the transaction.
 * @throws {Problem} sign_in_needed
 */
export async function enterAsAudience<Tables, Result>(
  services: Services,
  request: FastifyRequest,
  work: (db: Transaction<Tables>, identity: Promise<Identity>) => Promise<Result>,
): Promise<Result> {
  const { audience, entersByItself } = request.routeOptions.config
  if (!entersByItself || !audience || audience === 'public')
    throw new Error('enterAsAudience is for routes that enter by themselves')
  const door = doors[audience]
  if (door.kind === 'staff') throw new Error('the desks are guarded by their roles too')
  const at = services.clock.now()
  let seen: { identity: Identity; lastSeenAt: Date } | undefined
  const cookie = request.cookies[cookieOf[door.kind]]
  const done = await inSession<Tables, { result: Result }>(services.database, cookie, door, at, async (db, found) => {
    const identity = found.then((one) => {
      if (!one) throw new Problem('sign_in_needed')
      const { lastSeenAt, ...known } = one
      seen = { identity: known, lastSeenAt }
      return (request.identity = known)
    })
    const [, result] = await together(identity, work(db, identity))
    return { result }
  })
  if (!done || !seen) throw new Problem('sign_in_needed')
  await keepAlive(services, door, seen.identity, seen.lastSeenAt, at)
  return done.result
}

/** Runs `work` in one transaction as the route's audience, with the person's rows in reach. */
export async function asAudience<Tables, Result>(
  services: Services,
  request: FastifyRequest,
  work: (db: Transaction<Tables>, client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const audience = request.routeOptions.config.audience
  const identity = request.identity
  if (!audience || audience === 'public' || !identity) throw new Error('asAudience is for guarded routes')
  return services.database.as(
    {
      role: doors[audience].role,
      companyId: identity.companyId,
      subjectId: identity.subjectId,
      contextId: identity.contextId,
    },
    services.clock.now(),
    work,
  )
}

/** The identity of a guarded route. */
export function identityOf(request: FastifyRequest): Identity {
  if (!request.identity) throw new Error('this route has no identity')
  return request.identity
}

/** Workplaces where the signed-in person holds the route's role; undefined when it holds in every workplace. */
export function workplacesInReach(request: FastifyRequest): string[] | undefined {
  const audience = request.routeOptions.config.audience
  const held = request.heldRoles.filter((one) => one.role === audience)
  if (held.some((one) => one.workplaceId === undefined)) return undefined
  return held.flatMap((one) => (one.workplaceId === undefined ? [] : [one.workplaceId]))
}
