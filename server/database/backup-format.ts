import type { Client } from 'pg'
import { z } from 'zod'

const header = z.object({
  format: z.literal('hanamichi-backup'),
  version: z.literal(1),
  at: z.string(),
  /** the schema these rows fit */
  migrations: z.array(z.object({ number: z.number(), name: z.string(), sha256: z.string() })),
  /** in the order in which they can be read back: what is referred to comes first */
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
})
const manifest = z.object({
  tables: z.array(z.object({ name: z.string(), rows: z.number(), sha256: z.string() })),
})

/** First entry of the file. */
export type BackupHeader = z.infer<typeof header>
/** Last entry: without it the file is not whole. */
export type BackupManifest = z.infer<typeof manifest>

export function parseHeader(text: string): BackupHeader | undefined {
  return header.safeParse(jsonOf(text)).data
}

export function parseManifest(text: string): BackupManifest | undefined {
  return manifest.safeParse(jsonOf(text)).data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** All tables of ours but the list of migrations, with their columns, those that are referred to first. @throws on a circle of references */
export async function tablesInOrder(client: Client): Promise<BackupHeader['tables']> {
  const { rows: tables } = await client.query<{ name: string; columns: string[] }>(`
    SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    WHERE c.relnamespace = 'hanamichi'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'migration'
    GROUP BY c.relname ORDER BY c.relname`)
  const { rows: references } = await client.query<{ from: string; to: string }>(`
    SELECT DISTINCT f.relname AS "from", t.relname AS "to"
    FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
    WHERE k.contype = 'f' AND f.relnamespace = 'hanamichi'::regnamespace AND f.oid <> t.oid`)
  const ordered: BackupHeader['tables'] = []
  const placed = new Set<string>()
  let left = tables
  while (left.length > 0) {
    const next = left.filter((table) => references.every((one) => one.from !== table.name || placed.has(one.to)))
    if (next.length === 0)
      throw new Error(`tables refer to each other in a circle: ${left.map((table) => table.name).join(', ')}`)
    for (const table of next) placed.add(table.name)
    ordered.push(...next)
    left = left.filter((table) => !placed.has(table.name))
  }
  return ordered
}
