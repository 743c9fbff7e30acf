import type { Answers } from '../../analysis/scoring/index.ts'
import { createStaffUser, grantRole, type StaffRole } from '../../server/access/index.ts'
import { answersKeyOf } from '../../server/answering/start.ts'
import { storingResponses } from '../../server/answering/submission-statement.ts'
import {
  advanceCampaign,
  campaignWorkplaces,
  closeCampaign,
  createCampaign,
  listInvitations,
  markStarted,
  markSubmitted,
  openCampaign,
  prepareCampaign,
  signCampaign,
  type Invitation,
} from '../../server/campaigns/index.ts'
import { committeeItems } from '../../server/campaigns/rules.ts'
import type { DatabaseRole } from '../../server/database/connection.ts'
import { climateOf, presenteeismAnswer, stressAnswers } from '../../server/demo/answers.ts'
import { chance } from '../../server/demo/chance.ts'
import { newId } from '../../server/ids.ts'
import { findVersion, publishedVersions } from '../../server/questionnaires/index.ts'
import { sealResult, storingResult } from '../../server/results/index.ts'
import type { AnyHandle } from '../../server/group-reports/tables.ts'
import { openSession } from '../../server/web/sessions.ts'
import { openBrowser, type Browser } from '../helpers/browser.ts'
import type { World } from '../helpers/world.ts'

export interface Unit {
  code: string
  name: string
  parent?: string
  people: number
  /** how much harder it is to work there */
  harder?: number
  /** share of people who left of their own accord in the last three years */
  leaving?: number
}

/** 167 people in three divisions whose heads are attached directly, and a branch; some units are under ten. */
export const smallCompany: readonly Unit[] = [
  { code: 'S', name: '営業本部', people: 3 },
  { code: 'S1', name: '営業第一課', parent: 'S', people: 24, harder: 1.1, leaving: 0.5 },
  { code: 'S2', name: '営業第二課', parent: 'S', people: 16 },
  { code: 'S3', name: '営業第三課', parent: 'S', people: 7 },
  { code: 'S4', name: '営業企画課', parent: 'S', people: 14 },
  { code: 'M', name: '製造本部', people: 2 },
  { code: 'M1', name: '組立課', parent: 'M', people: 30 },
  { code: 'M2', name: '検査課', parent: 'M', people: 12 },
  { code: 'M3', name: '保全課', parent: 'M', people: 6 },
  { code: 'A', name: '管理本部', people: 2 },
  { code: 'A1', name: '総務課', parent: 'A', people: 13 },
  { code: 'A2', name: '経理課', parent: 'A', people: 11 },
  { code: 'A3', name: '情報システム課', parent: 'A', people: 9 },
  { code: 'B', name: '北支店', people: 18 },
]

export interface TestCompany {
  companyId: string
  companyKey: string
  units: readonly Unit[]
  workplaceId: string
  departmentId: (code: string) => string
  codeOf: (departmentId: string) => string | undefined
  userIds: Record<'hr' | 'implementer' | 'manager' | 'otherHr', string>
}

export const asRole = <T>(
  world: World,
  role: DatabaseRole,
  companyId: string,
  work: (db: AnyHandle) => Promise<T>,
  subjectId?: string,
) => world.services.database.as({ role, companyId, subjectId }, world.clock.now(), (db) => work(db as AnyHandle))

async function put(
  world: World,
  companyId: string,
  table: string,
  rows: readonly Record<string, unknown>[],
): Promise<void> {
  for (let start = 0; start < rows.length; start += 500) {
    const part = rows.slice(start, start + 500)
    const columns = Object.keys(part[0]!)
    const values = part.flatMap((row) => columns.map((column) => row[column]))
    const places = part.map(
      (_, row) => `($1, ${columns.map((_, column) => `$${row * columns.length + column + 2}`).join(', ')})`,
    )
    await world.superuser.query(
      `INSERT INTO ${table} (company_id, ${columns.join(', ')}) VALUES ${places.join(', ')}`,
      [companyId, ...values],
    )
  }
}

