import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createFirm, linkIn, type Firm } from '../graduations/firm.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { expectEnglish, expectReadings, namesOf } from './pages.ts'

let world: World
let firm: Firm
beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2026-11-02T01:00:00Z')
  firm = await createFirm(world)
})
afterAll(async () => {
  await firm.close()
  await world.close()
})

const dates = { noticeOn: '2026-11-02', lastWorkingOn: '2026-11-13', leavingOn: '2026-11-30' }
const privateOf = (code: string) => `${code.toLowerCase()}@private.example.com`

const languages = [
  { language: 'ja-simple', looksRight: expectReadings },
  { language: 'en', looksRight: expectEnglish },
] as const

describe.each(languages)('in $language', ({ language, looksRight }) => {
  const code = `L-${language}`
  let names: string[] = []
  const check = (browser: Browser, status = 200) => {
    expect({ url: browser.url, status: browser.status }).toEqual({ url: browser.url, status })
    looksRight(browser, names)
  }

  test('somebody leaves: the walk, the address, the survey', async () => {
    await firm.leave(await firm.hire(code, '2020-04-01'), dates)
    names = [...(await namesOf(world, firm.companyId)), `架空 ${code}`]
    await firm.deliver()
    const browser = await firm.browser()
    check(await browser.get(`${linkIn((await firm.to(addressOf(code)))[0])}?lang=${language}`))
    check(await browser.submit(/start$/))
    check(await browser.get('/graduation/contact'))
    check(await browser.submit('/graduation/contact', { email: 'no address' }), 400)
    check(await browser.submit('/graduation/contact', { email: privateOf(code) }))
    await firm.deliver()
    const link = linkIn((await firm.to(privateOf(code)))[0])
    check(await browser.get(link))
    check(await browser.submit(/contact/), 400)
    check(await browser.submit(/contact/, { confirm: 'yes' }))
    check(await browser.get('/graduation/interview'))
    check(await browser.submit('/graduation/interview/start'), 400)
    check(await browser.submit('/graduation/interview/start', { visibility: 'groups_only' }))
    check(await browser.submit('/graduation/interview/questions'))
    check(await browser.get('/graduation/interview'))
  })

  test('and stays a friend: joining, the own page, leaving', async () => {
    const browser = await firm.browser()
    await browser.get(`${linkIn((await firm.to(addressOf(code)))[0])}?lang=${language}`)
    await browser.submit(/start$/)
    check(await browser.get('/graduation/alumni'))
    check(await browser.submit('/graduation/alumni'), 400)
    const email = `friend-${privateOf(code)}`
    const join = { purpose: ['news', 'openings'], name: 'Moto', email }
    check(await browser.submit('/graduation/alumni', join))
    // what was agreed to is kept as it was said, in words alone
    const { rows } = await world.superuser.query<{ shown_text: string }>(
      'SELECT shown_text FROM alumni_consent WHERE company_id = $1 AND locale = $2',
      [firm.companyId, language],
    )
    expect(rows).toHaveLength(2)
    for (const row of rows) expect(row.shown_text).not.toMatch(/[\uE000-\uE0FF]/)
    await firm.deliver()
    const mails = await firm.to(email)
    const confirmation = mails.at(-1)!
    const member = await firm.browser()
    // a link in a mail in plain Japanese leads to pages in it
    const confirmLink = linkIn(confirmation)
    check(await member.get(confirmLink.includes('?') ? confirmLink : `${confirmLink}?lang=${language}`))
    check(await member.submit(/\/alumni\/confirm\//), 400)
    check(await member.submit(/\/alumni\/confirm\//, { confirm: 'yes' }))
    for (const page of ['/alumni/profile', '/alumni/purposes', '/alumni/return', '/alumni/leave'])
      check(await member.get(page))
    check(await member.submit('/alumni/leave'), 400)
    check(await member.submit('/alumni/leave', { leave: 'yes' }))
    // the certificate goes into a mail of the person's own: no marks in its address
    expect(member.html).not.toMatch(/%EE%80/i)
    check(await member.get('/alumni'), 401)
    // mails to members are in the language they joined in, whole
    expect(confirmation.headers.get('content-language')).toBe(language)
    const words = `${confirmation.subject}\n${confirmation.text ?? ''}`
    const own = names.reduce((text, name) => text.replaceAll(name, '*'), words)
    const japanese = own.replaceAll(/[\p{Script=Han}々]+\([\p{Script=Hiragana}ー]+\)/gu, '')
    expect(japanese).not.toMatch(language === 'en' ? /[\p{Script=Han}\p{Script=Hiragana}]/u : /\p{Script=Han}/u)
  })
})

test('a company may write to people in plain Japanese; its desks are written to in Japanese', async () => {
  await world.superuser.query("UPDATE company SET locale = 'ja-simple' WHERE company_id = $1", [firm.companyId])
  await firm.leave(await firm.hire('M1', '2020-04-01'), dates)
  await firm.deliver()
  const [mail] = await firm.to(addressOf('M1'))
  expect(mail!.subject).toBe('卒業(そつぎょう)(会社(かいしゃ)をやめる)のお知(し)らせ(試験株式会社)')
  expect(mail!.headers.get('content-language')).toBe('ja-simple')
  expect(mail!.text).toContain('手続(てつづ)き')
  // and so does the page behind it, without a further press
  const browser = await (await firm.browser()).get(linkIn(mail))
  expect(browser.html).toContain('<html lang="ja-simple">')
  expect((await browser.submit(/start$/)).html).toContain('<html lang="ja-simple">')
  expect(String(mail!.html)).toContain('<ruby>手続<rp>(</rp><rt>てつづ</rt><rp>)</rp></ruby>き')
  expect(`${mail!.subject}${mail!.text}${String(mail!.html)}`).not.toMatch(/[\uE000-\uE0FF]/)
  await world.superuser.query("UPDATE company SET locale = 'ja' WHERE company_id = $1", [firm.companyId])
})
