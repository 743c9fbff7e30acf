import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashDefinition, parseDefinition } from '../../server/questionnaires/index.ts'
import { browserOf, fillCompany, type TestStaff } from '../campaigns/company.ts'
import type { Browser, FormValues } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'

/** A company's own questionnaire from the first word to the publishing, as HR and the implementer do it in the browser. */
let world: World
let company: TestStaff
let hr: Browser
let implementer: Browser
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  hr = await browserOf(world, company, company.hrId)
  implementer = await browserOf(world, company, company.implementerId)
})
afterAll(() => world.close())

interface Draft {
  id: string
  slug: string
  version: number
  state: string
  revision: number
  body: string
  approved_hash: string | null
}

/** Presses a button a second after the last one. */
const press = async (browser: Browser, action: string, values: FormValues = {}) => {
  world.clock.advance(1_000)
  return browser.submit(action, values)
}

const drafts = async () =>
  (
    await world.superuser.query<Draft>(
      'SELECT * FROM questionnaire_draft WHERE company_id = $1 ORDER BY created_at, id',
      [company.companyId],
    )
  ).rows
const published = async () =>
  (
    await world.superuser.query<{ slug: string; version: number; hash: string; body: string; source: string }>(
      "SELECT * FROM questionnaire_version WHERE company_id = $1 AND source = 'own' ORDER BY version",
      [company.companyId],
    )
  ).rows

let here = ''
const draft = async () => (await drafts()).find(({ id }) => here.endsWith(id))!
const definition = async () => {
  const parsed = parseDefinition((await draft()).body, 'draft')
  if (!parsed.definition) throw new Error(JSON.stringify(parsed.faults))
  return parsed.definition
}
const add = async (section: string, type: string) => hr.get(`${here}/item?section=${section}&type=${type}`)

