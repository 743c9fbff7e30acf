import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mailTemplates } from '../../server/capabilities.ts'
import { createMailTransport, sendDueMails } from '../../server/mail/index.ts'
import { signInAs, type Browser } from '../helpers/browser.ts'
import { startSmtp, type SmtpPeer } from '../helpers/smtp.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'
import { departmentsCsv, employees, person, rosterOfCompany } from './files.ts'

let world: World
let company: TestCompany
let hr: Browser
let userId: string
let smtp: SmtpPeer

beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
  smtp = await startSmtp()
  const roster = rosterOfCompany(world, company.companyId)
  await roster.take('departments', departmentsCsv, '2024-11-01')
  await roster.take('employees', employees(person('E1'), person('E2'), person('E3', { email: '' })), '2024-11-01')
  const signedIn = await signInAs(world, company, 'hr')
  hr = signedIn.browser
  userId = signedIn.userId
})
afterAll(async () => {
  await smtp.close()
  await world.close()
})

async function send(): Promise<void> {
  const transport = createMailTransport({ smtpUrl: smtp.url, from: 'chosa@example.jp' })
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  await sendDueMails({ services: world.services, transport, templates: mailTemplates, processId: randomUUID(), log })
  transport.close()
}

async function bring(content: string): Promise<void> {
  await hr.get('/hr/roster/import')
  const file = { field: 'file', fileName: 'employees.csv', content }
  await hr.upload('/hr/roster/imports', file, { kind: 'employees', effective_on: '2026-11-01' })
}

test('an address that goes out of use is shown as such before, and told once: no name, no link, not the new address', async () => {
  await send()
  const before = smtp.received.length
  await bring(
    employees(
      person('E1', { email: 'someone.else@example.jp' }),
      person('E2', { family: '改姓' }),
      // a first address, and a new person: nothing was in use before
      person('E3', { email: 'e3@example.jp' }),
      person('E4'),
    ),
  )
  expect(hr.text).toContain(
    '案内の宛先 e1@example.jp → someone.else@example.jp。反映すると、変更のお知らせがこれまでの宛先に届きます。',
  )
  expect(hr.text).toContain('メールアドレス (空欄) → e3@example.jp')
  await send()
  expect(smtp.received.length).toBe(before)
  await hr.submit(/\/apply$/)
  expect(hr.text).toContain('名簿に反映しました')
  await send()
  await send()
  const mails = (await smtp.parsed()).slice(before)
  expect(smtp.received.slice(before).map((mail) => mail.to)).toEqual(['e1@example.jp'])
  const text = mails[0]!.text!
  expect(mails[0]!.subject).toBe('【試験株式会社】ご案内の宛先が変わりました')
  expect(text).toContain('2026年11月2日に、会社の名簿で宛先が別のアドレスに変わりました')
  for (const content of [text, String(mails[0]!.html)]) {
    expect(content).not.toContain('http')
    expect(content).not.toContain('someone.else')
    expect(content).not.toContain('架空')
  }
  const { rows } = await world.superuser.query(
    "SELECT a.actor_id, a.actor_role, p.employee_code FROM audit_entry a JOIN employee p ON p.id = a.object_id WHERE a.company_id = $1 AND a.action = 'roster.address_changed'",
    [company.companyId],
  )
  expect(rows).toEqual([{ actor_id: userId, actor_role: 'hr', employee_code: 'E1' }])
})

test('an address taken away is told too, so that two steps do not go round it; the queue names nobody', async () => {
  const before = smtp.received.length
  await bring(employees(person('E2', { family: '改姓', email: '' })))
  await hr.submit(/\/apply$/)
  await bring(
    employees(
      person('E2', { family: '改姓', email: 'someone.else@example.jp', pin: 'ab12' }),
      person('E1', { email: 'e1.new@example.jp' }),
    ),
  )
  await hr.submit(/\/apply$/)
  await send()
  expect(
    smtp.received
      .slice(before)
      .map((mail) => mail.to)
      .sort(),
  ).toEqual(['e2@example.jp', 'someone.else@example.jp'])
  const { rows } = await world.superuser.query(
    `SELECT count(*)::int AS count FROM mail_message m WHERE m.template = 'roster.address-changed'
       AND m.subject_id IN (SELECT id FROM employee UNION SELECT id FROM employment UNION SELECT id FROM assignment)`,
  )
  expect(rows).toEqual([{ count: 0 }])
})

test('before it is applied there is nothing to be found, and after that by the mailer alone', async () => {
  await bring(employees(person('E2', { family: '改姓', email: 'third@example.jp' })))
  const read = (role: 'mailer' | 'hr') =>
    world.services.database.as(
      { role, companyId: company.companyId, subjectId: userId },
      world.clock.now(),
      (_db, client) => client.query('SELECT address FROM roster_former_address ORDER BY 1'),
    )
  expect((await read('mailer')).rows.map((row) => row['address'])).toEqual([
    'e1@example.jp',
    'e2@example.jp',
    'someone.else@example.jp',
  ])
  await expect(read('hr')).rejects.toThrow(/permission denied/)
})
