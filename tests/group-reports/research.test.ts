import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../helpers/world.ts'
import type { Browser } from '../helpers/browser.ts'
import { browserOf, fillCompany, runCampaign, smallCompany, type TestCompany } from './company.ts'

let world: World
let company: TestCompany
let address: string
let hr: Browser
let implementer: Browser

const sql = async (text: string, values: unknown[] = []) =>
  (await world.superuser.query(text, values)).rows as Record<string, string>[]
const rowsOf = (csv: string): Record<string, string>[] => parse(csv, { bom: true, columns: true })

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2025-10-01T00:00:00Z')
  company = await fillCompany(
    world,
    smallCompany.map((unit) => (unit.code === 'B' ? { ...unit, name: '=SUM(A1),支店', people: 60 } : unit)),
  )
  const campaignId = await runCampaign(world, company, { year: 2025, skipEvery: 5 })
  address = `/implementer/campaigns/${campaignId}/answers`
  hr = await browserOf(world, company, company.userIds.hr)
  implementer = await browserOf(world, company, company.userIds.implementer)
}, 60_000)
afterAll(() => world.close())

describe('the file of answers', () => {
  let csv: string
  let rows: Record<string, string>[]
  beforeAll(async () => {
    csv = (await implementer.get(`${address}/stress-check-57/answers.csv`)).raw.toString()
    rows = rowsOf(csv)
  })

  test('begins with a byte order mark and holds every answer as it was given, and nobody’s name', async () => {
    expect(csv.startsWith('\uFEFFrow,department,sex,age_band,q1,q2,')).toBe(true)
    const [{ count }] = (await sql("SELECT count(*) FROM response WHERE slug = 'stress-check-57'")) as [
      { count: string },
    ]
    expect(rows.length).toBe(Number(count))
    expect(Object.keys(rows[0]!)).toHaveLength(4 + 57)
    for (const row of rows) for (let item = 1; item <= 57; item++) expect(row[`q${item}`]).toMatch(/^[1-4]?$/)
    expect(rows.some((row) => row['q47'] === '' || row['q1'] === '' || row['q30'] === '' || row['q12'] === '')).toBe(
      true,
    )
    for (const table of ['invitation', 'response', 'stress_subject', 'employment', 'employee'])
      for (const { id } of await sql(`SELECT id FROM ${table}`)) expect(csv).not.toContain(id)
    expect(csv).not.toMatch(/架空|E\d{4}|@/)
  })

  test('tells nobody apart from fewer than ten, and no difference of what it tells does', () => {
    const combinations = Map.groupBy(rows, (row) => `${row['department']}/${row['sex']}/${row['age_band']}`)
    for (const [name, { length }] of combinations) expect(length, name).toBeGreaterThanOrEqual(10)
    // seven people of one unit are told under what is left of their division
    const departments = new Set(rows.map((row) => row['department']))
    expect(departments).not.toContain('営業第三課')
    expect([...departments].some((name) => name!.endsWith('(その他)'))).toBe(true)
    expect(rows.some((row) => row['sex'] !== '')).toBe(true)
  })

  test('a department’s name is no formula', () => {
    expect(new Set(rows.map((row) => row['department']))).toContain("'=SUM(A1),支店")
  })

  test('made again, its lines have other numbers and another order', async () => {
    const again = rowsOf((await implementer.get(`${address}/stress-check-57/answers.csv`)).raw.toString())
    const numbers = new Set(rows.map((row) => row['row']))
    expect(again.filter((row) => numbers.has(row['row']))).toEqual([])
    const withoutNumber = (all: typeof rows) => all.map(({ row: _row, ...others }) => JSON.stringify(others))
    expect(withoutNumber(again)).not.toEqual(withoutNumber(rows))
    expect(withoutNumber(again).toSorted()).toEqual(withoutNumber(rows).toSorted())
  })

  test('each person’s record tells who took it and why', async () => {
    const before = await sql("SELECT id FROM audit_entry WHERE action = 'answers.exported'")
    await implementer.get(`${address}/presenteeism-spq/answers.csv`)
    const entries = await sql(
      "SELECT actor_id, actor_role, subject_area, subject_id, reason FROM audit_entry WHERE action = 'answers.exported' AND NOT id = ANY ($1)",
      [before.map(({ id }) => id)],
    )
    expect(entries[0]).toMatchObject({
      actor_id: company.userIds.implementer,
      actor_role: 'implementer',
      subject_area: 'stress',
      reason: 'results.reason.research',
    })
    expect(entries.length).toBe(rows.length)
    expect(new Set(entries.map((entry) => entry['subject_id'])).size).toBe(rows.length)
  })
})

