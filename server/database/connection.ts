import type { Socket } from 'node:net'
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import { Query, type Pool, type PoolClient, type QueryResult } from 'pg'

/** Request roles and work roles of roles.sql. A transaction runs as exactly one of them. */
export type DatabaseRole =
  | 'employee'
  | 'implementer'
  | 'clerk'
  | 'physician'
  | 'hr'
  | 'manager'
  | 'leaver'
  | 'alumni'
  | 'admin'
  | 'setup'
  | 'sign_in'
  | 'mailer'
  | 'jobs'
  | 'scheduler'
  | 'analysis'
  | 'turnover'
  | 'chain'

/** Who a transaction acts as: the role decides what can be read at all, company and subject decide which rows. */
export interface Actor {
  role: DatabaseRole
  companyId: string
  /** What row-level security compares with (stress subject, staff user, exit subject, alumni member). */
  subjectId?: string | undefined
  /** What the session is about (invitation, departure), for statements that ask the transaction for it. */
  contextId?: string | undefined
}

/** A kysely handle inside one transaction, narrowed by each capability to the tables it may name. */
export type Transaction<Tables = unknown> = Kysely<Tables>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function checked(id: string | undefined): string {
  if (id === undefined) return ''
  if (!uuid.test(id)) throw new Error('an id in a transaction must be a UUID')
  return id
}

/** One round trip: begin, role, company, subject and the clock, all local to the transaction. */
function beginSql(actor: Actor, at: Date): string {
  return (
    `BEGIN; SELECT set_config('role','hanamichi_${actor.role}',true), set_config('app.company_id','${checked(actor.companyId)}',true), ` +
    `set_config('app.subject_id','${checked(actor.subjectId)}',true), set_config('app.context_id','${checked(actor.contextId)}',true), ` +
    `set_config('app.now','${at.toISOString()}',true)`
  )
}

/** A client of the pool with what is kept for it, so that a request makes none of it. */
interface Lent {
  role: DatabaseRole
  handle: Kysely<unknown>
  /** Sends a statement at once. */
  send: Send
  /** the answer to a COMMIT that was sent along with the last statements */
  ended: Promise<QueryResult> | undefined
}
const lents = new WeakMap<PoolClient, Lent>()
const lentOfHandle = new WeakMap<object, { lent: Lent; client: PoolClient }>()

type Send = (sql: string, values?: unknown[]) => Promise<QueryResult>

/** How statements reach the connection behind a handle of ours; undefined for one that was made elsewhere (the owner's, in migrations). */
export function senderOf(handle: object): Send | undefined {
  return lentOfHandle.get(handle)?.lent.send
}

// what is sent before the event loop turns goes out as one write, and the database answers it in one go
function corkUntilNextTick(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  stream.cork()
  process.nextTick(() => stream.uncork())
}

/**
 * Runs statements of one transaction that do not need each other's answers: they are sent together. Waits for all of them
 * even when one fails (a statement that came after the end of its transaction would run in somebody else's), then throws the first fault.
 */
export async function together<Parts extends readonly unknown[]>(
  ...parts: { [Part in keyof Parts]: Promise<Parts[Part]> }
): Promise<Parts> {
  const settled = await Promise.allSettled(parts)
  for (const one of settled) if (one.status === 'rejected') throw one.reason
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as Parts
}

// Employees come by the thousands and send a few dozen statements, and so does the mailer for their mails: those are parsed and
// planned once per connection, not each time. Staff statements vary too much to be worth the memory of the database's processes.
const prepares: ReadonlySet<DatabaseRole> = new Set(['employee', 'mailer'])
const mostPrepared = 100

/** What `client.query({ name, text, values })` does, without the copy of that object, which costs as much as all the rest of it. */
function queryByName<Row extends object>(client: PoolClient, name: string, sql: string, values: unknown[]) {
  return new Promise<QueryResult<Row>>((done, fail) => {
    const query = new Query<Row>(sql, values, (error, result) => (error ? fail(error) : done(result)))
    client.query(Object.assign(query, { name }))
  })
}

