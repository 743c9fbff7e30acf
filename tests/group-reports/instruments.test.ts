import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLedger } from '../../analysis/disclosure/index.ts'
import { answersForAnalysis } from '../../server/answering/index.ts'
import { listInvitations } from '../../server/campaigns/index.ts'
import { computeGroupReport, type ComputedReports } from '../../server/group-reports/index.ts'
import { readInstrument, type InstrumentContent } from '../../server/group-reports/instrument-content.ts'
import { isLedgerSafe, joinLedgers, readLedgers } from '../../server/group-reports/ledger.ts'
import { createWorld, type World } from '../helpers/world.ts'
import type { Browser } from '../helpers/browser.ts'
import { asRole, browserOf, fillCompany, runCampaign, type TestCompany } from './company.ts'
import { lostDaysAnswers, ownAnswers, publishOwn, recommendationAnswers, secretWords } from './own-instrument.ts'

let world: World
let company: TestCompany
let campaignId: string
let computed: ComputedReports
let hr: Browser
let implementer: Browser
let manager: Browser

const sql = async (text: string, values: unknown[] = []) =>
  (await world.superuser.query(text, values)).rows as Record<string, unknown>[]
const idOf = (slug: string) => computed.beside.find((one) => one.slug === slug)!.reportId
const contentOf = async (slug: string): Promise<InstrumentContent> =>
  readInstrument((await sql('SELECT content FROM group_report WHERE id = $1', [idOf(slug)]))[0]!['content'])
const compute = () => computeGroupReport(world.services, company.companyId, campaignId, world.clock.now())

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2025-10-01T00:00:00Z')
  company = await fillCompany(world)
  await publishOwn(world, company.companyId)
  campaignId = await runCampaign(world, company, {
    year: 2025,
    beside: [lostDaysAnswers, recommendationAnswers, ownAnswers],
  })
  computed = await compute()
  hr = await browserOf(world, company, company.userIds.hr)
  implementer = await browserOf(world, company, company.userIds.implementer)
  manager = await browserOf(world, company, company.userIds.manager)
}, 90_000)
afterAll(() => world.close())

/** What people answered, with the unit they are in; opened by the door of role analysis. */
async function answersTo(slug: string) {
  return asRole(world, 'analysis', company.companyId, async (db) => {
    const unitOf = new Map(
      (await listInvitations(db, company.companyId, campaignId)).map((one) => [one.id, one.departmentId]),
    )
    const given = await answersForAnalysis(db, world.services.vault, company.companyId, campaignId, slug)
    return given.map(({ invitationId, answers }) => ({ unit: unitOf.get(invitationId)!, answers }))
  })
}

