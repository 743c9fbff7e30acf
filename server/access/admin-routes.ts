import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { recordAudit, type AuditEntry } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails, updateCompany } from '../database/companies.ts'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { revokeLinks } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { revokeSessions } from '../web/sessions.ts'
import {
  grantFields,
  userFacts,
  grantView,
  reasonOptions,
  revocationReasons,
  roleChoices,
  userTable,
  wordsOf,
} from './admin-pages.ts'
import {
  clearCredentials,
  hasOtherAdministrator,
  listGrantChoices,
  listGrants,
  listStaffUsers,
  revokeGrant,
  setDisabled,
  type StaffUser,
} from './admin-queries.ts'
import { companyForm, detailsOf, localeOptions, timeZoneOptions } from './company-form.ts'
import { isKeyBackupConfirmed } from './confirmations.ts'
import { errorsOf, faultsOfProblem, readForm, typedValues, type Fault } from './forms.ts'
import { grantForm, inviteForm, roleOfQuery } from './grant-form.ts'
import { grantRole } from './grants.ts'
import { queueStaffInvitation } from './invitations.ts'
import type { AccessTables, StaffRole } from './tables.ts'
import { createStaffUser } from './users.ts'

type Handle = Transaction<AccessTables>

const userParams = z.object({ userId: z.uuid() })
const grantParams = z.object({ userId: z.uuid(), grantId: z.uuid() })
const revokeForm = z.object({ reason: z.enum(revocationReasons) })

/** The administrator's desk: who has which role, and what the company says about itself. No record of any person is in reach here. */
export async function addAdminRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'admin')

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

    scope.get('/admin/users/new', async (request, reply) => {
      const asked = roleOfQuery.safeParse(request.query)
      if (!asked.success) return showRoles(services, request, reply, '/admin/users/new', undefined)
      return showGrantForm(services, request, reply, { role: asked.data.role, typed: {} })
    })
    scope.post('/admin/users', async (request, reply) => {
      const form = readForm(inviteForm, request.body)
      const again = (faults: Fault[]) => showFaults(services, request, reply, undefined, faults)
      if (form.faults) return again(form.faults)
      const { displayName, email, employeeCode, ...grant } = form.values
      return orAgain(again, async () =>
        once<AccessTables>(services, request, reply, async (db) => {
          const { companyId, subjectId: grantedBy } = identityOf(request)
          const at = services.clock.now()
          const userId = await createStaffUser(db, { companyId, email, displayName, employeeCode }, at)
          await audit(services, request, db, {
            action: 'staff.invited',
            subjectId: userId,
            reason: 'access.audit.invited',
          })
          await grantAudited(services, request, db, { ...grant, companyId, userId, grantedBy })
          await queueStaffInvitation(db, companyId, userId, at)
          return `/admin/users/${userId}`
        }),
      )
    })

    scope.get('/admin/users/:userId', async (request, reply) => showUser(services, request, reply))

    scope.get('/admin/users/:userId/roles/new', async (request, reply) => {
      const user = await userOf(services, request)
      const asked = roleOfQuery.safeParse(request.query)
      if (!asked.success) return showRoles(services, request, reply, `/admin/users/${user.userId}/roles/new`, user)
      return showGrantForm(services, request, reply, { role: asked.data.role, typed: {}, user })
    })
    scope.post('/admin/users/:userId/roles', async (request, reply) => {
      const user = await userOf(services, request)
      const form = readForm(grantForm, request.body)
      const again = (faults: Fault[]) => showFaults(services, request, reply, user, faults)
      if (form.faults) return again(form.faults)
      return orAgain(again, async () =>
        once<AccessTables>(services, request, reply, async (db) => {
          const { companyId, subjectId: grantedBy } = identityOf(request)
          await grantAudited(services, request, db, { ...form.values, companyId, userId: user.userId, grantedBy })
          return `/admin/users/${user.userId}`
        }),
      )
    })
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

    scope.get('/admin/company', async (request, reply) => showCompany(services, request, reply))
    scope.post('/admin/company', async (request, reply) => {
      const form = readForm(companyForm, request.body)
      if (form.faults) return showCompany(services, request, reply, form.faults)
      return once<AccessTables>(services, request, reply, async (db) => {
        await updateCompany(db, identityOf(request).companyId, detailsOf(form.values))
        await audit(services, request, db, { action: 'company.changed', reason: 'access.audit.company' })
        return '/admin/company?saved=yes'
      })
    })
  })
}

const todayOf = (services: Services, request: FastifyRequest) =>
  dateIn(identityOf(request).timeZone, services.clock.now())

async function userOf(services: Services, request: FastifyRequest): Promise<StaffUser> {
  const { userId } = parsed(userParams, request.params)
  const [user] = await asAudience<AccessTables, StaffUser[]>(services, request, async (db) =>
    listStaffUsers(db, identityOf(request).companyId, userId),
  )
  if (!user) throw new Problem('not_found')
  return user
}

