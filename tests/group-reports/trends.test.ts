import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { computeGroupReport, releaseReport } from '../../server/group-reports/index.ts'
import { readContent, type ReportContent } from '../../server/group-reports/content.ts'
import { earlierReport } from '../../server/group-reports/earlier-report.ts'
import { createWords } from '../../server/group-reports/words.ts'
import { roundsOf, type TrendContent } from '../../server/group-reports/trend-rounds.ts'
import { linesWithPast, meanIn } from '../../server/group-reports/trend-view.ts'
import { shippedQuestionnaires } from '../../server/questionnaires/index.ts'
import { createWorld, type World } from '../helpers/world.ts'
import type { Browser } from '../helpers/browser.ts'
import { asRole, browserOf, fillCompany, runCampaign, smallCompany, type TestCompany } from './company.ts'

let world: World
let company: TestCompany
let hr: Browser
const reports: { year: number; id: string; content: ReturnType<typeof readContent> }[] = []

const forms = [
  [2023, 'stress-check-57'],
  [2024, 'stress-check-80'],
  [2025, 'stress-check-23'],
] as const
/** what the 23 items share with the 57 and the 80: same items, same formula */
const common = [
  '心理的な仕事の負担（量）',
  '仕事のコントロール度',
  '疲労感',
  '不安感',
  '上司からのサポート',
  '同僚からのサポート',
]

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2023-10-01T00:00:00Z')
  company = await fillCompany(
    world,
    smallCompany.filter(({ code }) => ['S', 'S1', 'S2', 'S3', 'B'].includes(code)),
  )
  const { companyId, userIds } = company
  for (const [year, slug] of forms) {
    const campaignId = await runCampaign(world, company, { year, slug, beside: [] })
    const { reportId } = await computeGroupReport(world.services, companyId, campaignId, world.clock.now())
    const recipients = [
      { userId: userIds.hr, departmentId: null },
      { userId: userIds.manager, departmentId: company.departmentId('S1') },
    ]
    await asRole(
      world,
      'implementer',
      companyId,
      (db) =>
        releaseReport(
          world.services,
          db,
          { companyId, reportId, userId: userIds.implementer, recipients, requestId: 'test' },
          world.clock.now(),
        ),
      userIds.implementer,
    )
    const { rows } = await world.superuser.query('SELECT content FROM group_report WHERE id = $1', [reportId])
    reports.push({ year, id: reportId, content: readContent(rows[0].content) })
  }
  hr = await browserOf(world, company, userIds.hr)
}, 120_000)
afterAll(() => world.close())

const shownMean = (year: number, scale: string) => {
  const { mean } = reports.find((one) => one.year === year)!.content.groups[0]!.scales[scale]!
  if (mean.kind !== 'shown' || mean.value.kind !== 'exact') throw new Error('not shown')
  return mean.value.mean.toFixed(1)
}

