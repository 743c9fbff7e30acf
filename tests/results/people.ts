import type { Answers } from '../../analysis/scoring/index.ts'
import { createStaffUser, grantRole, type StaffRole } from '../../server/access/index.ts'
import {
  closeCampaign,
  listInvitations,
  markStarted,
  markSubmitted,
  openCampaign,
  type CampaignPlan,
} from '../../server/campaigns/index.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import {
  confirmNeeds,
  listNeeds,
  releaseResults,
  resultKeyOf,
  sealResult,
  storingResult,
} from '../../server/results/index.ts'
import { openSession } from '../../server/web/sessions.ts'
import { asRole, fillCompany, signedCampaign, type TestStaff } from '../campaigns/company.ts'
import { openBrowser, type Browser } from '../helpers/browser.ts'
import type { World } from '../helpers/world.ts'

/** What somebody's answers come to under the simple-sum method. */
export type Kind = 'high' | 'ordinary' | 'missing'

export interface Person {
  invitationId: string
  subjectId: string
  employmentId: string
  employeeCode: string
  name: string
  kind: Kind
}

export interface Surveyed extends TestStaff {
  campaignId: string
  physicianId: string
  otherPhysicianId: string
  clerkId: string
  people: Person[]
  of: (kind: Kind) => Person
}

// items that count the other way round in the simple sum (survey-definitions/stress-check-57/1.yaml)
const reversed = new Set([1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 15, 18, 19, 20].map((no) => `q${no}`))

/** 57 answers that weigh most or least on the simple sum; the missing kind leaves one scored item out. */
export function answersOf(kind: Kind): Answers {
  const answers: Record<string, number | null> = {}
  for (let no = 1; no <= 57; no++) {
    const id = `q${no}`
    const heavy = reversed.has(id) ? 1 : 4
    answers[id] = kind === 'ordinary' ? 5 - heavy : heavy
  }
  if (kind === 'missing') answers['q30'] = null
  return answers
}

/** A company whose campaign is closed; `kinds` submitted, by order of invitation. */
export async function surveyed(
  world: World,
  kinds: readonly Kind[],
  changes: Partial<CampaignPlan> = {},
): Promise<Surveyed> {
  world.clock.set('2026-11-02T00:00:00.000Z')
  const company = await fillCompany(world)
  const { companyId } = company
  const campaignId = await signedCampaign(world, company, changes)
  const at = world.clock.now()
  const staff = (email: string, role: StaffRole, extra: object = {}) =>
    world.services.database.as({ role: 'setup', companyId }, at, async (db) => {
      const userId = await createStaffUser(
        db as AnyHandle,
        { companyId, email, displayName: `架空 ${email.split('@')[0]!}` },
        at,
      )
      await grantRole(db as AnyHandle, { companyId, userId, role, ...extra }, at)
      return userId
    })
  const physicianId = await staff('physician-one@example.org', 'physician')
  const otherPhysicianId = await staff('physician-two@example.org', 'physician')
  const clerkId = await staff('clerk@example.org', 'clerk', { directedBy: company.implementerId })
  await world.superuser.query('UPDATE role_grant SET secrecy_acknowledged_at = $2 WHERE company_id = $1', [
    companyId,
    at,
  ])
  await openCampaign(world.services, companyId, campaignId, world.clock.now())
  const people = await submit(world, companyId, campaignId, kinds)
  world.clock.set('2026-11-21T00:30:00.000Z')
  await closeCampaign(world.services, companyId, campaignId, world.clock.now())
  return {
    ...company,
    campaignId,
    physicianId,
    otherPhysicianId,
    clerkId,
    people,
    of: (kind) => people.find((person) => person.kind === kind)!,
  }
}

