import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { recordAudit, type AuditEntry } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import { hasOtherAdministrator, listStaffUsers, type StaffUser } from './admin-queries.ts'
import { faultsOfProblem, type Fault } from './forms.ts'
import type { AccessTables } from './tables.ts'

type Handle = Transaction<AccessTables>

const userParams = z.object({ userId: z.uuid() })

/** Today where the company is. */
export const todayOf = (services: Services, request: FastifyRequest) =>
  dateIn(identityOf(request).timeZone, services.clock.now())

/** The account that the address names. @throws {Problem} not_found */
export async function userOf(services: Services, request: FastifyRequest): Promise<StaffUser> {
  const { userId } = parsed(userParams, request.params)
  const [user] = await asAudience<AccessTables, StaffUser[]>(services, request, async (db) =>
    listStaffUsers(db, identityOf(request).companyId, userId),
  )
  if (!user) throw new Problem('not_found')
  return user
}

/** Runs a write; faults that a person can mend come back as the page they were on. */
export async function orAgain(
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

/** Writes an act of the administrator down. */
export async function audit(
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

/** @throws {Problem} wrong_state when nobody else could administer the company */
export async function requireOtherAdministrator(db: Handle, companyId: string, userId: string): Promise<void> {
  if (!(await hasOtherAdministrator(db, companyId, userId)))
    throw new Problem('wrong_state', [{ field: '', key: 'access.errors.lastAdministrator' }])
}

/** Parameters of an address. @throws {Problem} not_found */
export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (!result.success) throw new Problem('not_found')
  return result.data
}
