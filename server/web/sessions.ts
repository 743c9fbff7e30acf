import { hash, randomBytes } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import { andCommit, type Database, type DatabaseRole, type Transaction } from '../database/connection.ts'
import { keptQuery } from '../database/kept-query.ts'
import { newId } from '../ids.ts'

export type SessionKind = 'staff' | 'participant' | 'leaver' | 'alumni'
/** How the session was proven: a link lets a person begin, a personal code or a second factor opens records. */
export type Strength = 'link' | 'code' | 'password' | 'full'

/** Who is asking, as the session tells. */
export interface Identity {
  companyId: string
  companyKey: string
  companyName: string
  companyLocale: string
  timeZone: string
  sessionId: string
  kind: SessionKind
  subjectId: string
  contextId: string | undefined
  strength: Strength
}

export interface SessionTable {
  company_id: string
  id: string
  kind: string
  subject_id: string
  context_id: string | null
  strength: string
  secret_hash: Buffer
  created_at: Date
  last_seen_at: Date
  idle_seconds: number
  expires_at: Date
  revoked_at: Date | null
}

interface Tables {
  session: SessionTable
}

/** Idle time after which a session ends, seconds; short at the desks, where health data is open. */
export const idleSeconds: Record<SessionKind, number> = {
  staff: 30 * 60,
  participant: 60 * 60,
  leaver: 60 * 60,
  alumni: 12 * 60 * 60,
}
const longest: Record<SessionKind, number> = {
  staff: 10 * 3600,
  participant: 24 * 3600,
  leaver: 24 * 3600,
  alumni: 7 * 24 * 3600,
}

const sha256 = (text: string) => hash('sha256', text, 'buffer')

export interface NewSession {
  companyId: string
  companyKey: string
  kind: SessionKind
  subjectId: string
  contextId?: string | undefined
  strength: Strength
}

/** Makes a session in the caller's transaction; the cookie's value is returned once and only its hash is kept. */
export async function openSession(
  // oxlint-disable-next-line typescript/no-explicit-any -- any role that may begin sessions
  db: Kysely<any>,
  session: NewSession,
  at: Date,
): Promise<{ cookie: string; sessionId: string }> {
  const secret = randomBytes(24).toString('base64url')
  const id = newId(at)
  await (db as Kysely<Tables>)
    .insertInto('session')
    .values({
      company_id: session.companyId,
      id,
      kind: session.kind,
      subject_id: session.subjectId,
      context_id: session.contextId ?? null,
      strength: session.strength,
      secret_hash: sha256(secret),
      created_at: at,
      last_seen_at: at,
      idle_seconds: idleSeconds[session.kind],
      expires_at: new Date(at.getTime() + longest[session.kind] * 1000),
      revoked_at: null,
    })
    .execute()
  return { cookie: `${session.companyKey}.${secret}`, sessionId: id }
}

/** Ends sessions of a subject (all of them, or one). */
export async function revokeSessions(
  // oxlint-disable-next-line typescript/no-explicit-any -- see openSession
  db: Kysely<any>,
  companyId: string,
  of: { subjectId: string; sessionId?: string },
  at: Date,
): Promise<void> {
  let query = (db as Kysely<Tables>)
    .updateTable('session')
    .set({ revoked_at: at })
    .where('company_id', '=', companyId)
    .where('subject_id', '=', of.subjectId)
    .where('revoked_at', 'is', null)
  if (of.sessionId) query = query.where('id', '=', of.sessionId)
  await query.execute()
}

interface FoundSession {
  company_id: string
  company_key: string
  company_name: string
  company_locale: string
  time_zone: string
  id: string
  kind: SessionKind
  subject_id: string
  context_id: string | null
  strength: Strength
  last_seen_at: Date
}

const identityOfRow = (row: FoundSession): Identity & { lastSeenAt: Date } => ({
  companyId: row.company_id,
  companyKey: row.company_key,
  companyName: row.company_name,
  companyLocale: row.company_locale,
  timeZone: row.time_zone,
  sessionId: row.id,
  kind: row.kind,
  subjectId: row.subject_id,
  contextId: row.context_id ?? undefined,
  strength: row.strength,
  lastSeenAt: row.last_seen_at,
})

const readCookie = (cookie: string | undefined) => (cookie ? /^([0-9a-z]{6})\.([\w-]{32})$/.exec(cookie) : null)

/** The identity behind a cookie, or undefined when it is unknown, ended or idle for too long. */
export async function findSession(
  database: Database,
  cookie: string | undefined,
  at: Date,
): Promise<(Identity & { lastSeenAt: Date }) | undefined> {
  const match = readCookie(cookie)
  if (!match) return undefined
  const [row] = await database.lookUp<FoundSession>('SELECT * FROM find_session($1, $2, $3)', [
    match[1],
    sha256(match[2]!),
    at,
  ])
  return row && identityOfRow(row)
}

