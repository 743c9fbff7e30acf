import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  campaignGroups,
  campaignQuestionnaires,
  campaignWorkplaces,
  changeCampaign,
  chooseMerges,
  createCampaign,
  currentGroups,
  getCampaign,
  prepareCampaign,
  reportingGroups,
  signCampaign,
} from '../../server/campaigns/index.ts'
import { replaceGroups } from '../../server/campaigns/groups.ts'
import { checkQuestionnairesInUse, shippedQuestionnaires } from '../../server/questionnaires/index.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, fillCompany, fullPreparation, planFor, signedCampaign, type TestStaff } from './company.ts'

let world: World
let company: TestStaff
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
})
afterAll(() => world.close())

const hr = <T>(work: (db: AnyHandle) => Promise<T>) => asRole(world, 'hr', company.companyId, work)
const implementer = <T>(work: (db: AnyHandle) => Promise<T>) =>
  asRole(world, 'implementer', company.companyId, work, company.implementerId)
const draft = () => hr((db) => createCampaign(db, company.companyId, planFor(company), company.hrId, world.clock.now()))
const signature = () => ({
  userId: company.implementerId,
  criteriaMethod: 'conversion' as const,
  reach: undefined,
  requestId: 'test',
})
const sign = (campaignId: string) =>
  implementer((db) => signCampaign(db, company.companyId, campaignId, signature(), world.clock.now()))

test('a plan pins questionnaires by hash, and each workplace its basis', async () => {
  const id = await draft()
  const campaign = await hr((db) => getCampaign(db, company.companyId, id))
  expect(campaign).toMatchObject({
    state: 'draft',
    floor: 10,
    opensAt: new Date('2026-11-01T15:00:00Z'),
    closesAt: new Date('2026-11-20T15:00:00Z'),
  })
  const shipped = await shippedQuestionnaires()
  expect(await hr((db) => campaignQuestionnaires(db, company.companyId, id))).toEqual([
    {
      slug: 'stress-check-57',
      version: 1,
      position: 0,
      wave: null,
      hash: shipped.find((one) => one.slug === 'stress-check-57')!.hash,
    },
    {
      slug: 'presenteeism-spq',
      version: 1,
      position: 1,
      wave: null,
      hash: shipped.find((one) => one.slug === 'presenteeism-spq')!.hash,
    },
  ])
  const workplaces = await hr((db) => campaignWorkplaces(db, company.companyId, id))
  expect(Object.fromEntries(workplaces.map((one) => [one.workplaceId, one.basis]))).toEqual({
    [company.workplaces.W1]: 'committee',
    [company.workplaces.W2]: 'opinions_heard',
  })
})

test('a plan with a floor under ten, dates the wrong way round or an unknown workplace is refused field by field', async () => {
  const bad = planFor(company, {
    floor: 9,
    opensOn: '2026-11-01',
    closesOn: '2026-10-30',
    workplaceIds: [company.hrId],
  })
  await expect(
    hr((db) => createCampaign(db, company.companyId, bad, company.hrId, world.clock.now())),
  ).rejects.toMatchObject({
    code: 'invalid_input',
    fields: [{ field: 'opensOn' }, { field: 'closesOn' }, { field: 'floor' }, { field: 'workplaces' }],
  })
  await expect(
    world.superuser.query('UPDATE campaign SET floor = 9 WHERE company_id = $1', [company.companyId]),
  ).rejects.toThrow(/floor/)
})

test('with item ten empty it stays a draft and cannot be signed; with everything it is prepared', async () => {
  const id = await draft()
  const preparation = await fullPreparation(world, company, id)
  const main = preparation.workplaces.find((one) => one.workplaceId === company.workplaces.W1)
  const small = preparation.workplaces.find((one) => one.workplaceId === company.workplaces.W2)
  const withoutTen = { ...preparation, workplaces: [{ ...main!, items: { ...main!.items, voluntary: '' } }, small!] }
  expect(await hr((db) => prepareCampaign(db, company.companyId, id, withoutTen, world.clock.now()))).toEqual([
    { workplaceId: company.workplaces.W1, field: 'voluntary' },
  ])
  await expect(sign(id)).rejects.toMatchObject({ code: 'wrong_state' })
  expect(await hr((db) => prepareCampaign(db, company.companyId, id, preparation, world.clock.now()))).toEqual([])
  expect(await hr((db) => getCampaign(db, company.companyId, id))).toMatchObject({ state: 'prepared' })
  // taking something back makes it a draft again
  await hr((db) => prepareCampaign(db, company.companyId, id, withoutTen, world.clock.now()))
  expect(await hr((db) => getCampaign(db, company.companyId, id))).toMatchObject({ state: 'draft' })
})

