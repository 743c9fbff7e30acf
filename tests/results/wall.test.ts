import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailTemplates as campaignMails } from '../../server/campaigns/index.ts'
import type { DatabaseRole } from '../../server/database/connection.ts'
import { createMailTransport, sendDueMails } from '../../server/mail/index.ts'
import { mailTemplates } from '../../server/results/index.ts'
import { browserOf } from '../campaigns/company.ts'
import { startSmtp, type SmtpPeer } from '../helpers/smtp.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { browserOfPerson, releaseAll, surveyed, type Surveyed } from './people.ts'

let world: World
let company: Surveyed
let smtp: SmtpPeer
beforeAll(async () => {
  world = await createWorld()
  smtp = await startSmtp()
  company = await surveyed(world, ['high', 'ordinary', 'missing', 'ordinary'])
  await releaseAll(world, company)
})
afterAll(async () => {
  await world.close()
  await smtp.close()
})

const as = (role: DatabaseRole, subjectId: string, sql: string, values: unknown[] = []) =>
  world.services.database.as({ role, companyId: company.companyId, subjectId }, world.clock.now(), (_db, client) =>
    client.query(sql, values),
  )

test('HR reads no answer, score, need, notice, consent or subject, with its own database role (law R-7)', async () => {
  for (const table of [
    'result',
    'response',
    'response_draft',
    'stress_subject',
    'interview_need',
    'notice',
    'consent',
    'interview_request',
    'interview_request_event',
    'employer_request',
    'employer_request_event',
    'consultation',
    'interview_note',
    'opinion',
    'invitation',
  ])
    await expect(as('hr', company.hrId, `SELECT * FROM ${table}`)).rejects.toThrow(/permission denied/)
  const keys = await as('hr', company.hrId, "SELECT count(*)::int AS n FROM data_key WHERE area = 'stress'")
  expect(keys.rows).toEqual([{ n: 0 }])
})

test('a physician sees nobody who did not ask; the title alone grants nothing (law R-6)', async () => {
  expect((await as('physician', company.physicianId, 'SELECT * FROM result')).rows).toEqual([])
  expect((await as('physician', company.physicianId, 'SELECT * FROM interview_need')).rows).toEqual([])
  expect((await as('physician', company.physicianId, 'SELECT * FROM stress_subject')).rows).toEqual([])
  const browser = await browserOf(world, company, company.physicianId)
  await browser.get(`/physician/requests/${company.of('high').invitationId}`)
  expect(browser.status).toBe(404)
  for (const room of [
    `/implementer/campaigns/${company.campaignId}/needs`,
    `/clerk/campaigns/${company.campaignId}/needs`,
    '/hr/requests',
  ]) {
    await browser.get(room)
    expect(browser.status).toBe(403)
  }
})

test('an employee reaches the own record only, and may write no event but a withdrawal', async () => {
  const person = company.of('high')
  expect((await as('employee', person.subjectId, 'SELECT id FROM result')).rows).toEqual([{ id: person.invitationId }])
  expect((await as('employee', person.subjectId, 'SELECT DISTINCT subject_id FROM audit_entry')).rows).toEqual([
    { subject_id: person.subjectId },
  ])
  const browser = await browserOfPerson(world, company, person)
  await browser.get('/result/request')
  await browser.submit('/result/request', { acknowledged: 'yes' })
  const { rows } = await world.superuser.query<{ id: string }>(
    'SELECT id FROM interview_request WHERE company_id = $1',
    [company.companyId],
  )
  await expect(
    as(
      'employee',
      person.subjectId,
      "INSERT INTO interview_request_event (company_id, id, request_id, subject_id, kind, at) VALUES ($1, $2, $3, $4, 'opinion_released', $5)",
      [company.companyId, randomUUID(), rows[0]!.id, person.subjectId, world.clock.now()],
    ),
  ).rejects.toThrow(/row-level security/)
  await browser.submit(/\/withdraw$/)
})

describe('mails (law N-3)', () => {
  test('everybody who submitted gets the same mail but for name and link; nobody else gets one', async () => {
    const transport = createMailTransport({ smtpUrl: smtp.url, from: 'kenko@example.jp' })
    const log = { info() {}, warn() {}, error() {} }
    const sent = await sendDueMails({
      services: world.services,
      transport,
      templates: [...campaignMails, ...mailTemplates],
      processId: randomUUID(),
      log: log as never,
    })
    transport.close()
    // invitations that nobody sent so far wait for the morning; of the results none does
    expect(sent.failed).toBe(0)
    const mails = (await smtp.parsed()).filter((mail) => mail.subject?.includes('結果'))
    const withAddress = await world.superuser.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM employee WHERE company_id = $1 AND email IS NOT NULL AND employee_code = ANY ($2)',
      [company.companyId, company.people.map((person) => person.employeeCode)],
    )
    expect(mails).toHaveLength(withAddress.rows[0]!.n)
    expect(mails.length).toBeGreaterThan(2)
    const shapeOf = (text: string) => text.replaceAll(/[0-9a-hjkmnp-tv-z]{6}-[0-9a-hjkmnp-tv-z]{26}/g, 'TOKEN')
    const texts = new Set(mails.map((mail) => shapeOf(mail.text ?? '')))
    const htmls = new Set(mails.map((mail) => shapeOf(mail.html || '')))
    expect(texts.size).toBe(1)
    expect(htmls.size).toBe(1)
    expect([...texts][0]).toContain('TOKEN')
    const headers = new Set(
      mails.map((mail) => JSON.stringify([mail.subject, mail.from?.text, [...mail.headers.keys()]])),
    )
    expect(headers.size).toBe(1)
    expect([...texts][0]).not.toMatch(/高ストレス|面接指導|判定|点/)
    const sizes = mails.map((mail) => Buffer.byteLength(mail.html || ''))
    expect(Math.max(...sizes)).toBe(Math.min(...sizes))
  })
})