/** A generated company: the roster with three years of leavers, HR, an implementer, and a manager of the first unit. */
export async function fillCompany(
  world: World,
  units: readonly Unit[] = smallCompany,
  managerOf = 'S1',
): Promise<TestCompany> {
  const { companyId, companyKey } = await world.company({ name: '架空商事株式会社' })
  const at = world.clock.now()
  const workplaceId = newId(at)
  const ids = new Map(units.map((unit) => [unit.code, newId(at)]))
  await put(world, companyId, 'workplace', [
    { id: workplaceId, code: 'W1', name: '本社', headcount_for_50: 167, from_on: '2015-04-01' },
  ])
  await put(
    world,
    companyId,
    'department',
    units.map((unit) => ({ id: ids.get(unit.code), code: unit.code })),
  )
  await put(
    world,
    companyId,
    'department_version',
    units.map((unit) => ({
      id: newId(at),
      department_id: ids.get(unit.code),
      name: unit.name,
      parent_id: unit.parent ? ids.get(unit.parent) : null,
      from_on: '2015-04-01',
    })),
  )
  const random = chance(7, 'roster')
  const people: {
    employee: Record<string, unknown>
    employment: Record<string, unknown>
    assignment: Record<string, unknown>
    departure: Record<string, unknown> | undefined
  }[] = []
  let number = 0
  const hire = (unit: Unit, until: string | null) => {
    number++
    const [employeeId, employmentId] = [newId(at), newId(at)]
    const from = `${2012 + Math.floor(random.uniform() * 10)}-04-01`
    people.push({
      employee: {
        id: employeeId,
        employee_code: `E${String(number).padStart(4, '0')}`,
        family_name: '架空',
        given_name: `${number}`,
        sex: random.uniform() < 0.55 ? 'male' : 'female',
        birth_on: `${1965 + Math.floor(random.uniform() * 35)}-06-15`,
        email: `e${number}@example.jp`,
      },
      employment: {
        id: employmentId,
        employee_id: employeeId,
        kind: 'regular',
        from_on: from,
        until_on: until,
        takes_stress_check: true,
      },
      assignment: {
        id: newId(at),
        employment_id: employmentId,
        department_id: ids.get(unit.code),
        workplace_id: workplaceId,
        from_on: from,
        until_on: until,
      },
      departure:
        until === null
          ? undefined
          : {
              id: newId(at),
              employment_id: employmentId,
              state: 'confirmed',
              kind: 'resignation',
              leaving_on: until,
              source: 'roster',
              confirmed_at: at,
              created_at: at,
            },
    })
  }
  for (const unit of units) {
    for (let index = 0; index < unit.people; index++) hire(unit, null)
    const leavers = Math.round(unit.people * (unit.leaving ?? 0.15))
    for (let index = 0; index < leavers; index++)
      hire(unit, `${2023 + (index % 3)}-${String(1 + Math.floor(random.uniform() * 12)).padStart(2, '0')}-28`)
  }
  await put(
    world,
    companyId,
    'employee',
    people.map((one) => one.employee),
  )
  await put(
    world,
    companyId,
    'employment',
    people.map((one) => one.employment),
  )
  await put(
    world,
    companyId,
    'assignment',
    people.map((one) => one.assignment),
  )
  await put(
    world,
    companyId,
    'departure',
    people.flatMap((one) => (one.departure ? [one.departure] : [])),
  )

  const staff = (email: string, name: string, role: StaffRole, departmentId?: string) =>
    asRole(world, 'setup', companyId, async (db) => {
      const userId = await createStaffUser(db, { companyId, email, displayName: name }, at)
      await grantRole(
        db,
        {
          companyId,
          userId,
          role,
          departmentId,
          ...(role === 'implementer' ? { profession: 'physician' as const } : {}),
        },
        at,
      )
      return userId
    })
  const userIds = {
    hr: await staff('hr@example.jp', '人事 花子', 'hr'),
    otherHr: await staff('hr2@example.jp', '人事 次郎', 'hr'),
    implementer: await staff('jisshisha@example.org', '実施 医子', 'implementer'),
    manager: await staff('kacho@example.jp', '課長 一郎', 'manager', ids.get(managerOf)),
  }
  await world.superuser.query('UPDATE role_grant SET secrecy_acknowledged_at = $2 WHERE company_id = $1', [
    companyId,
    at,
  ])
  const codes = new Map([...ids].map(([code, id]) => [id, code]))
  return {
    companyId,
    companyKey,
    units,
    workplaceId,
    userIds,
    departmentId: (code) => ids.get(code)!,
    codeOf: (id) => codes.get(id),
  }
}

