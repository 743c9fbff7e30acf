import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { revokeLinks } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { revokeSessions } from '../web/sessions.ts'
import { audit, orAgain, parsed, requireOtherAdministrator, todayOf, userOf } from './admin-acts.ts'
import {
  directorOptions,
  grantView,
  reasonOptions,
  revocationReasons,
  userFacts,
  userTable,
  wordsOf,
} from './admin-pages.ts'
import {
  clearCredentials,
  listGrantChoices,
  listGrants,
  listStaffUsers,
  revokeGrant,
  setDisabled,
  type Choice,
  type Grant,
} from './admin-queries.ts'
import { isKeyBackupConfirmed } from './confirmations.ts'
import { errorsOf, type Fault } from './forms.ts'
import { queueStaffInvitation } from './invitations.ts'
import type { AccessTables } from './tables.ts'

type Handle = Transaction<AccessTables>

const grantParams = z.object({ userId: z.uuid(), grantId: z.uuid() })
const revokeForm = z.object({ reason: z.enum(revocationReasons) })

/** Accounts: the list, one person's page, taking roles away, sending the invitation again, stopping. */
export function addUserRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/admin', async (request, reply) => {
    const { companyId } = identityOf(request)
    const data = await asAudience<AccessTables, object>(services, request, async (db) => {
      const users = await listStaffUsers(db, companyId)
      const grants = await listGrants(db, companyId, todayOf(services, request))
      return {
        rows: userTable(wordsOf(services, request), users, grants),
        keyKept: await isKeyBackupConfirmed(db, companyId),
      }
    })
    return deskPage(services, request, reply, 'access/users', { ...data })
  })

  scope.get('/admin/users/:userId', async (request, reply) => showUser(services, request, reply))

  scope.post('/admin/users/:userId/roles/:grantId/revoke', async (request, reply) => {
    const params = parsed(grantParams, request.params)
    const { reason } = parsed(revokeForm, request.body)
    return orAgain(
      (faults) => showUser(services, request, reply, faults),
      async () =>
        once<AccessTables>(services, request, reply, async (db) => {
          const { companyId } = identityOf(request)
          const at = services.clock.now()
          const revoked = await revokeGrant(db, companyId, { ...params, reason }, at)
          if (!revoked) throw new Problem('wrong_state')
          if (revoked.role === 'admin') await requireOtherAdministrator(db, companyId, params.userId)
          // their open pages end with the role
          await revokeSessions(db, companyId, { subjectId: params.userId }, at)
          await audit(services, request, db, {
            action: 'role.revoked',
            subjectId: params.userId,
            reason: `access.reason.${reason}`,
            objectKind: 'role_grant',
            objectId: params.grantId,
          })
          return `/admin/users/${params.userId}`
        }),
    )
  })

  scope.post('/admin/users/:userId/invite', async (request, reply) =>
    change(services, request, reply, 'staff.invited', 'access.audit.invited', async (db, companyId, userId, at) => {
      // the only administrator would be locked out should the mail not arrive
      await requireOtherAdministrator(db, companyId, userId)
      await clearCredentials(db, companyId, userId)
      await endEverything(db, companyId, userId, at)
      await queueStaffInvitation(db, companyId, userId, at)
    }),
  )

  scope.post('/admin/users/:userId/disable', async (request, reply) =>
    change(services, request, reply, 'staff.disabled', 'access.audit.disabled', async (db, companyId, userId, at) => {
      await requireOtherAdministrator(db, companyId, userId)
      await setDisabled(db, companyId, userId, at)
      await endEverything(db, companyId, userId, at)
    }),
  )

  scope.post('/admin/users/:userId/enable', async (request, reply) =>
    change(services, request, reply, 'staff.enabled', 'access.audit.enabled', async (db, companyId, userId) =>
      setDisabled(db, companyId, userId, null),
    ),
  )
}

export async function showUser(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  faults: readonly Fault[] = [],
  faultStatus = 409,
): Promise<FastifyReply> {
  const user = await userOf(services, request)
  const words = wordsOf(services, request)
  const { companyId } = identityOf(request)
  const today = todayOf(services, request)
  const { grants, directors } = await asAudience<AccessTables, { grants: Grant[]; directors: Choice[] }>(
    services,
    request,
    async (db) => {
      const all = await listGrants(db, companyId, today, user.userId)
      const isClerk = all.some((grant) => grant.role === 'clerk' && !grant.revokedAt)
      return { grants: all, directors: isClerk ? (await listGrantChoices(db, companyId, today)).implementers : [] }
    },
  )
  const views = grants.map((grant) => ({
    ...grantView(words, request, grant),
    ended: Boolean(grant.revokedAt),
    directorField: `director-${grant.grantId}`,
    directors: grant.role === 'clerk' && !grant.revokedAt ? directorOptions(words, directors, grant.directedBy) : [],
  }))
  return deskPage(
    services,
    request,
    reply,
    'access/user',
    {
      person: {
        userId: user.userId,
        displayName: user.displayName,
        isActive: user.state === 'active',
        isDisabled: user.state === 'disabled',
      },
      facts: userFacts(words, user),
      newRoleHref: `/admin/users/${user.userId}/roles/new`,
      live: views.filter((view) => !view.ended),
      past: views.filter((view) => view.ended),
      reasons: reasonOptions(words),
      errors: errorsOf(services, request, faults),
    },
    { status: faults.length > 0 ? faultStatus : 200 },
  )
}

async function change(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  action: string,
  reason: string,
  work: (db: Handle, companyId: string, userId: string, at: Date) => Promise<void>,
): Promise<FastifyReply> {
  const { userId } = await userOf(services, request)
  return orAgain(
    (faults) => showUser(services, request, reply, faults),
    async () =>
      once<AccessTables>(services, request, reply, async (db) => {
        await work(db, identityOf(request).companyId, userId, services.clock.now())
        await audit(services, request, db, { action, subjectId: userId, reason })
        return `/admin/users/${userId}`
      }),
  )
}

async function endEverything(db: Handle, companyId: string, userId: string, at: Date): Promise<void> {
  await revokeSessions(db, companyId, { subjectId: userId }, at)
  await revokeLinks(db, companyId, userId, at)
}
