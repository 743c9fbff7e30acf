import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assessTurnover, computeGroupReport } from '../../server/group-reports/index.ts'
import { createWorld, type World } from '../helpers/world.ts'
import type { Browser } from '../helpers/browser.ts'
import { browserOf, fillCompany, runCampaign, smallCompany, type TestCompany } from './company.ts'

let world: World
let company: TestCompany
let reportId: string
let hr: Browser
let implementer: Browser
let manager: Browser

const sql = async (text: string, values: unknown[] = []) =>
  (await world.superuser.query(text, values)).rows as Record<string, unknown>[]

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2025-10-01T00:00:00Z')
  // a name that a spreadsheet would take for a formula
  company = await fillCompany(
    world,
    smallCompany.map((unit) => (unit.code === 'B' ? { ...unit, name: '=SUM(A1)支店' } : unit)),
  )
  const campaignId = await runCampaign(world, company, { year: 2025 })
  reportId = (await computeGroupReport(world.services, company.companyId, campaignId, world.clock.now())).reportId
  hr = await browserOf(world, company, company.userIds.hr)
  implementer = await browserOf(world, company, company.userIds.implementer)
  manager = await browserOf(world, company, company.userIds.manager)
}, 60_000)
afterAll(() => world.close())

describe('before the release', () => {
  test('HR has an empty list that teaches the next step, and no page', async () => {
    expect((await hr.get('/hr/reports')).text).toContain('公開された報告はまだありません')
    expect((await hr.get(`/hr/reports/${reportId}`)).status).toBe(404)
    expect((await hr.get(`/hr/reports/${reportId}/export.csv`)).status).toBe(404)
    expect((await hr.get('/hr/reports/anything')).status).toBe(404)
  })

  test('a manager has nothing yet', async () => {
    expect((await manager.get('/manager')).text).toContain('公開された結果はまだありません')
  })

  test('nobody comes in by another door', async () => {
    expect((await hr.get(`/implementer/reports/${reportId}`)).status).toBe(403)
    expect((await manager.get(`/hr/reports/${reportId}`)).status).toBe(403)
    expect((await implementer.get(`/hr/reports/${reportId}`)).status).toBe(403)
  })
})

describe('the implementer', () => {
  test('sees what waits, the auditor’s words and what will be released', async () => {
    await implementer.get('/implementer/reports')
    expect(implementer.text).toContain('確認待ち')
    await implementer.follow('2025年度ストレスチェック')
    expect(implementer.text).toContain('10人未満の集団の値は導けません')
    expect(implementer.text).toContain('部署の一覧')
    expect(implementer.text).toContain('離職リスクは、公開のあとに評価します')
  })

  test('must name somebody; what was chosen stays chosen', async () => {
    const form = implementer.form(/\/release$/)
    const part = form.choices('part')
    expect(part).toEqual([`${company.userIds.manager}:${company.departmentId('S1')}`])
    await implementer.submit(/\/release$/, { part: part[0] })
    expect(implementer.status).toBe(400)
    expect(implementer.errors()).toEqual(['報告の全体を受け取る人を1人以上選んでください。'])
    expect(implementer.form(/\/release$/).fields).toContainEqual(['part', part[0]])
  })

  test('releases by one form; sent twice it is one release', async () => {
    const { fields } = implementer.form(/\/release$/)
    const values = {
      ...Object.fromEntries(fields),
      whole: company.userIds.hr,
      part: `${company.userIds.manager}:${company.departmentId('S1')}`,
    }
    await implementer.postBare(`/implementer/reports/${reportId}/release`, values)
    expect(implementer.status).toBe(200)
    await implementer.postBare(`/implementer/reports/${reportId}/release`, values)
    expect(implementer.text).toContain('に公開しました')
    expect(await sql("SELECT count(*)::int AS n FROM audit_entry WHERE action = 'group_report.released'")).toEqual([
      { n: 1 },
    ])
    await assessTurnover(world.services, company.companyId, reportId, world.clock.now())
  })

  test('without the token of the form nothing happens', async () => {
    const bare = await browserOf(world, company, company.userIds.implementer)
    await bare.postBare(`/implementer/reports/${reportId}/recipients`, { whole: company.userIds.otherHr })
    expect(bare.status).toBe(403)
  })

  test('the released campaign cannot be computed again from its list', async () => {
    await implementer.get('/implementer/reports')
    expect(implementer.text).toContain('公開済み')
    expect(implementer.forms().filter((form) => form.action.includes('compute'))).toEqual([])
  })
})

