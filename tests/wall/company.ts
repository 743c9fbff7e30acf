import { randomUUID } from 'node:crypto'
import { pino, type BaseLogger } from 'pino'
import { inviteToCheckins } from '../../server/alumni/checkin-sending.ts'
import { createStaffUser, grantRole, type StaffRole } from '../../server/access/index.ts'
import { mailTemplates } from '../../server/capabilities.ts'
import { closeCampaign } from '../../server/campaigns/index.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import { inviteDueInterviews } from '../../server/graduations/interviews.ts'
import { createMailTransport, sendDueMails } from '../../server/mail/index.ts'
import { answerAll, lastGroup, openSurvey, start, type Survey } from '../answering/survey.ts'
import { browserOf, type TestStaff } from '../campaigns/company.ts'
import { openBrowser, type Browser } from '../helpers/browser.ts'
import { startSmtp } from '../helpers/smtp.ts'
import { ownFile } from '../questionnaires/own-file.ts'
import type { World } from '../helpers/world.ts'

/** Where the mails' links lead. */
export const baseUrl = 'https://hanamichi.example.jp'

/** What the people of the walk typed: nothing of it may ever lie in a table, or stand in a log, in clear. */
export const planted = {
  consultation: '夜に目が覚めることを相談したいです',
  reach: '090-1234-0001',
  need: '面談の様子をみて判断したいという覚え書き',
  note: '診察の覚え書きとして睡眠の乱れあり',
  findings: '心身の状況の所見としての頭重感',
  limits: '配慮の内容として会議を減らす意見',
  measure: '会社が決めた措置として席替え',
  interview: '退職面談の自由記述として上司の言葉',
  email: 'kojin.no.address@private.example.net',
  alumniName: '卒業後の名乗り花子',
  alumniEmail: 'alumni.no.address@private.example.org',
  letter: '春になったら戻りたいという手紙',
  followup: '退職後の自由記述として朝礼の話',
  checkin: '近況の自由記述として農園の話',
} as const

export interface Visitor {
  /** audiences this visitor fits */
  fits: readonly string[]
  browser: Browser
}

/** One company in which everything has happened once, and another one with the same desks. */
export interface Filled {
  world: World
  survey: Survey
  company: TestStaff
  staff: Record<StaffRole, string>
  visitors: Map<string, Visitor>
  /** the person who answered, asked, consulted, left and joined the pool */
  person: { invitationId: string; subjectId: string; employmentId: string; code: string }
  /** ids of the company's records by what they are */
  ids: Record<
    | 'request'
    | 'employerRequest'
    | 'consultation'
    | 'departure'
    | 'step'
    | 'ownStep'
    | 'returnRequest'
    | 'grant'
    | 'exitSubject'
    | 'member'
    | 'draft'
    | 'ownVersion',
    string
  >
  /** every secret that was handed out: links, codes, passwords, cookies */
  secrets: string[]
  sent: () => number
  close: () => Promise<void>
}

