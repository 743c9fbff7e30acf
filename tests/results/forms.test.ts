import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openResult } from '../../server/results/needs.ts'
import { asRole, browserOf } from '../campaigns/company.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { peopleOf23, peopleOf80, releasedForm, rowOf } from './forms.ts'
import { asImplementer, browserOfPerson } from './people.ts'

let world: World
let form: Awaited<ReturnType<typeof releasedForm>>
const open = async (code: string, address = '/result', language = 'ja') =>
  (await browserOfPerson(world, form.company, form.person(code), language)).get(address)
const storedOf = (code: string) =>
  asImplementer(world, form.company, async (db) => {
    const { companyId } = form.company
    return (await openResult(db, world.services.vault, companyId, form.person(code).invitationId)).stored
  })

describe('the 23 items in a campaign', () => {
  beforeAll(async () => {
    world = await createWorld()
    form = await releasedForm(world, 'stress-check-23', peopleOf23)
  }, 60_000)
  afterAll(() => world.close())

  test('sums and verdicts at the thresholds, counted by hand', async () => {
    expect(await storedOf('E002')).toMatchObject({
      simpleSum: { totals: { A: 24, B: 31, C: 6 } },
      verdict: { highStress: true },
      conversion: null,
      missing: [],
    })
    expect(await storedOf('E004')).toMatchObject({
      simpleSum: { totals: { A: 24, B: 23, C: 15 } },
      verdict: { highStress: true },
    })
    expect(await storedOf('E006')).toMatchObject({
      simpleSum: { totals: { A: 24, B: 22, C: 15 } },
      verdict: { highStress: false },
    })
    const left = await storedOf('E008')
    expect(left).toMatchObject({ simpleSum: null, verdict: null, missing: ['q44'], scales: { appetiteLoss: null } })
    expect(left).not.toHaveProperty('means')
  })

  test('the page: raw scores with what they mean, no chart, no empty columns, and kindly why', async () => {
    const browser = await open('E002')
    expect(browser.status).toBe(200)
    expect(browser.text).toContain('今回の短い調査票には、5段階の評価点がありません')
    expect(browser.html).not.toMatch(/<svg\b/)
    expect(browser.text).not.toContain('評価点(1〜5)')
    expect(browser.text).not.toContain('算出できません')
    // 15 − (1+1+1), 15 − (4+4+4), 15 − (1+1+1); q30 + q31 + q33 = 3+3+2
    expect(rowOf(browser, '心理的な仕事の負担')).toEqual([
      '心理的な仕事の負担（量） 高いほど負担が大きい',
      '12 (3〜12)',
    ])
    expect(rowOf(browser, '仕事のコントロール度')).toEqual(['仕事のコントロール度 高いほどよい状態', '3 (3〜12)'])
    expect(rowOf(browser, '上司からのサポート')[1]).toBe('12 (3〜12)')
    expect(rowOf(browser, '抑うつ感')[1]).toBe('8 (3〜12)')
    expect(rowOf(browser, '食欲不振')[1]).toBe('3 (1〜4)')
    for (const words of ['計 24 (6〜24)', '計 31 (11〜44)', '計 6 (6〜24)']) expect(browser.text).toContain(words)
    expect(browser.text).toContain('高ストレスの基準に当てはまりました')
    expect(browser.text).toContain('合計点数を使う方法')
  })

  test('a missing answer leaves a dash and no verdict; English and the print page say the same', async () => {
    const left = await open('E008')
    expect(rowOf(left, '食欲不振')[1]).toBe('– (1〜4)')
    expect(left.text).toContain('判定はできませんでした')
    const print = await open('E004', '/result/print', 'en')
    expect(print.text).toContain('has no five-step points')
    expect(rowOf(print, 'Sleeplessness')).toEqual(['Sleeplessness higher: heavier load', '3 (1–4)'])
    expect(print.html).not.toMatch(/<svg\b/)
  })

  test('the implementer reads the same; HR reaches neither page nor record', async () => {
    const address = `/implementer/campaigns/${form.company.campaignId}/needs/${form.person('E002').invitationId}`
    const implementer = await browserOf(world, form.company, form.company.implementerId)
    await implementer.get(address)
    expect(rowOf(implementer, '不眠')[1]).toBe('2 (1〜4)')
    const hr = await browserOf(world, form.company, form.company.hrId)
    await hr.get(address)
    expect(hr.status).toBe(403)
    await hr.get('/result')
    expect(hr.status).toBe(401)
    await expect(
      asRole(world, 'hr', form.company.companyId, (db) => db.selectFrom('result').selectAll().execute()),
    ).rejects.toThrow(/permission denied/)
  })
})

describe('the 80 items in a campaign', () => {
  beforeAll(async () => {
    world = await createWorld()
    form = await releasedForm(world, 'stress-check-80', peopleOf80)
  }, 60_000)
  afterAll(() => world.close())

  test('judged and charted by the 19 sums; the means and fields are kept beside them', async () => {
    const stored = await storedOf('E002')
    expect(stored).toMatchObject({
      sex: 'female',
      simpleSum: { totals: { A: 68, B: 116, C: 36 } },
      verdict: { highStress: true },
      scales: {
        quantitativeLoad: { raw: 12, point: 1 },
        control: { raw: 3, point: 1 },
        satisfaction: { raw: 2, point: 1 },
      },
      means: { quantitativeLoad: 1, emotionalDemands: 2, workEngagement: 3.5, harassment: 2, jobSatisfaction: 1 },
    })
    expect(Object.keys(stored.scales)).toHaveLength(19)
    expect(Object.keys(stored.means!)).toHaveLength(42)
    // (1+1+1+1+1 + 2+4+2)/8; (1+1+1+1 + 4+2)/6; (1+1 + 3+3+2+3+3+3+4)/9; (6×3 + 2)/7; 18 answers of 1
    const byHand = {
      jobDemands: 13 / 8,
      taskResources: 10 / 6,
      departmentResources: 23 / 9,
      workplaceResources: 20 / 7,
    }
    for (const [id, value] of Object.entries({ ...byHand, psychologicalStress: 1 }))
      expect(stored.composites![id]).toBeCloseTo(value, 12)
  })

  test('the page: chart and points as with 57, then 22 scales and five fields beside the mean of women', async () => {
    for (const address of ['/result', '/result/print']) {
      const browser = await open('E002', address)
      expect(browser.html).toMatch(/<svg\b/)
      expect(browser.text).toContain('計 116')
      const [, fields, scales] = browser.html.split(/<caption>(?=まとめてみた平均点|項目ごとの平均点)/)
      expect(fields!.match(/<th scope="row">/g)).toHaveLength(5)
      expect(scales!.split('</table>')[0]!.match(/<th scope="row">/g)).toHaveLength(22)
      expect(rowOf(browser, '情緒的負担')).toEqual(['情緒的負担', '2.00 (1〜4)', '2.58'])
      expect(rowOf(browser, 'ワーク・エンゲイジメント')).toEqual(['ワーク・エンゲイジメント', '3.50 (1〜4)', '2.48'])
      expect(rowOf(browser, '仕事の資源（部署レベル）')).toEqual(['仕事の資源（部署レベル）', '2.56 (1〜4)', '2.76'])
      expect(browser.text).toContain('女性の平均')
      expect(browser.text).toContain('一つの資料だけにもとづく値')
      expect(browser.text).toContain('4に近いほどよい状態')
    }
    const english = await open('E002', '/result', 'en')
    expect(english.text).toContain('From a single source')
  })
})