describe('HR writes a draft by form', () => {
  test('title and languages first; a name that ships is refused with what was typed kept', async () => {
    await hr.get('/hr/questionnaires')
    expect(hr.text).toContain('下書きはありません')
    expect(hr.text).toContain('stress-check-57@1')
    await hr.follow('新しく作る')
    expect(hr.form('/hr/questionnaires/new').choices('kind')).toEqual([
      'own',
      'pulse',
      'presenteeism',
      'recommendation',
    ])
    await hr.submit('/hr/questionnaires/new', { title_ja: '職場の質問', slug: 'pulse', languages: ['ja', 'en'] })
    expect(hr.status).toBe(400)
    expect(hr.errors()).toEqual(['英語の言葉がありません。'])
    await hr.submit('/hr/questionnaires/new', { title_en: 'Our workplace' })
    expect(hr.errors()).toEqual(['「pulse」は、はじめから入っている調査票の識別名です。別の名前にしてください。'])
    expect(await drafts()).toEqual([])
    expect(hr.html).toContain('職場の質問')
    await hr.submit('/hr/questionnaires/new', { slug: 'shokuba' })
    expect(hr.status).toBe(200)
    here = hr.url
    expect(hr.text).toContain('まだ質問がありません')
    expect(await draft()).toMatchObject({ slug: 'shokuba', version: 1, state: 'draft', revision: 1 })
  })

  test('a section, and a question of every kind', async () => {
    await hr.get(`${here}/section`)
    await hr.submit(`${here}/section`, { title_ja: '働きやすさ', title_en: 'Working here' })
    expect(hr.text).toContain('質問のないまとまりがあります')
    await add('part1', 'single')
    await hr.submit(`${here}/item`, {
      text_ja: '職場は働きやすいですか。',
      text_en: 'Is it easy to work here?',
      option_0_ja: 'いいえ',
      option_0_en: 'No',
      option_1_ja: 'どちらでもない',
      option_1_en: 'Neither',
      option_2_ja: 'はい',
      option_2_en: 'Yes',
      after: 'another',
    })
    // the next form of the same kind
    expect(hr.url).toBe(`${here}/item?section=part1&type=single`)
    await add('part1', 'rating')
    await hr.submit(`${here}/item`, {
      text_ja: '満足度は何点ですか。',
      text_en: 'How satisfied are you?',
      low_ja: '不満',
      low_en: 'Not at all',
      high_ja: '満足',
      high_en: 'Very',
      min: '0',
      max: '１０',
    })
    await add('part1', 'multiple')
    await hr.submit(`${here}/item`, {
      text_ja: '使っている制度',
      text_en: 'What do you use?',
      option_0_ja: '在宅勤務',
      option_0_en: 'Working from home',
      option_1_ja: 'その他',
      option_1_en: 'Other',
      option_1_value: 'other',
      option_1_free: 'yes',
    })
    await add('part1', 'number')
    await hr.submit(`${here}/item`, {
      text_ja: '在宅の日数',
      text_en: 'Days at home',
      min: '0',
      max: '7',
      unit_ja: '日',
      unit_en: 'days',
    })
    await add('part1', 'text')
    await hr.submit(`${here}/item`, {
      text_ja: 'ご意見',
      text_en: 'Anything else?',
      required: undefined,
      max_length: '300',
    })
    await add('part1', 'date')
    await hr.submit(`${here}/item`, {
      text_ja: '始めた日',
      text_en: 'Since when?',
      when: 'any',
      condition_0: 'q3:one:1',
    })
    expect(hr.status).toBe(200)
    const { sections } = await definition()
    expect(sections[0]!.items.map(({ id, type }) => `${id} ${type}`)).toEqual([
      'q1 single',
      'q2 rating',
      'q3 multiple',
      'q4 number',
      'q5 text',
      'q6 date',
    ])
    expect(sections[0]!.items[0]).toMatchObject({
      options: [{ value: 1 }, { value: 2 }, { value: 3, text: { ja: 'はい' } }],
    })
    expect(sections[0]!.items[1]).toMatchObject({ min: 0, max: 10 })
    expect(sections[0]!.items[2]).toMatchObject({
      options: [{ value: 1 }, { value: 'other', free_text: { max_length: 200 } }],
    })
    expect(sections[0]!.items[4]).toMatchObject({ required: false, max_length: 300 })
    expect(sections[0]!.items[5]!.visible_if).toEqual({ item: 'q3', one_of: [1] })
    expect(hr.text).toContain('たずねる条件: 問3が「在宅勤務」')
  })

  test('what is wrong stands at its field in the language of the page, typed values are kept, nothing is stored', async () => {
    const before = await draft()
    await hr.get(`${here}/item?item=q4`)
    await hr.submit(`${here}/item`, { text_ja: '<b>日数</b>', min: '9', unit_en: '' })
    expect(hr.status).toBe(400)
    expect(hr.errors()).toEqual(['HTML のタグは使えません。文字だけで書いてください。'])
    await hr.submit(`${here}/item`, { text_ja: '日数', text_en: '', max: '多い' })
    expect(hr.errors()).toEqual(['形が正しくありません。'])
    await hr.submit(`${here}/item`, { max: '5' })
    expect(hr.errors().toSorted()).toEqual(
      [
        'いちばん大きい数は、いちばん小さい数より大きくしてください。',
        '英語の言葉がありません。',
        '英語の言葉がありません。',
      ].toSorted(),
    )
    expect(hr.html).toMatch(/id="text_en-error"/)
    expect(hr.html).toMatch(/id="unit_en-error"/)
    expect(hr.html).toMatch(/id="max-error"/)
    expect(await draft()).toEqual(before)
    await hr.get(`${here}/item?item=q1&lang=en`)
    await hr.submit(`${here}/item`, { option_1_value: '1', option_2_ja: '<script>alert(1)</script>' })
    expect(hr.errors()).toEqual(['No HTML tags. Write plain words.'])
    await hr.submit(`${here}/item`, { option_2_ja: 'はい' })
    expect(hr.errors()).toEqual(['Two options have the value 1.'])
    await hr.get(`${here}/item?item=q1&lang=ja`)
    await hr.submit(`${here}/item`, { tags: ['suicidality'] })
    expect(hr.errors()).toEqual([
      '「希死念慮・自殺に関する質問」に当たる質問は、職場の調査ではたずねられません。質問を外してください。',
    ])
    await hr.get(`${here}/item?item=q6`)
    await hr.submit(`${here}/item`, { when: 'all', condition_0: '' })
    expect(hr.errors()).toEqual(['空にはできません。'])
    expect(await draft()).toEqual(before)
  })

  test('a scale counts what has numbers; its range follows the questions', async () => {
    await hr.get(`${here}/scale`)
    const scale = { title_ja: '働きやすさ', title_en: 'Ease', method: 'sum', count_q1: 'plain', count_q2: 'reverse' }
    await hr.submit(`${here}/scale`, { ...scale, count_q1: 'no', count_q2: 'no' })
    expect(hr.errors()).toEqual(['数える質問を一つ以上選んでください。'])
    await hr.submit(`${here}/scale`, scale)
    // 1..3 and 0..10 turned round
    expect((await definition()).scales[0]).toMatchObject({
      formula: { method: 'sum', constant: 10, plus: ['q1'], minus: ['q2'] },
      range: [1, 13],
    })
    await hr.get(`${here}/item?item=q2`)
    await hr.submit(`${here}/item`, { max: '5' })
    // 1..3 and 0..5 turned round
    expect((await definition()).scales[0]).toMatchObject({ formula: { constant: 5 }, range: [1, 8] })
    await hr.get(`${here}/scale?scale=scale1`)
    await hr.submit(`${here}/scale`, { method: 'mean' })
    expect((await definition()).scales[0]).toMatchObject({ formula: { method: 'mean' }, range: [0.5, 4] })
  })

  test('moving and removing; what then leads nowhere is told on the draft with the way to mend it', async () => {
    await hr.get(here)
    await hr.submit(`${here}/move`, { part: 'item:q3:down' })
    const ids = async () => (await draft()).body.match(/- id: q\d/g)!.map((one) => one.slice(6))
    expect(await ids()).toEqual(['q1', 'q2', 'q4', 'q3', 'q5', 'q6'])
    for (const _step of [1, 2]) await hr.submit(`${here}/move`, { part: 'item:q3:down' })
    expect(await ids()).toEqual(['q1', 'q2', 'q4', 'q5', 'q6', 'q3'])
    expect(hr.text).toContain('条件には、前にある質問だけを使えます')
    expect(hr.html).not.toContain(`${here}/send`)
    await hr.follow('始めた日')
    expect(hr.url).toBe(`${here}/item?item=q6`)
    await hr.get(here)
    await hr.submit(`${here}/move`, { part: 'item:q3:up' })
    expect(hr.text).not.toContain('前にある質問だけ')
    await add('part1', 'date')
    await hr.submit(`${here}/item`, { text_ja: '消す質問', text_en: 'To go' })
    await hr.get(`${here}/item?item=q7`)
    await hr.submit(`${here}/remove`)
    expect(await ids()).toEqual(['q1', 'q2', 'q4', 'q5', 'q3', 'q6'])
    await hr.get(`${here}/section`)
    await hr.submit(`${here}/section`, { title_ja: '二つ目', title_en: 'Second' })
    await hr.submit(`${here}/move`, { part: 'item:q6:down' })
    expect((await definition()).sections.map(({ items }) => items.map(({ id }) => id))).toEqual([
      ['q1', 'q2', 'q4', 'q5', 'q3'],
      ['q6'],
    ])
    await hr.submit(`${here}/move`, { part: 'section:part2:up' })
    expect(hr.text).toContain('前にある質問だけ')
    await hr.submit(`${here}/move`, { part: 'section:part2:down' })
    expect(await definition()).toBeDefined()
  })

  test('two tabs: the second one loses nothing and overwrites nothing unseen', async () => {
    const other = await browserOf(world, company, company.hrId)
    await hr.get(`${here}/item?item=q5`)
    await other.get(`${here}/item?item=q5`)
    await other.submit(`${here}/item`, { text_ja: '先に保存した言葉' })
    expect(other.status).toBe(200)
    const saved = await draft()
    await hr.submit(`${here}/item`, { text_ja: '後から保存する言葉' })
    expect(hr.status).toBe(409)
    expect(hr.text).toContain('まだ保存されていません')
    expect(hr.html).toContain('後から保存する言葉')
    expect(hr.text).toContain('いま保存されている言葉: 先に保存した言葉')
    expect(await draft()).toEqual(saved)
    // seen and pressed again, it is saved
    await hr.submit(`${here}/item`)
    expect(hr.status).toBe(200)
    expect((await draft()).body).toContain('後から保存する言葉')
    // the same form sent twice is one saving
    await hr.get(`${here}/item?item=q5`)
    const { fields } = hr.form(`${here}/item`)
    const revision = (await draft()).revision
    await hr.postBare(`${here}/item`, Object.fromEntries(fields))
    await hr.postBare(`${here}/item`, Object.fromEntries(fields))
    expect(hr.status).toBe(200)
    expect((await draft()).revision).toBe(revision + 1)
    // a question that was removed in another tab comes back as a new one, not lost
    await hr.get(`${here}/item?item=q5`)
    await other.get(`${here}/item?item=q5`)
    await other.submit(`${here}/remove`)
    await hr.submit(`${here}/item`, { text_ja: '消えていた質問' })
    expect(hr.status).toBe(409)
    await hr.submit(`${here}/item`)
    expect((await draft()).body).toContain('消えていた質問')
    // a press on an old page says so and does nothing
    await hr.get(here)
    await other.get(here)
    await other.submit(`${here}/move`, { part: 'item:q1:down' })
    await hr.submit(`${here}/move`, { part: 'item:q1:down' })
    expect(hr.text).toContain('別の画面か別の方が先に変更していました')
    await hr.submit(`${here}/move`, { part: 'item:q1:up' })
  })
})

