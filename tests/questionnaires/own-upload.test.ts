import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { browserOf, fillCompany, type TestStaff } from '../campaigns/company.ts'
import type { Browser, FormValues } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { ownFile } from './own-file.ts'

/** A definition file in the browser: what is taken, and what is refused with nothing stored. */
let world: World
let company: TestStaff
let hr: Browser
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  hr = await browserOf(world, company, company.hrId)
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.superuser.query('DELETE FROM questionnaire_draft')
})

interface Draft {
  id: string
  slug: string
  version: number
  body: string
  licence_name: string | null
  licence_attested_by: string | null
  licence_attested_at: Date | null
  not_carried: { where: string; what: string }[]
}
const drafts = async () => (await world.superuser.query<Draft>('SELECT * FROM questionnaire_draft')).rows

async function send(content: string | Buffer, fileName = 'shitsumon.yaml', values: FormValues = {}) {
  await hr.get('/hr/questionnaires/upload?lang=ja')
  return hr.upload('/hr/questionnaires/upload', { field: 'file', fileName, content }, { whose: 'own', ...values })
}
/** Place and words of each fault, as the table says them. */
const faults = () =>
  [...hr.html.matchAll(/<tr><th scope="row">([\s\S]*?)<\/th><td>([\s\S]*?)<\/td>/g)].map(([, place, words]) =>
    `${place} ${words}`
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&#x27;', "'")
      .replaceAll(/\s+/g, ' '),
  )
async function refused(content: string | Buffer, fileName?: string) {
  await send(content, fileName)
  expect(hr.status).toBe(400)
  expect(hr.text).toContain('まだ何も保存していません')
  expect(await drafts()).toEqual([])
  return faults()
}
const broken = (from: string, to: string) => {
  if (ownFile.split(from).length !== 2) throw new Error(`"${from}" does not stand once`)
  return ownFile.replace(from, to)
}

test('a file is taken letter for letter, comments and all, and given back so', async () => {
  const content = `# written by hand\n${ownFile}`
  await send(content)
  expect(hr.status).toBe(200)
  expect((await drafts())[0]).toMatchObject({ slug: 'shokuba', version: 1, body: content, licence_name: null })
  await hr.get(`${hr.url}/file`)
  expect(hr.html).toBe(content)
  expect(hr.headers['content-type']).toBe('application/yaml; charset=utf-8')
})

test('the same as JSON, whatever the file is called', async () => {
  await send(JSON.stringify(parse(ownFile)), 'shitsumon.yaml')
  expect(hr.status).toBe(200)
  expect(await drafts()).toHaveLength(1)
})

test('JSON that claims to be YAML and is no questionnaire is refused by what is in it', async () => {
  expect(await refused('{"name": "package", "version": "1.0.0", "dependencies": {}}', 'shitsumon.yaml')).toContainEqual(
    'shitsumon.yaml 1行 2列 name 「name」という項目はありません。つづりを直すか、消してください。',
  )
  expect((await refused('{"format": 1, "slug": ', 'x.yaml'))[0]).toContain('YAML として読めません')
})

test('a licensed instrument: whose leave, who attested it and when are kept; without them nothing is', async () => {
  await send(ownFile, 'wfun.yaml', { whose: 'licensed' })
  expect(hr.errors()).toEqual([
    '許諾の名称か番号を200文字以内で入れてください',
    '許諾を得ていることを確認して、チェックを付けてください',
  ])
  await send(ownFile, 'wfun.yaml', { whose: undefined })
  expect(hr.errors()).toEqual(['だれの調査票かを選んでください'])
  expect(await drafts()).toEqual([])
  await send(ownFile, 'wfun.yaml', { whose: 'licensed', licence_name: '許諾書 第12号', attested: 'yes' })
  expect((await drafts())[0]).toMatchObject({
    licence_name: '許諾書 第12号',
    licence_attested_by: company.hrId,
    licence_attested_at: world.clock.now(),
  })
  expect(hr.text).toContain('許諾: 許諾書 第12号(確認 試験 hr 2026年11月2日 09:00)')
  // the implementer reads it too, and the next version keeps it
  const here = hr.url
  await hr.submit(`${here}/send`)
  const review = `/implementer/questionnaires/${here.split('/').at(-1)}`
  const implementer = await browserOf(world, company, company.implementerId)
  await implementer.get(review)
  expect(implementer.text).toContain('許諾: 許諾書 第12号')
  await implementer.submit(review, { verdict: 'yes', none_forbidden: 'yes' })
  await hr.get(here)
  await hr.submit(`${here}/publish`)
  await hr.submit(/\/next$/)
  expect((await drafts()).map(({ version, licence_name: name }) => `${version} ${name}`)).toEqual([
    '1 許諾書 第12号',
    '2 許諾書 第12号',
  ])
  await world.superuser.query("DELETE FROM questionnaire_version WHERE source = 'own'")
})

