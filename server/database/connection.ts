import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient } from 'pg'

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
    `set_config('app.subject_id','${checked(actor.subjectId)}',true), set_config('app.now','${at.toISOString()}',true)`
  )
}

// A kysely instance is bound to one checked-out client; instances are kept with their client, so a request makes none.
const handles = new WeakMap<PoolClient, Kysely<unknown>>()

function handleFor<Tables>(client: PoolClient): Kysely<Tables> {
  let handle = handles.get(client)
  if (!handle) {
    // kysely borrows the client for good; our caller releases it
    const lent: PostgresPoolClient = {
      query: client.query.bind(client),
      release: () => {},
    }
    const pool: PostgresPool = { connect: async () => lent, end: async () => {}, options: {} }
    handle = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
    handles.set(client, handle)
  }
  return handle as unknown as Kysely<Tables>
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
  /** Calls a SECURITY DEFINER look-up as the bare runtime login, which may do nothing else. */
  lookUp<Row>(sql: string, parameters: readonly unknown[]): Promise<Row[]>
  pool: Pool
}

/**
 * Wraps two pools of the runtime login. Look-ups have connections of their own: a transaction may wait for a look-up (the
 * company's key, the first time), and were all connections held by such transactions, none would ever go on.
 */
export function createDatabase(pool: Pool, lookUps: Pool): Database {
  return {
    pool,
    async as(actor, at, work) {
      const client = await pool.connect()
      let broken: Error | undefined
      try {
        await client.query(beginSql(actor, at))
        const result = await work(handleFor(client), client)
        await client.query('COMMIT')
        return result
      } catch (error) {
        try {
          await client.query('ROLLBACK')
        } catch (rollbackError) {
          broken = rollbackError as Error
        }
        throw error
      } finally {
        client.release(broken)
      }
    },
    async lookUp<Row>(sql: string, parameters: readonly unknown[]) {
      const { rows } = await lookUps.query(sql, parameters as unknown[])
      return rows as Row[]
    },
  }
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
