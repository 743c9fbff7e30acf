import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { answerAll, codeOn, lastGroup, openSurvey, type Survey } from '../answering/survey.ts'
import { browserOfPerson, releaseAll, surveyed, type Surveyed } from '../results/people.ts'
import { expectEnglish, expectReadings, namesOf } from './pages.ts'

let world: World
let survey: Survey
let company: Surveyed
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(world, {
    questionnaires: [
      { slug: 'stress-check-57', version: 1 },
      { slug: 'presenteeism-spq', version: 1 },
    ],
  })
  company = await surveyed(world, ['high', 'ordinary', 'missing', 'high', 'high', 'high'], {
    employerReceivesIndividualResults: true,
  })
  await releaseAll(world, company)
})
afterAll(() => world.close())

const languages = [
  { language: 'ja-simple', looksRight: expectReadings, code: 'E001', person: 0 },
  { language: 'en', looksRight: expectEnglish, code: 'E002', person: 1 },
] as const

describe.each(languages)('the whole way in $language', ({ language, looksRight, code, person }) => {
  test('from the link to the thanks', async () => {
    world.clock.set('2026-11-05T00:00:00.000Z')
    const names = await namesOf(world, survey.company.companyId)
    const check = (browser: Browser) => looksRight(browser, names)
    const token = await survey.token(code)
    const browser = openBrowser(await world.app())
    check(await browser.get(`/a/${token}?lang=${language}`))
    check(await browser.get(`/a/${token}/decline`))
    check(await browser.submit(`/a/${token}/decline`))
    check(await browser.get(`/a/${token}`))
    check(await browser.submit(`/a/${token}/start`))
    const personal = codeOn(browser)
    await browser.get('/answer/1')
    for (let screen = 1; !browser.url.startsWith('/answer/review'); screen++) {
      check(browser)
      expect(screen).toBeLessThan(20)
      await browser.submit(/^\/answer\/\d+$/, { go: 'next' })
    }
    check(browser)
    await browser.submit('/answer/submit', { code: 'WRONG' })
    expect(browser.status).toBe(400)
    check(browser)
    check(await browser.get('/answer/leave'))
    await browser.get('/answer/12')
    await browser.submit(/^\/answer\/\d+$/, { go: 'next', a_performance: '700' })
    expect(browser.status).toBe(400)
    check(browser)
    await answerAll(browser)
    check(browser)
    await browser.submit('/answer/submit', { code: lastGroup(personal) })
    expect(browser.url).toBe('/answer/submitted')
    check(browser)
    check(await browser.get(`/a/${token}`))
    check(await browser.get('/a/not-a-link'))
  })

  test('from the result to the interview and the private talk', async () => {
    world.clock.set('2026-11-22T00:00:00.000Z')
    const names = await namesOf(world, company.companyId)
    const someone = company.people.filter(({ kind }) => kind === 'high')[person]!
    const browser = await browserOfPerson(world, company, someone)
    const check = (one: Browser, status = 200) => {
      expect({ url: one.url, status: one.status }).toEqual({ url: one.url, status })
      looksRight(one, names)
    }
    check(await browser.get(`/result?lang=${language}`))
    check(await browser.get('/result/print'))
    check(await browser.get('/result/receipts'))
    check(await browser.get('/result/consent'))
    check(await browser.submit('/result/consent'), 400)
    check(await browser.submit('/result/consent', { answer: 'need_only' }))
    check(await browser.get('/result/consultation'))
    check(await browser.submit('/result/consultation'), 400)
    check(await browser.get('/result/request'))
    check(await browser.submit('/result/request'), 400)
    check(await browser.submit('/result/request', { acknowledged: 'yes' }))
    const { rows } = await world.superuser.query<{ told: string; locale: string }>(
      'SELECT told, locale FROM interview_request WHERE company_id = $1 AND locale = $2',
      [company.companyId, language],
    )
    // what is kept is what was said, without marks
    expect(rows).toHaveLength(1)
    expect(rows[0]!.told).not.toMatch(/[\uE000-\uE0FF]/)
  })
})

test('answers that lack something, and nothing wrong, say so in words that can be read', async () => {
  world.clock.set('2026-11-22T00:00:00.000Z')
  const names = await namesOf(world, company.companyId)
  for (const kind of ['ordinary', 'missing'] as const) {
    const browser = await browserOfPerson(world, company, company.of(kind))
    expectReadings(await browser.get('/result?lang=ja-simple'), names)
    expectEnglish(await browser.get('/result?lang=en'), names)
  }
})

test('a validated question stands word for word, and only its readings are added', async () => {
  world.clock.set('2026-11-05T00:00:00.000Z')
  const browser = openBrowser(await world.app())
  await browser.get(`/a/${await survey.token('E003')}?lang=ja-simple`)
  await browser.submit(/start$/)
  await browser.get('/answer/1')
  expect(browser.html).toContain(
    '<ruby>非常<rp>(</rp><rt>ひじょう</rt><rp>)</rp></ruby>にたくさんの<ruby>仕事<rp>(</rp><rt>しごと</rt><rp>)</rp></ruby>をしなければならない',
  )
  // not marked as a translation that nobody examined, as the English wording is
  expect(browser.text).not.toContain('公式')
  await browser.submit(/^\/answer\/1$/, { go: 'en' })
  expect(browser.text).toContain(world.services.texts.text('en', 'web.unvalidated'))
})

test('desks are not written in plain Japanese: they stay in Japanese, whole', async () => {
  const browser = openBrowser(await world.app())
  await browser.get('/sign-in?lang=ja-simple')
  expect(browser.html).toContain('<html lang="ja">')
  expect(browser.html).not.toContain('hreflang="ja-simple"')
  expect(browser.html).not.toContain('<ruby>')
})