test('every fault with file, line and column, in the language of the page', async () => {
  const content = broken('q1, q2]', 'q1, q9]').replace('id: idea', 'id: id')
  expect(await refused(content)).toEqual([
    'shitsumon.yaml 20行 15列 sections.0.items.2.id 「id」は識別名に使えません。',
    'shitsumon.yaml 24行 40列 scales.0.formula.plus.1 「q9」という質問はありません。',
  ])
  await hr.get('/hr/questionnaires/upload?lang=en')
  await hr.upload('/hr/questionnaires/upload', { field: 'file', fileName: 'a.yaml', content }, { whose: 'own' })
  expect(faults()[1]).toBe('a.yaml, line 24, column 40 scales.0.formula.plus.1 There is no question "q9".')
})

test('five megabytes, and more than any form of ours may have', async () => {
  const [long] = await refused(ownFile + '#'.repeat(5 * 1024 * 1024 - ownFile.length * 2))
  expect(long).toContain('長すぎます')
  expect(await refused(Buffer.alloc(5 * 1024 * 1024 + 1, 'a'))).toEqual([
    'shitsumon.yaml ファイルが大きすぎます(上限は5MBです)。',
  ])
})

test('HTML and scripts in a text', async () => {
  expect(await refused(broken('ja: 満足度', 'ja: "<script>alert(1)</script>"'))).toEqual([
    expect.stringMatching(/^shitsumon\.yaml 19行 \d+列 sections\.0\.items\.1\.text\.ja HTML のタグは使えません/),
  ])
  expect(hr.html).not.toContain('<script>alert')
})

test('a bomb of aliases', async () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (let step = 0; step < 9; step++) {
    const [from, to] = [String.fromCharCode(97 + step), String.fromCharCode(98 + step)]
    bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(', ')}]`)
  }
  const said = await refused(bomb.join('\n'))
  expect(said[0]).toContain('別名(*a)は使えません')
})

test('a circle of conditions', async () => {
  const content = broken('type: single\n', 'type: single\n        visible_if: { item: idea, answered: true }\n')
  expect(await refused(content)).toContainEqual(expect.stringContaining('「idea」とこの質問が、お互いを待っています'))
})

test('what is not UTF-8: Shift_JIS, UTF-16, a picture, a zero among the letters', async () => {
  const shiftJis = Buffer.concat([Buffer.from('title: '), Buffer.from([0x90, 0x45, 0x8f, 0xea, 0x0a])])
  for (const bytes of [
    shiftJis,
    Buffer.from(`\ufeff${ownFile}`, 'utf16le'),
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff]),
    Buffer.from(`${ownFile}# \0`),
  ])
    expect(await refused(bytes)).toEqual([expect.stringContaining('UTF-8 ではない')])
})