async function submit(world: World, companyId: string, campaignId: string, kinds: readonly Kind[]): Promise<Person[]> {
  const invitations = await asRole(world, 'scheduler', companyId, (db) => listInvitations(db, companyId, campaignId))
  const people: Person[] = []
  for (const [index, kind] of kinds.entries()) {
    const invitation = invitations[index]!
    const of = { role: 'employee', companyId, subjectId: invitation.subjectId } as const
    const at = world.clock.now()
    await world.services.database.as(of, at, async (db) => {
      await markStarted(db as AnyHandle, companyId, invitation.id, at)
      if (!(await markSubmitted(db as AnyHandle, companyId, invitation.id, at))) throw new Error('not submitted')
      const key = resultKeyOf(invitation.subjectId)
      const keys = await world.services.vault.readyKeys(db as AnyHandle, companyId, [key], at)
      const given = {
        companyId,
        campaignId,
        invitationId: invitation.id,
        subjectId: invitation.subjectId,
        sex: 'female',
        questionnaire: { slug: 'stress-check-57', version: 1 },
        criteriaMethod: 'simpleSum',
        answers: answersOf(kind),
      } as const
      await storingResult(db, await sealResult(given, at, keys)).execute()
    })
    people.push({ ...(await whoIs(world, companyId, invitation.subjectId)), invitationId: invitation.id, kind })
  }
  return people
}

async function whoIs(
  world: World,
  companyId: string,
  subjectId: string,
): Promise<Omit<Person, 'invitationId' | 'kind'>> {
  const { identifySubjects } = await import('../../server/campaigns/index.ts')
  const identity = (
    await asRole(world, 'clerk', companyId, (db) => identifySubjects(db, world.services.vault, companyId, [subjectId]))
  ).get(subjectId)!
  const { rows } = await world.superuser.query<{ employee_code: string; name: string }>(
    "SELECT employee_code, family_name || ' ' || given_name AS name FROM employee WHERE company_id = $1 AND id = $2",
    [companyId, identity.employeeId],
  )
  return { subjectId, employmentId: identity.employmentId, employeeCode: rows[0]!.employee_code, name: rows[0]!.name }
}

export const asImplementer = <T>(world: World, company: Surveyed, work: (db: AnyHandle) => Promise<T>) =>
  asRole(world, 'implementer', company.companyId, work, company.implementerId)

export const signingOf = (company: Surveyed) => ({
  companyId: company.companyId,
  campaignId: company.campaignId,
  implementerId: company.implementerId,
  requestId: 'test',
})

/** The implementer signs for everybody: needed for those in `needed`, not for the others. */
export async function signAll(world: World, company: Surveyed, needed: (person: Person) => boolean): Promise<void> {
  await asImplementer(world, company, async (db) => {
    const lines = await listNeeds(db, world.services.vault, company.companyId, company.campaignId)
    const decisions = lines.map((line) => ({
      invitationId: line.invitationId,
      needed: needed(company.people.find((person) => person.invitationId === line.invitationId)!),
    }))
    await confirmNeeds(db, world.services.vault, signingOf(company), decisions, world.clock.now())
  })
}

/** Signed and released; the clock stands a minute later, so that people may act on it. */
export async function releaseAll(
  world: World,
  company: Surveyed,
  needed: (person: Person) => boolean = (person) => person.kind === 'high',
): Promise<void> {
  await signAll(world, company, needed)
  await asImplementer(world, company, (db) => releaseResults(db, signingOf(company), world.clock.now()))
  world.clock.advance(60_000)
}

/** A browser of somebody who has proven the personal code. */
export async function browserOfPerson(
  world: World,
  company: Surveyed,
  person: Person,
  language = 'ja',
): Promise<Browser> {
  const { companyId, companyKey } = company
  const at = world.clock.now()
  const { cookie } = await world.services.database.as(
    { role: 'employee', companyId, subjectId: person.subjectId },
    at,
    (db) =>
      openSession(
        db as AnyHandle,
        {
          companyId,
          companyKey,
          kind: 'participant',
          subjectId: person.subjectId,
          contextId: person.invitationId,
          strength: 'code',
        },
        at,
      ),
  )
  const browser = openBrowser(await world.app(), { language })
  browser.cookies.set('hanamichi_participant', cookie)
  return browser
}
