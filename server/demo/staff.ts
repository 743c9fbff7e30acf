import { generateSync } from 'otplib'
import { createStaffUser, grantRole, setPasswordAndTotp, type NewGrant, type StaffRole } from '../access/index.ts'
import { createCompany } from '../database/companies.ts'
import { newId } from '../ids.ts'
import type { DemoStaff } from './sign-ins.ts'
import { demoPassword, type Stage } from './stage.ts'
import { openVisitor, type Visitor } from './visitor.ts'

export interface DemoCompany {
  companyId: string
  key: string
  staff: DemoStaff[]
}

type Person = Omit<NewGrant, 'companyId' | 'userId'> & { name: string; email: string }

const people: Person[] = [
  { role: 'admin', name: '架空 管理者', email: 'admin@hanamichi-demo.example.jp' },
  { role: 'hr', name: '架空 人事', email: 'hr@hanamichi-demo.example.jp' },
  {
    role: 'implementer',
    name: '架空 実施者(医師)',
    email: 'implementer@hanamichi-demo.example.jp',
    profession: 'physician',
    isRepresentative: true,
  },
  { role: 'physician', name: '架空 面接医', email: 'physician@hanamichi-demo.example.jp' },
]

/** Company, key and one account for each role. */
export async function foundCompany(stage: Stage): Promise<DemoCompany> {
  const { services } = stage
  const at = services.clock.now()
  const companyId = newId(at)
  const made = await services.database.as({ role: 'setup', companyId }, at, async (db) => {
    const { key } = await createCompany(
      db,
      companyId,
      {
        name: '株式会社はなみち製作所(架空)',
        locale: 'ja',
        timeZone: 'Asia/Tokyo',
        leavingWord: 'graduation',
        mailSenderName: 'はなみち製作所(架空) 健康管理室',
        postalAddress: '東京都千代田区架空町1-1',
        contactEmail: 'kenko@hanamichi-demo.example.jp',
        contactPhone: '03-0000-0000',
        helpLine: '',
      },
      at,
    )
    await services.vault.createCompanyKey(db, companyId, at)
    const users: { person: Person; userId: string }[] = []
    for (const { ...person } of people) {
      const userId = await createStaffUser(db, { companyId, email: person.email, displayName: person.name }, at)
      const { name: _name, email: _email, ...grant } = person
      await grantRole(db, { ...grant, companyId, userId }, at)
      users.push({ person, userId })
    }
    return { key, users }
  })
  const staff: DemoStaff[] = []
  for (const { person, userId } of made.users) {
    const password = demoPassword()
    const { totpSecret } = await setPasswordAndTotp(services, { companyId, userId, password }, at)
    staff.push({ userId, role: person.role, name: person.name, email: person.email, password, totpSecret })
  }
  stage.staff.push(...staff)
  return { companyId, key: made.key, staff }
}

export function staffOf(company: DemoCompany, role: StaffRole): DemoStaff {
  const found = company.staff.find((one) => one.role === role)
  if (!found) throw new Error(`the demo has nobody who is ${role}`)
  return found
}

/** Signs a member of staff in through the pages, as a person does: password, then the one-time code of this moment. */
export async function signIn(stage: Stage, company: DemoCompany, role: StaffRole): Promise<Visitor> {
  const person = staffOf(company, role)
  const visitor = openVisitor(stage.baseUrl)
  await visitor.get(`/c/${company.key}/sign-in`)
  await visitor.submit(/sign-in/, { email: person.email, password: person.password })
  const epoch = Math.floor(stage.clock.now().getTime() / 1000)
  await visitor.submit(/code/, { code: generateSync({ secret: person.totpSecret, epoch }) })
  return visitor
}

/** Those who may open records accept the duty of secrecy at their first sign-in. */
export async function acknowledgeSecrecy(stage: Stage, company: DemoCompany, role: StaffRole): Promise<void> {
  const visitor = await signIn(stage, company, role)
  await visitor.get('/staff/secrecy')
  await visitor.submit(/secrecy/, { agreed: 'yes' })
}
