import { rosterOf, type AnyHandle, type EmploymentKind, type RosterAssignmentView, type Sex } from './tables.ts'

/** A person as employed and assigned on a given day. Dates are yyyy-mm-dd; `employedUntilOn` is the last day. */
export interface Member {
  employmentId: string
  employeeId: string
  employeeCode: string
  familyName: string
  givenName: string
  email: string | null
  /** null: the roster does not tell; the person is asked when answering, never guessed */
  sex: Sex | null
  birthOn: string | null
  employmentKind: EmploymentKind
  takesStressCheck: boolean
  employedFromOn: string
  employedUntilOn: string | null
  departmentId: string
  workplaceId: string
  /** the address is shared with somebody: the start needs the PIN handed over on paper (law N-4) */
  hasPaperPin: boolean
}

/** Where a person was between two dates, without a name. */
export interface Movement {
  employmentId: string
  sex: Sex | null
  birthOn: string | null
  employmentKind: EmploymentKind
  employedFromOn: string
  employedUntilOn: string | null
  departmentId: string
  workplaceId: string
  assignedFromOn: string
  assignedUntilOn: string | null
}

const rows = (db: AnyHandle, companyId: string, on: string) =>
  rosterOf(db)
    .selectFrom('roster_assignment')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('assigned_from_on', '<=', on)
    .where((or) => or.or([or('assigned_until_on', 'is', null), or('assigned_until_on', '>=', on)]))
    .where('employed_from_on', '<=', on)
    .where((or) => or.or([or('employed_until_on', 'is', null), or('employed_until_on', '>=', on)]))

/** Everybody employed and assigned on the day `on`, by employee code; only of the named workplaces where given. */
export async function membersOn(
  db: AnyHandle,
  companyId: string,
  on: string,
  workplaceIds?: string[],
): Promise<Member[]> {
  if (workplaceIds?.length === 0) return []
  let query = rows(db, companyId, on)
  if (workplaceIds) query = query.where('workplace_id', 'in', workplaceIds)
  return (await query.orderBy('employee_code').execute()).map(memberOf)
}

/** One employment on a day; undefined when it did not hold then. */
export async function findMember(
  db: AnyHandle,
  companyId: string,
  employmentId: string,
  on: string,
): Promise<Member | undefined> {
  const row = await rows(db, companyId, on).where('employment_id', '=', employmentId).executeTakeFirst()
  return row && memberOf(row)
}

/** Several employments on a day, by employment id; those that did not hold then are absent. */
export async function findMembers(
  db: AnyHandle,
  companyId: string,
  employmentIds: string[],
  on: string,
): Promise<Map<string, Member>> {
  const found = new Map<string, Member>()
  // a statement takes at most 65535 parameters
  for (let start = 0; start < employmentIds.length; start += 10_000) {
    const ids = employmentIds.slice(start, start + 10_000)
    const part = await rows(db, companyId, on).where('employment_id', 'in', ids).execute()
    for (const row of part) found.set(row.employment_id, memberOf(row))
  }
  return found
}

/** Every assignment ever, without names: what person-months and leavers are counted from. Ordered by employment and date. */
export async function movements(db: AnyHandle, companyId: string): Promise<Movement[]> {
  const found = await rosterOf(db)
    .selectFrom('roster_movement')
    .selectAll()
    .where('company_id', '=', companyId)
    .orderBy('employment_id')
    .orderBy('assigned_from_on')
    .execute()
  return found.map((row) => ({
    employmentId: row.employment_id,
    sex: row.sex,
    birthOn: row.birth_on,
    employmentKind: row.employment_kind,
    employedFromOn: row.employed_from_on,
    employedUntilOn: row.employed_until_on,
    departmentId: row.department_id,
    workplaceId: row.workplace_id,
    assignedFromOn: row.assigned_from_on,
    assignedUntilOn: row.assigned_until_on,
  }))
}

function memberOf(row: RosterAssignmentView): Member {
  return {
    employmentId: row.employment_id,
    employeeId: row.employee_id,
    employeeCode: row.employee_code,
    familyName: row.family_name,
    givenName: row.given_name,
    email: row.email,
    sex: row.sex,
    birthOn: row.birth_on,
    employmentKind: row.employment_kind,
    takesStressCheck: row.takes_stress_check,
    employedFromOn: row.employed_from_on,
    employedUntilOn: row.employed_until_on,
    departmentId: row.department_id,
    workplaceId: row.workplace_id,
    hasPaperPin: row.paper_pin_hash !== null,
  }
}