describe('computing', () => {
  test('a report for the stress check and one for each instrument beside it', async () => {
    expect(computed.state).toBe('checked')
    expect(computed.beside.map(({ slug, state }) => [slug, state])).toEqual([
      ['presenteeism-qq', 'checked'],
      ['recommendation', 'checked'],
      ['our-questions', 'checked'],
    ])
    expect(await sql('SELECT slug, kind FROM group_report ORDER BY kind DESC, slug')).toEqual([
      { slug: 'stress-check-57', kind: 'statutory' },
      { slug: 'our-questions', kind: 'beside' },
      { slug: 'presenteeism-qq', kind: 'beside' },
      { slug: 'recommendation', kind: 'beside' },
    ])
  })

  test('again: the same reports', async () => {
    expect(await compute()).toEqual(computed)
  })

  test('lost days: who had no bad day counts as none lost; the decline is of those who had one', async () => {
    const given = await answersTo('presenteeism-qq')
    const lost = given.map(({ answers: { days, quantity, quality } }) =>
      days === 0 ? 0 : (Number(days) * (100 - Number(quantity) * Number(quality))) / 100,
    )
    const [whole] = (await contentOf('presenteeism-qq')).groups
    const mean = Math.round((lost.reduce((sum, one) => sum + one, 0) / lost.length) * 10) / 10
    expect(whole!.means['lostDays']!.mean).toMatchObject({
      kind: 'shown',
      n: given.length,
      value: { kind: 'exact', mean },
    })
    const unwell = given.filter(({ answers }) => answers['days'] !== 0).length
    expect(whole!.means['declineRate']!.mean).toMatchObject({ kind: 'shown', n: unwell })
    expect(unwell).toBeLessThan(given.length)
  })

  test('recommendation: promoters minus detractors, with the interval of the published method', async () => {
    const values = (await answersTo('recommendation')).map(({ answers }) => Number(answers['recommend']))
    const up = values.filter((value) => value >= 9).length
    const down = values.filter((value) => value <= 6).length
    const n = values.length
    const difference = (up - down) / (n + 2)
    const half = (1.959963984540054 * Math.sqrt(up + down + 1 - (up - down) ** 2 / (n + 2))) / (n + 2)
    const round = (value: number) => Math.round(Math.abs(100 * value)) * Math.sign(value)
    const [whole] = (await contentOf('recommendation')).groups
    expect(whole!.recommendations['recommendationScore']).toMatchObject({
      kind: 'shown',
      n,
      value: { score: round((up - down) / n), lo: round(difference - half), hi: round(difference + half) },
    })
  })

  test('the company’s own: shares of its options, bands, several answers; means only where numbers were asked', async () => {
    const given = await answersTo('our-questions')
    const content = await contentOf('our-questions')
    const [whole] = content.groups
    expect(content.measures.means.map(({ id }) => id)).toEqual(['ease', 'rested', 'tidy', 'hours'])
    expect(content.measures.spreads.map(({ id }) => id)).toEqual(['rested', 'tidy', 'wish', 'hours', 'ease'])
    const n = given.length
    const remote = given.filter(({ answers }) => (answers['used'] as string[]).includes('remote')).length
    expect(whole!.chosen['used']!['remote']).toMatchObject({
      kind: 'shown',
      n,
      value: { kind: 'exact', share: Math.round((remote / n) * 100) / 100 },
    })
    expect(whole!.chosen['used']!['short']).toMatchObject({ kind: 'shown', value: { kind: 'atMost', people: 2 } })
    const share = (wanted: string) =>
      Math.round((given.filter(({ answers }) => answers['wish'] === wanted).length / n) * 100) / 100
    expect(whole!.spreads['wish']).toMatchObject({
      kind: 'shown',
      value: {
        kind: 'exact',
        classes: ['meetings', 'tools', 'rooms', 'nothing'].map((option, at) => ({
          options: [at],
          share: share(option),
        })),
      },
    })
    const ease = given.map(({ answers }) => (Number(answers['rested']) + Number(answers['tidy'])) / 2)
    const mean = Math.round((ease.reduce((sum, one) => sum + one, 0) / n) * 10) / 10
    expect(whole!.means['ease']!.mean).toMatchObject({ kind: 'shown', value: { kind: 'exact', mean } })
  })

  test('nothing under ten, the same groups as the stress check’s report, and no free text or date at all', async () => {
    const withheld = ['S3', 'M3', 'A3'].map((code) => company.departmentId(code))
    for (const { slug } of computed.beside) {
      const { groups } = await contentOf(slug)
      for (const group of groups.filter(({ kind, id }) => kind === 'department' && withheld.includes(id)))
        expect(JSON.stringify(group.figures) + JSON.stringify(group.means)).not.toContain('shown')
      for (const [, n] of JSON.stringify(groups).matchAll(/"n":(\d+)/g)) expect(Number(n)).toBeGreaterThanOrEqual(10)
    }
    const all = JSON.stringify(await sql('SELECT content, audit_verdict FROM group_report'))
    expect(all).not.toContain(secretWords)
    expect(all).not.toContain('2020-04-01')
  })

  test('all instruments together are one ledger, and it is safe', async () => {
    const ids = [computed.reportId, ...computed.beside.map(({ reportId }) => reportId)]
    await asRole(world, 'implementer', company.companyId, async (db) => {
      const { vault } = world.services
      const of = { companyId: company.companyId, reportId: ids[0]!, releasedBefore: ids.slice(1) }
      expect(await isLedgerSafe(db, vault, of, 10)).toBe(true)
      const ledgers = await readLedgers(db, vault, company.companyId, ids[1]!, 10)
      // a group that another instrument kept back, told of after all, is found by what is looked at together
      const joined = joinLedgers(ledgers, 10)
      expect(joined.cells.length).toBeGreaterThan(3)
      const small = { id: 'S3', atoms: [company.departmentId('S3')] }
      expect(auditLedger({ ...joined, cells: [...joined.cells, small] }).safe).toBe(false)
    })
  })
})

