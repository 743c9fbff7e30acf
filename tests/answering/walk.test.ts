import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answersForAnalysis } from '../../server/answering/index.ts'
import { resultsForAnalysis } from '../../server/results/index.ts'
import { asRole } from '../campaigns/company.ts'
import { openBrowser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { answerAll, codeOn, lastGroup, listOf, openSurvey, start, type Survey } from './survey.ts'

let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(world)
})
afterAll(() => world.close())

const rowsOf = async (table: string, invitationId: string) => {
  const column = table === 'response' ? 'invitation_id' : 'id'
  const { rows } = await world.superuser.query(`SELECT * FROM ${table} WHERE company_id = $1 AND ${column} = $2`, [
    survey.company.companyId,
    invitationId,
  ])
  return rows
}
const stateOf = async (code: string) => (await rowsOf('invitation', survey.invitation(code).id))[0].state as string

describe('the whole walk without script', () => {
  test('link, code, screens, review, submit: every answer is sealed, scored and counted once', async () => {
    const token = await survey.token('E001')
    const { browser, code } = await start(world, token)
    expect(await stateOf('E001')).toBe('started')
    expect(browser.headers['cache-control']).toBe('no-store')
    await browser.follow('回答に進む')
    expect(browser.url).toBe('/answer/1')
    expect(browser.text).toContain('58問中0問 回答済み')
    await answerAll(browser)
    expect(browser.url).toBe('/answer/review')
    expect(browser.text).toContain('すべての質問に回答されています')
    // the lower-case group without its hyphen is forgiven
    await browser.submit('/answer/submit', { code: ` ${lastGroup(code).toLowerCase()} ` })
    expect(browser.url).toBe('/answer/submitted')
    expect(browser.text).toContain('ご回答ありがとうございました')

    const invitation = survey.invitation('E001')
    expect(await stateOf('E001')).toBe('submitted')
    expect(await rowsOf('response_draft', invitation.id)).toEqual([])
    const responses = await rowsOf('response', invitation.id)
    expect(responses.map((row) => `${row.slug}@${row.version} ${row.provenance}`).sort()).toEqual([
      'presenteeism-spq@1 web',
      'stress-check-57@1 web',
    ])
    for (const row of responses) expect(row.sealed_answers.toString('latin1')).not.toContain('"q1":')
    const [stored] = await rowsOf('personal_code', invitation.id)
    expect(stored.bound_at).not.toBeNull()
    expect(JSON.stringify(stored)).not.toContain(code.replaceAll('-', '').toLowerCase())

    await asRole(world, 'analysis', survey.company.companyId, async (db) => {
      const { companyId } = survey.company
      const { vault } = world.services
      const answers = await answersForAnalysis(db, vault, companyId, survey.campaignId, 'stress-check-57')
      const own = answers.find((one) => one.invitationId === invitation.id)!
      expect(Object.keys(own.answers)).toHaveLength(57)
      expect(own.answers['q57']).toBe(2)
      expect(own.sex).toBeUndefined()
      const spq = await answersForAnalysis(db, vault, companyId, survey.campaignId, 'presenteeism-spq')
      expect(spq.find((one) => one.invitationId === invitation.id)!.answers).toEqual({ performance: 70 })
      const results = await listOf(resultsForAnalysis(db, vault, companyId, survey.campaignId))
      const { scored } = results.find((one) => one.invitationId === invitation.id)!
      // all twos: 17 items of A of which eleven count reversed (3), 29 of B of which three do, nine of C
      expect(scored.simpleSum?.totals).toEqual({ A: 45, B: 61, C: 18 })
      expect(scored.verdict).toEqual(scored.simpleSum)
      expect(scored).toMatchObject({
        criteriaMethod: 'simpleSum',
        sex: 'male',
        missing: [],
        questionnaire: { slug: 'stress-check-57', version: 1 },
      })
      expect(scored.scales['quantitativeLoad']).toEqual({ raw: 9, point: expect.any(Number) })
    })
    const { rows: acts } = await world.superuser.query(
      'SELECT action FROM audit_entry WHERE company_id = $1 AND subject_id = $2 ORDER BY action',
      [survey.company.companyId, invitation.subjectId],
    )
    expect(acts.map((row) => row.action)).toEqual(['invitation.started', 'response.submitted'])

    // afterwards: the link says so, the questions are gone, the first groups are no longer held
    expect((await browser.get('/answer/1')).url).toBe('/answer/submitted')
    expect((await browser.get(`/a/${token}`)).text).toContain('回答は届いています')
    expect(browser.forms()).toEqual([])
    expect([...browser.cookies.keys()]).not.toContain('hanamichi_code_groups')
  })

  test('what is left out is named with a link; a missing scored item means no verdict, said before sending', async () => {
    const { browser, code } = await start(world, await survey.token('E002'))
    await answerAll(browser, '1', ['a_q5', 'a_q56'])
    const links = browser.links().filter((link) => /^\/answer\/\d/.test(link.href))
    expect(links.map((link) => link.href)).toContain('/answer/1#a_q5')
    expect(browser.text).toContain('まだ答えていない質問: 2件')
    expect(browser.text).toContain('このまま送信すると、判定が出ません')
    await browser.submit('/answer/submit', { code })
    expect(browser.url).toBe('/answer/submitted')
    await asRole(world, 'implementer', survey.company.companyId, async (db) => {
      const results = await listOf(
        resultsForAnalysis(db, world.services.vault, survey.company.companyId, survey.campaignId),
      )
      const { scored } = results.find((one) => one.invitationId === survey.invitation('E002').id)!
      expect(scored.missing).toEqual(['q5'])
      expect(scored.verdict).toBeNull()
      expect(scored.scales['qualitativeLoad']).toBeNull()
      expect(scored.scales['quantitativeLoad']).not.toBeNull()
    })
  })

  test('only missing satisfaction items leave the verdict', async () => {
    const { browser } = await start(world, await survey.token('E003'))
    await answerAll(browser, '1', ['a_q56', 'a_q57'])
    expect(browser.text).toContain('まだ答えていない質問: 2件')
    expect(browser.text).not.toContain('判定が出ません')
  })

  test('the sex is asked on a page of its own when the roster does not tell it, and may be left', async () => {
    const { browser, code } = await start(world, await survey.token('E005'))
    await answerAll(browser)
    expect(browser.text).toContain('性別のお答えがないため')
    await browser.follow('性別について')
    expect(browser.text).toContain('点数の表は、男性用と女性用に分かれています')
    await browser.submit(/^\/answer\/\d+$/, { a_sex: 'female', go: 'next' })
    expect(browser.url).toBe('/answer/review')
    expect(browser.text).toContain('すべての質問に回答されています')
    await browser.submit('/answer/submit', { code: lastGroup(code) })
    await asRole(world, 'analysis', survey.company.companyId, async (db) => {
      const { companyId } = survey.company
      const results = await listOf(resultsForAnalysis(db, world.services.vault, companyId, survey.campaignId))
      const { scored } = results.find((one) => one.invitationId === survey.invitation('E005').id)!
      expect(scored.sex).toBe('female')
      expect(scored.conversion).not.toBeNull()
      const answers = await answersForAnalysis(
        db,
        world.services.vault,
        companyId,
        survey.campaignId,
        'stress-check-57',
      )
      expect(answers.find((one) => one.invitationId === survey.invitation('E005').id)!.sex).toBe('female')
    })
    const known = await start(world, await survey.token('E007'))
    await answerAll(known.browser)
    expect(known.browser.html).not.toContain('性別')
  })

  test('back never loses: the button saves the screen it leaves', async () => {
    const { browser } = await start(world, await survey.token('E009'))
    await browser.get('/answer/2')
    await browser.submit('/answer/2', { a_q7: '4', go: 'back' })
    expect(browser.url).toBe('/answer/1')
    await browser.get('/answer/2')
    expect(browser.form('/answer/2').fields).toContainEqual(['a_q7', '4'])
    await browser.submit('/answer/2', { go: 'en' })
    expect(browser.url).toBe('/answer/2?lang=en')
    expect(browser.text).toContain('1 of 58 questions answered')
  })

  test('resuming: leave with the code, go on from another device by it, and by nothing less', async () => {
    const token = await survey.token('E011')
    const { browser, code } = await start(world, token)
    await browser.get('/answer/1')
    await browser.submit('/answer/1', { a_q1: '3', go: 'leave' })
    expect(browser.url).toBe('/answer/leave')
    await browser.submit('/answer/leave', { code: 'ZZZZZ' })
    expect([browser.status, browser.errors()]).toEqual([400, ['コードが違います。控えをもう一度お確かめください。']])
    await browser.submit('/answer/leave', { code: lastGroup(code) })
    expect(browser.text).toContain('個人コードを入力すると、続きから始まります')
    expect((await browser.follow('このまま続ける')).url).toBe('/answer/1')

    const phone = openBrowser(await world.app())
    await phone.get(`/a/${token}`)
    expect(phone.text).toContain('続きは個人コードを入力すると再開できます')
    await phone.submit(`/a/${token}/start`)
    expect(phone.url).toBe('/answer/code')
    for (const address of ['/answer', '/answer/1', '/answer/review', '/answer/leave'])
      expect((await phone.get(address)).url).toBe('/answer/code')
    await phone.post('/answer/1', { a_q1: '1' })
    expect(phone.url).toBe('/answer/code')
    await phone.post('/answer/submit', { code: lastGroup(code) })
    expect(phone.url).toBe('/answer/code')
    const linkSession = phone.cookies.get('hanamichi_participant')
    await phone.submit('/answer/code', {
      code: code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l'),
    })
    expect(phone.url).toBe('/answer/1')
    expect(phone.form('/answer/1').fields).toContainEqual(['a_q1', '3'])
    // the cookie from before the code opens nothing more
    expect(phone.cookies.get('hanamichi_participant')).not.toBe(linkSession)
    const old = openBrowser(await world.app())
    old.cookies.set('hanamichi_participant', linkSession!)
    expect((await old.get('/answer/1')).status).toBe(401)
    await answerAll(phone)
    expect(phone.form('/answer/submit').names).not.toContain('code')
    await phone.submit('/answer/submit')
    expect(phone.url).toBe('/answer/submitted')
  })

  test('a session that ran out before the code was bound: the code goes on, nothing is lost', async () => {
    const token = await survey.token('E012')
    const { browser, code } = await start(world, token)
    await browser.get('/answer/1')
    await browser.submit('/answer/1', { a_q2: '4', go: 'next' })
    const before = world.clock.now()
    world.clock.advance(2 * 3600_000)
    expect((await browser.get('/answer/1')).status).toBe(401)
    await browser.get(`/a/${token}`)
    expect(browser.text).toContain('途中まで入力した回答があります')
    await browser.submit(`/a/${token}/start`, { go: 'code' })
    expect(browser.url).toBe('/answer/code')
    // this session did not begin it: without the code it sees nothing
    expect((await browser.get('/answer/1')).url).toBe('/answer/code')
    await browser.submit('/answer/code', { code })
    expect(browser.url).toBe('/answer/1')
    expect(browser.form('/answer/1').fields).toContainEqual(['a_q2', '4'])
    world.clock.set(before)
  })

  test('a code that was lost before binding is renewed; the answers stay and the old one is void', async () => {
    const { browser, code } = await start(world, await survey.token('E013'))
    await answerAll(browser)
    await browser.submit('/answer/new-code')
    const renewed = codeOn(browser)
    expect(renewed).not.toBe(code)
    await browser.get('/answer/review')
    await browser.submit('/answer/submit', { code })
    expect(browser.status).toBe(400)
    await browser.submit('/answer/submit', { code: renewed })
    expect(browser.url).toBe('/answer/submitted')
  })

  test('declining: no tick, no decline; no reminder state, and one may think better of it', async () => {
    const token = await survey.token('E014')
    const browser = openBrowser(await world.app())
    await browser.get(`/a/${token}`)
    await browser.follow('今回は受けません')
    await browser.submit(`/a/${token}/decline`)
    expect(browser.status).toBe(400)
    expect(await stateOf('E014')).toBe('invited')
    await browser.submit(`/a/${token}/decline`, { decline: 'yes' })
    expect(browser.text).toContain('「今回は受けません」を承りました')
    expect(await stateOf('E014')).toBe('declined')
    const { browser: again } = await start(world, token, browser)
    expect(await stateOf('E014')).toBe('started')
    expect((await again.get('/answer')).url).toBe('/answer/1')
  })

  test('declining ends what was begun: the earlier browser writes nothing more', async () => {
    const token = await survey.token('E015')
    const { browser } = await start(world, token)
    await browser.get('/answer/1')
    const other = openBrowser(await world.app())
    await other.get(`/a/${token}/decline`)
    await other.submit(`/a/${token}/decline`, { decline: 'yes' })
    await browser.submit('/answer/1', { a_q1: '1', go: 'next' })
    expect(browser.status).toBe(401)
    expect(await stateOf('E015')).toBe('declined')
  })

  test('where an address is shared, the PIN from the paper opens the start', async () => {
    const { paperPinHash } = await import('../../server/roster/paper-pin.ts')
    const hash = await paperPinHash(world.services, survey.company.companyId, 'E020', 'ab12')
    await world.superuser.query(
      "UPDATE employee SET paper_pin_hash = $2 WHERE company_id = $1 AND employee_code IN ('E020', 'E021')",
      [survey.company.companyId, hash],
    )
    const token = await survey.token('E020')
    const browser = openBrowser(await world.app())
    await browser.get(`/a/${token}`)
    await browser.submit(`/a/${token}/start`, { pin: 'ab13' })
    expect([browser.status, browser.errors()]).toEqual([400, ['PINが違います。紙をもう一度お確かめください。']])
    expect(await stateOf('E020')).toBe('invited')
    await browser.submit(`/a/${token}/start`, { pin: ' AB12' })
    expect(codeOn(browser)).toMatch(/^.{4}-.{5}-.{5}$/)
    const guesser = openBrowser(await world.app())
    const other = await survey.token('E021')
    await guesser.get(`/a/${other}`)
    const statuses = []
    for (let guess = 0; guess < 11; guess++)
      statuses.push((await guesser.post(`/a/${other}/start`, { pin: `000${guess}` })).status)
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(400))
    expect(statuses.slice(10)).toEqual([429])
  })
})
