import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseRole } from '../../server/database/connection.ts'
import { newId } from '../../server/ids.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { baseUrl, fillEverything, loggerTo, type Filled } from './company.ts'
import { answersAndWhatCameOfThem, grants, peopleRoles, workRoles } from './grants.data.ts'

/** The wall in the database: privileges as listed, tried out, and what each role finds when it reads all it can. */
let world: World
let filled: Filled
let relations: string[]
beforeAll(async () => {
  world = await createWorld({ BASE_URL: baseUrl })
  filled = await fillEverything(world, loggerTo({ write: () => undefined }))
  const { rows } = await world.superuser.query<{ name: string }>(
    "SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'hanamichi'::regnamespace AND c.relkind IN ('r', 'v', 'p', 'm') ORDER BY 1",
  )
  relations = rows.map((row) => row.name)
}, 180_000)
afterAll(() => filled.close())

const roles: readonly DatabaseRole[] = [...peopleRoles, ...workRoles]
const anybody = '00000000-0000-7000-8000-000000000001'

async function catalogue<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await world.superuser.query(sql, values)).rows as Row[]
}

/** Runs one statement as a role and takes it back; the code of the refusal, or what came. */
async function attempt(
  role: DatabaseRole,
  subjectId: string,
  sql: string,
  companyId = filled.company.companyId,
): Promise<{ refused: string | undefined; rows: Record<string, unknown>[] }> {
  const undo = new Error('taken back')
  let rows: Record<string, unknown>[] = []
  try {
    await world.services.database.as({ role, companyId, subjectId }, world.clock.now(), async (_db, client) => {
      rows = (await client.query(sql)).rows as Record<string, unknown>[]
      throw undo
    })
  } catch (error) {
    if (error !== undo) return { refused: (error as { code?: string }).code ?? String(error), rows: [] }
  }
  return { refused: undefined, rows }
}

const listed = (relation: string, role: string) =>
  (grants[relation] ?? '')
    .split(', ')
    .find((one) => one.startsWith(`${role} `))
    ?.slice(role.length + 1) ?? ''