describe('private consultation', () => {
  // everything the employer's role can read, as it reads it
  async function visibleToHr(): Promise<string> {
    const { rows } = await world.superuser.query<{ name: string }>(
      "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'hanamichi' AND c.relkind IN ('r', 'v', 'p') ORDER BY 1",
    )
    const seen: string[] = []
    for (const { name } of rows) {
      const columns = await world.superuser.query<{ name: string }>(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = ('hanamichi.' || $1)::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege('hanamichi_hr', attrelid, attnum, 'SELECT') ORDER BY attnum",
        [name],
      )
      if (columns.rows.length === 0) continue
      const list = columns.rows.map((column) => `"${column.name}"`).join(', ')
      const content = await as('hr', company.hrId, `SELECT ${list} FROM ${name} ORDER BY 1, 2`)
      seen.push(`${name}: ${JSON.stringify(content.rows)}`)
    }
    return seen.join('\n')
  }

  test('leaves everything that HR can read, and every mail, byte for byte as it was', async () => {
    const person = company.of('ordinary')
    const browser = await browserOfPerson(world, company, person)
    await browser.get('/result/consultation')
    const before = await visibleToHr()
    expect(before).toContain('staff_user')
    const mailsBefore = await world.superuser.query('SELECT count(*)::int AS n FROM mail_message')
    const jobsBefore = await world.superuser.query('SELECT count(*)::int AS n FROM job_request')
    world.clock.advance(10 * 60_000)
    await browser.get('/result/consultation')
    expect(browser.text).toContain('命に差し迫った危険があるとき')
    expect(browser.text).toContain('会社(人事・上司)には、相談したことも内容も伝わりません')
    expect(browser.form('/result/consultation').choices('physician')).toEqual([
      company.physicianId,
      company.otherPhysicianId,
    ])
    await browser.submit('/result/consultation', {
      physician: company.physicianId,
      message: '眠れない日が続いています',
      how_to_reach: '090-0000-0000',
    })
    expect(browser.text).toContain('医師に届いています')
    expect(await visibleToHr()).toBe(before)
    expect((await world.superuser.query('SELECT count(*)::int AS n FROM mail_message')).rows).toEqual(mailsBefore.rows)
    expect((await world.superuser.query('SELECT count(*)::int AS n FROM job_request')).rows).toEqual(jobsBefore.rows)
  })

  test('only the chosen physician reads it; what was written is sealed; the implementer and the administrator see nothing of it', async () => {
    const { rows } = await world.superuser.query<{ id: string; sealed: Buffer }>(
      'SELECT id, sealed FROM consultation WHERE company_id = $1',
      [company.companyId],
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]!.sealed.includes(Buffer.from('眠れない'))).toBe(false)
    const chosen = await browserOf(world, company, company.physicianId)
    await chosen.get('/physician/consultations')
    expect(chosen.text).toContain(company.of('ordinary').name)
    await chosen.get(`/physician/consultations/${rows[0]!.id}`)
    expect(chosen.text).toContain('眠れない日が続いています')
    // the result stays closed: nothing was asked for
    expect((await as('physician', company.physicianId, 'SELECT * FROM result')).rows).toEqual([])
    const other = await browserOf(world, company, company.otherPhysicianId)
    await other.get('/physician/consultations')
    expect(other.text).not.toContain(company.of('ordinary').name)
    await other.get(`/physician/consultations/${rows[0]!.id}`)
    expect(other.status).toBe(404)
    for (const role of ['implementer', 'clerk', 'admin', 'manager'] as const)
      await expect(as(role, company.implementerId, 'SELECT * FROM consultation')).rejects.toThrow(/permission denied/)
    expect(
      (await as('admin', company.implementerId, "SELECT action FROM audit_entry WHERE action LIKE 'consultation%'"))
        .rows,
    ).toEqual([])
    expect(
      (await world.superuser.query("SELECT action FROM audit_entry WHERE action = 'consultation.opened'")).rows,
    ).toHaveLength(1)
  })

  test('wrong input keeps what was typed and says what is missing', async () => {
    const browser = await browserOfPerson(world, company, company.of('high'))
    await browser.get('/result/consultation')
    await browser.submit('/result/consultation', { message: '話したいです', how_to_reach: '' })
    expect(browser.status).toBe(400)
    expect(browser.errors()).toHaveLength(2)
    expect(browser.html).toContain('話したいです')
  })
})