test('statutory kinds, criteria and forbidden kinds of questions are refused at their place', async () => {
  expect(await refused(broken('kind: own', 'kind: statutory'))).toEqual([
    'shitsumon.yaml 4行 7列 kind 自社の調査票に、この種類(statutory)は選べません。',
  ])
  for (const tag of ['suicidality', 'depression_screening', 'personality', 'aptitude', 'consent'])
    expect(await refused(broken('{ id: q2, ', `{ id: q2, tags: [workload, ${tag}], `))).toEqual([
      expect.stringMatching(/^shitsumon\.yaml 19行 \d+列 sections\.0\.items\.1\.tags\.1 「.+」に当たる質問は/),
    ])
  const criteria =
    'criteria:\n  - { method: simple-sum, title: { ja: 基準, en: Criterion }, totals: [{ id: A, section: work }], rules: [{ id: a, when: { sum: [A], at_least: 5 } }], sources: [own] }\nsources:\n'
  const numbers = ownFile.replace(/ {6}- \{ id: idea.*\n/, '').replace('sources:\n  own', `${criteria}  own`)
  expect(await refused(numbers)).toEqual([
    expect.stringContaining('高ストレスの基準や判定図(criteria)は入れられません'),
  ])
})

test('a name that ships, a name under way, a version that is published', async () => {
  expect(await refused(broken('slug: shokuba', 'slug: stress-check-57'))).toEqual([
    expect.stringContaining('「stress-check-57」は、はじめから入っている調査票の識別名です'),
  ])
  await send(ownFile)
  await send(ownFile)
  expect(faults()).toEqual([expect.stringContaining('「shokuba@1」の下書きがすでにあります')])
  expect(await drafts()).toHaveLength(1)
})

test('a changed file takes the place of the draft it came from, not of what another tab saved meanwhile', async () => {
  await send(ownFile)
  const here = hr.url
  await hr.follow('直したファイルを読み込む')
  const page = hr.url
  const upload = (content: string) =>
    hr.upload('/hr/questionnaires/upload', { field: 'file', fileName: 'b.yaml', content }, { whose: 'own' })
  const other = await browserOf(world, company, company.hrId)
  await other.get(`${here}/item?item=q2`)
  await other.submit(`${here}/item`, { text_ja: '別の画面の言葉' })
  await upload(broken('ja: 満足度', 'ja: 満足の程度'))
  expect(hr.status).toBe(409)
  expect((await drafts())[0]!.body).toContain('別の画面の言葉')
  await upload(broken('slug: shokuba', 'slug: betsu'))
  expect(faults()).toEqual([expect.stringContaining('この下書きは「shokuba@1」です')])
  await hr.get(page)
  await upload(broken('ja: 満足度', 'ja: 満足の程度'))
  expect(hr.url).toBe(`${here}?told=saved`)
  expect((await drafts())[0]!.body).toContain('満足の程度')
})

test('a survey of another format is taken over as far as it goes; what could not be is told on the draft', async () => {
  const survey = {
    title: 'Workplace',
    elements: [
      { type: 'rating', name: 'pulse', title: 'How is work?', rateMin: 1, rateMax: 5 },
      { type: 'signaturepad', name: 'sign', title: 'Sign here' },
    ],
  }
  await send(JSON.stringify(survey), 'pulse.json')
  expect(hr.status).toBe(200)
  const [draft] = await drafts()
  // the name of the file ships already: another one is found
  expect(draft).toMatchObject({ slug: 'own-1', version: 1 })
  expect(parse(draft!.body)).toMatchObject({ kind: 'own', licence: { name: '試験株式会社' } })
  expect(draft!.not_carried.map(({ what }) => what).join()).toMatch(/signaturepad/)
  expect(hr.text).toContain('ファイルから移せなかったもの')
  await world.superuser.query('DELETE FROM questionnaire_draft')
  expect(await refused(JSON.stringify({ resourceType: 'Patient' }), 'patient.json')).toEqual([
    expect.stringContaining('このファイルは読み込めません'),
  ])
  expect(await refused(Buffer.from('PK\x03\x04 no archive'), 'x.xlsx')).toHaveLength(1)
})

test('without a file, and without the token of the form', async () => {
  await hr.get('/hr/questionnaires/upload')
  await hr.upload('/hr/questionnaires/upload', { field: 'file', fileName: '', content: '' }, { whose: 'own' })
  expect(hr.errors()).toEqual(['ファイルを選んでください'])
  await hr.get('/hr/questionnaires/upload')
  await hr.upload('/hr/questionnaires/upload', { field: 'file', fileName: 'a.yaml', content: ownFile }, { _csrf: 'x' })
  expect(hr.status).toBe(403)
  expect(await drafts()).toEqual([])
})
