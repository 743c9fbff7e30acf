import {
  campaignWorkplaces,
  committeeItems,
  createCampaign,
  identifySubjects,
  listInvitations,
  opinionItems,
  prepareCampaign,
  sendReminders,
  signCampaign,
} from '../campaigns/index.ts'
import { computeGroupReport, releaseReport } from '../group-reports/index.ts'
import { findVersion, shippedQuestionnaires } from '../questionnaires/index.ts'
import { confirmNeeds, listNeeds, releaseResults } from '../results/index.ts'
import { departmentTreeOn, membersOn, workplacesOn, type Member } from '../roster/index.ts'
import { climateOf, presenteeismAnswer, stressAnswers } from './answers.ts'
import { chance } from './chance.ts'
import { answerAsEmployee, type ScreenPlan } from './employees.ts'
import { staffOf, type DemoCompany } from './staff.ts'
import type { Stage } from './stage.ts'

export interface CampaignDates {
  name: string
  year: number
  plannedOn: string
  opensOn: string
  closesOn: string
  /** the implementer confirms and releases */
  confirmedOn: string
  reportedOn: string
}

export interface Respondent {
  member: Member
  link: string
  code: string
}

export interface CampaignTold {
  campaignId: string
  invited: number
  delivered: number
  respondents: Respondent[]
  released: number
  /** employee codes of those whose need for an interview was confirmed */
  needed: Set<string>
  reportId: string
}

/** An instant on a day, Japanese time. */
export const at = (on: string, time = '09:00'): Date => new Date(`${on}T${time}:00+09:00`)

const concurrency = 12

/** One campaign from planning to the released group report. `report` says how far answering is. */
export async function tellCampaign(
  stage: Stage,
  company: DemoCompany,
  dates: CampaignDates,
  told: { seed: number; harder: ReadonlyMap<string, number> },
  report: (done: number, total: number) => void,
): Promise<CampaignTold> {
  const { services, clock } = stage
  const { companyId } = company
  const hr = { role: 'hr' as const, companyId, subjectId: staffOf(company, 'hr').userId }
  const implementer = { role: 'implementer' as const, companyId, subjectId: staffOf(company, 'implementer').userId }

  clock.set(at(dates.plannedOn))
  const campaignId = await plan(stage, hr, dates)
  await services.database.as(implementer, clock.now(), (db) =>
    signCampaign(
      db,
      companyId,
      campaignId,
      { userId: implementer.subjectId, criteriaMethod: 'conversion', reach: undefined, requestId: 'demo' },
      clock.now(),
    ),
  )

  clock.set(at(dates.opensOn, '09:05'))
  const mailsBefore = stage.mailbox.mails.length
  await stage.settle()
  const delivered = stage.mailbox.mails.length - mailsBefore

  const people = await invitedPeople(stage, implementer, companyId, campaignId)
  const codes = new Map(
    (await services.database.as(hr, clock.now(), (db) => departmentTreeOn(db, companyId, dates.opensOn))).map((one) => [
      one.id,
      one.code,
    ]),
  )
  const definition = findVersion(await shippedQuestionnaires(), 'stress-check-57')!.definition
  const respondents: Respondent[] = []
  const screens: ScreenPlan = new Map()
  // three waves: the first days, after each reminder
  const waves = people.map((member) => chance(told.seed, 'response', member.employeeCode, dates.year).uniform())
  const answering = waves.filter((draw) => draw < 0.855).length
  const wave = async (from: number, below: number) => {
    const now = people.filter((_member, index) => waves[index]! >= from && waves[index]! < below)
    await inParallel(now, async (member) => {
      const code = codes.get(member.departmentId) ?? ''
      const who = {
        seed: told.seed,
        employeeCode: member.employeeCode,
        year: dates.year,
        climate: climateOf(told.seed, code, dates.year, told.harder.get(code) ?? 0),
      }
      const link = stage.mailbox.linkTo(member.email ?? '', '/a/')
      if (!link) throw new Error('an invited person has no mail')
      const sex = member.sex ?? (chance(told.seed, 'sex', member.employeeCode).uniform() < 0.5 ? 'male' : 'female')
      const personalCode = await answerAsEmployee(
        stage,
        { link, answers: { ...stressAnswers(definition, who), performance: presenteeismAnswer(who) }, sex },
        screens,
      )
      respondents.push({ member, link, code: personalCode })
      report(respondents.length, answering)
    })
  }
  await wave(0, 0.002) // one person first: the others' browsers know the screens then
  await wave(0.002, 0.55)
  clock.set(new Date(at(dates.opensOn).getTime() + 7 * 86_400_000))
  await sendReminders(services, companyId, campaignId, clock.now(), 'asked')
  await stage.settle()
  await wave(0.55, 0.855)

  clock.set(new Date(at(dates.closesOn).getTime() + 16 * 3_600_000))
  await stage.settle()

  clock.set(at(dates.confirmedOn))
  const signing = { companyId, campaignId, implementerId: implementer.subjectId, requestId: 'demo' }
  const needed = new Set<string>()
  const codeOf = new Map(people.map((member) => [member.employmentId, member.employeeCode]))
  await services.database.as(implementer, clock.now(), async (db) => {
    const lines = await listNeeds(db, services.vault, companyId, campaignId)
    const identities = await identifySubjects(
      db,
      services.vault,
      companyId,
      lines.map((line) => line.subjectId),
    )
    const decisions = lines.map((line) => {
      const employeeCode = codeOf.get(identities.get(line.subjectId)?.employmentId ?? '') ?? ''
      // the implementer looks at each result of high stress; now and then an interview is not what helps
      const need = line.verdict === 'high' && chance(told.seed, 'need', employeeCode, dates.year).uniform() < 0.92
      if (need) needed.add(employeeCode)
      return { invitationId: line.invitationId, needed: need }
    })
    await confirmNeeds(db, services.vault, signing, decisions, clock.now())
  })
  const { released } = await services.database.as(implementer, clock.now(), (db) =>
    releaseResults(db, signing, clock.now()),
  )
  await stage.settle()

  clock.set(at(dates.reportedOn))
  const computed = await computeGroupReport(services, companyId, campaignId, clock.now())
  await services.database.as(implementer, clock.now(), (db) =>
    releaseReport(
      services,
      db,
      {
        companyId,
        reportId: computed.reportId,
        userId: implementer.subjectId,
        recipients: [{ userId: hr.subjectId, departmentId: null }],
        requestId: 'demo',
      },
      clock.now(),
    ),
  )
  await stage.settle()
  return { campaignId, invited: people.length, delivered, respondents, released, needed, reportId: computed.reportId }
}