/** What begins a transaction with a session: only one of this kind and strength puts a company and a subject into it. */
export interface Entrance {
  kind: SessionKind
  role: DatabaseRole
  strengths: readonly Strength[]
}

// the role stands in the statement: one plan each, and nothing from outside ever names a role
const enteringSql = (role: DatabaseRole) => `
  SELECT f.*, set_config('role', 'hanamichi_${role}', true) || set_config('app.company_id', coalesce(f.company_id::text, ''), true)
    || set_config('app.subject_id', coalesce(f.subject_id::text, ''), true)
    || set_config('app.context_id', coalesce(f.context_id::text, ''), true) || set_config('app.now', $4, true) AS entered
  FROM (SELECT) AS one LEFT JOIN find_session($1, $2, $3) AS f ON f.kind = $5 AND f.strength = ANY ($6)`
const enteringSqls = new Map<DatabaseRole, string>()

/**
 * Runs `work` in one transaction that begins with the cookie's session: both go in one write. `identity` settles when it
 * is known whose session it is, undefined when nobody's; the statements sent before that see what this person may see.
 * Returns undefined, without calling `work`, for what is no cookie of ours.
 */
export async function inSession<Tables, Result>(
  database: Database,
  cookie: string | undefined,
  entrance: Entrance,
  at: Date,
  work: (db: Transaction<Tables>, identity: Promise<(Identity & { lastSeenAt: Date }) | undefined>) => Promise<Result>,
): Promise<Result | undefined> {
  const match = readCookie(cookie)
  if (!match) return undefined
  let sql = enteringSqls.get(entrance.role)
  if (sql === undefined) enteringSqls.set(entrance.role, (sql = enteringSql(entrance.role)))
  const now = at.toISOString()
  const values = [match[1], sha256(match[2]!), now, now, entrance.kind, entrance.strengths]
  return database.asSession<Tables, Nullable<FoundSession>, Result>(
    { role: entrance.role, sql, values },
    (db, entered) =>
      work(
        db,
        entered.then((row) => (row?.company_id ? identityOfRow(row as FoundSession) : undefined)),
      ),
  )
}

type Nullable<Row> = { [Column in keyof Row]: Row[Column] | null }

/** A used session is written down when a twelfth of its idle time has gone by, not at every page. */
export function isToTouch(kind: SessionKind, lastSeenAt: Date, at: Date): boolean {
  return at.getTime() - lastSeenAt.getTime() > (idleSeconds[kind] * 1000) / 12
}

/** Keeps a used session alive. Nobody waits for the disk: were it lost, the session would end some minutes early. */
export async function touchSession(
  // oxlint-disable-next-line typescript/no-explicit-any -- see openSession
  db: Kysely<any>,
  identity: { companyId: string; sessionId: string },
  at: Date,
): Promise<void> {
  await andCommit(db, commitLightly(db), touch(db, { ...identity, at }))
}

const commitLightly = keptQuery(
  (db: Kysely<Tables>) => db.selectNoFrom(sql`set_config('synchronous_commit', 'off', true)`.as('light')),
  () => undefined,
)
const touch = keptQuery(
  (db: Kysely<Tables>, of: { companyId: string; sessionId: string; at: Date }) =>
    db
      .updateTable('session')
      .set({ last_seen_at: of.at })
      .where('company_id', '=', of.companyId)
      .where('id', '=', of.sessionId),
  () => undefined,
)

/** Forgets sessions that ended before an instant (role `jobs`). */
// oxlint-disable-next-line typescript/no-explicit-any -- see openSession
export async function purgeSessions(db: Kysely<any>, companyId: string, before: Date): Promise<void> {
  await (db as Kysely<Tables>)
    .deleteFrom('session')
    .where('company_id', '=', companyId)
    .where((where) => where.or([where('expires_at', '<', before), where('revoked_at', '<', before)]))
    .execute()
}

/** Live sessions of a subject, last used first. */
export async function listSessions(
  // oxlint-disable-next-line typescript/no-explicit-any -- see openSession
  db: Kysely<any>,
  companyId: string,
  subjectId: string,
  at: Date,
): Promise<{ sessionId: string; createdAt: Date; lastSeenAt: Date; expiresAt: Date }[]> {
  const rows = await (db as Kysely<Tables>)
    .selectFrom('session')
    .select(['id', 'created_at', 'last_seen_at', 'expires_at'])
    .where('company_id', '=', companyId)
    .where('subject_id', '=', subjectId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', at)
    .orderBy('last_seen_at', 'desc')
    .execute()
  return rows.map((row) => ({
    sessionId: row.id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
  }))
}
