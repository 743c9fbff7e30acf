import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type Compilable,
} from 'kysely'
import { senderOf } from './connection.ts'

/** What a statement came to: its rows, and how many it wrote. */
export interface Came<Row> {
  rows: Row[]
  affected: number
}

// builds statements; never runs one
const compiler = new Kysely<never>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

class Hole {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Parameters as `build` sees them: a hole each. */
const holes = new Proxy({}, { get: (_none, name) => new Hole(String(name)) })

/** A statement whose parameters are values, or the holes that values go into. */
interface Made {
  sql: string
  parameters: readonly unknown[]
}

/** A hole that stands at several places is one parameter of the statement: it is sent, parsed and compared once. */
function withoutRepetition({ sql, parameters }: Made): Made {
  const kept: unknown[] = []
  const placeOf = new Map<string, number>()
  const places = parameters.map((one) => {
    const known = one instanceof Hole ? placeOf.get(one.name) : undefined
    if (known !== undefined) return known
    const place = kept.push(one)
    if (one instanceof Hole) placeOf.set(one.name, place)
    return place
  })
  return { sql: sql.replaceAll(/\$(\d+)/g, (_all, number) => `$${places[Number(number) - 1]}`), parameters: kept }
}

/**
 * A query of the paths that thousands walk at the same minute: kysely builds it once, with holes where the parameters go;
 * each call only fills them. It is sent at the call itself, not some microtasks later, so that a `COMMIT` may follow it
 * in the same write (see `andCommit`).
 *
 * `build` sees a hole for each parameter, never a value: it must not look at them, and lists go as arrays (`= ANY(…)`).
 * Example: `keptQuery((db: Kysely<Tables>, of: { id: string }) => db.selectFrom(…).selectAll().where('id', '=', of.id), ({ rows }) => rows[0])`.
 */
export function keptQuery<Tables, Parameters extends object, Row, Result>(
  build: (db: Kysely<Tables>, parameters: Parameters) => Compilable<Row>,
  read: (came: Came<Row>) => Result,
  // oxlint-disable-next-line typescript/no-explicit-any -- any handle whose role may run it
): (db: Kysely<any>, ...given: [keyof Parameters] extends [never] ? [] : [Parameters]) => Promise<Result> {
  let made: Made | undefined
  return async (db, ...[parameters]) => {
    made ??= withoutRepetition(build(compiler as unknown as Kysely<Tables>, holes as Parameters).compile())
    const given = parameters as Record<string, unknown>
    const values = made.parameters.map((one) => (one instanceof Hole ? given[one.name] : one))
    const send = senderOf(db)
    if (!send) throw new Error('a kept query runs in a transaction of Database')
    const { rows, rowCount } = await send(made.sql, values)
    return read({ rows: rows as Row[], affected: rowCount ?? 0 })
  }
}
