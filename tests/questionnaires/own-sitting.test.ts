import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerAll, lastGroup, listOf, openSurvey, start, type Survey } from '../answering/survey.ts'
import { answersForAnalysis } from '../../server/answering/index.ts'
import { resultsForAnalysis } from '../../server/results/index.ts'
import { asRole, browserOf, type TestStaff } from '../campaigns/company.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { ownFile } from './own-file.ts'

/** A company's own questionnaire, published as HR does it, beside the stress check: one sitting, two instruments that know nothing of each other. */
let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  const questionnaires = [
    { slug: 'stress-check-23', version: 1 },
    { slug: 'shokuba', version: 1 },
  ]
  survey = await openSurvey(world, { questionnaires }, publish)
})
afterAll(() => world.close())

async function publish(company: TestStaff): Promise<void> {
  const hr = await browserOf(world, company, company.hrId)
  const implementer = await browserOf(world, company, company.implementerId)
  const onOffer = async () => {
    await hr.get('/hr/campaigns/new')
    return hr.form('/hr/campaigns/new').choices('beside')
  }
  await hr.get('/hr/questionnaires/upload')
  await hr.upload(
    '/hr/questionnaires/upload',
    { field: 'file', fileName: 'shokuba.yaml', content: ownFile },
    { whose: 'own' },
  )
  const here = hr.url
  await hr.submit(`${here}/send`)
  expect(await onOffer()).not.toContain('shokuba@1')
  const review = `/implementer/questionnaires/${here.split('/').at(-1)}`
  await implementer.get(review)
  await implementer.submit(review, { verdict: 'yes', none_forbidden: 'yes' })
  await hr.get(here)
  await hr.submit(`${here}/publish`)
  expect(await onOffer()).toContain('shokuba@1')
}

/** Walks through the sitting: 2 everywhere in the stress check, `own` in the company's questions. */
async function answer(code: string, own: Record<string, string>): Promise<void> {
  const { browser, code: personal } = await start(world, await survey.token(code))
  await browser.get('/answer/1')
  while (!browser.url.startsWith('/answer/review')) {
    const form = browser.form(/^\/answer\/\d+$/)
    const values: Record<string, string> = { go: 'next' }
    const isOwn = browser.text.startsWith('働きやすさ') || /働きやすさ/.test(browser.text.slice(0, 80))
    for (const name of form.names.filter((one) => one.startsWith('a_'))) {
      const given = isOwn ? own[name] : '2'
      if (given !== undefined) values[name] = given
    }
    await browser.submit(form.action, values)
    if (browser.status !== 200) throw new Error(`${browser.url} ${browser.status} ${browser.text.slice(0, 200)}`)
  }
  await browser.submit('/answer/submit', { code: lastGroup(personal) })
  expect(browser.url).toBe('/answer/submitted')
}

const analysed = <T>(work: (db: never, companyId: string) => Promise<T>) =>
  asRole(world, 'analysis', survey.company.companyId, (db) => work(db as never, survey.company.companyId))
const ownAnswers = () =>
  analysed(async (db, companyId) => {
    const all = await answersForAnalysis(db, world.services.vault, companyId, survey.campaignId, 'shokuba')
    return new Map(all.map((one) => [one.invitationId, one.answers]))
  })
const results = () =>
  analysed(async (db, companyId) => {
    const all = await listOf(resultsForAnalysis(db, world.services.vault, companyId, survey.campaignId))
    return new Map(all.map((one) => [one.invitationId, one.scored]))
  })

test('answers of the one say nothing in the result of the other, whatever they are', async () => {
  // the same sex, the same answers to the stress check; to the company's own questions the lowest, the highest, none
  await answer('E001', { a_q1: '1', a_q2: '0', a_idea: '席を替えたい' })
  await answer('E003', { a_q1: '2', a_q2: '10' })
  await answer('E007', {})
  const ids = ['E001', 'E003', 'E007'].map((code) => survey.invitation(code).id)
  const own = await ownAnswers()
  expect(own.get(ids[0]!)).toEqual({ q1: 1, q2: 0, idea: '席を替えたい' })
  // not asked, not answered
  expect(own.get(ids[1]!)).toEqual({ q1: 2, q2: 10 })
  const scored = await results()
  const [first, second, third] = ids.map((id) => scored.get(id))
  expect(first!.questionnaire).toMatchObject({ slug: 'stress-check-23', version: 1 })
  expect(first!.missing).toEqual([])
  expect(second).toEqual(first)
  expect(third).toEqual(first)
  expect(JSON.stringify(first)).not.toMatch(/shokuba|ease|席/)
})

test('each instrument is stored apart, sealed with a key of its own; HR reaches neither', async () => {
  const { companyId } = survey.company
  const { id, subjectId } = survey.invitation('E001')
  const { rows } = await world.superuser.query<{ slug: string; sealed_answers: Buffer }>(
    'SELECT slug, sealed_answers FROM response WHERE company_id = $1 AND invitation_id = $2 ORDER BY slug',
    [companyId, id],
  )
  expect(rows.map(({ slug }) => slug)).toEqual(['shokuba', 'stress-check-23'])
  for (const { sealed_answers: sealed } of rows) expect(sealed.toString('utf8')).not.toContain('席')
  const keys = await world.superuser.query<{ record_type: string }>(
    "SELECT record_type FROM data_key WHERE company_id = $1 AND subject_id = $2 AND record_type LIKE 'answers:%' ORDER BY 1",
    [companyId, subjectId],
  )
  expect(keys.rows.map((row) => row.record_type)).toEqual(['answers:shokuba', 'answers:stress-check-23'])
  for (const table of ['response', 'result'])
    await expect(
      world.services.database.as({ role: 'hr', companyId }, world.clock.now(), (_db, client) =>
        client.query(`SELECT * FROM ${table}`),
      ),
    ).rejects.toMatchObject({ code: '42501' })
})

test('a whole sitting with every required question is complete', async () => {
  const { browser } = await start(world, await survey.token('E009'))
  await answerAll(browser, '2', ['a_idea'])
  expect(browser.text).toContain('すべての質問に回答されています')
})
