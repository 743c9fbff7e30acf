import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { audit, orAgain, todayOf, userOf } from './admin-acts.ts'
import { grantFields, roleChoices, wordsOf } from './admin-pages.ts'
import { listGrantChoices, type StaffUser } from './admin-queries.ts'
import { errorsOf, readForm, typedValues, type Fault } from './forms.ts'
import { grantForm, inviteForm, roleOfQuery } from './grant-form.ts'
import { grantRole } from './grants.ts'
import { queueStaffInvitation } from './invitations.ts'
import { faultsOfQualification } from './rules.ts'
import type { AccessTables, StaffRole } from './tables.ts'
import { createStaffUser } from './users.ts'

type Handle = Transaction<AccessTables>

/** Giving roles: to somebody new, who is invited by mail, or to somebody who has an account. */
export function addGrantRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/admin/users/new', async (request, reply) => {
    const asked = roleOfQuery.safeParse(request.query)
    if (!asked.success) return showRoles(services, request, reply, '/admin/users/new', undefined)
    return showGrantForm(services, request, reply, { role: asked.data.role, typed: {} })
  })

  scope.post('/admin/users', async (request, reply) => {
    const form = readForm(inviteForm, request.body)
    const again = (faults: Fault[]) => showFaults(services, request, reply, undefined, faults)
    if (form.faults) return again([...form.faults, ...qualificationFaults(services, request)])
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
}

// what the role wants is told together with the rest, not only once the rest is right
function qualificationFaults(services: Services, request: FastifyRequest): Fault[] {
  const grant = readForm(grantForm, request.body)
  return grant.values ? faultsOfQualification(grant.values, todayOf(services, request)) : []
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