function lentOf(client: PoolClient): Lent {
  const known = lents.get(client)
  if (known) return known
  // by role, because a plan holds the policies of the role it was made for
  const names = new Map<DatabaseRole, Map<string, string>>()
  let prepared = 0
  const nameOf = (sql: string): string | undefined => {
    let own = names.get(lent.role)
    if (!own) names.set(lent.role, (own = new Map()))
    let name = own.get(sql)
    if (name === undefined && prepared < mostPrepared) own.set(sql, (name = `s${prepared++}`))
    return name
  }
  const send: Send = (sql, values) => {
    corkUntilNextTick(client)
    if (!prepares.has(lent.role) || !values || values.length > 60) return client.query(sql, values)
    const name = nameOf(sql)
    return name === undefined ? client.query(sql, values) : queryByName(client, name, sql, values)
  }
  // kysely borrows the client for good; our caller releases it
  const borrowed = { query: send, release: () => {} } as unknown as PostgresPoolClient
  const pool: PostgresPool = { connect: async () => borrowed, end: async () => {}, options: {} }
  const lent: Lent = {
    role: 'employee',
    handle: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }),
    send,
    ended: undefined,
  }
  lents.set(client, lent)
  lentOfHandle.set(lent.handle, { lent, client })
  return lent
}

/**
 * The last statements of a transaction (kept queries: they are on their way when called) and its COMMIT, in one write.
 * Nothing may be sent after it, and nothing waits for the answers first: where they decide whether the transaction
 * counts, a statement has to fail. Outside of {@link Database.as} and {@link Database.asSession} it is {@link together}.
 */
export function andCommit<Parts extends readonly unknown[]>(
  // oxlint-disable-next-line typescript/no-explicit-any -- any handle of ours
  db: Kysely<any>,
  ...parts: { [Part in keyof Parts]: Promise<Parts[Part]> }
): Promise<Parts> {
  const known = lentOfHandle.get(db)
  if (known && !known.lent.ended) {
    corkUntilNextTick(known.client)
    known.lent.ended = known.client.query('COMMIT')
    // looked at when the work is done
    known.lent.ended.catch(() => undefined)
  }
  return together<Parts>(...parts)
}

/** How a transaction begins with a session's secret: the statement finds it and sets role, company, subject and clock. */
export interface Opening {
  role: DatabaseRole
  sql: string
  values: unknown[]
}

/** The database as the rest of the server sees it. */
export interface Database {
  /**
   * Runs `work` in one transaction as the actor and commits; rolls back when it throws.
   * Never hold one open across password hashing, SMTP or streaming.
   */
  as<Tables, Result>(
    actor: Actor,
    at: Date,
    work: (db: Transaction<Tables>, client: PoolClient) => Promise<Result>,
  ): Promise<Result>
  /**
   * The same for a request that brings a session's secret: looking it up, taking the role and the first statements go in one
   * write, before it is known whose session it is. `entered` gives the row of the opening's statement; where it found
   * nobody the role stands without company and subject, and row-level security shows it nothing.
   */
  asSession<Tables, Found, Result>(
    opening: Opening,
    work: (db: Transaction<Tables>, entered: Promise<Found | undefined>) => Promise<Result>,
  ): Promise<Result>
  /** Calls a SECURITY DEFINER look-up as the bare runtime login, which may do nothing else. */
  lookUp<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]>
  pool: Pool
}

/** Pools of the runtime login. Nobody waits for a connection of the same pool that itself holds one. */
export interface Pools {
  general: Pool
  /**
   * For {@link Database.asSession}. Few on purpose: thousands of short transactions at the same minute are done soonest by a
   * few connections and a queue in front; more of them only take the processors from each other. And no slow page of a
   * desk stands in their way, nor they in its.
   */
  peak: Pool
  /** A transaction may wait for a look-up (the company's key, the first time): were all connections held by such transactions, none would ever go on. */
  lookUps: Pool
}

