import { createStaffUser, grantRole, type StaffRole } from '../../server/access/index.ts'
import {
  campaignWorkplaces,
  createCampaign,
  prepareCampaign,
  signCampaign,
  type CampaignPlan,
  type Preparation,
} from '../../server/campaigns/index.ts'
import { committeeItems, opinionItems } from '../../server/campaigns/rules.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import type { DatabaseRole } from '../../server/database/connection.ts'
import { newId } from '../../server/ids.ts'
import { openSession } from '../../server/web/sessions.ts'
import { openBrowser, type Browser } from '../helpers/browser.ts'
import type { World } from '../helpers/world.ts'

/** Departments of the test company with the people attached directly; 80 people, 79 of whom take the check. */
const departments = [
  { code: 'D1', name: '営業本部', parent: undefined, people: 3, workplace: 'W1' },
  { code: 'D2', name: '第一課', parent: 'D1', people: 12, workplace: 'W1' },
  { code: 'D3', name: '第二課', parent: 'D1', people: 7, workplace: 'W1' },
  { code: 'D4', name: '第三課', parent: 'D1', people: 6, workplace: 'W1' },
  { code: 'D5', name: '管理本部', parent: undefined, people: 2, workplace: 'W1' },
  { code: 'D6', name: '総務課', parent: 'D5', people: 25, workplace: 'W1' },
  { code: 'D7', name: '経理課', parent: 'D5', people: 11, workplace: 'W1' },
  { code: 'D8', name: '北支店', parent: undefined, people: 14, workplace: 'W2' },
] as const

export interface TestStaff {
  companyId: string
  companyKey: string
  workplaces: { W1: string; W2: string }
  department: (code: string) => string
  /** employment id by employee code (E001 …) */
  employment: (code: string) => string
  hrId: string
  implementerId: string
}

/** A company of its own: 本社 (66 people, committee) and 北支店 (14, opinions heard), HR and an implementer. */
export async function fillCompany(world: World): Promise<TestStaff> {
  const { companyId, companyKey } = await world.company()
  const at = world.clock.now()
  const put = (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row)
    return world.superuser.query(
      `INSERT INTO ${table} (company_id, ${columns.join(', ')}) VALUES ($1, ${columns.map((_, index) => `$${index + 2}`).join(', ')})`,
      [companyId, ...Object.values(row)],
    )
  }
  const workplaces = { W1: newId(at), W2: newId(at) }
  await put('workplace', { id: workplaces.W1, code: 'W1', name: '本社', headcount_for_50: 66, from_on: '2020-04-01' })
  await put('workplace', { id: workplaces.W2, code: 'W2', name: '北支店', headcount_for_50: 14, from_on: '2020-04-01' })
  const departmentIds = new Map<string, string>()
  const employments = new Map<string, string>()
  let number = 0
  for (const unit of departments) {
    const id = newId(at)
    departmentIds.set(unit.code, id)
    await put('department', { id, code: unit.code })
    const parent = unit.parent === undefined ? null : departmentIds.get(unit.parent)!
    await put('department_version', {
      id: newId(at),
      department_id: id,
      name: unit.name,
      parent_id: parent,
      from_on: '2020-04-01',
    })
    for (let index = 0; index < unit.people; index++) {
      number++
      const code = `E${String(number).padStart(3, '0')}`
      const employeeId = newId(at)
      const employmentId = newId(at)
      employments.set(code, employmentId)
      await put('employee', {
        id: employeeId,
        employee_code: code,
        family_name: '架空',
        given_name: `${number}郎`,
        sex: number === 5 ? null : number % 2 ? 'male' : 'female',
        birth_on: number === 5 ? null : '1985-06-15',
        // E010 has none; E020 and E021 share one and hold a PIN on paper
        email:
          number === 10 ? null : number === 21 ? 'e020@example.jp' : `e${String(number).padStart(3, '0')}@example.jp`,
        paper_pin_hash: number === 20 || number === 21 ? 'x' : null,
      })
      // E030 works too few hours
      await put('employment', {
        id: employmentId,
        employee_id: employeeId,
        kind: 'regular',
        from_on: '2022-04-01',
        takes_stress_check: number !== 30,
      })
      await put('assignment', {
        id: newId(at),
        employment_id: employmentId,
        department_id: id,
        workplace_id: workplaces[unit.workplace],
        from_on: '2022-04-01',
      })
    }
  }
  const staff = async (email: string, role: StaffRole): Promise<string> =>
    world.services.database.as({ role: 'setup', companyId }, at, async (db) => {
      const userId = await createStaffUser(db as AnyHandle, { companyId, email, displayName: `試験 ${role}` }, at)
      const profession = role === 'implementer' ? { profession: 'physician' as const } : {}
      await grantRole(db as AnyHandle, { companyId, userId, role, ...profession }, at)
      return userId
    })
  const hrId = await staff('hr@example.jp', 'hr')
  const implementerId = await staff('implementer@example.org', 'implementer')
  await world.superuser.query('UPDATE role_grant SET secrecy_acknowledged_at = $2 WHERE company_id = $1', [
    companyId,
    at,
  ])
  return {
    companyId,
    companyKey,
    workplaces,
    department: (code) => departmentIds.get(code)!,
    employment: (code) => employments.get(code)!,
    hrId,
    implementerId,
  }
}

