import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../helpers/world.ts'
import { baseUrl, createSink, fillEverything, loggerTo, planted, type Filled } from './company.ts'

/** What a superuser's dump and the log of the process tell after everything has happened to one person. */
const sink = createSink()
let world: World
let filled: Filled
let dump: Map<string, string>
beforeAll(async () => {
  world = await createWorld({ BASE_URL: baseUrl, LOG_LEVEL: 'info' }, sink)
  filled = await fillEverything(world, loggerTo(sink))
  const { rows } = await world.superuser.query<{ name: string }>(
    "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('hanamichi', 'pgboss') ORDER BY 1",
  )
  dump = new Map()
  for (const { name } of rows) {
    // columns of bytes also as the characters they would be
    const { rows: all } = await world.superuser.query<Record<string, unknown>>(`SELECT * FROM ${name}`)
    dump.set(name, all.map((row) => Object.values(row).map(textOf).join(' ')).join('\n'))
  }
}, 180_000)
afterAll(() => filled.close())

function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return `${value.toString('utf8')} ${value.toString('hex')} ${value.toString('base64')}`
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

// of links (`key-secret`) and cookies (`key.secret`) the company's key is no secret
const withoutKey = (secret: string) => secret.replace(/^[0-9a-z]{6}[.-]/, '')

const tablesWith = (text: string) => [...dump].filter(([, content]) => content.includes(text)).map(([name]) => name)

describe('a dump with the rights of a superuser', () => {
  test('holds everything that happened', () => {
    for (const table of [
      'response',
      'response_draft',
      'result',
      'interview_need',
      'notice',
      'consent',
      'interview_request',
      'employer_request',
      'consultation',
      'interview_note',
      'opinion',
      'released_opinion',
      'measure',
      'exit_interview',
      'exit_followup',
      'private_contact',
      'alumni_member',
      'alumni_checkin',
      'return_request',
      'link_token',
      'session',
    ])
      expect(dump.get(`hanamichi.${table}`)?.length, table).toBeGreaterThan(0)
  })

  test('holds nothing of what people wrote', () => {
    for (const [what, text] of Object.entries(planted)) expect(tablesWith(text), what).toEqual([])
    for (const part of ['private.example', '090-1234', '頭重感', '手紙']) expect(tablesWith(part), part).toEqual([])
  })

  test('holds no link, code or cookie that was handed out', () => {
    expect(filled.secrets.length).toBeGreaterThan(15)
    for (const secret of filled.secrets) {
      expect(secret.length).toBeGreaterThan(9)
      const bare = secret.replaceAll('-', '')
      for (const form of [secret, bare, withoutKey(secret)]) expect(tablesWith(form), form).toEqual([])
    }
  })

  test('holds no answer, score or verdict outside sealed columns', async () => {
    for (const word of [
      '"q1"',
      'highStress',
      'simpleSum":',
      '"verdict"',
      '"scales"',
      '"needed"',
      'sexAge',
      '"ageBand"',
    ])
      expect(tablesWith(word), word).toEqual([])
    // sealed columns are envelopes and hold no two equal values
    const { rows } = await world.superuser.query<{ sealed: Buffer }>(
      'SELECT sealed_answers AS sealed FROM response UNION ALL SELECT sealed FROM result UNION ALL SELECT sealed FROM interview_need UNION ALL SELECT sealed FROM consultation',
    )
    expect(new Set(rows.map((row) => row.sealed.toString('hex'))).size).toBe(rows.length)
  })

  // ids and hashes that may be the same in two areas: what stands above a person
  test('joins no two areas of one person', async () => {
    const areas: Record<string, string[]> = {
      stress: [
        'stress_subject',
        'invitation',
        'personal_code',
        'response_draft',
        'response',
        'result',
        'interview_need',
        'notice',
        'consent',
        'interview_request',
        'interview_request_event',
        'consultation',
        'interview_note',
        'opinion',
      ],
      employer: ['employer_request', 'employer_request_event', 'released_opinion', 'measure'],
      exit: ['exit_subject', 'exit_interview', 'exit_followup', 'private_contact'],
      alumni: ['alumni_member', 'alumni_consent', 'alumni_checkin', 'return_request'],
      roster: ['employee', 'employment', 'assignment', 'departure', 'graduation_step', 'participation'],
    }
    const values = new Map<string, Set<string>>()
    for (const [area, tables] of Object.entries(areas)) {
      const found = new Set<string>()
      for (const table of tables)
        for (const match of dump
          .get(`hanamichi.${table}`)!
          .matchAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{64}/g))
          found.add(match[0])
      // keyed by the area: sessions, links, mails, keys, receipts
      const column = area === 'roster' ? undefined : area
      if (column) {
        const { rows } = await world.superuser.query<{ id: string }>(
          `SELECT unnest(ARRAY[id, subject_id]) AS id FROM data_key WHERE area = $1
           UNION SELECT unnest(ARRAY[id, subject_id, context_id, batch_id]) FROM mail_message WHERE area = $1
           UNION SELECT unnest(ARRAY[id, subject_id, object_id]) FROM audit_entry WHERE subject_area = $1`,
          [column],
        )
        for (const { id } of rows) if (id) found.add(id)
      }
      values.set(area, found)
    }
    const { rows: shared } = await world.superuser.query<{ id: string }>(
      `SELECT company_id AS id FROM company UNION SELECT id FROM department UNION SELECT id FROM workplace UNION SELECT id FROM campaign
       UNION SELECT id FROM staff_user UNION SELECT id FROM company_key`,
    )
    const above = new Set(shared.map((row) => row.id))
    const { rows: questionnaires } = await world.superuser.query<{ hash: string }>(
      'SELECT hash FROM questionnaire_version',
    )
    for (const { hash } of questionnaires) above.add(hash)
    const names = [...values.keys()]
    for (const [index, one] of names.entries())
      for (const other of names.slice(index + 1))
        expect(
          [...values.get(one)!].filter((value) => values.get(other)!.has(value) && !above.has(value)),
          `${one} and ${other}`,
        ).toEqual([])
  })

  test('joins them by no request and no instant either', async () => {
    const { rows: requests } = await world.superuser.query(
      `SELECT request_id FROM audit_entry WHERE subject_area IN ('stress', 'exit', 'alumni')
       GROUP BY request_id HAVING count(DISTINCT subject_area) > 1`,
    )
    expect(requests).toEqual([])
    // rows made from one area for another carry the day
    const { rows } = await world.superuser.query<{ at: Date }>(
      `SELECT created_at AS at FROM exit_subject UNION ALL SELECT created_at FROM alumni_member UNION ALL SELECT given_at FROM alumni_consent
       UNION ALL SELECT created_at FROM data_key WHERE area = 'exit' AND record_type = 'identity'
       UNION ALL SELECT created_at FROM data_key WHERE area = 'alumni' AND record_type = 'profile'`,
    )
    expect(rows.length).toBeGreaterThan(4)
    for (const { at } of rows) expect(at.toISOString()).toMatch(/T15:00:00\.000Z$/)
  })

  test('names nobody by the order of its rows: subjects and invitations lie in another order than the roster and participation', async () => {
    const order = async (sql: string) => (await world.superuser.query<{ id: string }>(sql)).rows.map((row) => row.id)
    const campaign = filled.survey.campaignId
    const participation = await order(
      `SELECT employment_id AS id FROM participation WHERE campaign_id = '${campaign}' ORDER BY ctid`,
    )
    const roster = await order(
      'SELECT e.id FROM employment e JOIN employee p ON p.id = e.employee_id WHERE e.takes_stress_check ORDER BY p.employee_code',
    )
    expect(participation.toSorted()).toEqual(roster.toSorted())
    expect(participation).toEqual(participation.toSorted())
    const employmentOf = new Map<string, string>()
    for (let number = 1; number <= 80; number++) {
      const code = `E${String(number).padStart(3, '0')}`
      const invitation = filled.survey.invitation(code)
      if (invitation) employmentOf.set(invitation.subjectId, filled.company.employment(code))
    }
    for (const sql of [
      'SELECT id FROM stress_subject ORDER BY ctid',
      'SELECT id FROM stress_subject ORDER BY id',
      `SELECT subject_id AS id FROM invitation WHERE campaign_id = '${campaign}' ORDER BY ctid`,
      `SELECT subject_id AS id FROM invitation WHERE campaign_id = '${campaign}' ORDER BY id`,
      "SELECT subject_id AS id FROM data_key WHERE area = 'stress' AND record_type = 'identity' ORDER BY ctid",
      "SELECT subject_id AS id FROM data_key WHERE area = 'stress' AND record_type = 'snapshot' ORDER BY ctid",
      "SELECT subject_id AS id FROM mail_message WHERE template = 'campaigns.invitation' ORDER BY ctid",
    ]) {
      const people = (await order(sql)).map((id) => employmentOf.get(id)!)
      for (const other of [roster, participation]) {
        const same = people.filter((id, index) => other[index] === id).length
        // 79 people in an order of chance: one stands at its place on average, twelve hardly ever
        expect(same, sql).toBeLessThan(12)
      }
    }
  })
})