test('merges chosen before signing shape the reporting groups; impossible ones are refused', async () => {
  const id = await draft()
  const d = company.department
  const choose = (...choices: [string, string | null][]) =>
    hr((db) =>
      chooseMerges(
        db,
        company.companyId,
        id,
        choices.map(([from, into]) => ({ departmentId: d(from), intoDepartmentId: into && d(into) })),
        world.clock.now(),
      ),
    )
  await choose(['D3', 'D4'], ['D1', 'D2'])
  expect(
    (await hr((db) => reportingGroups(db, company.companyId, id))).map((one) => [one.name, one.headcount]),
  ).toEqual([
    ['営業本部', 0],
    ['第一課・営業本部', 15],
    ['第三課・第二課', 13],
    ['管理本部', 1],
    ['総務課', 25],
    ['経理課', 11],
    ['北支店', 14],
  ])
  await expect(choose(['D3', 'D6'])).rejects.toMatchObject({ code: 'invalid_input' }) // not a sibling
  await expect(choose(['D4', 'D3'])).rejects.toMatchObject({ code: 'invalid_input' }) // a circle
  await choose(['D3', null])
  expect(
    (await hr((db) => currentGroups(db, company.companyId, id, world.clock.now()))).filter(
      (one) => one.mergedIntoDepartmentId,
    ),
  ).toHaveLength(1)
})

test('signing freezes tree, criteria and floor: the database refuses every change', async () => {
  const id = await signedCampaign(world, company)
  const campaign = await hr((db) => getCampaign(db, company.companyId, id))
  expect(campaign).toMatchObject({ state: 'signed', signedBy: company.implementerId, criteriaMethod: 'simpleSum' })
  expect(campaign.treeHash).toMatch(/^[0-9a-f]{64}$/)
  const groups = await hr((db) => campaignGroups(db, company.companyId, id))
  expect(groups.map((one) => [one.name, one.depth, one.headcount])).toEqual([
    ['営業本部', 0, 3],
    ['第一課', 1, 12],
    ['第二課', 1, 7],
    ['第三課', 1, 6],
    ['管理本部', 0, 1],
    ['総務課', 1, 25],
    ['経理課', 1, 11],
    ['北支店', 0, 14],
  ])
  const refused = /keeps what was signed|permission denied/
  for (const role of ['hr', 'implementer'] as const) {
    await expect(
      asRole(world, role, company.companyId, (db) => replaceGroups(db, company.companyId, id, [], world.clock.now())),
    ).rejects.toThrow(refused)
    for (const change of [
      { criteria_method: 'conversion' },
      { floor: 12 },
      { tree_hash: 'x' },
      { signed_by: company.hrId },
    ])
      await expect(
        asRole(world, role, company.companyId, (db) =>
          db.updateTable('campaign').set(change).where('id', '=', id).execute(),
        ),
      ).rejects.toThrow(refused)
  }
  await expect(
    hr((db) => changeCampaign(db, company.companyId, id, planFor(company), world.clock.now())),
  ).rejects.toMatchObject({ code: 'wrong_state' })
  await expect(hr((db) => chooseMerges(db, company.companyId, id, [], world.clock.now()))).rejects.toMatchObject({
    code: 'wrong_state',
  })
  const { rows } = await world.superuser.query(
    "SELECT actor_id, actor_role FROM audit_entry WHERE company_id = $1 AND action = 'campaign.signed' AND object_id = $2",
    [company.companyId, id],
  )
  expect(rows).toEqual([{ actor_id: company.implementerId, actor_role: 'implementer' }])
  await expect(sign(id)).rejects.toMatchObject({ code: 'wrong_state' })
})

test('nobody with personnel authority over a participant signs, found by code or by address', async () => {
  const id = await draft()
  await hr(async (db) =>
    prepareCampaign(db, company.companyId, id, await fullPreparation(world, company, id), world.clock.now()),
  )
  await expect(
    implementer((db) =>
      signCampaign(db, company.companyId, id, { ...signature(), reach: [company.workplaces.W1] }, world.clock.now()),
    ),
  ).rejects.toMatchObject({ code: 'not_allowed' })
  // the implementer turns out to be E001, who decides on transfers in 営業本部 and so in 第一課 below it
  await world.superuser.query("UPDATE staff_user SET email = 'e001@example.jp' WHERE company_id = $1 AND id = $2", [
    company.companyId,
    company.implementerId,
  ])
  await world.superuser.query(
    "INSERT INTO personnel_authority (company_id, id, employee_code, department_id, from_on) VALUES ($1, gen_random_uuid(), 'E001', $2, '2026-04-01')",
    [company.companyId, company.department('D1')],
  )
  await expect(sign(id)).rejects.toMatchObject({ code: 'personnel_authority' })
  await world.superuser.query("UPDATE personnel_authority SET until_on = '2026-10-31' WHERE company_id = $1", [
    company.companyId,
  ])
  await sign(id)
  expect(await hr((db) => getCampaign(db, company.companyId, id))).toMatchObject({
    state: 'signed',
    criteriaMethod: 'conversion',
  })
})

test('at start: a file in use that differs from what was published stops everything, by name', async () => {
  await checkQuestionnairesInUse(world.services)
  await world.superuser.query(
    "UPDATE questionnaire_version SET hash = repeat('0', 64) WHERE company_id = $1 AND slug = 'presenteeism-spq'",
    [company.companyId],
  )
  await expect(checkQuestionnairesInUse(world.services)).rejects.toThrow(
    /presenteeism-spq\/1\.yaml: differs from what a company published/,
  )
  await expect(draft()).rejects.toThrow(/presenteeism-spq/)
})
