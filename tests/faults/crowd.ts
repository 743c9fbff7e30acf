import { newId } from '../../server/ids.ts'
import type { TestStaff } from '../campaigns/company.ts'
import type { World } from '../helpers/world.ts'

/**
 * Fills the test company up to `people` who take the check, in its department 総務課, each with an address of the own (everybody's address is
 * the employee code; nobody shares one, nobody has none). Rows past the roles, because the roster is not what is tried. Returns the addresses.
 */
export async function hireMore(world: World, company: TestStaff, people: number): Promise<string[]> {
  const { companyId } = company
  const { superuser, clock } = world
  await superuser.query(
    "UPDATE employee SET email = lower(employee_code) || '@example.jp', paper_pin_hash = NULL WHERE company_id = $1",
    [companyId],
  )
  const { rows: known } = await superuser.query<{ n: number }>(
    'SELECT count(*)::int AS n FROM employment WHERE company_id = $1 AND takes_stress_check',
    [companyId],
  )
  const crowd = Array.from({ length: people - known[0]!.n }, () => [0, 1, 2].map(() => newId(clock.now())))
  const ids = [0, 1, 2].map((which) => crowd.map((person) => person[which]))
  await superuser.query(
    `WITH crowd AS (SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[]) WITH ORDINALITY AS one (employee_id, employment_id, assignment_id, number)),
     employees AS (INSERT INTO employee (company_id, id, employee_code, family_name, given_name, sex, birth_on, email)
       SELECT $1, employee_id, 'F' || number, '架空', number || '子', CASE number % 2 WHEN 0 THEN 'male' ELSE 'female' END, '1985-06-15', 'f' || number || '@example.jp' FROM crowd),
     employments AS (INSERT INTO employment (company_id, id, employee_id, kind, from_on, takes_stress_check)
       SELECT $1, employment_id, employee_id, 'regular', '2022-04-01', true FROM crowd)
     INSERT INTO assignment (company_id, id, employment_id, department_id, workplace_id, from_on)
       SELECT $1, assignment_id, employment_id, $5, $6, '2022-04-01' FROM crowd`,
    [companyId, ...ids, company.department('D6'), company.workplaces.W1],
  )
  const { rows } = await superuser.query<{ email: string }>(
    `SELECT p.email FROM employee p JOIN employment e ON e.company_id = p.company_id AND e.employee_id = p.id
     WHERE p.company_id = $1 AND e.takes_stress_check`,
    [companyId],
  )
  return rows.map((row) => row.email)
}
