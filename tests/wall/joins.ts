import type { Client } from 'pg'

/**
 * What a reader of a dump can join: every row of every table as the set of marks that stand in it in clear, and the ways from one mark to
 * another through rows that share one. Marks are ids (uuids, wherever they stand: in columns of ids, lists, texts, documents), instants
 * (columns of time, and the time inside a UUIDv7, which is the moment its row was made) and bytes (hashes). Days are none: everybody's
 * rows of a day share it.
 */
export interface Dump {
  rows: { table: string; marks: readonly string[] }[]
  /** ids of one table's rows */
  idsOf: (table: string) => Promise<string[]>
}

/** Tables whose ids stand beside many people's rows because they stand above a person; a way through them joins nobody. */
export const hubs: Readonly<Record<string, string>> = {
  company: 'everything of a company names it',
  company_key: 'wraps every data key of the company',
  staff_user: 'who acted: HR, implementer and physician act on many',
  campaign: 'everybody asked at once',
  questionnaire_version: 'everybody answers the same one',
  workplace: 'everybody who works there',
  department: 'everybody who works there',
}

const uuid = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g
const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

export async function readDump(superuser: Client): Promise<Dump> {
  const query = async <Row>(sql: string) => (await superuser.query(sql)).rows as Row[]
  const idsOf = async (table: string) =>
    (
      await query<{ id: string }>(`SELECT ${table === 'company' ? 'company_id' : 'id'} AS id FROM hanamichi.${table}`)
    ).map((row) => row.id)
  const above = new Set((await Promise.all(Object.keys(hubs).map(idsOf))).flat())
  const zones = new Map(
    (
      await query<{ id: string; zone: string }>('SELECT company_id AS id, time_zone AS zone FROM hanamichi.company')
    ).map((row) => [row.id, row.zone]),
  )
  const tables = await query<{ table: string }>(
    "SELECT format('%I.%I', n.nspname, c.relname) AS table FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('hanamichi', 'pgboss') AND c.relkind IN ('r', 'm') ORDER BY 1",
  )
  const rows: Dump['rows'] = []
  for (const { table } of tables)
    for (const row of await query<Record<string, unknown>>(`SELECT * FROM ${table}`)) {
      const own = typeof row['company_id'] === 'string' ? row['company_id'] : undefined
      const marks = new Set<string>()
      const putInstant = (at: Date) => {
        // an instant is one within a company; a row of none may belong to any
        for (const company of own ? [own] : zones.keys())
          if (!isStartOfDay(at, zones.get(company)!)) marks.add(`${company} at ${at.toISOString()}`)
      }
      for (const value of Object.values(row)) {
        if (value === null) continue
        if (value instanceof Date) putInstant(value)
        else if (Buffer.isBuffer(value)) marks.add(value.toString('base64'))
        else {
          const text = typeof value === 'string' ? value : JSON.stringify(value)
          for (const [at] of text.matchAll(instant)) putInstant(new Date(at))
          for (const [id] of text.matchAll(uuid)) {
            if (above.has(id)) continue
            marks.add(id)
            if (id[14] === '7') putInstant(new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)))
          }
        }
      }
      rows.push({ table, marks: [...marks] })
    }
  return { rows, idsOf }
}

function isStartOfDay(at: Date, timeZone: string): boolean {
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
  return at.getMilliseconds() === 0 && new Intl.DateTimeFormat('sv-SE', { timeZone, ...time }).format(at) === '00:00:00'
}

/** The shortest way from any of these ids to any of those, as one reads it: id, table, mark, table, … id. Undefined: there is none. */
export function findWay({ rows }: Dump, from: readonly string[], to: readonly string[]): string | undefined {
  const rowsOf = new Map<string, number[]>()
  for (const [index, row] of rows.entries())
    for (const mark of row.marks) rowsOf.set(mark, [...(rowsOf.get(mark) ?? []), index])
  const goals = new Set(to)
  const cameBy = new Map<string, string>(from.map((id) => [id, id]))
  const seen = new Set<number>()
  let edge = [...from]
  while (edge.length > 0) {
    const next: string[] = []
    for (const mark of edge)
      for (const index of rowsOf.get(mark) ?? []) {
        if (seen.has(index)) continue
        seen.add(index)
        for (const other of rows[index]!.marks) {
          if (cameBy.has(other)) continue
          cameBy.set(other, `${cameBy.get(mark)!} → ${rows[index]!.table} → ${other}`)
          if (goals.has(other)) return cameBy.get(other)
          next.push(other)
        }
      }
    edge = next
  }
  return undefined
}
