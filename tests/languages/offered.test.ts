import { afterAll, beforeAll, expect, test } from 'vitest'
import { languagesOf, offeredLocales } from '../../server/campaigns/languages.ts'
import { publishedVersions, shippedQuestionnaires } from '../../server/questionnaires/index.ts'
import { publishOwn } from '../answering/own-version.ts'
import { openSurvey, start, type Survey } from '../answering/survey.ts'
import { asRole, browserOf } from '../campaigns/company.ts'
import { openBrowser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'

/** A company's own questionnaire of one question, in Japanese only. */
const own = (slug: string, title: string, question: string) => `format: 1
slug: ${slug}
version: 1
kind: own
title: { ja: "${title}" }
languages:
  ja: { validated: false, sources: [ours] }
sections:
  - id: s
    title: { ja: "${title}" }
    items:
      - { id: voice, type: text, required: false, max_length: 100, text: { ja: "${question}" } }
sources:
  ours: { title: "written for the tests" }
licence: { name: MIT, attribution: { ja: "試験用" } }
`

let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(
    world,
    {
      questionnaires: [
        { slug: 'stress-check-57', version: 1 },
        { slug: 'canteen', version: 1 },
      ],
    },
    async ({ companyId }) => {
      await publishOwn(world, companyId, own('canteen', '職場のこと', '食堂の献立はいかがですか'))
      await publishOwn(world, companyId, own('plain', '仕事のこと', '仕事は楽しみですか'))
    },
  )
})
afterAll(() => world.close())

test('what ships is offered in every language', async () => {
  const shipped = await shippedQuestionnaires()
  expect(shipped.length).toBeGreaterThan(5)
  for (const version of shipped)
    expect(offeredLocales([version], world.services.texts)).toEqual(['ja', 'en', 'ja-simple'])
})

test('a language is offered where every questionnaire can be read in it, and what is missing is named', async () => {
  const { companyId } = survey.company
  const all = await asRole(world, 'hr', companyId, (db) => publishedVersions(db, companyId))
  const named = (slug: string) => all.filter((one) => one.slug === slug)
  const { texts } = world.services
  // Japanese whose kanji are all on the list can be read with their readings; the list does not know a canteen
  expect(offeredLocales(named('plain'), texts)).toEqual(['ja', 'ja-simple'])
  expect(offeredLocales(named('canteen'), texts)).toEqual(['ja'])
  expect(offeredLocales([...named('stress-check-57'), ...named('canteen')], texts)).toEqual(['ja'])
  const lacks = languagesOf(named('canteen'), texts).map(({ locale, lacks: [first], missingKeys }) => ({
    locale,
    missingKeys,
    ...first?.lack,
  }))
  expect(lacks).toEqual([
    { locale: 'ja', missingKeys: [] },
    { locale: 'en', missingKeys: [], hasWording: false, unread: [] },
    { locale: 'ja-simple', missingKeys: [], hasWording: true, unread: ['食堂', '献立'] },
  ])
})

test('the pages offer no other language, and asked for one fall back to Japanese, whole', async () => {
  world.clock.set('2026-11-05T00:00:00.000Z')
  const token = await survey.token('E001')
  const browser = openBrowser(await world.app())
  for (const language of ['en', 'ja-simple', 'ja', 'fr']) {
    await browser.get(`/a/${token}?lang=${language}`)
    expect(browser.html).toContain('<html lang="ja">')
    expect(browser.html).not.toContain('hreflang=')
    expect(browser.text).toContain('職場のこと')
  }
  await browser.get(`/a/${token}?lang=en`)
  await start(world, token, browser)
  await browser.get('/answer/1?lang=en')
  expect(browser.html).toContain('<html lang="ja">')
  expect(browser.form('/answer/1').buttons.map(({ value }) => value)).not.toContain('en')
  await browser.get('/answer/leave')
  expect(browser.html).toContain('<html lang="ja">')
})

test('HR sees on the plan and on the campaign what it is offered in, and why not in others', async () => {
  const hr = await browserOf(world, survey.company, survey.company.hrId)
  await hr.get('/hr/campaigns/new')
  expect(hr.text).toContain('表示できる言語: 日本語、English、やさしい日本語。')
  expect(hr.text).toContain('English: この言語の質問文がありません。')
  expect(hr.text).toContain('やさしい日本語: ふりがなの用意がない漢字があります(食堂、献立)。')
  await hr.get(`/hr/campaigns/${survey.campaignId}`)
  expect(hr.text).toContain('回答できる言語 表示できる言語: 日本語。')
  expect(hr.text).toContain('職場のこと — English: この言語の質問文がありません。')
})