describe('57, then 80, then 23 items', () => {
  test('the common scales go on, on one line; the others are named as not compared', async () => {
    await hr.get(`/hr/reports/${reports[2]!.id}/trends`)
    expect(hr.status).toBe(200)
    const table = hr.html.slice(hr.html.indexOf('<table'), hr.html.indexOf('</table'))
    for (const title of common) expect(table).toContain(title)
    for (const other of ['食欲不振', '不眠']) expect(table).not.toContain(other)
    const row = table.slice(table.indexOf('疲労感')).split('</tr>')[0]!
    for (const year of [2023, 2024, 2025]) expect(row).toContain(shownMean(year, 'fatigue'))
    expect(hr.text).toContain('stress-check-80@1')
    expect(hr.text).toContain('次の尺度は、前の回に同じ設問と数え方のものがないため')
  })

  test('from 57 to 80 all nineteen go on', async () => {
    await hr.get(`/hr/reports/${reports[1]!.id}/trends`)
    const table = hr.html.slice(hr.html.indexOf('<tbody'), hr.html.indexOf('</tbody'))
    expect(table.match(/<tr>/g)).toHaveLength(19)
    // a later round is not told of on an earlier report's page
    expect(hr.text).not.toContain('2025年度')
  })

  test('the first round has nothing to compare with', async () => {
    await hr.get(`/hr/reports/${reports[0]!.id}/trends`)
    expect(hr.text).toContain('比べられる前の実施回の結果は、まだありません')
  })

  test('a department beside the company; none that is withheld', async () => {
    await hr.get(`/hr/reports/${reports[2]!.id}/trends/${company.departmentId('S1')}`)
    expect(hr.status).toBe(200)
    expect(hr.text).toContain('営業第一課の推移')
    expect((await hr.get(`/hr/reports/${reports[2]!.id}/trends/${company.departmentId('S3')}`)).status).toBe(404)
  })

  test('last time stands beside a figure only where it means the same', async () => {
    const { companyId } = company
    const compared = (now: number, before: number, change: Partial<ReportContent> = {}) =>
      asRole(
        world,
        'hr',
        companyId,
        (db) => earlierReport(db, companyId, { ...reports[now]!.content, ...change }, reports[before]!.content),
        company.userIds.hr,
      )
    expect(await compared(1, 0)).toMatchObject({ chart: true, highStress: true, presenteeism: false })
    expect(await compared(2, 1)).toMatchObject({ chart: true, highStress: false })
    expect(await compared(1, 0, { criteriaHash: 'f'.repeat(64) })).toMatchObject({ chart: true, highStress: false })
    expect(await compared(1, 0, { chartNorms: 'another nation' })).toMatchObject({ chart: false, highStress: true })
    const rowOf = (text: string) => new RegExp(`<tr>(?:(?!</tr>).)*${text}(?:(?!</tr>).)*</tr>`, 's').exec(hr.html)![0]
    await hr.get(`/hr/reports/${reports[2]!.id}/departments/${company.departmentId('S1')}`)
    expect(rowOf('高ストレス')).toContain('比べられません')
    expect(rowOf('総合健康リスク')).not.toContain('比べられません')
    await hr.get(`/hr/reports/${reports[1]!.id}/departments/${company.departmentId('S1')}`)
    expect(hr.html).not.toContain('比べられません')
  })

  test('a manager sees the own line', async () => {
    const manager = await browserOf(world, company, company.userIds.manager)
    await manager.get('/manager')
    expect(manager.text).toContain('尺度ごとの推移')
    expect(manager.text).toContain('2023年度ストレスチェック')
    // the line, its company's line, and a dot a round in each of the six panels
    const picture = manager.html.slice(manager.html.indexOf('id="trend-stress-check-23'))
    const drawn = picture.slice(0, picture.indexOf('</svg>'))
    expect(drawn.match(/<path /g)).toHaveLength(12)
    expect(drawn.match(/<circle /g)).toHaveLength(18)
    expect(manager.text).not.toContain('営業第二課')
  })
})

describe('what is on a line', () => {
  const rounds = async (change: (content: TrendContent & { kind: 'statutory' }) => TrendContent) => {
    const words = createWords(world.services.texts, 'ja', 'Asia/Tokyo')
    const [first, second] = reports.map(({ content }) => ({ kind: 'statutory', content }) as const)
    return roundsOf(second!, [change(first!), second!], await shippedQuestionnaires(), words)
  }
  const fatigueOf = ({ lines }: Awaited<ReturnType<typeof rounds>>) => lines.find(({ title }) => title === '疲労感')!

  test('a department that held others then than now has a gap; the company stays the company', async () => {
    const id = company.departmentId('S1')
    const made = await rounds(({ kind, content }) => ({
      kind,
      content: {
        ...content,
        groups: content.groups.map((group) => ({
          ...group,
          members: group.id === id || group.kind === 'company' ? [...group.members, 'another'] : group.members,
        })),
      },
    }))
    const at = (kind: string, wanted: string) =>
      made.current.groups.find((one) => one.kind === kind && one.id === wanted)!
    const line = fatigueOf(made)
    expect(meanIn(made.rounds[0]!, at('department', id), line)).toBeUndefined()
    expect(linesWithPast(made.lines, made.rounds, at('department', id))).toEqual([])
    expect(meanIn(made.rounds[0]!, at('department', company.departmentId('S2')), line)?.kind).toBe('shown')
    expect(meanIn(made.rounds[0]!, made.current.groups[0]!, line)?.kind).toBe('shown')
  })

  test('a group that was withheld then stays withheld on the line', async () => {
    const made = await rounds((same) => same)
    const small = made.current.groups.find((one) => one.id === company.departmentId('S3'))!
    expect(meanIn(made.rounds[0]!, small, fatigueOf(made))).toMatchObject({ kind: 'withheld' })
  })
})
