import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { recordAudit } from '../audit/index.ts'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage, firstRoomOf } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { listSessions, revokeSessions } from '../web/sessions.ts'
import { errorsOf } from './forms.ts'
import { acknowledgeSecrecy } from './grants.ts'
import { deskCards, staffNav } from './pages.ts'
import { confidentialRoles } from './rules.ts'
import { clearStaffCookie } from './staff-session.ts'
import { staffRoles, type AccessTables, type StaffRole } from './tables.ts'

const roleForm = z.object({ role: z.enum(staffRoles) })
const sessionForm = z.object({ session: z.uuid() })

/** What every signed-in member of staff may do: choose a desk, acknowledge secrecy, see and end the own sessions. */
export async function addStaffRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'staff')

    scope.get('/staff', async (request, reply) =>
      deskPage(services, request, reply, 'access/staff', {
        nav: staffNav(services, request),
        desks: deskCards(services, request),
      }),
    )

    scope.post('/access/role', async (request, reply) => {
      const { role } = parsed(roleForm, request.body)
      const held = request.heldRoles.filter((one) => one.role === role)
      if (held.length === 0) throw new Problem('not_allowed')
      const missing = confidentialRoles.includes(role) && !held.some((one) => one.secrecyAcknowledged)
      return reply.redirect(missing ? '/staff/secrecy' : firstRoomOf(role), 303)
    })

    scope.post('/access/sign-out', async (request, reply) => {
      const { companyId, companyKey, subjectId, sessionId } = identityOf(request)
      await asAudience(services, request, async (db) =>
        revokeSessions(db, companyId, { subjectId, sessionId }, services.clock.now()),
      )
      clearStaffCookie(reply)
      return reply.redirect(`/c/${companyKey}/sign-in`, 303)
    })

    scope.get('/staff/secrecy', async (request, reply) => secrecyPage(services, request, reply))
    scope.post('/staff/secrecy', async (request, reply) => {
      if ((request.body as { agreed?: unknown } | undefined)?.agreed !== 'yes')
        return secrecyPage(services, request, reply, [{ field: 'agreed', key: 'access.errors.agreeNeeded' }])
      const { companyId, subjectId } = identityOf(request)
      const at = services.clock.now()
      await asAudience<AccessTables, void>(services, request, async (db) => {
        for (const grant of await acknowledgeSecrecy(db, companyId, subjectId, at))
          await recordAudit(db, companyId, at, {
            actorKind: 'staff',
            actorId: subjectId,
            actorRole: grant.role,
            action: 'secrecy.acknowledged',
            subjectArea: 'staff',
            subjectId,
            reason: 'access.audit.secrecy',
            objectKind: 'role_grant',
            objectId: grant.id,
            requestId: request.id,
          })
      })
      const first = waitingRoles(request)[0]
      return reply.redirect(first ? firstRoomOf(first) : '/staff', 303)
    })

    scope.get('/staff/sessions', async (request, reply) => {
      const { companyId, subjectId, sessionId } = identityOf(request)
      const at = services.clock.now()
      const sessions = await asAudience(services, request, async (db) => listSessions(db, companyId, subjectId, at))
      return deskPage(services, request, reply, 'access/sessions', {
        nav: staffNav(services, request),
        sessions: sessions.map((one) => ({ ...one, current: one.sessionId === sessionId })),
      })
    })
    scope.post('/staff/sessions/end', async (request, reply) => {
      const { companyId, subjectId, sessionId } = identityOf(request)
      const wanted = parsed(sessionForm, request.body).session
      await endSessions(services, request, async (db, at) =>
        revokeSessions(db, companyId, { subjectId, sessionId: wanted }, at),
      )
      if (wanted !== sessionId) return reply.redirect('/staff/sessions', 303)
      clearStaffCookie(reply)
      return reply.redirect('/sign-in', 303)
    })
    scope.post('/staff/sessions/end-all', async (request, reply) => {
      const { companyId, companyKey, subjectId } = identityOf(request)
      await endSessions(services, request, async (db, at) => revokeSessions(db, companyId, { subjectId }, at))
      clearStaffCookie(reply)
      return reply.redirect(`/c/${companyKey}/sign-in`, 303)
    })
  })
}

async function endSessions(
  services: Services,
  request: FastifyRequest,
  work: (db: Transaction<AccessTables>, at: Date) => Promise<void>,
): Promise<void> {
  const at = services.clock.now()
  const { companyId, subjectId } = identityOf(request)
  await asAudience<AccessTables, void>(services, request, async (db) => {
    await work(db, at)
    await recordAudit(db, companyId, at, {
      actorKind: 'staff',
      actorId: subjectId,
      actorRole: 'staff',
      action: 'sessions.ended',
      subjectArea: 'staff',
      subjectId,
      reason: 'access.audit.ownSessions',
      requestId: request.id,
    })
  })
}

// roles whose desk stays shut until secrecy is acknowledged
function waitingRoles(request: FastifyRequest): StaffRole[] {
  return confidentialRoles.filter((role) =>
    request.heldRoles.some((one) => one.role === role && !one.secrecyAcknowledged),
  )
}

async function secrecyPage(
  services: Services,
  request: FastifyRequest,
  reply: Parameters<typeof deskPage>[2],
  faults: readonly { field: string; key: string }[] = [],
): Promise<Parameters<typeof deskPage>[2]> {
  const waiting = waitingRoles(request)
  return deskPage(
    services,
    request,
    reply,
    'access/secrecy',
    {
      nav: staffNav(services, request),
      waiting: waiting.map((role) => services.texts.text(request.locale, `web.role.${role}`)),
      errors: errorsOf(services, request, faults),
    },
    { status: faults.length > 0 ? 400 : 200 },
  )
}

function parsed<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body ?? {})
  if (!result.success) throw new Problem('invalid_input')
  return result.data
}
