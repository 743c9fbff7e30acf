import { afterAll, beforeAll, expect, test } from 'vitest'
import { decideCard, decideReach, readPermissions } from '../../server/answering/who-sees-what.ts'
import { asRole } from '../campaigns/company.ts'
import { openBrowser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { openSurvey, type Survey } from './survey.ts'

let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(world)
})
afterAll(() => world.close())

const cardOn = async (code: string) => {
  const browser = openBrowser(await world.app())
  await browser.get(`/a/${await survey.token(code)}`)
  return /<section class="card"[\s\S]*?<\/section>/.exec(browser.html)![0]
}
const permissions = () =>
  asRole(world, 'employee', survey.company.companyId, readPermissions, survey.invitation('E001').subjectId)

test('the permissions as they stand: implementer and clerk read, the physician after a request, the employer nothing individual', async () => {
  const found = await permissions()
  expect(
    Object.fromEntries(Object.entries(found).map(([desk, reach]) => [desk, `${reach.answers} ${reach.result}`])),
  ).toEqual({
    implementer: 'always always',
    clerk: 'always always',
    physician: 'never after_request',
    hr: 'never never',
    manager: 'never never',
    admin: 'never never',
  })
  expect(found.hr).toMatchObject({ request: 'always', participation: 'always', groupFigures: 'when_released' })
  expect(found.manager).toMatchObject({ request: 'never', participation: 'never' })
})

test.each([
  [
    'GRANT SELECT ON response TO hanamichi_hr',
    'REVOKE SELECT ON response FROM hanamichi_hr',
    'あなたの回答を見られます',
  ],
  [
    'GRANT SELECT (sealed) ON result TO hanamichi_manager',
    'REVOKE SELECT (sealed) ON result FROM hanamichi_manager',
    'あなたの結果を見られます',
  ],
  ['DROP POLICY asked ON result', '', 'あなたの結果を見られます'],
])('a changed grant changes the card: %s', async (change, back, sentence) => {
  const before = await cardOn('E001')
  expect(before).not.toContain(sentence)
  await world.superuser.query(change)
  expect(await cardOn('E001')).toContain(sentence)
  if (back) {
    await world.superuser.query(back)
    expect(await cardOn('E001')).toBe(before)
  }
})

test('the card follows the settings of the campaign', async () => {
  const found = await permissions()
  const settings = {
    employerReceivesIndividualResults: false,
    floor: 12,
    highStressShareResolvedOn: null,
    turnoverRiskPurpose: false,
  }
  const keysOf = (change: Partial<typeof settings> | { highStressShareResolvedOn: string }) =>
    decideCard(found, { ...settings, ...change }).flatMap((line) =>
      line.sentences.map((sentence) => sentence.key.replace('answering.card.', '')),
    )
  expect(keysOf({})).toContain('employer.noResults')
  expect(keysOf({ employerReceivesIndividualResults: true })).toContain('employer.consent')
  expect(keysOf({})).toContain('groups.withoutShare')
  expect(keysOf({ highStressShareResolvedOn: '2026-10-20' })).toContain('groups.withShare')
  expect(keysOf({})).not.toContain('groups.turnover')
  expect(keysOf({ turnoverRiskPurpose: true })).toContain('groups.turnover')
  expect(decideCard(found, settings).at(-1)?.sentences[0]).toEqual({
    key: 'answering.card.groups.shared',
    params: { floor: 12 },
  })
})

test('a condition nobody knows is no comfort', () => {
  expect(decideReach(false, '')).toBe('never')
  expect(decideReach(true, '')).toBe('always')
  expect(decideReach(true, "(state = 'released'::text)")).toBe('when_released')
  expect(decideReach(true, '(EXISTS ( SELECT FROM interview_request r))')).toBe('after_request')
  expect(decideReach(true, '(something_new)')).toBe('always')
})