describe('privileges', () => {
  test('are those of the list, of every table and view, for every role', async () => {
    expect(Object.keys(grants).toSorted()).toEqual(
      relations
        .filter((name) => !['migration', 'company_key'].includes(name))
        .concat('company_key')
        .toSorted(),
    )
    const rows = await catalogue<{ relation: string; role: string; held: string }>(
      `SELECT c.relname AS relation, substr(r.rolname, 11) AS role, concat(
         CASE WHEN has_table_privilege(r.oid, c.oid, 'SELECT') THEN 'S' WHEN has_any_column_privilege(r.oid, c.oid, 'SELECT') THEN 's' END,
         CASE WHEN has_table_privilege(r.oid, c.oid, 'INSERT') THEN 'I' WHEN has_any_column_privilege(r.oid, c.oid, 'INSERT') THEN 'i' END,
         CASE WHEN has_table_privilege(r.oid, c.oid, 'UPDATE') THEN 'U' WHEN has_any_column_privilege(r.oid, c.oid, 'UPDATE') THEN 'u' END,
         CASE WHEN has_table_privilege(r.oid, c.oid, 'DELETE') THEN 'D' END,
         CASE WHEN has_table_privilege(r.oid, c.oid, 'TRUNCATE, REFERENCES, TRIGGER') THEN 'X' END) AS held
       FROM pg_class c CROSS JOIN pg_roles r
       WHERE c.relnamespace = 'hanamichi'::regnamespace AND c.relkind IN ('r', 'v') AND r.rolname = ANY ($1)`,
      [roles.map((role) => `hanamichi_${role}`)],
    )
    const wrong = rows
      .filter(({ relation, role, held }) => held !== listed(relation, role))
      .map(({ relation, role, held }) => `${relation}: ${role} holds "${held}", listed "${listed(relation, role)}"`)
    expect(wrong).toEqual([])
    expect(rows.length).toBe(relations.length * roles.length)
  })

  test('hold when tried: what is not listed is refused, not just empty', async () => {
    const wrong: string[] = []
    for (const relation of relations)
      for (const role of roles) {
        const held = listed(relation, role)
        for (const [letter, sql] of [
          ['S', `SELECT 1 FROM ${relation} LIMIT 1`],
          ['U', `UPDATE ${relation} SET company_id = company_id`],
          ['D', `DELETE FROM ${relation}`],
        ] as const) {
          if (held.toUpperCase().includes(letter)) continue
          if (relation === 'migration' && letter === 'U') continue
          const { refused } = await attempt(role, anybody, sql)
          // 55000: a view of several tables takes no writes from anybody
          if (refused !== '42501' && refused !== '55000') wrong.push(`${role}: ${sql} → ${refused ?? 'done'}`)
        }
      }
    expect(wrong).toEqual([])
  }, 120_000)

  test('the employer, the administrator, jobs and turnover have nothing of anybody’s answers or what came of them', () => {
    for (const table of answersAndWhatCameOfThem)
      for (const role of [
        'hr',
        'manager',
        'admin',
        'jobs',
        'turnover',
        'setup',
        'sign_in',
        'leaver',
        'alumni',
        'chain',
      ])
        expect(`${table} ${role} ${listed(table, role)}`).toBe(`${table} ${role} `)
    for (const table of Object.keys(grants))
      if (
        !/^(survey_signal|group_report|turnover_assessment|campaign|workplace|department|company|roster_movement|departure_fact|audit_entry|job_progress)/.test(
          table,
        )
      )
        expect(`${table} ${listed(table, 'turnover')}`).toBe(`${table} `)
  })

  test('only the alumna, the employee and the leaver destroy keys, and only the own ones', async () => {
    expect(grants['data_key']!.split(', ').filter((one) => one.endsWith('D'))).toEqual([
      'alumni SID',
      'employee SID',
      'leaver SID',
    ])
    for (const role of ['alumni', 'employee', 'leaver'] as const) {
      const { rows } = await attempt(role, anybody, 'DELETE FROM data_key RETURNING id')
      expect(rows).toEqual([])
    }
  })
})

