import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Services } from '../services.ts'
import { identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { audit, orAgain, parsed, todayOf } from './admin-acts.ts'
import { listGrantChoices, revokeGrant } from './admin-queries.ts'
import { showUser } from './admin-users.ts'
import { readForm, type Fault } from './forms.ts'
import { grantRole } from './grants.ts'
import type { AccessTables } from './tables.ts'

const grantParams = z.object({ userId: z.uuid(), grantId: z.uuid() })
const directorForm = z.object({ directedBy: z.uuid('access.errors.choose') })

/**
 * Another implementer directs a clerk (law R-4). A grant says who directed from when to when and is never rewritten: the role ends and
 * begins anew at the same place in one transaction, so personnel authority is asked again and the duty of secrecy accepted again.
 */
export function addDirectorRoute(scope: FastifyInstance, services: Services): void {
  scope.post('/admin/users/:userId/roles/:grantId/director', async (request, reply) => {
    const { userId, grantId } = parsed(grantParams, request.params)
    const form = readForm(directorForm, request.body)
    // a person may be a clerk at several workplaces: the fault stands at the one that was meant
    const again = (faults: readonly Fault[]) =>
      showUser(
        services,
        request,
        reply,
        faults.map((fault) => (fault.field === 'directedBy' ? { ...fault, field: `director-${grantId}` } : fault)),
        400,
      )
    if (form.faults) return again(form.faults)
    const { directedBy } = form.values
    return orAgain(again, async () =>
      once<AccessTables>(services, request, reply, async (db) => {
        const { companyId, subjectId: grantedBy } = identityOf(request)
        const at = services.clock.now()
        const { implementers } = await listGrantChoices(db, companyId, todayOf(services, request))
        if (!implementers.some((one) => one.id === directedBy))
          throw new Problem('invalid_input', [{ field: 'directedBy', key: 'access.errors.choose' }])
        const ended = await revokeGrant(db, companyId, { userId, grantId, reason: 'otherDirector' }, at)
        if (ended?.role !== 'clerk') throw new Problem('wrong_state')
        if (ended.directedBy === directedBy)
          throw new Problem('invalid_input', [{ field: 'directedBy', key: 'access.errors.directorSame' }])
        const { workplaceId } = ended
        const anew = { companyId, userId, role: 'clerk', workplaceId, directedBy, grantedBy } as const
        const newGrantId = await grantRole(db, anew, at)
        for (const [action, objectId] of [
          ['role.revoked', grantId],
          ['role.granted', newGrantId],
        ] as const)
          await audit(services, request, db, {
            action,
            subjectId: userId,
            reason: 'access.reason.otherDirector',
            objectKind: 'role_grant',
            objectId,
          })
        return `/admin/users/${userId}`
      }),
    )
  })
}
