import { membersOn, type Member } from '../roster/index.ts'
import { at } from './campaign-story.ts'
import { chance } from './chance.ts'
import { moveDate } from './clock.ts'
import { openAndConfirm, type DepartureRow } from './roster-story.ts'
import { staffOf, type DemoCompany } from './staff.ts'
import type { Stage } from './stage.ts'
import { openVisitor } from './visitor.ts'

interface Leaver {
  departure: DepartureRow
  member: Member
  /** asked for on the leaver's own page; undefined when the person keeps it */
  privateAddress: string
  interviewed: boolean
}

/** Kinds whose leavers are thanked and invited; others are left in peace. */
const warm = new Set(['resignation', 'retirement', 'transfer_out'])

/**
 * The leavings of a stretch of time, week by week: HR opens and confirms, the leaver opens the page from the mail, gives a private address,
 * some join the alumni, and when the invitation to the exit interview comes, most answer.
 */
export async function tellLeavings(
  stage: Stage,
  company: DemoCompany,
  story: { departures: readonly DepartureRow[]; fromOn: string; untilOn: string; seed: number },
  report: (done: number, total: number) => void,
): Promise<{ confirmed: Set<string>; interviews: number; alumni: number }> {
  const { clock } = stage
  const mine = story.departures.filter(
    (departure) => departure.noticeOn >= story.fromOn && departure.noticeOn <= story.untilOn,
  )
  const waiting: Leaver[] = []
  const confirmed = new Set<string>()
  let interviews = 0
  let alumni = 0
  for (let on = story.fromOn; on <= story.untilOn; on = moveDate(on, 7)) {
    clock.set(at(on, '11:00'))
    const members = new Map((await currentMembers(stage, company, on)).map((member) => [member.employeeCode, member]))
    const given: Leaver[] = []
    for (const departure of mine.filter((one) => one.noticeOn > moveDate(on, -7) && one.noticeOn <= on)) {
      const member = members.get(departure.employeeCode)
      if (!member) continue
      await openAndConfirm(stage, company, departure, member.employmentId)
      confirmed.add(departure.employeeCode)
      if (warm.has(departure.kind))
        given.push({
          departure,
          member,
          privateAddress: `watashi-${departure.employeeCode.toLowerCase()}@example.net`,
          interviewed: false,
        })
    }
    await stage.settle()
    for (const leaver of given) {
      const luck = chance(story.seed, 'leaver', leaver.departure.employeeCode)
      await openPage(stage, leaver, luck.uniform() < 0.45)
      waiting.push(leaver)
    }
    await stage.settle()
    for (const leaver of given) alumni += await confirmAddresses(stage, leaver)
    for (const leaver of waiting.filter((one) => !one.interviewed)) {
      if (await answerInterview(stage, leaver, story.seed)) interviews++
    }
    report(confirmed.size, mine.length)
  }
  return { confirmed, interviews, alumni }
}

async function currentMembers(stage: Stage, company: DemoCompany, on: string): Promise<Member[]> {
  return stage.services.database.as(
    { role: 'hr', companyId: company.companyId, subjectId: staffOf(company, 'hr').userId },
    stage.clock.now(),
    (db) => membersOn(db, company.companyId, on),
  )
}

/** The leaver opens the page from the mail, gives a private address and, if so minded, chooses alumni purposes. */
async function openPage(stage: Stage, leaver: Leaver, joins: boolean): Promise<void> {
  const link = stage.mailbox.linkTo(leaver.member.email ?? '', '/g/')
  if (!link) return
  const visitor = openVisitor(stage.baseUrl)
  await visitor.get(new URL(link).pathname)
  await visitor.submit(/\/start$/, {})
  await visitor.get('/graduation/contact')
  await visitor.submit('/graduation/contact', { email: leaver.privateAddress })
  if (!joins) return
  await visitor.get('/graduation/alumni')
  await visitor.submit('/graduation/alumni', {
    name: `${leaver.member.familyName} ${leaver.member.givenName}`,
    email: leaver.privateAddress,
    purpose: ['news', 'events', 'openings'],
  })
}

/** What came to the private address is confirmed by pressing the button behind each link; returns 1 when an alumni membership began. */
async function confirmAddresses(stage: Stage, leaver: Leaver): Promise<number> {
  const contact = stage.mailbox.linkTo(leaver.privateAddress, '/g/contact/')
  if (contact) {
    const visitor = openVisitor(stage.baseUrl)
    const path = new URL(contact).pathname
    await visitor.get(path)
    await visitor.submit(path, { confirm: 'yes' })
  }
  const joining = stage.mailbox.linkTo(leaver.privateAddress, '/alumni/confirm/')
  if (!joining) return 0
  const visitor = openVisitor(stage.baseUrl)
  const path = new URL(joining).pathname
  await visitor.get(path)
  await visitor.submit(path, { confirm: 'yes' })
  return 1
}

const reasons = [
  'hours_holidays',
  'relations',
  'pay',
  'company_future',
  'job_content',
  'skills_unused',
  'other_personal',
] as const

/** Once the invitation to the exit interview is there, most answer; each decides who may read it. */
async function answerInterview(stage: Stage, leaver: Leaver, seed: number): Promise<boolean> {
  const mails = [...stage.mailbox.to(leaver.member.email ?? ''), ...stage.mailbox.to(leaver.privateAddress)]
  const invitation = mails.findLast((mail) => mail.text.includes('/g/') && !mail.text.includes('/g/contact/'))
  const first = mails.find((mail) => mail.text.includes('/g/'))
  if (!invitation || invitation === first) return false
  leaver.interviewed = true
  const luck = chance(seed, 'interview', leaver.departure.employeeCode)
  if (luck.uniform() > 0.8) return false
  const link = /https?:\/\/\S+\/g\/[0-9a-z-]+/.exec(invitation.text)?.[0]
  if (!link) return false
  const visitor = openVisitor(stage.baseUrl)
  await visitor.get(new URL(link).pathname)
  await visitor.submit(/\/start$/, {})
  await visitor.get('/graduation/interview')
  await visitor.submit('/graduation/interview/start', { visibility: luck.uniform() < 0.4 ? 'hr' : 'groups_only' })
  await visitor.get('/graduation/interview/questions')
  await visitor.submit('/graduation/interview/questions', {
    q_primaryReason: reasons[Math.min(reasons.length - 1, Math.floor(luck.uniform() ** 1.5 * reasons.length))]!,
    q_secondaryReasons: [reasons[Math.floor(luck.uniform() * reasons.length)]!],
    q_manager: String(1 + Math.floor(luck.uniform() * 5)),
    q_workload: String(1 + Math.floor(luck.uniform() * 4)),
    q_recommend: String(Math.floor(luck.uniform() * 11)),
    q_wouldReturn: luck.uniform() < 0.5 ? 'maybe' : 'yes',
  })
  return true
}
