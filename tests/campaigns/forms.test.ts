import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCampaign, getCampaign, prepareCampaign, signCampaign } from '../../server/campaigns/index.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, browserOf, fillCompany, fullPreparation, planFor, type TestStaff } from './company.ts'

let world: World
let company: TestStaff
let hr: Browser
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  hr = await browserOf(world, company, company.hrId)
})
afterAll(() => world.close())

const reason = '23項目版の素点換算表は、公表された資料で3項目の抑うつ感の換算欄を確認できないため、使えません。'
const of = (slug: string) => [{ slug, version: 1 }]
const plan = (slug: string, criteriaMethod: 'simpleSum' | 'conversion') =>
  asRole(world, 'hr', company.companyId, (db) =>
    createCampaign(
      db,
      company.companyId,
      planFor(company, { questionnaires: of(slug), criteriaMethod }),
      company.hrId,
      world.clock.now(),
    ),
  )
const prepared = async (slug: string) => {
  const id = await plan(slug, 'simpleSum')
  const preparation = await fullPreparation(world, company, id)
  await asRole(world, 'hr', company.companyId, (db) =>
    prepareCampaign(db, company.companyId, id, preparation, world.clock.now()),
  )
  return id
}
const stateOf = (id: string) =>
  asRole(world, 'hr', company.companyId, async (db) => (await getCampaign(db, company.companyId, id)).state)

test('a new plan offers 57, 23 and 80 items, 57 chosen, and beside them only what a sitting can ask', async () => {
  await hr.get('/hr/campaigns/new')
  const form = hr.form('/hr/campaigns/new')
  expect(form.choices('questionnaires')).toEqual(['stress-check-57@1', 'stress-check-23@1', 'stress-check-80@1'])
  expect(form.fields).toContainEqual(['questionnaires', 'stress-check-57@1'])
  expect(form.choices('beside')).toEqual(['presenteeism-spq@1', 'presenteeism-qq@1', 'recommendation@1', 'pulse@1'])
  expect(hr.text.match(/「素点換算表を使う方法」は使えません/g)).toHaveLength(1)
})

test('conversion with the 23 items is refused at its field with the reason of the definition; nothing is stored', async () => {
  await hr.get('/hr/campaigns/new')
  const values = {
    name: '短い調査票',
    opensOn: '2026-11-04',
    closesOn: '2026-11-20',
    questionnaires: 'stress-check-23@1',
    criteriaMethod: 'conversion',
  }
  await hr.submit('/hr/campaigns/new', values)
  expect(hr.status).toBe(400)
  expect(hr.errors()).toEqual([expect.stringContaining(reason)])
  await expect(plan('stress-check-23', 'conversion')).rejects.toMatchObject({
    code: 'invalid_input',
    fields: [{ field: 'criteriaMethod' }],
  })
  const { rows } = await world.superuser.query('SELECT 1 FROM campaign WHERE company_id = $1', [company.companyId])
  expect(rows).toEqual([])
  await hr.submit('/hr/campaigns/new', { criteriaMethod: 'simpleSum' })
  expect(await stateOf(hr.url.split('/').at(-1)!)).toBe('draft')
})

test('a form that is not offered, and one that is no stress check, are refused', async () => {
  for (const questionnaires of ['pulse@1', 'presenteeism-spq@1']) {
    await hr.get('/hr/campaigns/new')
    const { fields } = hr.form('/hr/campaigns/new')
    await hr.postBare('/hr/campaigns/new', {
      ...Object.fromEntries(fields),
      name: '別の調査票',
      opensOn: '2026-11-04',
      closesOn: '2026-11-20',
      workplaces: company.workplaces.W1,
      criteriaMethod: 'simpleSum',
      questionnaires,
    })
    expect(hr.status).toBe(400)
    expect(hr.errors()).toEqual(['調査票を選んでください'])
  }
})

test('the implementer sees why conversion is not there, and cannot sign it; with 80 items either may be signed', async () => {
  const implementer = await browserOf(world, company, company.implementerId)
  const short = await prepared('stress-check-23')
  await implementer.get(`/implementer/campaigns/${short}`)
  const address = `/implementer/campaigns/${short}/sign`
  expect(implementer.form(address).choices('criteriaMethod')).toEqual(['simpleSum'])
  expect(implementer.text).toContain(reason)
  await implementer.submit(address, { criteriaMethod: 'conversion', confirmed: 'yes' })
  expect(implementer.status).toBe(400)
  expect(implementer.errors()).toEqual([expect.stringContaining(reason)])
  const sign = (id: string) =>
    asRole(
      world,
      'implementer',
      company.companyId,
      (db) =>
        signCampaign(
          db,
          company.companyId,
          id,
          { userId: company.implementerId, criteriaMethod: 'conversion', reach: undefined, requestId: 'test' },
          world.clock.now(),
        ),
      company.implementerId,
    )
  await expect(sign(short)).rejects.toMatchObject({ code: 'invalid_input' })
  expect(await stateOf(short)).toBe('prepared')
  const long = await prepared('stress-check-80')
  await sign(long)
  expect(await stateOf(long)).toBe('signed')
})
