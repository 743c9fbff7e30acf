import type { Client } from 'pg'

/** Functions and procedures by signature: how they run, their text as it was written, their owner and who may call them. */
export async function functionsOf(client: Client, schema: string): Promise<string[]> {
  const { rows } = await client.query<{
    head: string
    body: string
    inline: boolean
    kind: string
    owner: string
    callers: string | null
  }>(
    `SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END AS kind,
       format('%s(%s)', p.proname, pg_get_function_arguments(p.oid)) || coalesce(' RETURNS ' || pg_get_function_result(p.oid), '')
         || ' LANGUAGE ' || l.lanname
         || CASE p.provolatile WHEN 'i' THEN ' IMMUTABLE' WHEN 's' THEN ' STABLE' ELSE '' END
         || CASE WHEN p.proisstrict THEN ' STRICT' ELSE '' END
         || CASE p.proparallel WHEN 's' THEN ' PARALLEL SAFE' WHEN 'r' THEN ' PARALLEL RESTRICTED' ELSE '' END
         || CASE WHEN p.prosecdef THEN ' SECURITY DEFINER' ELSE '' END
         || coalesce((SELECT string_agg(' SET ' || setting, '' ORDER BY setting COLLATE "C") FROM unnest(p.proconfig) setting), '') AS head,
       p.prosqlbody IS NOT NULL AS inline, coalesce(pg_get_function_sqlbody(p.oid), p.prosrc) AS body,
       p.proowner::regrole::text AS owner,
       CASE WHEN p.proacl IS NULL THEN 'PUBLIC' ELSE
         (SELECT string_agg(coalesce(r.rolname, 'PUBLIC'), ', ' ORDER BY coalesce(r.rolname, 'PUBLIC') COLLATE "C")
          FROM aclexplode(p.proacl) e LEFT JOIN pg_roles r ON r.oid = e.grantee WHERE e.grantee <> p.proowner) END AS callers
     FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
     WHERE p.pronamespace = $1::regnamespace ORDER BY p.proname COLLATE "C", pg_get_function_identity_arguments(p.oid) COLLATE "C"`,
    [schema],
  )
  return rows.map(
    (row) =>
      `CREATE ${row.kind} ${row.head}${row.inline ? `\n  ${row.body}` : ` AS $$${row.body}$$`};\n-- owner ${row.owner}; called by ${row.callers ?? 'nobody else'}`,
  )
}