describe('HR', () => {
  test('reads three sentences with their evidence, pictures and tables', async () => {
    await hr.get('/hr/reports')
    await hr.follow('2025年度ストレスチェック')
    expect(hr.status).toBe(200)
    const sentences = [...(/<ol class="sentences">([\s\S]*?)<\/ol>/.exec(hr.html)?.[1] ?? '').matchAll(/<li>/g)]
    expect(sentences).toHaveLength(3)
    expect(hr.text).toContain('対象167人のうち')
    expect(hr.text).toContain('営業第一課')
    expect(hr.html.match(/<svg /g)).toHaveLength(3)
    for (const anchor of ['#judgement', '#findings', '#turnover']) expect(hr.html).toContain(`id="${anchor.slice(1)}"`)
    expect(hr.text).toContain('10人未満等のため非表示')
    expect(hr.html).toMatch(/class="report-footer">.*表示の下限 10人/)
  })

  test('opens a department with its decomposition, and none that is withheld', async () => {
    await hr.get(`/hr/reports/${reportId}/departments/${company.departmentId('S1')}`)
    expect(hr.status).toBe(200)
    expect(hr.text).toMatch(
      /過去36か月 実績12人\/期待[\d.]+人、調査からの係数[\d.]+ → 推定[\d.]+倍 \(90%: [\d.]+〜[\d.]+\)/,
    )
    expect(hr.text).toContain('次の人たちはどのくらい気軽に話ができますか？ 上司')
    for (const code of ['S3', 'M3'])
      expect((await hr.get(`/hr/reports/${reportId}/departments/${company.departmentId(code)}`)).status).toBe(404)
  })

  test('in English too', async () => {
    const english = await browserOf(world, company, company.userIds.hr, 'en')
    await english.get(`/hr/reports/${reportId}`)
    expect(english.text).toContain('of 167 people asked answered')
    await english.get(`/hr/reports/${reportId}/departments/${company.departmentId('S1')}`)
    expect(english.text).toContain('What we see')
  })

  test('exports the same figures; a formula in a name stays text; the export is on record', async () => {
    await hr.get(`/hr/reports/${reportId}/export.csv`)
    expect(hr.status).toBe(200)
    expect([...hr.raw.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    const csv = hr.raw.toString('utf8')
    expect(csv).toContain("'=SUM(A1)支店")
    expect(csv).not.toMatch(/(^|,)=SUM/m)
    expect(csv).toContain('営業第三課,,10人未満等のため非表示')
    expect(csv.split('\r\n').filter(Boolean)).toHaveLength(
      1 +
        Number(
          (
            await sql("SELECT jsonb_array_length(content -> 'groups') AS n FROM group_report WHERE state = 'released'")
          )[0]!['n'],
        ),
    )
    expect(await sql("SELECT count(*)::int AS n FROM audit_entry WHERE action = 'group_report.exported'")).toEqual([
      { n: 1 },
    ])
  })

  test('who was not named sees nothing, until named', async () => {
    const other = await browserOf(world, company, company.userIds.otherHr)
    expect((await other.get(`/hr/reports/${reportId}`)).status).toBe(404)
    await implementer.get(`/implementer/reports/${reportId}`)
    await implementer.submit(/\/recipients$/, { whole: [company.userIds.hr, company.userIds.otherHr] })
    expect((await other.get(`/hr/reports/${reportId}`)).status).toBe(200)
  })
})

describe('a manager', () => {
  test('reads the own department beside the company, no other department and no status', async () => {
    await manager.get('/manager')
    expect(manager.status).toBe(200)
    expect(manager.text).toContain('営業第一課')
    for (const word of ['営業第二課', '製造本部', '高リスク', '要注意', '離職リスク'])
      expect(manager.text).not.toContain(word)
  })

  test('who heads it no longer sees it no longer', async () => {
    await sql('UPDATE role_grant SET department_id = $2 WHERE user_id = $1', [
      company.userIds.manager,
      company.departmentId('S2'),
    ])
    expect((await manager.get('/manager')).text).toContain('公開された結果はまだありません')
  })
})
