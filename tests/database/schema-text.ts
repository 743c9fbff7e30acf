import type { Client } from 'pg'
import { functionsOf } from './schema-functions.ts'

const schema = 'hanamichi'

/**
 * The schema `hanamichi` of a migrated database as readable SQL, out of the catalogues and in an order of names, so that it is the same on every
 * engine: tables with columns, constraints, indexes, policies, grants and triggers; views; functions. What `guard()` puts around a table stands as
 * that call, where it is exactly that. For reading and comparing: the migrations are what runs. Left out: pg-boss's own schema, privileges of the owner.
 */
export async function writeSchema(client: Client): Promise<string> {
  await client.query(`SET search_path = ${schema}`)
  const parts = [
    '-- The schema as the migrations leave it. Written by `npm run schema`, compared by tests/database/schema.test.ts; do not edit by hand.',
  ]
  for (const table of await relations(client, 'r')) parts.push(plain(await tableText(client, table)))
  for (const view of await relations(client, 'v')) parts.push(plain(await viewText(client, view)))
  // nothing else is expected; whatever it is, it shows
  const { rows } = await client.query<{ line: string }>(
    `SELECT format('-- relation %s of kind %s', relname, relkind) AS line FROM pg_class
       WHERE relnamespace = $1::regnamespace AND relkind NOT IN ('r', 'v', 'i')
     UNION ALL SELECT format('-- type %s of kind %s', typname, typtype) FROM pg_type WHERE typnamespace = $1::regnamespace AND typtype IN ('d', 'e', 'r')
     ORDER BY 1`,
    [schema],
  )
  if (rows.length > 0) parts.push(rows.map((row) => row.line).join('\n'))
  parts.push(...(await functionsOf(client, schema)))
  return `${parts.join('\n\n')}\n`
}

/** As a person would write it. */
const plain = (text: string): string =>
  text
    .replaceAll(/('(?:[^']|'')*')::text/g, '$1')
    .replaceAll(/= ANY \(ARRAY\[([^\]]*)\]\)/g, 'IN ($1)')
    .replaceAll(/\(?\( SELECT (\w+)\(\) AS \1\)\)?/g, '(SELECT $1())')
    .replaceAll('timestamp with time zone', 'timestamptz')

interface Relation {
  oid: string
  name: string
  options: string[] | null
}

async function relations(client: Client, kind: 'r' | 'v'): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(
    `SELECT oid::text, relname AS name, reloptions AS options FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relkind = $2 ORDER BY relname COLLATE "C"`,
    [schema, kind],
  )
  return rows
}

async function tableText(client: Client, { oid, name, options }: Relation): Promise<string> {
  const inside = [...(await columns(client, oid)), ...(await constraints(client, oid, name))]
  const storage = options ? ` WITH (${options.join(', ')})` : ''
  const policies = await policiesOf(client, oid)
  const grants = await grantsOn(client, oid, name)
  const security = await rowSecurity(client, oid)
  const guarded =
    security === 'forced' &&
    guardPolicies.every((policy) => policies.includes(policy)) &&
    grants.get('hanamichi_backup') === 'SELECT, INSERT'
  if (guarded) grants.delete('hanamichi_backup')
  const wall = guarded ? [`CALL guard('${name}');`] : [`-- row-level security: ${security}`]
  const others = guarded ? policies.filter((policy) => !guardPolicies.includes(policy)) : policies
  return [
    `CREATE TABLE ${name} (\n  ${inside.join(',\n  ')}\n)${storage};`,
    ...(await indexes(client, oid)),
    ...wall,
    ...others.map((policy) => policy.replace(' ON ', ` ON ${name} `)),
    ...grantLines(grants, name),
    ...(await triggers(client, oid)),
  ].join('\n')
}

async function columns(client: Client, oid: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `SELECT a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END
       || CASE a.attgenerated WHEN '' THEN coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')
          ELSE ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED' END
       || CASE a.attidentity WHEN '' THEN '' ELSE ' GENERATED AS IDENTITY' END AS line
     FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [oid],
  )
  return rows.map((row) => row.line)
}

/** NOT NULL stands at the column: since PostgreSQL 18 it is a constraint as well. Names that PostgreSQL gave are left out. */
async function constraints(client: Client, oid: string, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; text: string }>(
    `SELECT conname AS name, pg_get_constraintdef(oid, true) AS text FROM pg_constraint
     WHERE conrelid = $1::oid AND contype IN ('p', 'u', 'f', 'c', 'x')
     ORDER BY position(contype::text IN 'puxfc'), pg_get_constraintdef(oid, true) COLLATE "C"`,
    [oid],
  )
  const given = (name: string) => name.startsWith(table) && /_(pkey|key|fkey|check)\d*$/.test(name)
  return rows.map((row) => (given(row.name) ? row.text : `CONSTRAINT ${row.name} ${row.text}`))
}

async function indexes(client: Client, oid: string): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT pg_get_indexdef(i.indexrelid) AS text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = $1::oid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = i.indrelid)
     ORDER BY c.relname COLLATE "C"`,
    [oid],
  )
  return rows.map((row) => `${row.text.replaceAll(`${schema}.`, '').replace(' USING btree', '')};`)
}

