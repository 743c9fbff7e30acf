import { afterAll, beforeAll, expect, test } from 'vitest'
import { givenWordsOf, listItems, ownWordsOf } from '../../analysis/scoring/index.ts'
import { answersForAnalysis } from '../../server/answering/index.ts'
import { interviewForm, interviewInWords, readInterview } from '../../server/graduations/interview-form.ts'
import { parseDefinition, type QuestionnaireVersion } from '../../server/questionnaires/index.ts'
import { asRole } from '../campaigns/company.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { ownWordsDefinition, publishOwn } from './own-version.ts'
import { lastGroup, openSurvey, start, type Survey } from './survey.ts'

let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(
    world,
    {
      questionnaires: [
        { slug: 'stress-check-23', version: 1 },
        { slug: 'our-place', version: 1 },
      ],
    },
    ({ companyId }) => publishOwn(world, companyId, ownWordsDefinition),
  )
})
afterAll(() => world.close())

const stored = (code: string) =>
  asRole(world, 'analysis', survey.company.companyId, async (db) => {
    const { companyId } = survey.company
    const all = await answersForAnalysis(db, world.services.vault, companyId, survey.campaignId, 'our-place')
    return all.find((one) => one.invitationId === survey.invitation(code).id)?.answers
  })

/** Opens the screen of the own questionnaire; its address. */
async function openPlace(code: string): Promise<{ browser: Browser; code: string; place: string }> {
  const own = await start(world, await survey.token(code))
  const { browser } = own
  for (let number = 1; number < 20; number++) {
    await browser.get(`/answer/${number}`)
    if (browser.html.includes('name="a_where"')) return { ...own, place: `/answer/${number}` }
  }
  throw new Error('the own questionnaire is not asked')
}

const { definition } = parseDefinition(ownWordsDefinition, 'our-place@1')
const items = listItems(definition!)
const version = { definition, items } as unknown as QuestionnaireVersion

test('a line for own words is a text of its own beside its option; no other item has one', () => {
  const [where, tools, voice] = items
  expect(ownWordsOf(where!).map(({ value, asked }) => [value, asked.id, asked.item.type])).toEqual([
    ['other', 'whereElse', 'text'],
  ])
  expect(ownWordsOf(voice!)).toEqual([])
  expect(givenWordsOf(where!, { where: 'office' })).toEqual([])
  expect(givenWordsOf(tools!, { tools: ['desk', 'more'] }).map(({ asked }) => asked.id)).toEqual(['toolsMore'])
  // a count of items, and of what is answered, does not know them
  expect(items.map(({ id }) => id)).toEqual(['where', 'tools', 'voice'])
})

test('stored under its own id beside the option, sealed, and shown on the review page', async () => {
  const { browser, code, place } = await openPlace('E001')
  const before = /(\d+)問中(\d+)問/.exec(browser.text)!
  expect(browser.html).toContain('「その他」について、ご自分のことば')
  await browser.submit(place, {
    a_where: 'other',
    a_whereElse: '移動図書館の車内',
    a_tools: ['more'],
    a_toolsMore: '静かな部屋',
    go: 'next',
  })
  expect(browser.url).toBe('/answer/review')
  expect(browser.text).toContain('主に働く場所はどこですか。「その他」 移動図書館の車内')
  expect(browser.text).toContain(`${before[1]}問中${Number(before[2]) + 2}問`)
  await browser.get(place)
  expect(Object.fromEntries(browser.form(place).fields)).toMatchObject({
    a_whereElse: '移動図書館の車内',
    was_whereElse: 'filled',
  })
  // the screen of another person with the same choice holds none of it
  const other = await openPlace('E002')
  await other.browser.submit(other.place, { a_where: 'other', go: 'next' })
  await other.browser.get(other.place)
  expect(other.browser.html).not.toContain('移動図書館')
  await browser.get('/answer/review')
  await browser.submit('/answer/submit', { code: lastGroup(code) })
  expect(browser.url).toBe('/answer/submitted')
  expect(await stored('E001')).toEqual({
    where: 'other',
    whereElse: '移動図書館の車内',
    tools: ['more'],
    toolsMore: '静かな部屋',
  })
})

test('given only with its option: another choice clears it, and it does not come back', async () => {
  const { browser, code, place } = await openPlace('E003')
  await browser.submit(place, { a_where: 'other', a_whereElse: '自宅の台所', go: 'next' })
  await browser.get(place)
  await browser.submit(place, { a_where: 'office', go: 'next' })
  expect(browser.text).not.toContain('自宅の台所')
  await browser.get(place)
  expect(browser.html).not.toContain('自宅の台所')
  await browser.submit(place, { a_where: 'office', a_whereElse: '書いても残らない', go: 'next' })
  await browser.submit('/answer/submit', { code: lastGroup(code) })
  expect(await stored('E003')).toEqual({ where: 'office' })
})

test('too long is told at the field, and what was typed stays; a line that is not there is refused', async () => {
  const { browser, place } = await openPlace('E004')
  await browser.submit(place, { a_where: 'other', a_whereElse: 'あ'.repeat(21), go: 'next' })
  expect(browser.status).toBe(400)
  expect(browser.errors()).toEqual(['文字数が多すぎます。20文字までにしてください。'])
  expect(Object.fromEntries(browser.form(place).fields)).toMatchObject({
    a_where: 'other',
    a_whereElse: 'あ'.repeat(21),
  })
  await browser.get(place)
  await browser.submit(place, { a_where: 'other', a_whereElse: '', go: 'next' })
  expect(browser.url).toBe('/answer/review')
  await browser.get(place)
  const fields = Object.fromEntries(browser.form(place).fields)
  await browser.post(place, { ...fields, a_whereNot: 'x' })
  expect(browser.status).toBe(400)
})

test('the pages of leavers read and show it by the same rule', () => {
  const say = (key: string, values?: Record<string, unknown>) => `${key} ${JSON.stringify(values ?? {})}`
  const body = { q_where: 'other', q_whereElse: '海の近く', q_tools: ['desk'], q_toolsMore: '捨てられることば' }
  const read = readInterview(version, body, say)
  expect(read.answers).toEqual({ where: 'other', whereElse: '海の近く', tools: ['desk'], voice: null })
  expect(interviewInWords(version, read.answers!, 'ja')).toEqual([
    { key: '主に働く場所はどこですか。', value: 'その他「海の近く」' },
    { key: '足りないものはありますか。', value: '机' },
  ])
  const fault = readInterview(version, { q_where: 'other', q_whereElse: 'あ'.repeat(21) }, say)
  expect(fault.errors).toEqual([{ field: 'q_whereElse', message: 'graduations.interview.fault.too-long {}' }])
  const [where] = interviewForm(version, { locale: 'ja', say, read: (text) => text?.['ja'] ?? '' }, body)[0]!.questions
  expect(where!.entries[1]!.ownWords).toMatchObject({ field: 'q_whereElse', words: '海の近く', longest: 20 })
})
