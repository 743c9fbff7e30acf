import { findVersion, shippedQuestionnaires } from '../../server/questionnaires/index.ts'
import { answerAsEmployee, type ScreenPlan } from '../../server/demo/employees.ts'
import { climateOf, presenteeismAnswer, stressAnswers } from '../../server/demo/answers.ts'
import type { StaffRole } from '../../server/access/index.ts'
import { codeAt, createStaff, type StaffOptions } from '../helpers/browser.ts'
import { type Site, type Visit } from '../helpers/chromium.ts'
import type { TestCompany } from '../helpers/world.ts'
import { employees, person } from '../roster/files.ts'

/** Departments of the journeys' company and the people attached directly: 本社 with 52 of them, 北支店 with 11. */
const units = [
  { code: 'D1', name: '営業本部', parent: '', people: 2, workplace: 'W1' },
  { code: 'D11', name: '第一営業課', parent: 'D1', people: 13, workplace: 'W1' },
  { code: 'D12', name: '第二営業課', parent: 'D1', people: 11, workplace: 'W1' },
  { code: 'D13', name: '第三営業課', parent: 'D1', people: 4, workplace: 'W1' },
  { code: 'D2', name: '製造本部', parent: '', people: 2, workplace: 'W1' },
  { code: 'D21', name: '組立課', parent: 'D2', people: 12, workplace: 'W1' },
  { code: 'D22', name: '検査課', parent: 'D2', people: 8, workplace: 'W1' },
  { code: 'D3', name: '北支店', parent: '', people: 11, workplace: 'W2' },
]

export interface Employee {
  code: string
  email: string
  department: string
}

export const people: readonly Employee[] = units.flatMap((unit, place) => {
  const before = units.slice(0, place).reduce((sum, one) => sum + one.people, 0)
  return Array.from({ length: unit.people }, (_one, index) => {
    const code = `E${String(before + index + 1).padStart(3, '0')}`
    return { code, email: `${code.toLowerCase()}@example.jp`, department: unit.code }
  })
})

export const departmentsFile = [
  '部署コード,部署名,上位部署コード,開始日,終了日,引継先部署コード',
  ...units.map((unit) => `${unit.code},${unit.name},${unit.parent},2020-04-01,,`),
  '',
].join('\n')

export const employeesFile = employees(
  ...people.map((one, index) => {
    const unit = units.find(({ code }) => code === one.department)!
    const workplaceName = unit.workplace === 'W1' ? '本社' : '北支店'
    const sex = index % 2 ? '男' : '女'
    return person(one.code, {
      department: unit.code,
      workplace: unit.workplace,
      workplaceName,
      sex,
      given: `${index + 1}子`,
    })
  }),
)

export interface StaffMember {
  email: string
  password: string
  totpSecret: string
}

export const hire = (site: Site, company: TestCompany, role: StaffRole, options: StaffOptions = {}) =>
  createStaff(site.world, company, role, options)

/** Signs in on the real pages: password, then the code of the authenticator app. The clock goes on, since each code works once. */
export async function signIn(site: Site, company: TestCompany, visit: Visit, one: StaffMember): Promise<void> {
  site.world.clock.advance(31_000)
  await visit.go(`/c/${company.companyKey}/sign-in`)
  await visit.fill('email', one.email)
  await visit.fill('password', one.password)
  await visit.press('access.signIn.next')
  await visit.fill('code', codeAt(one.totpSecret, site.world.clock.now()))
  await visit.press('access.code.enter')
}

/** The others of the company answer over HTTP, as their browsers would, a few at a time. */
export async function answerFor(site: Site, those: readonly Employee[], year: number): Promise<void> {
  const definition = findVersion(await shippedQuestionnaires(), 'stress-check-57')!.definition
  const screens: ScreenPlan = new Map()
  const answer = async ({ code, email, department }: Employee) => {
    const who = {
      seed: 5,
      employeeCode: code,
      year,
      climate: climateOf(5, department, year, department === 'D11' ? 1 : 0),
    }
    const link = await site.linkTo(email, '/a/')
    const answers = { ...stressAnswers(definition, who), performance: presenteeismAnswer(who) }
    await answerAsEmployee({ baseUrl: site.baseUrl } as never, { link, answers, sex: 'female' }, screens)
  }
  const [first, ...others] = those
  if (first) await answer(first)
  let next = 0
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      while (next < others.length) await answer(others[next++]!)
    }),
  )
}