/** The database over these pools, as every capability gets it. The caller ends the pools. */
export function createDatabase({ general, peak, lookUps }: Pools): Database {
  /** `begin` sends what begins the transaction and settles when it has begun. */
  async function transact<Result>(
    pool: Pool,
    role: DatabaseRole,
    begin: (client: PoolClient, lent: Lent) => Promise<unknown>,
    work: (lent: Lent, client: PoolClient) => Promise<Result>,
  ): Promise<Result> {
    const client = await pool.connect()
    let broken: Error | undefined
    let notBegun: Error | undefined
    const lent = lentOf(client)
    lent.role = role
    lent.ended = undefined
    try {
      corkUntilNextTick(client)
      // the first statements go along with it; did it fail, they run as the bare login, which may do nothing
      const begun = begin(client, lent).catch((error: Error) => {
        notBegun = error
      })
      const result = await work(lent, client)
      await begun
      if (notBegun) throw notBegun
      // a statement failed and somebody swallowed the error: PostgreSQL rolls back and calls that a success
      if ((await (lent.ended ?? client.query('COMMIT'))).command === 'ROLLBACK')
        throw new Error('the transaction had failed')
      return result
    } catch (error) {
      try {
        await (lent.ended ?? client.query('ROLLBACK'))
      } catch (rollbackError) {
        broken = rollbackError as Error
      }
      throw notBegun ?? error
    } finally {
      client.release(broken)
    }
  }

  return {
    pool: general,
    as<Tables, Result>(
      actor: Actor,
      at: Date,
      work: (db: Transaction<Tables>, client: PoolClient) => Promise<Result>,
    ): Promise<Result> {
      return transact(
        general,
        actor.role,
        (client) => client.query(beginSql(actor, at)),
        (lent, client) => work(lent.handle as unknown as Transaction<Tables>, client),
      )
    },
    asSession<Tables, Found, Result>(
      opening: Opening,
      work: (db: Transaction<Tables>, entered: Promise<Found | undefined>) => Promise<Result>,
    ): Promise<Result> {
      let entered: Promise<Found | undefined>
      return transact(
        peak,
        opening.role,
        (client) => {
          const begun = client.query('BEGIN')
          const found = queryByName<Found & object>(client, lookUpName(opening.sql), opening.sql, opening.values)
          entered = found.then(({ rows }) => rows[0])
          return together<unknown[]>(begun, entered)
        },
        (lent) => work(lent.handle as unknown as Transaction<Tables>, entered),
      )
    },
    async lookUp<Row>(sql: string, parameters: readonly unknown[]) {
      const { rows } = await lookUps.query({ name: lookUpName(sql), text: sql, values: parameters as unknown[] })
      return rows as Row[]
    },
  }
}

const lookUpNames = new Map<string, string>()

// look-ups are a handful of constant statements
function lookUpName(sql: string): string {
  let name = lookUpNames.get(sql)
  if (name === undefined) lookUpNames.set(sql, (name = `l${lookUpNames.size}`))
  return name
}

/** Options of every pool of the runtime login: our schema only, no statement that hangs for ever, dates as text. */
export function poolOptions(
  connectionString: string,
  maximum: number,
): {
  connectionString: string
  max: number
  options: string
  application_name: string
  connectionTimeoutMillis: number
} {
  return {
    connectionString,
    max: maximum,
    application_name: 'hanamichi',
    // also how long a request waits for its turn: at nine o'clock an answer that comes late is better than none
    connectionTimeoutMillis: 15_000,
    options:
      '-c search_path=hanamichi -c statement_timeout=60000 -c idle_in_transaction_session_timeout=30000 -c timezone=UTC',
  }
}