describe('what goes with it', () => {
  test('the codebook has version, hash, words in both languages, values and scales', async () => {
    const lines = rowsOf((await implementer.get(`${address}/stress-check-57/codebook.csv`)).raw.toString())
    const q1 = lines.filter((line) => line['variable'] === 'q1')
    expect(q1.map((line) => line['value'])).toEqual(['1', '2', '3', '4'])
    expect(q1[0]).toMatchObject({
      questionnaire: 'stress-check-57',
      version: '1',
      label_ja: '非常にたくさんの仕事をしなければならない',
      value_label_ja: 'そうだ',
      lowest: '1',
      highest: '4',
      scales: 'quantitativeLoad',
    })
    expect(q1[0]!['hash']).toMatch(/^[0-9a-f]{64}$/)
    expect(q1[0]!['label_en']).not.toBe('')
  })

  test('the scripts name every column and every value', async () => {
    const header = (await implementer.get(`${address}/stress-check-57/answers.csv`)).raw
      .toString()
      .split('\r\n')[0]!
      .slice(1)
    const r = (await implementer.get(`${address}/stress-check-57/import.R`)).raw.toString()
    const spss = (await implementer.get(`${address}/stress-check-57/import.sps`)).raw.toString()
    for (const name of header.split(',')) {
      expect(r).toContain(`"${name}"`)
      expect(spss).toMatch(new RegExp(`^ {2}${name} [AF]\\d`, 'm'))
    }
    expect(r).toContain('labelled[["q1"]] <- factor(answers[["q1"]], levels = c(1, 2, 3, 4), labels = c("そうだ", ')
    expect(spss).toContain("q1 1 'そうだ' 2 ")
  })

  test('the page says what is in the files and holds no answer', async () => {
    await implementer.get(address)
    expect(implementer.status).toBe(200)
    expect(implementer.text).toContain('stress-check-57@1')
    expect(implementer.text).toContain('10人以上いるところだけ')
    const [before] = await sql("SELECT count(*) FROM audit_entry WHERE action = 'answers.exported'")
    await implementer.get(address)
    expect(await sql("SELECT count(*) FROM audit_entry WHERE action = 'answers.exported'")).toEqual([before])
  })
})

describe('who gets it, and when', () => {
  test('HR does not, whatever it asks for', async () => {
    for (const path of [address, `${address}/stress-check-57/answers.csv`, `${address}/stress-check-57/codebook.csv`])
      expect((await hr.get(path)).status).toBe(403)
    expect((await hr.get(address.replace('/implementer/', '/hr/'))).status).toBe(404)
  })

  test('an implementer of one workplace does not: files of parts could be subtracted', async () => {
    await sql('UPDATE role_grant SET workplace_id = $2 WHERE user_id = $1', [
      company.userIds.implementer,
      company.workplaceId,
    ])
    expect((await implementer.get(`${address}/stress-check-57/answers.csv`)).status).toBe(403)
    await sql('UPDATE role_grant SET workplace_id = NULL WHERE user_id = $1', [company.userIds.implementer])
  })

  test('nobody does of what was not asked, or while answers may still come in', async () => {
    expect((await implementer.get(`${address}/pulse/answers.csv`)).status).toBe(404)
    await sql("UPDATE campaign SET state = 'open'")
    expect((await implementer.get(`${address}/stress-check-57/answers.csv`)).status).toBe(409)
    await sql("UPDATE campaign SET state = 'closed'")
    expect((await implementer.get(`${address}/stress-check-57/answers.csv`)).status).toBe(200)
  })
})