describe('what a role finds when it reads everything it can', () => {
  async function everything(role: DatabaseRole, subjectId: string, companyId?: string): Promise<string> {
    const columns = await catalogue<{ relation: string; columns: string }>(
      `SELECT c.relname AS relation, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       WHERE c.relnamespace = 'hanamichi'::regnamespace AND c.relkind IN ('r', 'v') AND has_column_privilege($1, c.oid, a.attnum, 'SELECT')
       GROUP BY 1 ORDER BY 1`,
      [`hanamichi_${role}`],
    )
    const seen: string[] = []
    for (const { relation, columns: list } of columns) {
      const { refused, rows } = await attempt(role, subjectId, `SELECT ${list} FROM ${relation}`, companyId)
      expect(refused, `${role} ${relation}`).toBeUndefined()
      seen.push(`${relation}: ${JSON.stringify(rows)}`)
    }
    return seen.join('\n')
  }

  test('each finds its own and nothing of the rooms beside', async () => {
    const { person, ids, staff, survey } = filled
    const other = survey.invitation('E003')
    const areas = { exit: ids.exitSubject, pool: ids.member }
    const stress = {
      subject: person.subjectId,
      invitation: person.invitationId,
      consultation: ids.consultation,
      request: ids.request,
    }
    // the employer's side of the request is found by HR alone; everybody else must open a seal first
    const employer = { employerRequest: ids.employerRequest }
    const cases: [DatabaseRole, string, finds: Record<string, string>, never: Record<string, string>][] = [
      ['hr', staff.hr, { ...employer, departure: ids.departure }, stress],
      ['manager', staff.manager, {}, { ...stress, ...areas, ...employer, departure: ids.departure }],
      ['admin', staff.admin, { account: staff.hr }, { ...stress, ...areas, ...employer, departure: ids.departure }],
      ['turnover', anybody, {}, { ...stress, ...areas, ...employer }],
      [
        'implementer',
        staff.implementer,
        { subject: person.subjectId },
        { ...areas, ...employer, consultation: ids.consultation, departure: ids.departure },
      ],
      [
        'clerk',
        staff.clerk,
        { subject: person.subjectId },
        { ...areas, ...employer, consultation: ids.consultation, departure: ids.departure },
      ],
      [
        'physician',
        staff.physician,
        { subject: person.subjectId, consultation: ids.consultation },
        { ...areas, ...employer, other: other.subjectId, otherInvitation: other.id },
      ],
      // another physician: the request is everybody's, the private talk is not
      [
        'physician',
        anybody,
        { request: ids.request },
        { ...areas, ...employer, consultation: ids.consultation, other: other.subjectId },
      ],
      [
        'employee',
        person.subjectId,
        { subject: person.subjectId, request: ids.request },
        { ...areas, ...employer, other: other.subjectId, otherInvitation: other.id, account: 'example.org' },
      ],
      ['employee', other.subjectId, { other: other.subjectId }, { ...stress, ...areas, ...employer }],
      [
        'leaver',
        ids.exitSubject,
        { exit: ids.exitSubject },
        { ...stress, ...employer, pool: ids.member, account: 'example.org' },
      ],
      ['leaver', anybody, {}, { ...stress, ...areas, ...employer }],
      [
        'alumni',
        ids.member,
        { pool: ids.member },
        { ...stress, ...employer, exit: ids.exitSubject, departure: ids.departure, account: 'example.org' },
      ],
      ['alumni', anybody, {}, { ...stress, ...areas, request: ids.returnRequest }],
    ]
    for (const [role, subjectId, finds, never] of cases) {
      const seen = await everything(role, subjectId)
      for (const [what, id] of Object.entries(finds)) expect(seen.includes(id), `${role} finds ${what}`).toBe(true)
      for (const [what, id] of Object.entries(never))
        expect(seen.includes(id), `${role} must not find ${what}`).toBe(false)
    }
  }, 60_000)

  test('nothing of another company, whatever the role', async () => {
    const elsewhere = await world.company({ name: '別会社' })
    for (const role of roles) {
      const seen = await everything(role, anybody, elsewhere.companyId)
      const ours = seen
        .split('\n')
        // the relay of jobs serves every company: ids of objects, no subject
        .filter((line) => !line.startsWith('job_request:') && line.includes(filled.company.companyId))
      expect(ours.map((line) => `${role} ${line.slice(0, 80)}`)).toEqual([])
    }
  }, 60_000)

  test('keys: HR, the administrator and the desks hold none of another area', async () => {
    const areas = async (role: DatabaseRole, subjectId: string) =>
      (
        await attempt(role, subjectId, "SELECT DISTINCT area || ' ' || record_type AS key FROM data_key ORDER BY 1")
      ).rows.map((row) => String(row['key']).replace(/:[0-9a-f-]{36}$/, ''))
    const { staff, person, ids } = filled
    expect(await areas('hr', staff.hr)).toEqual([
      'alumni return',
      'employer measure',
      'employer opinion',
      'employer request',
      'exit identity',
    ])
    expect(await areas('admin', staff.admin)).toEqual([])
    expect(await areas('implementer', staff.implementer)).toEqual([
      'stress answers:presenteeism-spq',
      'stress answers:stress-check-57',
      'stress identity',
      'stress need',
      'stress result',
      'stress snapshot',
    ])
    expect((await areas('employee', person.subjectId)).every((key) => key.startsWith('stress '))).toBe(true)
    expect(await areas('leaver', ids.exitSubject)).toEqual([
      'exit answers',
      'exit contact',
      'exit followup',
      'exit identity',
    ])
    expect(await areas('alumni', ids.member)).toEqual(['alumni checkin', 'alumni profile', 'alumni return'])
    for (const role of ['manager', 'jobs', 'turnover', 'chain'] as const)
      expect((await attempt(role, anybody, 'SELECT 1 FROM data_key')).refused).toBe('42501')
  })
})