export interface CampaignOptions {
  year: number
  /** share of people who answer */
  answering?: number
  highStressShareResolvedOn?: string | null
  turnoverRiskPurpose?: boolean
  /** leave out an answer of every so-manieth person */
  skipEvery?: number
  /** those that take part; the company's one unless told */
  workplaceIds?: readonly string[]
  /** the stress check that is asked; 57 items unless told */
  slug?: string
  /** no stress check at all, only what would stand beside it */
  pulse?: boolean
  /** instruments beside it; the single question on presenteeism unless told */
  beside?: readonly BesideInstrument[]
}

/** An instrument beside the stress check, and what people answer to it: by unit and by seat in it, so that every run is alike. */
export interface BesideInstrument {
  slug: string
  version?: number
  answers: (person: { code: string; seat: number; index: number; year: number }) => Answers
}

/** A campaign from plan to released results, answered by generated people; leaves the clock after the release. */
export async function runCampaign(world: World, company: TestCompany, options: CampaignOptions): Promise<string> {
  const { year } = options
  const { companyId, userIds } = company
  world.clock.set(`${year}-10-30T01:00:00Z`)
  const at = () => world.clock.now()
  const campaignId = await asRole(world, 'hr', companyId, (db) =>
    createCampaign(
      db,
      companyId,
      {
        ...(options.pulse ? { kind: 'pulse' as const } : {}),
        name: options.pulse ? `${year}年 働き心地` : `${year}年度ストレスチェック`,
        opensOn: `${year}-11-02`,
        closesOn: `${year}-11-20`,
        questionnaires: [
          ...(options.pulse ? [] : [{ slug: options.slug ?? 'stress-check-57', version: 1 }]),
          ...(options.beside ?? [{ slug: 'presenteeism-spq' }]).map((one) => ({
            slug: one.slug,
            version: ('version' in one ? one.version : undefined) ?? 1,
          })),
        ],
        workplaceIds: [...(options.workplaceIds ?? [company.workplaceId])],
        criteriaMethod: 'simpleSum',
        floor: 10,
        employerReceivesIndividualResults: false,
        othersMayRequestInterview: false,
        turnoverRiskPurpose: options.pulse ? false : (options.turnoverRiskPurpose ?? true),
        remindersMaximum: 0,
        reminderIntervalDays: 5,
      },
      userIds.hr,
      at(),
    ),
  )
  const resolved = options.highStressShareResolvedOn === undefined ? `${year}-10-20` : options.highStressShareResolvedOn
  await asRole(world, 'hr', companyId, async (db) => {
    if (options.pulse) return advanceCampaign(db, companyId, campaignId, 'draft', 'prepared', at())
    const workplaces = await campaignWorkplaces(db, companyId, campaignId)
    const items = Object.fromEntries(committeeItems.map((item) => [item, `${item}: 審議した`]))
    await prepareCampaign(
      db,
      companyId,
      campaignId,
      {
        workplaces: workplaces.map(({ workplaceId }) => ({ workplaceId, heldOn: `${year}-10-20`, items })),
        rulesPublishedOn: `${year}-10-26`,
        rulesUrl: '',
        highStressShareResolvedOn: resolved,
      },
      at(),
    )
  })
  const signature = {
    userId: userIds.implementer,
    criteriaMethod: 'simpleSum' as const,
    reach: undefined,
    requestId: 'test',
  }
  await asRole(
    world,
    'implementer',
    companyId,
    (db) => signCampaign(db, companyId, campaignId, signature, at()),
    userIds.implementer,
  )
  world.clock.set(`${year}-11-02T01:00:00Z`)
  await openCampaign(world.services, companyId, campaignId, at())
  world.clock.set(`${year}-11-10T01:00:00Z`)
  const invitations = await asRole(world, 'analysis', companyId, (db) => listInvitations(db, companyId, campaignId))
  await answerAll(world, company, campaignId, invitations, options)
  world.clock.set(`${year}-11-20T15:00:01Z`)
  await closeCampaign(world.services, companyId, campaignId, at())
  if (!options.pulse)
    await asRole(world, 'implementer', companyId, async (db) => {
      await advanceCampaign(db, companyId, campaignId, 'closed', 'need_confirmed', at())
      await advanceCampaign(db, companyId, campaignId, 'need_confirmed', 'results_released', at())
    })
  world.clock.set(`${year}-11-26T01:00:00Z`)
  return campaignId
}

