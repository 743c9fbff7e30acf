import { sql, type Kysely } from 'kysely'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { PoolClient } from 'pg'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from './audience.ts'
import { Problem } from './problems.ts'

interface RepeatedPostTable {
  company_id: string
  id: string
  subject_id: string
  route: string
  location: string
  created_at: Date
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The write of a form that a person may send twice (double click, back button, lost answer): the form carries `form_id`;
 * the second time nothing is done again and the first answer's page is shown. Work and memory are one transaction.
 * `work` returns the address to go to.
 */
export async function once<Tables>(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (db: Transaction<Tables>, client: PoolClient) => Promise<string>,
): Promise<FastifyReply> {
  const identity = identityOf(request)
  const formId = (request.body as { form_id?: unknown } | undefined)?.form_id
  if (typeof formId !== 'string' || !uuid.test(formId)) throw new Problem('form_expired')
  const route = `${request.method} ${request.routeOptions.url ?? ''}`
  const at = services.clock.now()
  const location = await asAudience<Tables, string>(services, request, async (db, client) => {
    const memory = db as unknown as Kysely<{ repeated_post: RepeatedPostTable }>
    // the second of two at the same moment waits here for the first
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${formId}, 0))`.execute(memory)
    const before = await memory
      .selectFrom('repeated_post')
      .select(['location', 'route'])
      .where('company_id', '=', identity.companyId)
      .where('subject_id', '=', identity.subjectId)
      .where('id', '=', formId)
      .executeTakeFirst()
    if (before) {
      if (before.route !== route) throw new Problem('form_expired')
      return before.location
    }
    const target = await work(db, client)
    await memory
      .insertInto('repeated_post')
      .values({
        company_id: identity.companyId,
        id: formId,
        subject_id: identity.subjectId,
        route,
        location: target,
        created_at: at,
      })
      .execute()
    return target
  })
  return reply.redirect(location, 303)
}

/** Forgets forms that were sent before an instant (role `jobs`). */
// oxlint-disable-next-line typescript/no-explicit-any -- the housekeeping's handle
export async function purgeRepeatedPosts(db: Kysely<any>, companyId: string, before: Date): Promise<void> {
  await (db as Kysely<{ repeated_post: RepeatedPostTable }>)
    .deleteFrom('repeated_post')
    .where('company_id', '=', companyId)
    .where('created_at', '<', before)
    .execute()
}