describe('acts that the database refuses whatever the code says', () => {
  const refusedOrNothing = async (role: DatabaseRole, subjectId: string, sql: string) => {
    const { refused, rows } = await attempt(role, subjectId, sql)
    expect(refused ?? rows, `${role}: ${sql}`).toSatisfy(
      (found: unknown) => typeof found === 'string' || (found as unknown[]).length === 0,
    )
  }

  test('HR neither opens, closes nor releases a campaign; nobody gives a taken role back; links of others stay', async () => {
    const { staff } = filled
    for (const state of ['open', 'closed', 'results_released'])
      await refusedOrNothing('hr', staff.hr, `UPDATE campaign SET state = '${state}' RETURNING id`)
    await refusedOrNothing('hr', staff.hr, 'UPDATE campaign SET closes_on = closes_on + 7 RETURNING id')
    await world.superuser.query('UPDATE role_grant SET revoked_at = $1 WHERE user_id = $2', [
      world.clock.now(),
      staff.clerk,
    ])
    for (const role of ['hr', 'admin'] as const)
      await refusedOrNothing(
        role,
        staff.hr,
        'UPDATE role_grant SET revoked_at = NULL WHERE revoked_at IS NOT NULL RETURNING id',
      )
    await world.superuser.query('UPDATE role_grant SET revoked_at = NULL WHERE user_id = $1', [staff.clerk])
    const count = async (kinds: string) =>
      (
        await catalogue<{ n: number }>(
          `SELECT count(*)::int AS n FROM link_token WHERE revoked_at IS NULL AND kind ${kinds}`,
        )
      )[0]!.n
    expect(await count("= 'invitation'")).toBeGreaterThan(50)
    for (const role of ['hr', 'admin', 'sign_in', 'alumni'] as const) {
      const { rows } = await attempt(role, anybody, 'UPDATE link_token SET revoked_at = expires_at RETURNING kind')
      expect(
        rows.filter((row) => row['kind'] === 'invitation'),
        role,
      ).toEqual([])
    }
    for (const role of ['hr', 'implementer', 'physician', 'manager', 'admin', 'sign_in'] as const) {
      const { rows } = await attempt(role, anybody, 'UPDATE session SET revoked_at = expires_at RETURNING kind')
      expect(new Set(rows.map((row) => row['kind'])), role).toEqual(new Set(['staff']))
    }
  })

  test('the ledger, requests, signed trees and released reports are not rewritten, by the owner neither', async () => {
    const owner = new Client({ connectionString: world.ownerUrl, options: '-c search_path=hanamichi' })
    await owner.connect()
    for (const sql of [
      "UPDATE audit_entry SET reason = 'x'",
      'DELETE FROM audit_entry',
      'TRUNCATE audit_entry CASCADE',
      'DELETE FROM audit_link',
      'UPDATE interview_request SET late = NOT late',
      "UPDATE interview_request_event SET kind = 'scheduled'",
      'UPDATE employer_request SET requested_on = requested_on',
      "UPDATE employer_request_event SET kind = 'withdrawn'",
    ])
      await expect(owner.query(sql), sql).rejects.toThrow(/append-only/)
    await owner.end()
  })

  test('the employer’s side of a request is reached by whoever opened the seal that names it, and then only as far as the role goes', async () => {
    const { staff, person, ids } = filled
    const events = 'SELECT kind FROM employer_request_event ORDER BY kind'
    const name = `SELECT set_config('app.employer_ids', '{${ids.employerRequest}}', true);`
    const named = async (role: DatabaseRole, subjectId: string, sql: string) => {
      const { companyId } = filled.company
      let rows: unknown[] = []
      const undo = new Error('taken back')
      const work = world.services.database.as(
        { role, companyId, subjectId },
        world.clock.now(),
        async (_db, client) => {
          await client.query(name)
          rows = (await client.query(sql)).rows
          throw undo
        },
      )
      await work.catch((error: unknown) => {
        if (error !== undo) throw error
      })
      return rows
    }
    for (const [role, subjectId] of [
      ['employee', person.subjectId],
      ['physician', staff.physician],
    ] as const) {
      expect((await attempt(role, subjectId, events)).rows).toEqual([])
      expect(await named(role, subjectId, events)).toEqual(
        ['interviewed', 'measures_recorded', 'opened_by_hr', 'opinion_released'].map((kind) => ({ kind })),
      )
    }
    const event = (kind: string) =>
      `INSERT INTO employer_request_event (company_id, id, request_id, kind, happened_on)
       VALUES (company_id(), gen_random_uuid(), '${ids.employerRequest}', '${kind}', '2026-12-01')`
    expect((await attempt('employee', person.subjectId, event('withdrawn'))).refused).toBe('42501')
    expect((await attempt('physician', staff.physician, event('interviewed'))).refused).toBe('42501')
    await named('employee', person.subjectId, event('withdrawn'))
    await named('physician', staff.physician, event('interviewed'))
    for (const kind of ['interviewed', 'opinion_released'])
      await expect(named('employee', person.subjectId, event(kind))).rejects.toMatchObject({ code: '42501' })
    await expect(named('physician', staff.physician, event('withdrawn'))).rejects.toMatchObject({ code: '42501' })
    // keys: the person's role makes the one of who asked, the physician's the one of the opinion; neither destroys it
    const keys = "SELECT record_type AS key FROM data_key WHERE area = 'employer'"
    expect(await named('employee', person.subjectId, keys)).toEqual([{ key: 'request' }])
    expect(await named('physician', staff.physician, keys)).toEqual([{ key: 'opinion' }])
    expect((await attempt('employee', person.subjectId, keys)).rows).toEqual([])
    expect((await attempt('physician', staff.physician, keys)).rows).toEqual([])
    expect(
      await named('employee', person.subjectId, "DELETE FROM data_key WHERE area = 'employer' RETURNING id"),
    ).toEqual([])
    // HR seals what it decides, not who asked nor what the physician said
    const key = (type: string) =>
      `INSERT INTO data_key SELECT company_id, gen_random_uuid(), 'employer', gen_random_uuid(), '${type}', company_key_id, wrapped, created_at
       FROM data_key WHERE area = 'employer' LIMIT 1`
    for (const type of ['request', 'opinion'])
      expect((await attempt('hr', staff.hr, key(type))).refused, type).toBe('42501')
    expect((await attempt('hr', staff.hr, key('measure'))).refused).toBeUndefined()
    // the implementer's side knows that somebody asked, and has no key to the employer's side
    for (const role of ['implementer', 'clerk'] as const)
      expect(
        (await attempt(role, staff[role], "SELECT 1 FROM data_key WHERE area = 'stress' AND record_type = 'request'"))
          .rows,
      ).toEqual([])
  })

  test('HR marks a request in the own name only, and none of another company', async () => {
    const { staff, ids, company } = filled
    const marks = async () =>
      (
        await catalogue<{ n: number }>('SELECT count(*)::int AS n FROM employer_request_event WHERE request_id = $1', [
          ids.employerRequest,
        ])
      )[0]!.n
    const before = await marks()
    const other = await world.company()
    const mark = (companyId: string, subjectId: string, userId: string) =>
      world.services.database.as({ role: 'hr', companyId, subjectId }, world.clock.now(), (_db, client) =>
        client.query("SELECT mark_request($1, $2, $3, 'measures_recorded')", [
          ids.employerRequest,
          newId(world.clock.now()),
          userId,
        ]),
      )
    await world.superuser.query('ALTER TABLE employer_request_event DISABLE TRIGGER append_only')
    await world.superuser.query("DELETE FROM employer_request_event WHERE kind = 'measures_recorded'")
    await world.superuser.query('ALTER TABLE employer_request_event ENABLE TRIGGER append_only')
    await mark(other.companyId, staff.hr, staff.hr)
    await mark(company.companyId, staff.hr, staff.implementer)
    expect(await marks()).toBe(before - 1)
    await mark(company.companyId, staff.hr, staff.hr)
    await mark(company.companyId, staff.hr, staff.hr)
    expect(await marks()).toBe(before)
  })
})

