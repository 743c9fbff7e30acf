import type { FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/index.ts'
import type { Services } from '../services.ts'
import { identityOf } from '../web/audience.ts'
import type { AnyHandle } from './tables.ts'

/** Writes down what the physician did to a person's record. */
export async function auditDesk(
  services: Services,
  db: AnyHandle,
  request: FastifyRequest,
  of: { action: string; subjectId: string; reason: string; objectKind: string; objectId: string },
): Promise<void> {
  const { companyId, subjectId } = identityOf(request)
  await recordAudit(db, companyId, services.clock.now(), {
    actorKind: 'staff',
    actorId: subjectId,
    actorRole: 'physician',
    subjectArea: 'stress',
    requestId: request.id,
    ...of,
  })
}