async function answerAll(
  world: World,
  company: TestCompany,
  campaignId: string,
  invitations: readonly Invitation[],
  options: CampaignOptions,
): Promise<void> {
  const { companyId } = company
  const at = world.clock.now()
  const shipped = await asRole(world, 'analysis', companyId, (db) => publishedVersions(db, companyId))
  const stress = findVersion(shipped, `${options.slug ?? 'stress-check-57'}@1`)!
  // everybody answers the 57 questions alike, as far as their form asks them; what only the 80 ask is answered with 2
  const all = findVersion(shipped, 'stress-check-57@1')!
  const beside: readonly BesideInstrument[] = options.beside ?? [
    {
      slug: 'presenteeism-spq',
      answers: ({ code, index, year }) => ({
        performance: presenteeismAnswer({
          seed: 11,
          employeeCode: String(index),
          year,
          climate: climateOf(11, code, year, units.get(code)!.harder ?? 0),
        }),
      }),
    },
  ]
  const units = new Map(company.units.map((unit) => [unit.code, unit]))
  const seats = new Map<string, number>()
  for (const { id: invitationId, subjectId, departmentId } of invitations) {
    const code = company.codeOf(departmentId)!
    // ids are random: people are told apart by their seat, so that every run has the same answers
    const seat = seats.get(code) ?? 0
    seats.set(code, seat + 1)
    const index = seat * company.units.length + company.units.findIndex((unit) => unit.code === code)
    if (chance(3, 'answers', options.year, index).uniform() > (options.answering ?? 0.88)) continue
    const who = {
      seed: 11,
      employeeCode: String(index),
      year: options.year,
      climate: climateOf(11, code, options.year, units.get(code)!.harder ?? 0),
    }
    const told = stressAnswers(all.definition, who)
    const answers = Object.fromEntries(stress.items.map(({ id }) => [id, told[id] ?? 2]))
    if (options.skipEvery && index % options.skipEvery === 0) delete answers[['q47', 'q1', 'q30', 'q12'][index % 4]!]
    const sex = index % 9 === 0 ? null : index % 2 === 0 ? ('female' as const) : ('male' as const)
    const given = [
      ...(options.pulse ? [] : [{ version: stress, value: { answers, ...(sex ? { sex } : {}) } }]),
      ...beside.map((one) => ({
        version: findVersion(shipped, `${one.slug}@${one.version ?? 1}`)!,
        value: { answers: one.answers({ code, seat, index, year: options.year }) },
      })),
    ]
    await asRole(
      world,
      'employee',
      companyId,
      async (db) => {
        await markStarted(db, companyId, invitationId, at)
        await markSubmitted(db, companyId, invitationId, at)
        const keys = await world.services.vault.readyKeys(
          db,
          companyId,
          [
            ...given.map(({ version }) => answersKeyOf(subjectId, version.slug)),
            { area: 'stress', subjectId, recordType: 'result' },
          ],
          at,
        )
        const responses = given.map(({ version, value }) => {
          const id = newId(at)
          const sealedAnswers = keys.seal(
            answersKeyOf(subjectId, version.slug),
            { table: 'response', rowId: id },
            value,
          )
          return { id, slug: version.slug, version: version.version, hash: version.hash, sealedAnswers }
        })
        const owner = { companyId, invitationId, campaignId, subjectId }
        await storingResponses(db, { ...owner, at }, responses).execute()
        if (options.pulse) return
        const questionnaire = { slug: stress.slug, version: stress.version }
        const outcome = { ...owner, sex, questionnaire, criteriaMethod: 'simpleSum', answers } as const
        await storingResult(db, await sealResult(outcome, at, keys)).execute()
      },
      subjectId,
    )
  }
}

/** A browser of somebody of the staff who has signed in with both factors. */
export async function browserOf(world: World, company: TestCompany, userId: string, language = 'ja'): Promise<Browser> {
  const browser = openBrowser(await world.app(), { language })
  browser.cookies.set('hanamichi_staff', await staffCookie(world, company, userId))
  return browser
}

export async function staffCookie(
  world: World,
  company: Pick<TestCompany, 'companyId' | 'companyKey'>,
  userId: string,
): Promise<string> {
  const { cookie } = await asRole(world, 'sign_in', company.companyId, (db) =>
    openSession(
      db,
      {
        companyId: company.companyId,
        companyKey: company.companyKey,
        kind: 'staff',
        subjectId: userId,
        strength: 'full',
      },
      world.clock.now(),
    ),
  )
  return cookie
}
