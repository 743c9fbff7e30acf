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
  readonly group: string | undefined
  constructor(name: string, group?: string) {
    this.name = name
    this.group = group
  }
}

/** Parameters as `build` sees them: a hole each, and one level down for the names of `groups`. */
function holesOf(groups: readonly string[]): object {
  return new Proxy(
    {},
    {
      get: (_none, name) =>
        groups.includes(String(name))
          ? new Proxy({}, { get: (_nothing, inner) => new Hole(String(inner), String(name)) })
          : new Hole(String(name)),
    },
  )
}

function valueOf({ group, name }: Hole, parameters: Record<string, unknown>): unknown {
  return (group === undefined ? parameters : (parameters[group] as Record<string, unknown>))[name]
}

/**
 * A query of the paths that thousands walk at the same minute: kysely builds it once, with holes where the parameters go;
 * each call only fills them. It is sent at the call itself, not some microtasks later, so that a `COMMIT` may follow it
 * in the same write (see `andCommit`).
 *
 * `build` sees a hole for each parameter, never a value: it must not look at them, and lists go as arrays (`= ANY(…)`).
 * Example: `keptQuery((db: Kysely<Tables>, of: { id: string }) => db.selectFrom(…).selectAll().where('id', '=', of.id), ({ rows }) => rows[0])`.
 * `groups`: parameters that hold parameters, for a statement that is put together from the parts of several owners.
 */
export function keptQuery<Tables, Parameters extends object, Row, Result>(
  build: (db: Kysely<Tables>, parameters: Parameters) => Compilable<Row>,
  read: (came: Came<Row>) => Result,
  groups: readonly (keyof Parameters & string)[] = [],
  // oxlint-disable-next-line typescript/no-explicit-any -- any handle whose role may run it
): (db: Kysely<any>, ...given: [keyof Parameters] extends [never] ? [] : [Parameters]) => Promise<Result> {
  let made: { sql: string; parameters: readonly unknown[] } | undefined
  const holes = holesOf(groups) as Parameters
  return async (db, ...[parameters]) => {
    made ??= build(compiler as unknown as Kysely<Tables>, holes).compile()
    const values = made.parameters.map((one) =>
      one instanceof Hole ? valueOf(one, parameters as Record<string, unknown>) : one,
    )
    const send = senderOf(db)
    if (!send) throw new Error('a kept query runs in a transaction of Database')
    const { rows, rowCount } = await send(made.sql, values)
    return read({ rows: rows as Row[], affected: rowCount ?? 0 })
  }
}