describe('how it is built', () => {
  test('the runtime login by itself reads nothing, owns nothing and becomes neither owner nor look-up', async () => {
    const runtime = new Client({ connectionString: world.runtimeUrl, options: '-c search_path=hanamichi' })
    await runtime.connect()
    for (const relation of relations)
      for (const sql of [`SELECT 1 FROM ${relation}`, `DELETE FROM ${relation}`])
        await expect(runtime.query(sql), sql).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|55000)$/) })
    for (const role of ['hanamichi_lookup', 'hanamichi_backup', 'hanamichi_owner', 'postgres'])
      await expect(runtime.query(`SET ROLE ${role}`), role).rejects.toMatchObject({ code: '42501' })
    await expect(
      runtime.query('SELECT mark_request(gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), $1)', [
        'opened_by_hr',
      ]),
    ).rejects.toMatchObject({ code: '42501' })
    await expect(runtime.query('CREATE TABLE mine (x int)')).rejects.toMatchObject({ code: '42501' })
    // without a company even a role sees no row
    await runtime.query('SET ROLE hanamichi_implementer')
    expect((await runtime.query('SELECT 1 FROM response')).rows).toEqual([])
    await runtime.end()
    expect(
      await catalogue(
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname NOT IN ('hanamichi_owner', 'postgres') AND r.rolname LIKE 'hanamichi%'",
      ),
    ).toEqual([])
  })

  test('no role is a member of another, none may log in, create roles or pass by the policies', async () => {
    expect(
      await catalogue(
        `SELECT m.rolname AS member, r.rolname AS of FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
         WHERE m.rolname LIKE 'hanamichi\\_%' AND m.rolname NOT IN ('hanamichi_owner', 'hanamichi_runtime')`,
      ),
    ).toEqual([])
    // inherit_option is of the grant since PostgreSQL 16; before, inheriting was a property of the login
    const runtime = await catalogue<{ role: string }>(
      `SELECT substr(r.rolname, 11) AS role FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member JOIN pg_roles r ON r.oid = a.roleid
       WHERE m.rolname = 'hanamichi_runtime' AND coalesce(to_jsonb(a) ->> 'inherit_option', m.rolinherit::text) = 'false' AND NOT a.admin_option`,
    )
    expect(runtime.map((row) => row.role).toSorted()).toEqual([...roles].toSorted())
    expect(
      await catalogue(
        `SELECT rolname FROM pg_roles WHERE rolname LIKE 'hanamichi\\_%' AND rolname NOT IN ('hanamichi_owner', 'hanamichi_runtime')
         AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)`,
      ),
    ).toEqual([])
  })

  test('every table with a company has row-level security, forced, and the policy of the company', async () => {
    const tables = await catalogue<{ relation: string; has_company: boolean; guarded: boolean; policy: boolean }>(
      `SELECT c.relname AS relation, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'company_id' AND a.attnotnull) AS has_company,
         c.relrowsecurity AND c.relforcerowsecurity AS guarded,
         EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'company' AND p.polroles = '{0}'
           AND pg_get_expr(p.polqual, p.polrelid) LIKE '%company_id%' AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%company_id%') AS policy
       FROM pg_class c WHERE c.relnamespace = 'hanamichi'::regnamespace AND c.relkind = 'r'`,
    )
    expect(tables.filter((table) => !table.has_company).map((table) => table.relation)).toEqual(['migration'])
    expect(tables.filter((table) => table.has_company && !(table.guarded && table.policy))).toEqual([])
    // policies that let more rows through than the company's: the backup's and the look-ups', and the relay of jobs
    const wider = await catalogue<{ relation: string; policy: string }>(
      `SELECT c.relname AS relation, p.polname AS policy FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
       WHERE p.polpermissive AND p.polname NOT IN ('company', 'backup', 'lookup')`,
    )
    expect(wider).toEqual([{ relation: 'job_request', policy: 'relay' }])
  })

  test('views stand behind a barrier and belong to the owner, whom the policies bind', async () => {
    const views = await catalogue<{ name: string; options: string[] | null; owner: string }>(
      `SELECT c.relname AS name, c.reloptions AS options, r.rolname AS owner FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
       WHERE c.relnamespace = 'hanamichi'::regnamespace AND c.relkind = 'v'`,
    )
    expect(views.length).toBeGreaterThan(8)
    for (const view of views)
      expect(view).toEqual({ name: view.name, options: ['security_barrier=true'], owner: 'hanamichi_owner' })
  })

  test('every function with its owner’s rights sets its search path and runs for one login or role only', async () => {
    const functions = await catalogue<{ name: string; path: string[] | null; owner: string; callers: string[] }>(
      `SELECT p.proname AS name, p.proconfig AS path, r.rolname AS owner,
         (SELECT array_agg(coalesce(g.rolname::text, 'PUBLIC') ORDER BY 1) FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
           LEFT JOIN pg_roles g ON g.oid = x.grantee WHERE x.grantee <> p.proowner) AS callers
       FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE p.prosecdef AND p.pronamespace = 'hanamichi'::regnamespace ORDER BY 1`,
    )
    expect(functions.length).toBeGreaterThan(9)
    for (const one of functions) {
      expect(one.path, one.name).toEqual(['search_path=hanamichi, pg_temp'])
      expect([one.name, one.owner, one.callers]).toEqual(
        one.name === 'mark_request'
          ? [one.name, 'hanamichi_owner', ['hanamichi_hr']]
          : [one.name, 'hanamichi_lookup', ['hanamichi_runtime']],
      )
    }
    // procedures that build the wall are nobody's to call
    const builders = await catalogue<{ name: string }>(
      "SELECT proname AS name FROM pg_proc WHERE pronamespace = 'hanamichi'::regnamespace AND prokind = 'p' AND has_function_privilege('hanamichi_runtime', oid, 'EXECUTE')",
    )
    expect(builders).toEqual([])
  })

  test('look-ups answer with what was asked for: a hash of one company and the key of another find nothing', async () => {
    const { company } = filled
    const other = await world.company()
    const [session] = await catalogue<{ secret_hash: Buffer }>(
      'SELECT secret_hash FROM session WHERE revoked_at IS NULL AND company_id = $1 LIMIT 1',
      [company.companyId],
    )
    const [link] = await catalogue<{ hash: Buffer }>('SELECT hash FROM link_token WHERE company_id = $1 LIMIT 1', [
      company.companyId,
    ])
    const [member] = await catalogue<{ address_hash: Buffer }>('SELECT address_hash FROM alumni_member LIMIT 1')
    const { database } = world.services
    expect(
      await database.lookUp('SELECT * FROM find_session($1, $2, $3)', [
        other.companyKey,
        session!.secret_hash,
        new Date(0),
      ]),
    ).toEqual([])
    expect(await database.lookUp('SELECT * FROM find_link($1, $2)', [other.companyKey, link!.hash])).toEqual([])
    expect(await database.lookUp('SELECT * FROM find_link($1, $2)', [company.companyKey, link!.hash])).toHaveLength(1)
    expect(
      await database.lookUp('SELECT * FROM find_alumni_member($1, $2)', [other.companyId, member!.address_hash]),
    ).toEqual([])
    expect(await database.lookUp('SELECT * FROM find_staff_roles($1, $2)', [other.companyId, filled.staff.hr])).toEqual(
      [],
    )
  })

  test('every foreign key and every unique index contains the company', async () => {
    const foreign = await catalogue<{ name: string }>(
      `SELECT conrelid::regclass || ' ' || conname AS name FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'hanamichi'::regnamespace
       AND NOT EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS pair(own, other)
         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = pair.own AND a.attname = 'company_id'
         JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = pair.other AND b.attname = 'company_id')`,
    )
    expect(foreign).toEqual([])
    const unique = await catalogue<{ name: string }>(
      `SELECT i.indexrelid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
       WHERE c.relnamespace = 'hanamichi'::regnamespace AND i.indisunique
       AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) AND a.attname = 'company_id') ORDER BY 1`,
    )
    // the key that finds a company is unique over all of them
    expect(unique.map((row) => row.name)).toEqual(['company_key_key', 'migration_pkey'])
  })
})
