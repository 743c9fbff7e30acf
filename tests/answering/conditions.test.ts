import { afterAll, beforeAll, expect, test } from 'vitest'
import { answersForAnalysis } from '../../server/answering/index.ts'
import { asRole } from '../campaigns/company.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { lastGroup, openSurvey, start, type Survey } from './survey.ts'

let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(world, {
    questionnaires: [
      { slug: 'stress-check-57', version: 1 },
      { slug: 'presenteeism-qq', version: 1 },
    ],
  })
})
afterAll(() => world.close())

// the 57 items take eleven screens; then the days, and what is asked only of those who had some
const days = '/answer/12'
const onThoseDays = '/answer/13'

const answersOf = (code: string) =>
  asRole(world, 'analysis', survey.company.companyId, async (db) => {
    const { companyId } = survey.company
    const all = await answersForAnalysis(db, world.services.vault, companyId, survey.campaignId, 'presenteeism-qq')
    return all.find((one) => one.invitationId === survey.invitation(code).id)?.answers
  })

const chosen = (browser: Browser, field: string) => Object.fromEntries(browser.form(onThoseDays).fields)[field]

const send = (browser: Browser, values: Record<string, string>) => {
  const { action } = browser.form(/^\/answer\/\d+$/)
  return browser.submit(action, { go: 'next', ...values })
}

test('who worked no day unwell is not asked how it went, and is at the end', async () => {
  const { browser, code } = await start(world, await survey.token('E001'))
  await browser.get(days)
  expect(browser.text).toContain('58問中0問 回答済み')
  await send(browser, { a_days: '0' })
  expect(browser.url).toBe('/answer/review')
  // an address from an earlier answer, typed by hand: on to what is asked
  await browser.get(onThoseDays)
  expect(browser.url).toBe('/answer/1')
  expect((await browser.get('/answer/99')).status).toBe(404)
  await browser.get('/answer/review')
  await browser.submit('/answer/submit', { code: lastGroup(code) })
  expect(browser.url).toBe('/answer/submitted')
  expect(await answersOf('E001')).toEqual({ days: 0 })
})

test('an answer opens the questions behind it, takes them away again, and what was said there is not submitted', async () => {
  const { browser, code } = await start(world, await survey.token('E002'))
  await browser.get(days)
  await send(browser, { a_days: '3' })
  expect(browser.url).toBe(onThoseDays)
  expect(browser.text).toContain('60問中1問 回答済み')
  await send(browser, { a_quantity: '6', a_quality: '5' })
  expect(browser.url).toBe('/answer/review')
  await browser.get(onThoseDays)
  expect(chosen(browser, 'a_quantity')).toBe('6')
  await send(browser, { go: 'back' })
  expect(browser.url).toBe(days)
  await send(browser, { a_days: '0' })
  expect(browser.url).toBe('/answer/review')
  expect(browser.text).toContain('58問中1問 回答済み')
  // and back again: what had been said there was kept for the case
  await browser.get(days)
  await send(browser, { a_days: '2' })
  expect(chosen(browser, 'a_quality')).toBe('5')
  await browser.get(days)
  await send(browser, { a_days: '0' })
  await browser.submit('/answer/submit', { code: lastGroup(code) })
  expect(await answersOf('E002')).toEqual({ days: 0 })
})

test('a page that was open while another tab took its questions away is saved without harm', async () => {
  const { browser, code } = await start(world, await survey.token('E003'))
  await browser.get(days)
  await send(browser, { a_days: '3' })
  const stale = browser.form(onThoseDays)
  await browser.get(days)
  await send(browser, { a_days: '0' })
  await browser.post(stale.action, { ...Object.fromEntries(stale.fields), a_quantity: '1', a_quality: '1', go: 'next' })
  expect(browser.url).toBe('/answer/review')
  await browser.submit('/answer/submit', { code: lastGroup(code) })
  expect(await answersOf('E003')).toEqual({ days: 0 })
})