async function showUser(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  faults: readonly Fault[] = [],
): Promise<FastifyReply> {
  const user = await userOf(services, request)
  const words = wordsOf(services, request)
  const grants = await asAudience<AccessTables, Awaited<ReturnType<typeof listGrants>>>(services, request, async (db) =>
    listGrants(db, identityOf(request).companyId, todayOf(services, request), user.userId),
  )
  const views = grants.map((grant) => ({
    ...grantView(words, request, grant),
    ended: Boolean(grant.revokedAt),
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
    { status: faults.length > 0 ? 409 : 200 },
  )
}

async function showRoles(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  href: string,
  user: StaffUser | undefined,
): Promise<FastifyReply> {
  return deskPage(services, request, reply, 'access/choose-role', {
    roles: roleChoices(wordsOf(services, request), href),
    person: user ? { name: user.displayName } : undefined,
    backTo: user ? `/admin/users/${user.userId}` : '/admin',
  })
}

async function showGrantForm(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  form: { role: StaffRole; typed: Record<string, string>; user?: StaffUser | undefined; faults?: readonly Fault[] },
): Promise<FastifyReply> {
  const { companyId } = identityOf(request)
  const choices = await asAudience<AccessTables, Awaited<ReturnType<typeof listGrantChoices>>>(
    services,
    request,
    async (db) => listGrantChoices(db, companyId, todayOf(services, request)),
  )
  const { user, faults = [] } = form
  return deskPage(
    services,
    request,
    reply,
    'access/grant',
    {
      ...grantFields(wordsOf(services, request), form.role, choices, form.typed),
      person: user ? { name: user.displayName } : undefined,
      action: user ? `/admin/users/${user.userId}/roles` : '/admin/users',
      backTo: user ? `/admin/users/${user.userId}/roles/new` : '/admin/users/new',
      errors: errorsOf(services, request, faults),
    },
    { status: faults.length > 0 ? 400 : 200 },
  )
}

// the same form again with what was typed
async function showFaults(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  user: StaffUser | undefined,
  faults: readonly Fault[],
): Promise<FastifyReply> {
  const role = roleOfQuery.safeParse(request.body)
  if (!role.success) throw new Problem('invalid_input')
  return showGrantForm(services, request, reply, {
    role: role.data.role,
    typed: typedValues(request.body),
    user,
    faults,
  })
}

async function orAgain(
  again: (faults: Fault[]) => Promise<FastifyReply>,
  work: () => Promise<FastifyReply>,
): Promise<FastifyReply> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && (error.fields.length > 0 || error.code === 'personnel_authority'))
      return again(faultsOfProblem(error, 'role'))
    throw error
  }
}

async function grantAudited(
  services: Services,
  request: FastifyRequest,
  db: Handle,
  grant: Parameters<typeof grantRole>[1],
): Promise<void> {
  const grantId = await grantRole(db, grant, services.clock.now())
  await audit(services, request, db, {
    action: 'role.granted',
    subjectId: grant.userId,
    reason: 'access.audit.granted',
    objectKind: 'role_grant',
    objectId: grantId,
  })
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

async function requireOtherAdministrator(db: Handle, companyId: string, userId: string): Promise<void> {
  if (!(await hasOtherAdministrator(db, companyId, userId)))
    throw new Problem('wrong_state', [{ field: '', key: 'access.errors.lastAdministrator' }])
}

async function showCompany(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  faults: readonly Fault[] = [],
): Promise<FastifyReply> {
  const { companyId } = identityOf(request)
  const words = wordsOf(services, request)
  const details = await asAudience(services, request, async (db) => getCompanyDetails(db, companyId))
  const typed: Record<string, string> = faults.length > 0 ? typedValues(request.body) : { ...details }
  const saved = faults.length === 0 && (request.query as { saved?: unknown }).saved === 'yes'
  return deskPage(
    services,
    request,
    reply,
    'access/company',
    {
      typed,
      companyKey: details.key,
      locales: localeOptions(services, request, typed['locale']),
      timeZones: timeZoneOptions(typed['timeZone']),
      leavingWords: (['graduation', 'leaving'] as const).map((word) => ({
        value: word,
        label: words(`access.company.leaving.${word}`),
        checked: typed['leavingWord'] === word,
      })),
      ...(saved ? { notice: { kind: 'good', text: words('access.company.saved') } } : {}),
      errors: errorsOf(services, request, faults),
    },
    { status: faults.length > 0 ? 400 : 200 },
  )
}

async function audit(
  services: Services,
  request: FastifyRequest,
  db: Handle,
  entry: Pick<AuditEntry, 'action' | 'subjectId' | 'reason' | 'objectKind' | 'objectId'>,
): Promise<void> {
  const { companyId, subjectId } = identityOf(request)
  await recordAudit(db, companyId, services.clock.now(), {
    ...entry,
    actorKind: 'staff',
    actorId: subjectId,
    actorRole: 'admin',
    subjectArea: entry.subjectId ? 'staff' : undefined,
    requestId: request.id,
  })
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (!result.success) throw new Problem('not_found')
  return result.data
}