/** Fills a company by its pages: survey, release, request, consultation, interview, opinion, measure, leaving, pool. */
export async function fillEverything(world: World, log: Pick<BaseLogger, 'info' | 'warn' | 'error'>): Promise<Filled> {
  const peer = await startSmtp()
  const transport = createMailTransport({ smtpUrl: peer.url, from: 'hanamichi@shiken.example.jp' })
  const deliver = async () => {
    await inviteDueInterviews(world.services, world.clock.now())
    const { services } = world
    await sendDueMails({ services, transport, templates: mailTemplates, processId: randomUUID(), log })
  }
  const linkTo = async (address: string): Promise<string> => {
    const mails = await peer.parsed()
    const index = peer.received.findLastIndex((mail) => mail.to === address)
    const link = /https:\/\/hanamichi\.example\.jp(\/\S+)/.exec(mails[index]?.text ?? '')?.[1]
    if (!link) throw new Error(`no link to ${address}`)
    secrets.push(link.split('/').at(-1)!)
    return link
  }
  const secrets: string[] = []

  world.clock.set('2026-11-02T00:30:00.000Z')
  const survey = await openSurvey(world, {
    name: '架空の調査',
    employerReceivesIndividualResults: true,
    othersMayRequestInterview: true,
  })
  const { company, campaignId } = survey
  const { companyId } = company
  const staff = {
    ...(await hireStaff(world, company, '架空')),
    hr: company.hrId,
    implementer: company.implementerId,
  }
  await deliver()

  // one person answers and submits, another one stops in the middle, a third one declines
  const token = await survey.token('E001')
  const own = await start(world, token)
  await answerAll(own.browser, '1')
  await own.browser.submit('/answer/submit', { code: lastGroup(own.code) })
  const halfToken = await survey.token('E003')
  const half = await start(world, halfToken)
  await half.browser.get('/answer/1')
  await half.browser.submit(
    '/answer/1',
    Object.fromEntries(
      half.browser
        .form('/answer/1')
        .names.filter((name) => name.startsWith('a_'))
        .map((name) => [name, '3']),
    ),
  )
  const declining = openBrowser(await world.app())
  const declinedToken = await survey.token('E004')
  await declining.get(`/a/${declinedToken}/decline`)
  await declining.submit(`/a/${declinedToken}/decline`, { decline: 'yes' })
  secrets.push(token, halfToken, declinedToken, own.code, own.code.replaceAll('-', '').toLowerCase(), half.code)

  world.clock.set('2026-11-21T00:30:00.000Z')
  await closeCampaign(world.services, companyId, campaignId, world.clock.now())
  const desk = async (role: StaffRole) => browserOf(world, company, staff[role])
  const { id: invitationId, subjectId } = survey.invitation('E001')
  const implementer = await desk('implementer')
  await implementer.get(`/implementer/campaigns/${campaignId}/needs/${invitationId}`)
  await implementer.submit(`/implementer/campaigns/${campaignId}/needs/${invitationId}`, {
    needed: 'yes',
    note: planted.need,
  })
  await implementer.get(`/implementer/campaigns/${campaignId}/release`)
  await implementer.submit(`/implementer/campaigns/${campaignId}/release`)
  world.clock.advance(60_000)
  await deliver()

  // the person opens the result, agrees, asks, and talks in private
  const person = openBrowser(await world.app())
  const link = await linkTo('e001@example.jp')
  await person.get(link)
  await person.submit(`${link}/start`)
  await person.submit('/answer/code', { code: own.code })
  await person.get('/result/consent')
  await person.submit('/result/consent', { answer: 'need_only' })
  await person.get('/result/request')
  await person.submit('/result/request', { acknowledged: 'yes' })
  await person.get('/result/consultation')
  await person.submit('/result/consultation', {
    physician: staff.physician,
    message: planted.consultation,
    how_to_reach: planted.reach,
  })

  const one = async (sql: string, values: unknown[] = [companyId]): Promise<string> => {
    const { rows } = await world.superuser.query<{ id: string }>(sql, values)
    if (!rows[0]) throw new Error(`nothing found: ${sql}`)
    return rows[0].id
  }
  const request = await one('SELECT id FROM interview_request WHERE company_id = $1')
  const employerRequest = await one('SELECT id FROM employer_request WHERE company_id = $1')
  const consultation = await one('SELECT id FROM consultation WHERE company_id = $1')
  const physician = await desk('physician')
  await physician.get(`/physician/consultations/${consultation}`)
  await physician.submit(`/physician/consultations/${consultation}/notes`, { note: planted.note })
  await physician.get(`/physician/requests/${request}`)
  await physician.submit(`/physician/requests/${request}/notes`, { note: planted.note })
  await physician.submit(`/physician/requests/${request}/interview`, { held_on: '2026-11-21', mode: 'online' })
  await physician.get(`/physician/requests/${request}/opinion`)
  await physician.submit(`/physician/requests/${request}/opinion`, {
    go: 'preview',
    work_hours: '月20時間の時間外',
    mind_body: 'found',
    mind_body_detail: planted.findings,
    guidance: 'follow_up',
    work_category: 'restricted',
    hours: 'overtime_ban',
    period_from: '2026-12-01',
    affiliation: '試験診療所',
    limits_detail: planted.limits,
  })
  await physician.submit(`/physician/requests/${request}/opinion/release`, { explained: 'yes' })
  const hr = await desk('hr')
  await hr.get('/hr/requests')
  await hr.submit('/hr/requests/open')
  await hr.get(`/hr/requests/${employerRequest}`)
  await hr.submit(`/hr/requests/${employerRequest}/measures`, {
    kind: 'limit_overtime',
    detail: planted.measure,
    from_on: '2026-12-01',
    review_on: '2027-01-15',
    person_heard_on: '2026-11-21',
  })

  // a questionnaire of the company's own, published, and the next version of it with the implementer
  const asked = ownFile.replace('ja: 職場の質問', 'ja: 架空の質問')
  await hr.get('/hr/questionnaires/upload')
  await hr.upload(
    '/hr/questionnaires/upload',
    { field: 'file', fileName: 'shokuba.yaml', content: asked },
    { whose: 'own' },
  )
  const questions = hr.url
  await hr.submit(`${questions}/send`)
  const review = `/implementer/questionnaires/${questions.split('/').at(-1)}`
  await implementer.get(review)
  await implementer.submit(review, { verdict: 'yes', none_forbidden: 'yes' })
  await hr.get(questions)
  await hr.submit(`${questions}/publish`)
  const ownVersion = hr.url.split('/').at(-1)!
  await hr.submit(`/hr/questionnaires/versions/${ownVersion}/next`)
  const draft = hr.url.split('/').at(-1)!
  await hr.submit(`/hr/questionnaires/drafts/${draft}/send`)

  // the same person leaves
  world.clock.set('2026-11-24T00:30:00.000Z')
  const leaving = await desk('hr')
  await leaving.get('/hr/graduations/new')
  await leaving.submit('/hr/graduations/new', {
    employeeCode: 'E001',
    noticeOn: '2026-11-20',
    lastWorkingOn: '2026-12-11',
    leavingOn: '2026-12-31',
  })
  await leaving.submit(/\/confirm$/, { kind: 'resignation' })
  const departure = leaving.url.split('/').at(-1)!
  await deliver()
  const leaver = openBrowser(await world.app())
  const walk = await linkTo('e001@example.jp')
  await leaver.get(walk)
  await leaver.submit(`${walk}/start`)
  await leaver.get('/graduation/contact')
  await leaver.submit('/graduation/contact', { email: planted.email })
  await deliver()
  const confirmation = await linkTo(planted.email)
  await leaver.get(confirmation)
  await leaver.submit(confirmation, { confirm: 'yes' })
  await leaver.get('/graduation/interview')
  await leaver.submit('/graduation/interview/start', { visibility: 'groups_only' })
  await leaver.submit('/graduation/interview/questions', { q_comment: planted.interview })
  // the same person is asked once more later; months are not waited for
  await leaver.get('/graduation/followup')
  await leaver.submit('/graduation/followup/agree', { agree: 'yes' })
  await world.superuser.query("UPDATE exit_followup SET state = 'invited' WHERE company_id = $1", [companyId])
  await leaver.get('/graduation/followup')
  await leaver.submit('/graduation/followup/start', { visibility: 'groups_only' })
  await leaver.submit('/graduation/followup/questions', { q_oneChange: planted.followup })
  await leaving.get('/hr/alumni/check-ins')
  await leaving.submit('/hr/alumni/check-ins', { isOn: 'yes', everyMonths: '12' })
  await leaver.get('/graduation/alumni')
  const purpose = ['news', 'checkin']
  await leaver.submit('/graduation/alumni', { name: planted.alumniName, email: planted.alumniEmail, purpose })
  await deliver()
  const joining = await linkTo(planted.alumniEmail)
  const alumna = openBrowser(await world.app())
  await alumna.get(joining)
  await alumna.submit(joining, { confirm: 'yes' })
  await deliver()
  await alumna.get('/alumni/return')
  await alumna.submit('/alumni/return', { contactUserId: staff.hr, message: planted.letter })
  await deliver()
  await world.superuser.query("UPDATE alumni_member SET joined_at = '2025-06-01T00:00:00+09' WHERE company_id = $1", [
    companyId,
  ])
  await inviteToCheckins(world.services, world.clock.now())
  await deliver()
  await alumna.get('/alumni/check-in')
  await alumna.submit('/alumni/check-in/start', { visibility: 'groups_only' })
  await alumna.submit('/alumni/check-in/questions', { q_message: planted.checkin })

  const visitors = new Map<string, Visitor>()
  const put = (name: string, fits: readonly string[], browser: Browser) =>
    visitors.set(name, { fits: ['public', ...fits], browser })
  put('nobody', [], openBrowser(await world.app()))
  const linkOnly = openBrowser(await world.app())
  const again = await survey.token('E001')
  await linkOnly.get(`/a/${again}`)
  await linkOnly.submit(`/a/${again}/start`)
  put('participant with the link', ['participant'], linkOnly)
  const withCode = openBrowser(await world.app())
  await withCode.get(`/a/${again}`)
  await withCode.submit(`/a/${again}/start`)
  await withCode.submit('/answer/code', { code: own.code })
  put('participant with the code', ['participant', 'participant_with_code'], withCode)
  put('leaver', ['leaver'], leaver)
  put('alumna', ['alumni'], alumna)
  for (const role of Object.keys(staff) as StaffRole[]) put(role, ['staff', role], await desk(role))
  const elsewhere = await fillOther(world)
  for (const [role, browser] of elsewhere) put(`${role} of another company`, ['staff', role], browser)
  for (const { browser } of visitors.values())
    secrets.push(...[...browser.cookies.values()].map((value) => decodeURIComponent(value)))

  return {
    world,
    survey,
    company,
    staff,
    visitors,
    person: { invitationId, subjectId, employmentId: company.employment('E001'), code: own.code },
    ids: {
      request,
      employerRequest,
      consultation,
      departure,
      step: await one("SELECT id FROM graduation_step WHERE company_id = $1 AND actor = 'hr' ORDER BY step LIMIT 1"),
      ownStep: await one(
        "SELECT id FROM graduation_step WHERE company_id = $1 AND actor = 'leaver' ORDER BY step LIMIT 1",
      ),
      returnRequest: await one('SELECT id FROM return_request WHERE company_id = $1'),
      grant: await one('SELECT id FROM role_grant WHERE company_id = $1 AND user_id = $2', [companyId, staff.hr]),
      exitSubject: await one('SELECT id FROM exit_subject WHERE company_id = $1'),
      member: await one('SELECT id FROM alumni_member WHERE company_id = $1'),
      draft,
      ownVersion,
    },
    secrets,
    sent: () => peer.received.length,
    async close() {
      transport.close()
      await peer.close()
      await world.close()
    },
  }
}