describe('releasing', () => {
  test('the implementer sees every instrument, and releases two of them together', async () => {
    await implementer.get('/implementer/reports')
    for (const title of ['QQメソッド', '職場のおすすめ度', '私たちの質問']) expect(implementer.text).toContain(title)
    await implementer.get(`/implementer/reports/${computed.reportId}`)
    const form = implementer.form(/\/release$/)
    expect(form.choices('along').toSorted()).toEqual(computed.beside.map(({ reportId }) => reportId).toSorted())
    await implementer.submit(/\/release$/, {
      whole: company.userIds.hr,
      part: `${company.userIds.manager}:${company.departmentId('S1')}`,
      along: idOf('presenteeism-qq'),
    })
    expect(implementer.status).toBe(200)
    expect(await sql("SELECT slug FROM group_report WHERE state = 'released' ORDER BY slug")).toEqual([
      { slug: 'presenteeism-qq' },
      { slug: 'stress-check-57' },
    ])
  })

  test('the others later, each by itself', async () => {
    await implementer.get(`/implementer/reports/${idOf('our-questions')}`)
    expect(implementer.text).toContain('私たちの質問')
    expect(implementer.text).toContain('引き算をしても、10人未満の集団の値は導けません')
    await implementer.submit(/\/release$/, {
      whole: company.userIds.hr,
      part: `${company.userIds.manager}:${company.departmentId('S1')}`,
    })
    expect(implementer.text).toContain('に公開しました')
    expect((await hr.get(`/hr/reports/${idOf('recommendation')}`)).status).toBe(404)
    expect(
      await sql("SELECT count(*)::int AS n FROM job_request WHERE name = 'group-reports.assess-turnover'"),
    ).toEqual([{ n: 1 }])
  })

  test('a report of another campaign, or one that is released, cannot be added', async () => {
    await implementer.get(`/implementer/reports/${idOf('recommendation')}`)
    const fields = Object.fromEntries(implementer.form(/\/release$/).fields)
    const typed = { ...fields, whole: company.userIds.hr, along: computed.reportId }
    await implementer.postBare(`/implementer/reports/${idOf('recommendation')}/release`, typed)
    expect(implementer.status).toBe(400)
    expect((await sql('SELECT state FROM group_report WHERE id = $1', [idOf('recommendation')]))[0]).toEqual({
      state: 'checked',
    })
  })
})

describe('HR', () => {
  test('reads each instrument on a page of its own, with pictures and tables', async () => {
    await hr.get('/hr/reports')
    expect(hr.text).toContain('私たちの質問')
    await hr.get(`/hr/reports/${idOf('our-questions')}`)
    expect(hr.status).toBe(200)
    for (const words of [
      '過ごしやすさ',
      'まず何を変えたいですか。',
      '在宅勤務',
      '自由記述と日付の回答は、集計にも表示にも使っていません。',
    ])
      expect(hr.text).toContain(words)
    expect(hr.text).toContain('10人未満等のため非表示')
    expect(hr.html).not.toContain(secretWords)
    expect(hr.html).not.toContain('損失額の目安')
    expect(
      (await hr.get(`/hr/reports/${idOf('our-questions')}/departments/${company.departmentId('S1')}`)).status,
    ).toBe(404)
  })

  test('sees the scale that an item watches over beside it, not mixed with it', async () => {
    await hr.get(`/hr/reports/${idOf('our-questions')}`)
    const table = hr.html.slice(hr.html.indexOf('id="related"'))
    expect(table).toContain('疲労感')
    expect(table).toContain('よく休めましたか。')
    const [row] = await sql('SELECT content FROM group_report WHERE id = $1', [computed.reportId])
    const { groups } = row!['content'] as {
      groups: { scales: Record<string, { mean: { value: { mean: number } } }> }[]
    }
    expect(table).toContain(groups[0]!.scales['fatigue']!.mean.value.mean.toFixed(1))
  })

  test('gets the same figures as a file', async () => {
    const reply = await hr.get(`/hr/reports/${idOf('our-questions')}/export.csv`)
    expect(reply.status).toBe(200)
    const { groups } = await contentOf('our-questions')
    const spread = groups[0]!.spreads['wish']!
    const share = spread.kind === 'shown' && spread.value.kind === 'exact' ? spread.value.classes[0]!.share : Number.NaN
    expect(hr.html).toContain(`,wish,まず何を変えたいですか。,会議,${share},`)
    expect(hr.html).toContain('10人未満等のため非表示')
    expect(hr.html).not.toContain(secretWords)
    expect(await sql("SELECT count(*)::int AS n FROM audit_entry WHERE action = 'group_report.exported'")).toEqual([
      { n: 1 },
    ])
  })

  test('who was not named for it sees none of it', async () => {
    const other = await browserOf(world, company, company.userIds.otherHr)
    for (const path of ['', '/export.csv', '/trends'])
      expect((await other.get(`/hr/reports/${idOf('presenteeism-qq')}${path}`)).status).toBe(404)
  })
})

