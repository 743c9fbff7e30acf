import { createHash } from 'node:crypto'
import type { Kysely, QueryCreator } from 'kysely'
import { sql } from 'kysely'
import { keptQuery } from '../database/kept-query.ts'
import { newId } from '../ids.ts'

/**
 * The ledger of who did what to whose record and why. Requests append unchained rows in final shape; one job chains them
 * (chaining in the request would make a company's submissions wait for each other). No value of a record ever stands here.
 */
export interface AuditEntry {
  actorKind: 'staff' | 'participant' | 'leaver' | 'alumni' | 'system' | 'operator'
  actorId?: string | undefined
  actorRole: string
  /** dotted, past tense: result.opened, response.submitted, role.granted … */
  action: string
  subjectArea?: 'stress' | 'exit' | 'alumni' | 'staff' | undefined
  subjectId?: string | undefined
  /** why: a key of the text catalogue (audit.reason.…) */
  reason: string
  objectKind?: string | undefined
  objectId?: string | undefined
  requestId: string
}

export interface AuditEntryTable {
  company_id: string
  id: string
  at: Date
  actor_kind: string
  actor_id: string | null
  actor_role: string
  action: string
  subject_area: string | null
  subject_id: string | null
  reason: string
  object_kind: string | null
  object_id: string | null
  request_id: string
}

export interface AuditLinkTable {
  company_id: string
  sequence: number
  entry_id: string
  previous_hash: Buffer
  hash: Buffer
}

export interface AuditTables {
  audit_entry: AuditEntryTable
  audit_link: AuditLinkTable
}

// oxlint-disable-next-line typescript/no-explicit-any -- written inside any capability's transaction
type Handle = Kysely<any>

/** An entry as it will stand. */
function entryRow(companyId: string, at: Date, entry: AuditEntry): AuditEntryTable {
  return {
    company_id: companyId,
    id: newId(at),
    at,
    actor_kind: entry.actorKind,
    actor_id: entry.actorId ?? null,
    actor_role: entry.actorRole,
    action: entry.action,
    subject_area: entry.subjectArea ?? null,
    subject_id: entry.subjectId ?? null,
    reason: entry.reason,
    object_kind: entry.objectKind ?? null,
    object_id: entry.objectId ?? null,
    request_id: entry.requestId,
  }
}

/** Appends one entry in the caller's transaction, before the body is sent; sent at the call. */
export function recordAudit(db: Handle, companyId: string, at: Date, entry: AuditEntry): Promise<void> {
  return insertEntry(db, entryRow(companyId, at, entry))
}

/** The same as part of a larger statement. */
export const appendingEntry = (db: QueryCreator<AuditTables>, entry: AuditEntryTable) =>
  db.insertInto('audit_entry').values({
    company_id: entry.company_id,
    id: entry.id,
    at: entry.at,
    actor_kind: entry.actor_kind,
    actor_id: entry.actor_id,
    actor_role: entry.actor_role,
    action: entry.action,
    subject_area: entry.subject_area,
    subject_id: entry.subject_id,
    reason: entry.reason,
    object_kind: entry.object_kind,
    object_id: entry.object_id,
    request_id: entry.request_id,
  })

const insertEntry = keptQuery(appendingEntry, () => undefined)

/** Appends many entries in one statement (a list that opens many records writes one per record). */
export async function recordAuditMany(
  db: Handle,
  companyId: string,
  at: Date,
  entries: readonly AuditEntry[],
): Promise<void> {
  for (let start = 0; start < entries.length; start += 2_000) {
    const part = entries.slice(start, start + 2_000).map((entry) => entryRow(companyId, at, entry))
    if (part.length > 0) await (db as Kysely<AuditTables>).insertInto('audit_entry').values(part).execute()
  }
}

/** What was done to one subject's record, newest first (roles employee, leaver, alumni: the own one, as receipts). */
export async function entriesOfSubject(
  db: Handle,
  companyId: string,
  subjectId: string,
  most = 500,
): Promise<AuditEntryTable[]> {
  return (db as Kysely<AuditTables>)
    .selectFrom('audit_entry')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('subject_id', '=', subjectId)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
}

/** What was done to one's requests and opinions by those who know the request and not its subject (role employee: the own ones), newest first. */
export async function entriesOfObjects(
  db: Handle,
  companyId: string,
  objectIds: readonly string[],
  most = 500,
): Promise<AuditEntryTable[]> {
  if (objectIds.length === 0) return []
  return (db as Kysely<AuditTables>)
    .selectFrom('audit_entry')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('object_id', 'in', [...objectIds])
    .where('subject_id', 'is', null)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
}

const genesis = Buffer.alloc(32)

function hashOf(previous: Buffer, sequence: number, entry: AuditEntryTable): Buffer {
  const content = [
    sequence,
    entry.company_id,
    entry.id,
    entry.at.toISOString(),
    entry.actor_kind,
    entry.actor_id,
    entry.actor_role,
    entry.action,
    entry.subject_area,
    entry.subject_id,
    entry.reason,
    entry.object_kind,
    entry.object_id,
    entry.request_id,
  ]
  return createHash('sha256').update(previous).update(JSON.stringify(content)).digest()
}

/** Chains what is not yet chained (role `chain`); returns how many. One job per company runs it, held apart by an advisory lock. */
export async function chainAudit(db: Kysely<AuditTables>, companyId: string, most = 5_000): Promise<number> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`audit ${companyId}`}, 0))`.execute(db)
  const last = await db
    .selectFrom('audit_link')
    .select(['sequence', 'hash'])
    .where('company_id', '=', companyId)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  const entries = await db
    .selectFrom('audit_entry')
    .selectAll('audit_entry')
    .where('audit_entry.company_id', '=', companyId)
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('audit_link')
            .select('audit_link.sequence')
            .where('audit_link.company_id', '=', companyId)
            .whereRef('audit_link.entry_id', '=', 'audit_entry.id'),
        ),
      ),
    )
    .orderBy('audit_entry.at')
    .orderBy('audit_entry.id')
    .limit(most)
    .execute()
  let sequence = last?.sequence ?? 0
  let previous = last?.hash ?? genesis
  const links: AuditLinkTable[] = []
  for (const entry of entries) {
    sequence++
    const hash = hashOf(previous, sequence, entry)
    links.push({ company_id: companyId, sequence, entry_id: entry.id, previous_hash: previous, hash })
    previous = hash
  }
  if (links.length > 0) await db.insertInto('audit_link').values(links).execute()
  return links.length
}

/** Walks the chain; the sequence number of the first broken link, or undefined. */
export async function findBrokenLink(db: Kysely<AuditTables>, companyId: string): Promise<number | undefined> {
  let previous: Buffer = genesis
  let expected = 1
  for (;;) {
    const rows = await db
      .selectFrom('audit_link')
      .innerJoin('audit_entry', (join) =>
        join
          .onRef('audit_entry.company_id', '=', 'audit_link.company_id')
          .onRef('audit_entry.id', '=', 'audit_link.entry_id'),
      )
      .selectAll('audit_entry')
      .select(['audit_link.sequence', 'audit_link.previous_hash', 'audit_link.hash'])
      .where('audit_link.company_id', '=', companyId)
      .where('audit_link.sequence', '>=', expected)
      .orderBy('audit_link.sequence')
      .limit(10_000)
      .execute()
    if (rows.length === 0) return undefined
    for (const link of rows) {
      if (link.sequence !== expected || !link.previous_hash.equals(previous)) return expected
      if (!link.hash.equals(hashOf(previous, link.sequence, link))) return expected
      previous = link.hash
      expected++
    }
  }
}