describe('from the test run to the publishing', () => {
  test('forty made-up people, every score, the same for the same seed; a sample report that says what it is; nothing stored', async () => {
    const before = await draft()
    await hr.get(here)
    await hr.follow('架空の40人で試す')
    expect(hr.text).toContain('架空の人のデータ')
    expect(hr.html.match(/<th scope="row">架空の人 \d+/g)).toHaveLength(40)
    const first = hr.text
    await hr.get(`${here}/test-run?seed=1`)
    expect(hr.text).toBe(first)
    await hr.get(`${here}/test-run?seed=2`)
    expect(hr.text).not.toBe(first)
    await hr.get(`${here}/sample-report`)
    expect(hr.text).toContain('実在しない40人')
    expect(hr.text).toContain('どちらでもない')
    expect(hr.text).toContain('文章や日付の答えは、報告には載りません')
    expect(await draft()).toEqual(before)
    for (const table of ['response', 'result'])
      expect((await world.superuser.query(`SELECT 1 FROM ${table}`)).rows).toEqual([])
  })

  test('HR cannot publish what nobody reviewed, not by the page and not past it', async () => {
    await hr.get(here)
    expect(hr.html).not.toContain(`${here}/publish`)
    await hr.post(`${here}/publish`, { revision: String((await draft()).revision) })
    expect(hr.text).toContain('別の画面か別の方が先に')
    const { slug, version, body } = await draft()
    await expect(
      world.services.database.as({ role: 'hr', companyId: company.companyId }, world.clock.now(), (_db, client) =>
        client.query(
          "INSERT INTO questionnaire_version (company_id, id, slug, version, hash, source, body, published_at) VALUES ($1, gen_random_uuid(), $2, $3, $4, 'own', $5, $6)",
          [company.companyId, slug, version, hashDefinition(body), body, world.clock.now()],
        ),
      ),
    ).rejects.toMatchObject({ code: '42501' })
    // nor write the review itself
    for (const set of ["approved_hash = repeat('a', 64)", "review_words = 'x'", "state = 'approved'"])
      await expect(
        world.services.database.as({ role: 'hr', companyId: company.companyId }, world.clock.now(), (_db, client) =>
          client.query(`UPDATE questionnaire_draft SET ${set} WHERE company_id = $1`, [company.companyId]),
        ),
      ).rejects.toMatchObject({ code: '42501' })
    expect(await published()).toEqual([])
  })

  test('the implementer reads every question and returns it with words; HR mends and sends again', async () => {
    const id = here.split('/').at(-1)!
    const review = `/implementer/questionnaires/${id}`
    await implementer.get(review)
    expect(implementer.status).toBe(404)
    await hr.get(here)
    await press(hr, `${here}/send`)
    expect(hr.text).toContain('実施者に確認を依頼しました')
    await hr.get(`${here}/item?item=q1`)
    expect(hr.status).toBe(409)
    await implementer.get('/implementer/questionnaires')
    await implementer.follow('職場の質問')
    expect(implementer.url).toBe(review)
    for (const words of [
      '職場は働きやすいですか。',
      'Is it easy to work here?',
      '在宅勤務',
      '希死念慮',
      '消えていた質問',
    ])
      expect(implementer.text).toContain(words)
    await press(implementer, review, { verdict: 'yes' })
    expect(implementer.status).toBe(400)
    expect(implementer.errors()[0]).toContain('チェックを付けてください')
    await press(implementer, review, { verdict: 'no', words: '' })
    expect(implementer.errors()).toEqual(['差し戻す理由を2000文字以内で書いてください'])
    await press(implementer, review, { verdict: 'no', words: '質問1の言葉を短くしてください' })
    await hr.get(here)
    expect(hr.text).toContain('質問1の言葉を短くしてください')
    await hr.get(`${here}/item?item=q1`)
    await hr.submit(`${here}/item`, { text_ja: '働きやすいですか。' })
    await press(hr, `${here}/send`)
    expect((await draft()).state).toBe('in_review')
  })

  test('a verdict on what was taken back and changed meanwhile counts for nothing', async () => {
    const review = `/implementer/questionnaires/${here.split('/').at(-1)!}`
    await implementer.get(review)
    await hr.get(here)
    await press(hr, `${here}/take-back`)
    await hr.get(`${here}/item?item=q1`)
    await hr.submit(`${here}/item`, { text_ja: 'いまの職場は働きやすいですか。' })
    await press(hr, `${here}/send`)
    await press(implementer, review, { verdict: 'yes', none_forbidden: 'yes' })
    expect(implementer.status).toBe(409)
    expect(implementer.text).toContain('いまの職場は働きやすいですか。')
    expect((await draft()).state).toBe('in_review')
    await press(implementer, review, { verdict: 'yes', none_forbidden: 'yes', words: '問題ありません' })
    expect(await draft()).toMatchObject({ state: 'approved', approved_hash: hashDefinition((await draft()).body) })
  })

  test('published it is frozen, letter for letter what was approved; each step stands in the ledger', async () => {
    await hr.get(here)
    await press(hr, `${here}/publish`)
    expect(hr.url).toMatch(/^\/hr\/questionnaires\/versions\//)
    const { body } = await draft()
    expect(await published()).toEqual([
      expect.objectContaining({ slug: 'shokuba', version: 1, body, hash: hashDefinition(body) }),
    ])
    expect(hr.text).toContain(hashDefinition(body))
    const version = hr.url
    await hr.get(`${version}/file`)
    expect(hr.html).toBe(body)
    expect(hr.headers['content-disposition']).toBe('attachment; filename="shokuba-1.yaml"')
    // neither of the roles may change or remove either
    for (const role of ['hr', 'implementer'] as const)
      for (const statement of [
        "UPDATE questionnaire_version SET body = 'x'",
        'DELETE FROM questionnaire_version',
        "UPDATE questionnaire_draft SET state = 'draft'",
      ]) {
        const done = world.services.database.as(
          { role, companyId: company.companyId, subjectId: company.hrId },
          world.clock.now(),
          (_db, client) => client.query(statement),
        )
        if (statement.includes('draft')) expect((await done).rowCount).toBe(0)
        else await expect(done).rejects.toMatchObject({ code: '42501' })
      }
    const { rows } = await world.superuser.query<{ action: string; actor_role: string }>(
      "SELECT action, actor_role FROM audit_entry WHERE company_id = $1 AND object_kind = 'questionnaire_draft' ORDER BY at, id",
      [company.companyId],
    )
    expect(rows.map(({ action, actor_role: role }) => `${role} ${action}`)).toEqual([
      'hr questionnaire.sent_for_review',
      'implementer questionnaire.refused',
      'hr questionnaire.sent_for_review',
      'hr questionnaire.taken_back',
      'hr questionnaire.sent_for_review',
      'implementer questionnaire.approved',
      'hr questionnaire.published',
    ])
  })

  test('a correction is the next version, each question the same as before until HR says otherwise', async () => {
    await hr.get('/hr/questionnaires')
    await hr.follow('職場の質問')
    const version = hr.url
    await hr.submit(`${version}/next`)
    here = hr.url
    expect(await draft()).toMatchObject({ slug: 'shokuba', version: 2, state: 'draft' })
    expect((await definition()).same_items).toContainEqual({ item: 'q1', of: 'shokuba@1', their_item: 'q1' })
    await hr.get(`${here}/item?item=q1`)
    await hr.submit(`${here}/item`, { text_ja: '別のことをたずねます。', same: undefined })
    const { same_items: same } = await definition()
    expect(same.some(({ item }) => item === 'q1')).toBe(false)
    expect(same.some(({ item }) => item === 'q2')).toBe(true)
    // pressed again, the same draft and not a second one
    await hr.get(version)
    await hr.submit(`${version}/next`)
    expect(hr.url).toBe(here)
    expect((await published()).map((one) => one.version)).toEqual([1])
    await hr.submit(`${here}/discard`)
    expect(await drafts()).toHaveLength(1)
  })

  test('nobody but HR reaches the drafts, and the implementer only what was sent', async () => {
    const stranger = await browserOf(world, await fillCompany(world), company.hrId)
    await stranger.get('/hr/questionnaires')
    expect(stranger.status).not.toBe(200)
    await implementer.get('/hr/questionnaires')
    expect(implementer.status).toBe(403)
    await hr.get('/implementer/questionnaires')
    expect(hr.status).toBe(403)
  })
})
