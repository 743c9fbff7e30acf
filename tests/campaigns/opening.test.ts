import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  closeCampaign,
  findInvitation,
  getCampaign,
  identifySubjects,
  listInvitations,
  markDeclined,
  markStarted,
  markSubmitted,
  openCampaign,
  openSnapshots,
  ticks,
} from '../../server/campaigns/index.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, fillCompany, signedCampaign, type TestStaff } from './company.ts'

let world: World
let company: TestStaff
let campaignId: string
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  campaignId = await signedCampaign(world, company)
})
afterAll(() => world.close())

const count = async (table: string) =>
  Number(
    (await world.superuser.query(`SELECT count(*) FROM ${table} WHERE company_id = $1`, [company.companyId])).rows[0]
      .count,
  )

test('opening twice at the same moment invites everybody once', async () => {
  const at = world.clock.now()
  const openings = await Promise.all(
    [1, 2, 3].map(() => openCampaign(world.services, company.companyId, campaignId, at)),
  )
  expect(openings.filter((one) => one.opened)).toEqual([{ opened: true, invited: 79, withoutAddress: 1 }])
  expect(await openCampaign(world.services, company.companyId, campaignId, at)).toMatchObject({ opened: false })
  expect(await count('invitation')).toBe(79)
  expect(await count('stress_subject')).toBe(79)
  expect(await count('participation')).toBe(79)
  const { rows } = await world.superuser.query(
    'SELECT DISTINCT template, mail_class, batch_id, due_at FROM mail_message WHERE company_id = $1',
    [company.companyId],
  )
  expect(rows).toEqual([
    { template: 'campaigns.invitation', mail_class: 'statutory', batch_id: campaignId, due_at: at },
  ])
  expect(await count('mail_message')).toBe(78)
})

test('who is who lies sealed: no roster id stands beside a subject or an invitation', async () => {
  const { rows } = await world.superuser.query(
    "SELECT string_agg(encode(sealed_identity, 'escape') || encode(employment_lookup, 'escape'), '') AS all FROM stress_subject WHERE company_id = $1",
    [company.companyId],
  )
  const { rows: invitations } = await world.superuser.query('SELECT * FROM invitation WHERE company_id = $1', [
    company.companyId,
  ])
  const everything = rows[0].all + JSON.stringify(invitations)
  for (const code of ['E001', 'E020', 'E079']) expect(everything).not.toContain(company.employment(code))
})

test('the implementer finds people and bands; the same person keeps the subject in the next campaign', async () => {
  const { companyId } = company
  const { vault } = world.services
  const before = await asRole(world, 'implementer', companyId, async (db) => {
    const invitations = await listInvitations(db, companyId, campaignId)
    const identities = await identifySubjects(
      db,
      vault,
      companyId,
      invitations.map((one) => one.subjectId),
    )
    expect(identities.size).toBe(79)
    const snapshots = await openSnapshots(db, vault, companyId, invitations)
    const of = (code: string) => {
      const invitation = invitations.find(
        (one) => identities.get(one.subjectId)!.employmentId === company.employment(code),
      )!
      return { invitation, snapshot: snapshots.get(invitation.id) }
    }
    expect(of('E001').snapshot).toEqual({
      sex: 'male',
      ageBand: '40-49',
      tenureBand: '3-10',
      employmentKind: 'regular',
    })
    expect(of('E005').snapshot).toEqual({ sex: null, ageBand: null, tenureBand: '3-10', employmentKind: 'regular' })
    expect(of('E020').invitation.needsPaperPin).toBe(true)
    expect([...identities.values()].some((one) => one.employmentId === company.employment('E030'))).toBe(false)
    return new Map([...identities].map(([subjectId, one]) => [one.employmentId, subjectId]))
  })
  const next = await signedCampaign(world, company, { name: '次の回' })
  await openCampaign(world.services, companyId, next, world.clock.now())
  await asRole(world, 'implementer', companyId, async (db) => {
    const invitations = await listInvitations(db, companyId, next)
    const identities = await identifySubjects(
      db,
      vault,
      companyId,
      invitations.map((one) => one.subjectId),
    )
    for (const [subjectId, one] of identities) expect(before.get(one.employmentId)).toBe(subjectId)
  })
})