describe('the log', () => {
  test('was written', () => {
    expect(sink.lines.length).toBeGreaterThan(100)
    expect(sink.lines.join('')).toContain('/a/:token')
    expect(filled.sent()).toBeGreaterThan(80)
  })

  test('holds no link, code, cookie, answer, address or name', () => {
    const log = sink.lines.join('')
    for (const secret of filled.secrets)
      for (const form of [secret, withoutKey(secret)]) expect(log.includes(form), form).toBe(false)
    for (const [what, text] of Object.entries(planted)) expect(log.includes(text), what).toBe(false)
    for (const word of [
      '架空',
      '@',
      'E001',
      'hanamichi_participant',
      filled.person.subjectId,
      filled.person.invitationId,
      filled.ids.request,
      filled.ids.employerRequest,
      filled.ids.consultation,
    ])
      expect(log.includes(word), word).toBe(false)
  })

  test('holds none of it when something breaks, nor for addresses that are none', async () => {
    sink.lines.length = 0
    const app = await world.app()
    const token = await filled.survey.token('E007')
    for (const url of [
      `/a/${token}%ZZ`,
      `/a/${token}${'x'.repeat(200)}`,
      `/nowhere/${token}`,
      `/a/${token}/start?x=${token}`,
    ]) {
      const answer = await app.inject({ url })
      expect(answer.statusCode).toBeLessThan(500)
      expect(answer.body).not.toContain(token)
    }
    await world.superuser.query('ALTER TABLE invitation RENAME TO invitation_away')
    try {
      const answer = await app.inject({ url: `/a/${token}` })
      expect(answer.statusCode).toBe(500)
      expect(answer.body).not.toContain(token)
    } finally {
      await world.superuser.query('ALTER TABLE invitation_away RENAME TO invitation')
    }
    const log = sink.lines.join('')
    expect(log).toContain('unexpected')
    expect(log).not.toContain(token.slice(7))
  })
})
