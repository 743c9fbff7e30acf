import { sql } from 'kysely'
import type { AnyHandle } from './tables.ts'

/** What an employees file is compared with, beside the roster's own tables. */
export interface EmployeeContext {
  companyId: string
  importId: string
  effectiveOn: string
  /** fields the header names: a column that is absent changes nothing */
  columns: readonly string[]
  /** codes of workplaces that exist, or that the file names */
  workplaceCodes: readonly string[]
  /** personnel authority on the day: department codes, sorted, or `*` */
  authority: readonly { employee_code: string; codes: readonly string[] }[]
}

/**
 * Judges every staged line against the roster in one statement: outcome, remarks, and the plan that applying would carry out.
 * What the line showed by itself stands among its remarks already, and makes it wrong.
 *
 * Which employment a line speaks of: the person's last one when the day of joining is the same; a new one when it begins after the
 * last one ended (rehired, or renewed on the very next day); the last one closed and a new one opened when it begins within it
 * (renewed); a corrected day of joining when it is earlier and the person has only one. A move is dated with the line's day of assignment
 * where that is later than the known one, else with the day the file tells about; on the very day of the known assignment it is a correction.
 */
export async function judgeEmployees(db: AnyHandle, context: EmployeeContext): Promise<void> {
  const { companyId, importId, effectiveOn } = context
  // 100,000 lines without statistics would tempt the planner into nested loops over them
  await sql`SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)`.execute(db)
  await sql`
  WITH line AS MATERIALIZED (
    SELECT l.line, l.remarks AS said, f.*
    FROM roster_import_line l CROSS JOIN LATERAL jsonb_to_record(l.fields) AS f(
      employee_code text, family_name text, given_name text, sex text, birth_on date, email text, department_code text,
      workplace_code text, employment_kind text, joined_on date, left_on date, assigned_on date, takes_stress_check boolean,
      paper_pin_hash text, authority_over text[])
    WHERE l.company_id = ${companyId} AND l.import_id = ${importId}
  ), last_employment AS MATERIALIZED (
    SELECT DISTINCT ON (e.employee_id) e.*, count(*) OVER (PARTITION BY e.employee_id) AS spells
    FROM employment e WHERE e.company_id = ${companyId} ORDER BY e.employee_id, e.from_on DESC
  ), last_assignment AS MATERIALIZED (
    SELECT DISTINCT ON (a.employment_id) a.*, d.code AS department_code, w.code AS workplace_code
    FROM assignment a
    JOIN department d ON d.company_id = a.company_id AND d.id = a.department_id
    JOIN workplace w ON w.company_id = a.company_id AND w.id = a.workplace_id
    WHERE a.company_id = ${companyId} ORDER BY a.employment_id, a.from_on DESC
  ), department_end AS MATERIALIZED (
    SELECT d.id, d.code, max(coalesce(v.until_on, 'infinity'::date)) AS ends_on
    FROM department d JOIN department_version v ON v.company_id = d.company_id AND v.department_id = d.id
    WHERE d.company_id = ${companyId} GROUP BY d.id, d.code
  ), authority AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(context.authority)}::jsonb) AS t(employee_code text, codes text[])
  ), matched AS (
    SELECT l.*, p.id AS employee_id, p.family_name AS p_family, p.given_name AS p_given, p.sex AS p_sex, p.birth_on AS p_birth, p.email AS p_email,
      p.paper_pin_hash AS p_pin, e.id AS e_id, e.kind AS e_kind, e.from_on AS e_from, e.until_on AS e_until, e.takes_stress_check AS e_takes,
      a.id AS a_id, a.from_on AS a_from, a.department_code AS a_department, a.workplace_code AS a_workplace,
      d.id AS department_id, d.ends_on, coalesce(t.codes, '{}') AS t_codes,
      CASE
        WHEN e.id IS NULL THEN 'new'
        WHEN l.joined_on IS NULL OR l.joined_on = e.from_on THEN 'same'
        WHEN l.joined_on > e.from_on AND e.until_on < l.joined_on THEN 'new'
        WHEN l.joined_on > e.from_on AND (a.from_on IS NULL OR a.from_on < l.joined_on) THEN 'renew'
        WHEN l.joined_on < e.from_on AND e.spells = 1 THEN 'correct'
        ELSE 'conflict' END AS step
    FROM line l
    LEFT JOIN employee p ON p.company_id = ${companyId} AND p.employee_code = l.employee_code
    LEFT JOIN last_employment e ON e.employee_id = p.id
    LEFT JOIN last_assignment a ON a.employment_id = e.id
    LEFT JOIN department_end d ON d.code = l.department_code
    LEFT JOIN authority t ON t.employee_code = l.employee_code
  ), dated AS (
    SELECT m.*,
      CASE WHEN ${has('left_on', context)} THEN left_on WHEN step IN ('same', 'correct') THEN e_until END AS n_until,
      CASE WHEN employee_id IS NULL OR ${has('sex', context)} THEN sex ELSE p_sex END AS n_sex,
      CASE WHEN employee_id IS NULL OR ${has('birth_on', context)} THEN birth_on ELSE p_birth END AS n_birth,
      CASE WHEN employee_id IS NULL OR ${has('email', context)} THEN email ELSE p_email END AS n_email,
      coalesce(paper_pin_hash, p_pin) AS n_pin,
      coalesce(takes_stress_check, CASE WHEN step IN ('same', 'correct') AND e_kind = employment_kind THEN e_takes
        ELSE employment_kind IN ('regular', 'fixed_term') END) AS n_takes,
      CASE
        WHEN step IN ('new', 'renew') OR a_id IS NULL THEN 'new'
        WHEN a_department = department_code AND a_workplace = workplace_code THEN 'same'
        ELSE 'move' END AS place
    FROM matched m
  ), placed AS (
    SELECT d.*,
      CASE
        WHEN place = 'new' THEN coalesce(assigned_on, joined_on)
        WHEN place = 'move' AND assigned_on > a_from THEN assigned_on
        WHEN place = 'move' AND n_until < ${effectiveOn}::date THEN NULL
        WHEN place = 'move' AND ${effectiveOn}::date >= a_from THEN ${effectiveOn}::date END AS starts_on,
      CASE WHEN NOT ${has('authority_over', context)} THEN t_codes WHEN n_until < ${effectiveOn}::date THEN '{}' ELSE authority_over END AS n_authority
    FROM dated d
  ), holder AS (
    -- everybody whose address is in use on that day or later, from the file and from the roster behind it
    SELECT n_email AS email, n_pin IS NOT NULL AS has_pin, true AS in_file, employee_code FROM placed
    WHERE n_email IS NOT NULL AND (n_until IS NULL OR n_until >= ${effectiveOn}::date)
    UNION ALL
    SELECT p.email, p.paper_pin_hash IS NOT NULL, false, p.employee_code
    FROM employee p JOIN last_employment e ON e.employee_id = p.id
    WHERE p.company_id = ${companyId} AND p.email IS NOT NULL AND (e.until_on IS NULL OR e.until_on >= ${effectiveOn}::date)
      AND NOT EXISTS (SELECT FROM line l WHERE l.employee_code = p.employee_code)
  ), shared AS MATERIALIZED (
    SELECT email, bool_or(NOT has_pin AND NOT in_file) AS other_lacks, (array_agg(DISTINCT employee_code ORDER BY employee_code))[1:5] AS codes
    FROM holder GROUP BY email HAVING count(DISTINCT employee_code) > 1 AND NOT bool_and(has_pin)
  ), judged AS (
    SELECT p.*,
      array_remove(ARRAY[
        CASE WHEN department_id IS NULL AND department_code IS NOT NULL THEN ${remark('unknown_department', 'department_code', { value: 'department_code' })} END,
        CASE WHEN ends_on < least(n_until, greatest(${effectiveOn}::date, joined_on, assigned_on))
          THEN ${remark('department_ended', 'department_code', { value: 'department_code', until: 'ends_on' })} END,
        CASE WHEN NOT workplace_code = ANY(${context.workplaceCodes}::text[]) THEN ${remark('unknown_workplace', 'workplace_code', { value: 'workplace_code' })} END,
        CASE WHEN step = 'conflict' THEN ${remark('joined_conflict', 'joined_on', { before: 'e_from' })} END,
        CASE WHEN place = 'move' AND starts_on IS NULL AND n_until < ${effectiveOn}::date THEN ${remark('move_date_needed', 'assigned_on', {})} END,
        CASE WHEN place = 'move' AND starts_on IS NULL AND (n_until IS NULL OR n_until >= ${effectiveOn}::date)
          THEN ${remark('newer_known', 'department_code', { from: 'a_from' })} END,
        CASE WHEN n_until < CASE WHEN place = 'same' THEN a_from ELSE starts_on END AND NOT coalesce(left_on < joined_on, false)
          THEN ${remark('left_before_assigned', 'left_on', { until: 'n_until', from: "CASE WHEN place = 'same' THEN a_from ELSE starts_on END" })} END,
        CASE WHEN s.email IS NOT NULL AND (n_until IS NULL OR n_until >= ${effectiveOn}::date) AND (n_pin IS NULL OR s.other_lacks)
          THEN ${remark('shared_address', 'email', { value: 'n_email', codes: "array_to_string(s.codes, ', ')" })} END,
        CASE WHEN authority_over <> '{}' AND authority_over <> '{*}' AND NOT authority_over <@ (SELECT array_agg(code) FROM department_end)
          THEN ${remark('unknown_department', 'authority_over', { value: "array_to_string(authority_over, ', ')" })} END
      ]::jsonb[], NULL) AS faults,
      array_remove(ARRAY[
        CASE WHEN employee_id IS NULL THEN ${remark('new_person', '', { from: 'joined_on' })}
          WHEN step = 'new' AND e_until + 1 = joined_on THEN ${remark('renewed', 'joined_on', { from: 'joined_on' })}
          WHEN step = 'new' THEN ${remark('rehired', 'joined_on', { from: 'joined_on' })}
          WHEN step = 'renew' THEN ${remark('renewed', 'joined_on', { from: 'joined_on' })}
          WHEN step = 'correct' THEN ${remark('changed', 'joined_on', { before: 'e_from', after: 'joined_on' })} END,
        CASE WHEN place = 'move' THEN ${remark('moved', '', { before: 'a_department', after: 'department_code', workplaceBefore: 'a_workplace', workplaceAfter: 'workplace_code', from: 'starts_on' })} END,
        CASE WHEN step IN ('same', 'correct') AND n_until IS DISTINCT FROM e_until THEN CASE WHEN n_until IS NULL
          THEN ${remark('end_withdrawn', 'left_on', { before: 'e_until' })} ELSE ${remark('ends', 'left_on', { until: 'n_until' })} END
          WHEN step IN ('new', 'renew') AND n_until IS NOT NULL THEN ${remark('ends', 'left_on', { until: 'n_until' })} END,
        CASE WHEN p_family <> family_name THEN ${changed('family_name', 'p_family', 'family_name')} END,
        CASE WHEN p_given <> given_name THEN ${changed('given_name', 'p_given', 'given_name')} END,
        CASE WHEN employee_id IS NOT NULL AND n_sex IS DISTINCT FROM p_sex THEN ${changed('sex', 'p_sex', 'n_sex')} END,
        CASE WHEN employee_id IS NOT NULL AND n_birth IS DISTINCT FROM p_birth THEN ${changed('birth_on', 'p_birth', 'n_birth')} END,
        CASE WHEN employee_id IS NOT NULL AND p_email IS NULL AND n_email IS NOT NULL THEN ${changed('email', 'p_email', 'n_email')}
          WHEN n_email IS DISTINCT FROM p_email AND p_email IS NOT NULL THEN ${remark('address_changed', 'email', { before: 'p_email', after: 'n_email' })} END,
        CASE WHEN employee_id IS NOT NULL AND n_pin IS DISTINCT FROM p_pin THEN ${remark('pin_set', 'paper_pin', {})} END,
        CASE WHEN step IN ('same', 'correct') AND e_kind <> employment_kind THEN ${changed('employment_kind', 'e_kind', 'employment_kind')} END,
        CASE WHEN step IN ('same', 'correct') AND e_takes <> n_takes THEN ${changed('takes_stress_check', 'e_takes', 'n_takes')} END,
        CASE WHEN n_authority <> t_codes
          THEN ${remark('authority_changed', 'authority_over', { before: "array_to_string(t_codes, ', ')", after: "array_to_string(n_authority, ', ')" })} END
      ]::jsonb[], NULL) AS notes
    FROM placed p LEFT JOIN shared s ON s.email = p.n_email
  ), decided AS (
    SELECT j.line,
      CASE
        WHEN jsonb_array_length(said) > 0 OR faults <> '{}' THEN 'wrong'
        WHEN step = 'new' THEN 'added'
        WHEN step IN ('same', 'correct') AND n_until IS NOT NULL AND e_until IS NULL THEN 'ended'
        WHEN place = 'move' THEN 'moved'
        WHEN notes <> '{}' THEN 'changed'
        ELSE 'unchanged' END AS outcome,
      said || to_jsonb(faults || notes) AS remarks,
      CASE WHEN jsonb_array_length(said) > 0 OR faults <> '{}' OR notes = '{}' THEN '{}'::jsonb ELSE jsonb_build_object(
        'employeeId', employee_id, 'employmentId', e_id, 'assignmentId', a_id, 'step', step,
        'place', CASE WHEN place = 'move' AND starts_on = a_from THEN 'correct' ELSE place END,
        'person', employee_id IS NULL OR (p_family, p_given) IS DISTINCT FROM (family_name, given_name) OR n_sex IS DISTINCT FROM p_sex
          OR n_birth IS DISTINCT FROM p_birth OR n_email IS DISTINCT FROM p_email OR n_pin IS DISTINCT FROM p_pin,
        'code', employee_code, 'family', family_name, 'given', given_name, 'sex', n_sex, 'birth', n_birth, 'email', n_email, 'pin', n_pin,
        'kind', employment_kind, 'takes', n_takes, 'joined', joined_on, 'joinedBefore', e_from, 'until', n_until,
        'departmentId', department_id, 'workplaceCode', workplace_code, 'starts', starts_on,
        'authority', CASE WHEN n_authority <> t_codes THEN to_jsonb(n_authority) END) END AS plan
    FROM judged j
  )
  UPDATE roster_import_line l SET outcome = d.outcome, remarks = d.remarks, plan = d.plan
  FROM decided d WHERE l.company_id = ${companyId} AND l.import_id = ${importId} AND l.line = d.line`.execute(db)
}

function has(field: string, context: EmployeeContext) {
  return sql`${context.columns.includes(field)}::boolean`
}

/** A remark as jsonb; `params` are SQL expressions over the line's columns, written here and nowhere else. */
function remark(code: string, field: string, params: Record<string, string>) {
  const pairs = Object.entries(params).map(([name, expression]) => `'${name}', coalesce((${expression})::text, '')`)
  const fieldPart = field === '' ? '' : `'field', '${field}', `
  return sql.raw(`jsonb_build_object('code', '${code}', ${fieldPart}'params', jsonb_build_object(${pairs.join(', ')}))`)
}

const changed = (field: string, before: string, after: string) => remark('changed', field, { before, after })