test('HR reaches neither invitations nor subjects; a physician nobody asked finds nobody; a person only the own row', async () => {
  const { companyId } = company
  for (const table of ['invitation', 'stress_subject', 'data_key']) {
    const reach = asRole(world, 'hr', companyId, (db) => db.selectFrom(table).selectAll().execute())
    if (table === 'data_key') expect((await reach).filter((row) => row['area'] === 'stress')).toEqual([])
    else await expect(reach).rejects.toThrow(/permission denied/)
  }
  const invitations = await asRole(world, 'implementer', companyId, (db) => listInvitations(db, companyId, campaignId))
  const subjects = invitations.map((one) => one.subjectId)
  expect(
    (
      await asRole(world, 'physician', companyId, (db) =>
        identifySubjects(db, world.services.vault, companyId, subjects),
      )
    ).size,
  ).toBe(0)
  const [one, other] = invitations
  await asRole(
    world,
    'employee',
    companyId,
    async (db) => {
      expect(await findInvitation(db, companyId, one!.id)).toMatchObject({ state: 'invited' })
      expect(await findInvitation(db, companyId, other!.id)).toBeUndefined()
      expect(await markStarted(db, companyId, other!.id, world.clock.now())).toBe(false)
      expect(new Set((await listInvitations(db, companyId, campaignId)).map((row) => row.subjectId))).toEqual(
        new Set([one!.subjectId]),
      )
    },
    one!.subjectId,
  )
})

test('the clock opens what is due, at night without waking anybody', async () => {
  const later = await signedCampaign(world, company, { name: '来週', opensOn: '2026-11-09', closesOn: '2026-11-30' })
  const tick = ticks.find((one) => one.name === 'campaigns.open-and-close')!
  const state = async () =>
    (await asRole(world, 'hr', company.companyId, (db) => getCampaign(db, company.companyId, later))).state
  await tick.run({ services: world.services, at: new Date('2026-11-08T14:59:59Z') })
  expect(await state()).toBe('signed')
  await tick.run({ services: world.services, at: new Date('2026-11-08T15:00:05Z') })
  expect(await state()).toBe('open')
  const { rows } = await world.superuser.query(
    'SELECT DISTINCT due_at FROM mail_message WHERE company_id = $1 AND batch_id = $2',
    [company.companyId, later],
  )
  expect(rows).toEqual([{ due_at: new Date('2026-11-08T23:00:00Z') }])
})

test('another company sees nothing of it, whatever ids it knows', async () => {
  const other = await fillCompany(world)
  for (const role of ['hr', 'implementer', 'scheduler'] as const)
    await expect(
      asRole(world, role, other.companyId, (db) => getCampaign(db, other.companyId, campaignId)),
    ).rejects.toMatchObject({ code: 'not_found' })
  expect(await openCampaign(world.services, other.companyId, campaignId, world.clock.now())).toMatchObject({
    opened: false,
  })
  expect(await closeCampaign(world.services, other.companyId, campaignId, new Date('2027-01-01'))).toBe(false)
})

test('submitted exactly once, and only while it is open', async () => {
  const { companyId } = company
  const [one, two, three] = await asRole(world, 'implementer', companyId, (db) =>
    listInvitations(db, companyId, campaignId),
  )
  const own = <T>(invitation: typeof one, work: (db: AnyHandle) => Promise<T>) =>
    asRole(world, 'employee', companyId, work, invitation!.subjectId)
  const now = world.clock.now()
  expect(await own(one, (db) => markStarted(db, companyId, one!.id, now))).toBe(true)
  const twice = await Promise.all([0, 1].map(() => own(one, (db) => markSubmitted(db, companyId, one!.id, now))))
  expect(twice.filter(Boolean)).toEqual([true])
  expect(await own(one, (db) => markDeclined(db, companyId, one!.id, now))).toBe(false)
  expect(await own(two, (db) => markDeclined(db, companyId, two!.id, now))).toBe(true)
  expect(await own(two, (db) => markSubmitted(db, companyId, two!.id, now))).toBe(false)
  // thought better of it
  expect(await own(two, (db) => markStarted(db, companyId, two!.id, now))).toBe(true)
  // 20 November is the last day in Tokyo
  const lastMoment = new Date('2026-11-20T14:59:59.999Z')
  const after = new Date('2026-11-20T15:00:00.000Z')
  expect(await own(three, (db) => markSubmitted(db, companyId, three!.id, after))).toBe(false)
  expect(await closeCampaign(world.services, companyId, campaignId, lastMoment)).toBe(false)
  expect(await own(three, (db) => markSubmitted(db, companyId, three!.id, lastMoment))).toBe(true)
  expect(await closeCampaign(world.services, companyId, campaignId, after)).toBe(true)
  expect(await closeCampaign(world.services, companyId, campaignId, after)).toBe(false)
  expect(await own(two, (db) => markSubmitted(db, companyId, two!.id, lastMoment))).toBe(false)
})