describe('loss in yen', () => {
  const page = () => `/hr/reports/${idOf('presenteeism-qq')}`

  test('is asked for with clear words when something is missing, and what was typed stays', async () => {
    await hr.get(page())
    expect(hr.text).toContain('損失額の目安')
    await hr.submit(/\/pay$/, { group: 'company', yen: 'たくさん', period: 'year', people: '0' })
    expect(hr.status).toBe(400)
    expect(hr.errors()).toEqual([
      '給与は1〜1,000,000,000の整数で入れてください。',
      '人数は1以上の整数で入れてください。',
    ])
    expect(hr.html).toContain('たくさん')
    expect(await sql('SELECT count(*)::int AS n FROM group_report_pay')).toEqual([{ n: 0 }])
  })

  test('is published mean × pay with its interval, as whole yen', async () => {
    await hr.get(page())
    await hr.submit(/\/pay$/, { group: 'company', yen: '３00,000円', period: 'month', people: '167' })
    expect(hr.status).toBe(200)
    const [whole] = (await contentOf('presenteeism-qq')).groups
    const { mean, interval } = whole!.means['lostDays']!
    if (mean.kind === 'withheld' || interval.kind === 'withheld' || mean.value.kind !== 'exact')
      throw new Error('not shown')
    const yen = (days: number) => Math.round((days / 30) * 300_000 * 12 * 167).toLocaleString('ja')
    expect(hr.text).toContain(`${yen(mean.value.mean)}円`)
    expect(hr.text).toContain(`${yen(interval.value.lo)}〜${yen(interval.value.hi)}円`)
    expect(hr.text).toContain('実際にかかった費用を測ったものではありません')
    await hr.get(`${page()}/export.csv`)
    expect(hr.html).toContain('損失額(円/年)')
  })

  test('is not offered for a group that is withheld, nor for points of a questionnaire', async () => {
    await hr.get(page())
    const { csrf, formId } = fieldsOf(hr)
    for (const [path, group] of [
      [page(), company.departmentId('S3')],
      [`/hr/reports/${idOf('our-questions')}`, 'company'],
    ] as const) {
      await hr.postBare(`${path}/pay`, {
        _csrf: csrf,
        form_id: formId,
        group,
        yen: '300000',
        period: 'month',
        people: '7',
      })
      expect(hr.status).toBe(400)
    }
    expect(await sql('SELECT group_id FROM group_report_pay')).toEqual([{ group_id: 'company' }])
  })

  test('is forgotten again', async () => {
    await hr.get(page())
    const { csrf, formId } = fieldsOf(hr)
    await hr.postBare(`${page()}/pay`, { _csrf: csrf, form_id: formId, forget: 'company' })
    expect(hr.status).toBe(200)
    expect(await sql('SELECT group_id FROM group_report_pay')).toEqual([])
  })
})

test('a manager reads the own department and the company, of what was released to them', async () => {
  await manager.get('/manager')
  expect(manager.status).toBe(200)
  for (const words of ['営業第一課', 'QQメソッド', '私たちの質問']) expect(manager.text).toContain(words)
  for (const words of ['営業第二課', '損失額', 'おすすめ度']) expect(manager.text).not.toContain(words)
})

function fieldsOf(browser: Browser): { csrf: string; formId: string } {
  const fields = Object.fromEntries(browser.form(/\/pay$/).fields)
  return { csrf: fields['_csrf']!, formId: fields['form_id']! }
}