async function rowSecurity(client: Client, oid: string): Promise<'forced' | 'on' | 'off'> {
  const { rows } = await client.query<{ on: boolean; forced: boolean }>(
    'SELECT relrowsecurity AS on, relforcerowsecurity AS forced FROM pg_class WHERE oid = $1::oid',
    [oid],
  )
  return rows[0]!.on ? (rows[0]!.forced ? 'forced' : 'on') : 'off'
}

const own = 'company_id = (( SELECT company_id() AS company_id))'
/** what guard() of 0001_foundation.sql makes */
const guardPolicies = [
  'CREATE POLICY backup ON TO hanamichi_backup USING (true) WITH CHECK (true);',
  `CREATE POLICY company ON USING (${own}) WITH CHECK (${own});`,
]

/** The table's name is put in after ON by the caller. */
async function policiesOf(client: Client, oid: string): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT 'CREATE POLICY ' || polname || ' ON' || CASE WHEN polpermissive THEN '' ELSE ' AS RESTRICTIVE' END
       || CASE polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END
       || CASE WHEN polroles = '{0}' THEN '' ELSE ' TO ' ||
          (SELECT string_agg(rolname, ', ' ORDER BY rolname COLLATE "C") FROM pg_roles WHERE oid = ANY (polroles)) END
       || coalesce(' USING (' || pg_get_expr(polqual, polrelid, true) || ')', '')
       || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid, true) || ')', '') || ';' AS text
     FROM pg_policy WHERE polrelid = $1::oid ORDER BY polname COLLATE "C"`,
    [oid],
  )
  return rows.map((row) => row.text.replaceAll(/\s+/g, ' '))
}

/** By grantee: `SELECT, UPDATE (name, state)`. The owner's own are left out. */
async function grantsOn(client: Client, oid: string, relation: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{
    grantee: string
    privilege: string
    columns: string[] | null
    grantable: boolean
  }>(
    `WITH given AS (
       SELECT e.grantee, e.privilege_type AS privilege, e.is_grantable AS grantable, NULL::text AS name, 0 AS number
       FROM pg_class c, aclexplode(c.relacl) e WHERE c.oid = $1::oid AND e.grantee <> c.relowner
       UNION ALL
       SELECT e.grantee, e.privilege_type, e.is_grantable, a.attname, a.attnum
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) e WHERE c.oid = $1::oid AND e.grantee <> c.relowner)
     SELECT * FROM (
       SELECT coalesce(r.rolname, 'PUBLIC') AS grantee, privilege, bool_or(grantable) AS grantable, name IS NOT NULL AS parts,
         array_agg(name ORDER BY number) FILTER (WHERE name IS NOT NULL) AS columns
       FROM given LEFT JOIN pg_roles r ON r.oid = given.grantee GROUP BY r.rolname, privilege, name IS NOT NULL) each_one
     ORDER BY grantee COLLATE "C", array_position(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'], privilege), privilege, parts`,
    [oid],
  )
  const grants = new Map<string, string>()
  for (const row of rows) {
    if (row.grantable) throw new Error(`${relation}: ${row.grantee} may pass on what it was given`)
    const text = row.columns ? `${row.privilege} (${row.columns.join(', ')})` : row.privilege
    const before = grants.get(row.grantee)
    grants.set(row.grantee, before === undefined ? text : `${before}, ${text}`)
  }
  return grants
}

/** Grantees with the same privileges share a line. */
function grantLines(grants: ReadonlyMap<string, string>, relation: string): string[] {
  const grantees = new Map<string, string[]>()
  for (const [grantee, text] of grants) grantees.set(text, [...(grantees.get(text) ?? []), grantee])
  return [...grantees].map(([text, names]) => `GRANT ${text} ON ${relation} TO ${names.join(', ')};`)
}

async function triggers(client: Client, oid: string): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(
    `SELECT pg_get_triggerdef(oid, true) AS text FROM pg_trigger WHERE tgrelid = $1::oid AND NOT tgisinternal ORDER BY tgname COLLATE "C"`,
    [oid],
  )
  return rows.map((row) => `${row.text.replaceAll(`${schema}.`, '').replaceAll(/\s+/g, ' ')};`)
}

async function viewText(client: Client, { oid, name, options }: Relation): Promise<string> {
  const { rows } = await client.query<{ text: string; owner: string }>(
    'SELECT pg_get_viewdef(oid, true) AS text, relowner::regrole::text AS owner FROM pg_class WHERE oid = $1::oid',
    [oid],
  )
  const settings = options ? ` WITH (${options.join(', ')})` : ''
  return [
    `CREATE VIEW ${name}${settings} AS\n${unqualified(rows[0]!.text)}`,
    `-- owner ${rows[0]!.owner}`,
    ...grantLines(await grantsOn(client, oid, name), name),
  ].join('\n')
}

/** A view over one thing: up to PostgreSQL 15 its name stands before each column, since 16 it does not. */
function unqualified(text: string): string {
  const from = /^ {3}FROM (?:(\w+)(?: (\w+))?|\( SELECT[\s\S]*?\) (\w+))(?:;|\n {2}\S)/m.exec(text)
  const name = from?.[3] ?? from?.[2] ?? from?.[1]
  return name === undefined ? text : text.replaceAll(new RegExp(`\\b${name}\\.`, 'g'), '')
}