export async function plan(
  stage: Stage,
  hr: { role: 'hr'; companyId: string; subjectId: string },
  dates: CampaignDates,
): Promise<string> {
  const { services, clock } = stage
  const form = findVersion(await shippedQuestionnaires(), 'stress-check-57')!.definition.title['ja']!
  const text = (key: string) => services.texts.text('ja', key, { form })
  return services.database.as(hr, clock.now(), async (db) => {
    const workplaces = await workplacesOn(db, hr.companyId, dates.opensOn)
    const campaignId = await createCampaign(
      db,
      hr.companyId,
      {
        name: dates.name,
        opensOn: dates.opensOn,
        closesOn: dates.closesOn,
        questionnaires: [
          { slug: 'stress-check-57', version: 1 },
          { slug: 'presenteeism-spq', version: 1 },
        ],
        workplaceIds: workplaces.map((one) => one.id),
        criteriaMethod: 'conversion',
        floor: 10,
        employerReceivesIndividualResults: false,
        othersMayRequestInterview: false,
        turnoverRiskPurpose: true,
        remindersMaximum: 2,
        reminderIntervalDays: 7,
      },
      hr.subjectId,
      clock.now(),
    )
    const prepared = (await campaignWorkplaces(db, hr.companyId, campaignId)).map((workplace) => ({
      workplaceId: workplace.workplaceId,
      heldOn: dates.plannedOn,
      items: Object.fromEntries(
        (workplace.basis === 'committee' ? committeeItems : opinionItems).map((item) => [
          item,
          text(`campaigns.suggestion.${item}`),
        ]),
      ),
    }))
    const missing = await prepareCampaign(
      db,
      hr.companyId,
      campaignId,
      {
        workplaces: prepared,
        rulesPublishedOn: dates.plannedOn,
        rulesUrl: '',
        highStressShareResolvedOn: dates.plannedOn,
      },
      clock.now(),
    )
    if (missing.length > 0) throw new Error(`the demo campaign misses ${missing.map((one) => one.field).join(', ')}`)
    return campaignId
  })
}

/** The people invited, by way of the implementer's side: only it may tell who a subject is. Sorted by employee code: the story does not depend on ids. */
async function invitedPeople(
  stage: Stage,
  implementer: { role: 'implementer'; companyId: string; subjectId: string },
  companyId: string,
  campaignId: string,
): Promise<Member[]> {
  const { services, clock } = stage
  return services.database.as(implementer, clock.now(), async (db) => {
    const invitations = await listInvitations(db, companyId, campaignId)
    const identities = await identifySubjects(
      db,
      services.vault,
      companyId,
      invitations.map((one) => one.subjectId),
    )
    const employments = new Set([...identities.values()].map((one) => one.employmentId))
    const members = await membersOn(db, companyId, clock.now().toISOString().slice(0, 10))
    return members
      .filter((member) => employments.has(member.employmentId))
      .sort((a, b) => (a.employeeCode < b.employeeCode ? -1 : 1))
  })
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(concurrency, items.length) }, async () => {
      while (next < items.length) await work(items[next++]!)
    }),
  )
}