async function hireStaff(
  world: World,
  company: Pick<TestStaff, 'companyId'>,
  family: string,
): Promise<Record<StaffRole, string>> {
  const { companyId } = company
  const at = world.clock.now()
  const made: Partial<Record<StaffRole, string>> = {}
  for (const role of ['implementer', 'clerk', 'physician', 'hr', 'manager', 'admin'] as const) {
    made[role] = await world.services.database.as({ role: 'setup', companyId }, at, async (db) => {
      const userId = await createStaffUser(
        db as AnyHandle,
        { companyId, email: `${role}-${randomUUID().slice(0, 8)}@example.org`, displayName: `${family}の${role}` },
        at,
      )
      await grantRole(
        db as AnyHandle,
        {
          companyId,
          userId,
          role,
          ...(role === 'implementer' && { profession: 'physician' as const }),
          ...(role === 'clerk' && { directedBy: made.implementer }),
          ...(role === 'manager' && { departmentId: randomUUID() }),
        },
        at,
      )
      return userId
    })
  }
  await world.superuser.query('UPDATE role_grant SET secrecy_acknowledged_at = $2 WHERE company_id = $1', [
    companyId,
    at,
  ])
  return made as Record<StaffRole, string>
}

/** A company where nothing has happened, with everybody at its desks. */
async function fillOther(world: World): Promise<Map<StaffRole, Browser>> {
  const company = await world.company({ name: '別会社' })
  await world.superuser.query("UPDATE company SET mail_sender_name = '別会社' WHERE company_id = $1", [
    company.companyId,
  ])
  const staff = await hireStaff(world, company, '余所')
  const browsers = new Map<StaffRole, Browser>()
  for (const [role, userId] of Object.entries(staff) as [StaffRole, string][])
    browsers.set(role, await browserOf(world, company as TestStaff, userId))
  return browsers
}

/** Keeps log lines. */
export function createSink(): { lines: string[]; write: (line: string) => void } {
  const lines: string[] = []
  return { lines, write: (line) => void lines.push(line) }
}

export const loggerTo = (sink: { write: (line: string) => void }) => pino({ level: 'info' }, sink)

/** Count and hash of every row, table by table; `without` names columns that a look may change. */
export async function fingerprint(
  world: World,
  without: Readonly<Record<string, readonly string[] | 'all'>> = {},
  companyId?: string,
): Promise<Map<string, string>> {
  const { rows } = await world.superuser.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'hanamichi' ORDER BY 1",
  )
  const prints = new Map<string, string>()
  for (const { tablename } of rows) {
    const left = without[tablename]
    if (left === 'all') continue
    if (companyId && tablename === 'migration') continue
    const { rows: found } = await world.superuser.query<{ print: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(r, ',' ORDER BY r)), '') AS print
       FROM (SELECT (to_jsonb(t) - $1::text[])::text AS r FROM hanamichi.${tablename} t ${companyId ? 'WHERE company_id = $2' : ''}) x`,
      companyId ? [left ?? [], companyId] : [left ?? []],
    )
    prints.set(tablename, found[0]!.print)
  }
  return prints
}