/** A browser of somebody who has signed in with both factors. */
export async function browserOf(world: World, company: TestStaff, userId: string): Promise<Browser> {
  const at = world.clock.now()
  const { cookie } = await world.services.database.as({ role: 'sign_in', companyId: company.companyId }, at, (db) =>
    openSession(
      db as AnyHandle,
      {
        companyId: company.companyId,
        companyKey: company.companyKey,
        kind: 'staff',
        subjectId: userId,
        strength: 'full',
      },
      at,
    ),
  )
  const browser = openBrowser(await world.app())
  browser.cookies.set('hanamichi_staff', cookie)
  return browser
}

export const asRole = <T>(
  world: World,
  role: DatabaseRole,
  companyId: string,
  work: (db: AnyHandle) => Promise<T>,
  subjectId?: string,
) => world.services.database.as({ role, companyId, subjectId }, world.clock.now(), (db) => work(db as AnyHandle))

/** A plan for the test clock's 2 November 2026 (a Monday), over both workplaces. */
export function planFor(company: TestStaff, changes: Partial<CampaignPlan> = {}): CampaignPlan {
  return {
    name: '2026年度ストレスチェック',
    opensOn: '2026-11-02',
    closesOn: '2026-11-20',
    questionnaires: [
      { slug: 'stress-check-57', version: 1 },
      { slug: 'presenteeism-spq', version: 1 },
    ],
    workplaceIds: Object.values(company.workplaces),
    criteriaMethod: 'simpleSum',
    floor: 10,
    employerReceivesIndividualResults: false,
    othersMayRequestInterview: false,
    turnoverRiskPurpose: true,
    remindersMaximum: 2,
    reminderIntervalDays: 5,
    ...changes,
  }
}

/** Everything deliberated and heard. */
export async function fullPreparation(world: World, company: TestStaff, campaignId: string): Promise<Preparation> {
  const workplaces = await asRole(world, 'hr', company.companyId, (db) =>
    campaignWorkplaces(db, company.companyId, campaignId),
  )
  return {
    workplaces: workplaces.map(({ workplaceId, basis }) => ({
      workplaceId,
      heldOn: '2026-10-20',
      items: Object.fromEntries(
        (basis === 'committee' ? committeeItems : opinionItems).map((item) => [item, `${item}: 審議した`]),
      ),
    })),
    rulesPublishedOn: '2026-10-26',
    rulesUrl: '',
    highStressShareResolvedOn: null,
  }
}

/** A campaign up to the state of the signature. */
export async function signedCampaign(
  world: World,
  company: TestStaff,
  changes: Partial<CampaignPlan> = {},
): Promise<string> {
  const at = world.clock.now()
  const { companyId } = company
  const campaignId = await asRole(world, 'hr', companyId, (db) =>
    createCampaign(db, companyId, planFor(company, changes), company.hrId, at),
  )
  const preparation = await fullPreparation(world, company, campaignId)
  await asRole(world, 'hr', companyId, (db) => prepareCampaign(db, companyId, campaignId, preparation, at))
  const signature = {
    userId: company.implementerId,
    criteriaMethod: 'simpleSum' as const,
    reach: undefined,
    requestId: 'test',
  }
  await asRole(
    world,
    'implementer',
    companyId,
    (db) => signCampaign(db, companyId, campaignId, signature, at),
    company.implementerId,
  )
  return campaignId
}
