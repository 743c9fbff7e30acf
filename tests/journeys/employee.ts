import { expect } from 'vitest'
import { answersOf, type Kind } from '../results/people.ts'
import type { Visit } from '../helpers/chromium.ts'
import type { Story } from './story.ts'

export const addressOf = (code: string) => `${code.toLowerCase()}@example.jp`

/** Opens the link of the mail and starts; the personal code stands on the page then. */
export async function start(visit: Visit, link: string): Promise<string> {
  await visit.go(link)
  await visit.press('answering.landing.button.fresh')
  const code = ((await visit.page.locator('#personal-code').textContent()) ?? '').trim()
  expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{5}-[0-9A-Z]{5}$/)
  return code
}

/** Fills the screen that stands with answers that weigh as `kind` says, by pointer; leaves out what is to be missing. */
export async function fillSheet(visit: Visit, kind: Kind, missing: readonly string[] = []): Promise<void> {
  const answers = answersOf(kind)
  const names = new Set(
    await visit.page.locator('main [name^="a_"]').evaluateAll((all) => all.map((one) => one.getAttribute('name')!)),
  )
  for (const name of names) {
    const item = name.slice(2)
    if (missing.includes(item)) continue
    if (item === 'performance') await visit.fill(name, '70')
    else if (item === 'sex') await visit.choose(name, 'female')
    else await visit.choose(name, String(answers[item]))
  }
}

interface Focused {
  name: string
  value: string
  tag: string
  /** the focus can be seen, */
  marked: boolean
  /** and within the window */
  inside: boolean
}

// what has the focus; of an option the whole box around it counts
const focused = `(() => {
  const one = document.activeElement
  const target = one.closest('.choice') ?? one
  const box = target.getBoundingClientRect()
  const marked = [one, target].some((each) => getComputedStyle(each).outlineStyle !== 'none' || getComputedStyle(each).boxShadow !== 'none')
  return { name: one.name ?? '', value: one.value ?? '', tag: one.tagName, marked, inside: box.top >= 0 && box.bottom <= innerHeight + 1 }
})()`

/** Fills the screen with the keyboard alone: Tab to a group, an arrow to an option, Tab on; Enter on the button. Whatever has the focus can be seen. */
export async function fillSheetByKeyboard(visit: Visit, kind: Kind): Promise<void> {
  const { page } = visit
  const answers = answersOf(kind)
  await page.locator('h1').click()
  const answered = new Set<string>()
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate<Focused>(focused)
    expect(at).toMatchObject({ marked: true, inside: true })
    if (at.tag === 'BUTTON' && at.name === 'go' && at.value === 'next') break
    if (!at.name.startsWith('a_') || answered.has(at.name)) continue
    answered.add(at.name)
    const wanted = Number(answers[at.name.slice(2)])
    if (wanted === 1) await page.keyboard.press('Space')
    else for (let value = 1; value < wanted; value++) await page.keyboard.press('ArrowDown')
    expect(await page.locator(`input[name="${at.name}"]:checked`).inputValue()).toBe(String(wanted))
  }
  expect(answered.size).toBeGreaterThan(3)
  const before = page.url()
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.href !== before)
}

const onReview = (visit: Visit) => new URL(visit.page.url()).pathname === '/answer/review'

/** Goes through the screens from where the page stands to the review. */
export async function fillToReview(
  visit: Visit,
  kind: Kind,
  options: { missing?: readonly string[]; look?: string } = {},
): Promise<void> {
  for (let screen = 1; !onReview(visit) && screen < 40; screen++) {
    await fillSheet(visit, kind, options.missing)
    if (options.look && screen % 4 === 1) await visit.look(`${options.look}-${screen}`)
    await visit.click('button[name="go"][value="next"]')
  }
  expect(onReview(visit)).toBe(true)
}

/** One person: begins on one phone, by keyboard too, goes on with the code on another, finds what is missing, submits. */
export async function answerOnTwoDevices(story: Story, code: string): Promise<void> {
  const { site } = story
  const link = await site.linkTo(addressOf(code), '/a/')
  const visit = await site.open()
  await visit.go(link)
  await visit.look('landing')
  await visit.press('answering.landing.button.fresh')
  await visit.look('code-card')
  const own = ((await visit.page.locator('#personal-code').textContent()) ?? '').trim()
  story.codes.set(code, own)
  await visit.press('answering.codeCard.go')
  const saved = visit.page.waitForResponse((answer) => answer.url().endsWith('/save'))
  await fillSheet(visit, 'high')
  expect((await saved).ok()).toBe(true)
  await visit.page.getByText(visit.say('web.saved.saved')).waitFor()
  await visit.look('sheet-filled')
  await visit.click('button[name="go"][value="next"]')
  await fillSheetByKeyboard(visit, 'high')
  // the third screen saves itself; nothing is pressed before leaving but "leave"
  await fillSheet(visit, 'high')
  await visit.click('button[name="go"][value="leave"]')
  await visit.look('leave')
  await visit.fill('code', own.slice(-5))
  await visit.press('answering.leave.bind')
  await visit.look('leave-bound')
  await visit.close()

  const other = await site.open()
  await other.go(link)
  await other.look('landing-bound')
  await other.press('answering.landing.button.bound')
  await other.look('code')
  await other.fill('code', 'AAAA-BBBBB-CCCCC')
  await other.press('answering.code.button')
  await other.look('code-wrong')
  await other.fill('code', own.toLowerCase())
  await other.press('answering.code.button')
  expect(new URL(other.page.url()).pathname).toBe('/answer/4')
  await fillToReview(other, 'high', { missing: ['q30', 'q57'], look: 'sheet' })
  await other.look('review-gaps')
  await other.click('a[href*="q30"], main a[href*="#a_q30"]')
  await fillSheet(other, 'high')
  await other.click('button[name="go"][value="review"]')
  await other.press('answering.review.submit')
  await other.look('submitted')
  expect(await other.heading()).toBe(other.say('answering.submitted.title'))
  await other.close()
}

/** Another one: the same walk with scripts switched off, to the end. */
export async function answerWithoutScript(story: Story, code: string): Promise<void> {
  const { site } = story
  const visit = await site.open({ javaScriptEnabled: false })
  const own = await start(visit, await site.linkTo(addressOf(code), '/a/'))
  story.codes.set(code, own)
  await visit.press('answering.codeCard.go')
  await fillToReview(visit, 'ordinary')
  expect(await visit.text()).toContain(visit.say('answering.review.complete'))
  await visit.press('answering.review.submit')
  expect(await visit.text()).toContain(visit.say('answering.code.wrong'))
  await visit.fill('code', own.slice(-5))
  await visit.press('answering.review.submit')
  expect(await visit.heading()).toBe(visit.say('answering.submitted.title'))
  await visit.close()
}

/** After the release: the result with the code, a request with what it tells the company, a private consultation, who has looked. */
export async function readResult(story: Story, code: string): Promise<void> {
  const { site } = story
  const visit = await site.open()
  await visit.go(await site.linkTo(addressOf(code), '/a/'))
  await visit.look('landing-released')
  await visit.press('answering.landing.button.released')
  await visit.fill('code', story.codes.get(code)!)
  await visit.press('answering.code.button')
  expect(new URL(visit.page.url()).pathname).toBe('/result')
  expect(await visit.text()).toContain(visit.say('results.own.headline.high'))
  await visit.look('result')
  await visit.press('results.own.toRequest')
  await visit.look('request')
  await visit.press('results.request.submit')
  expect(await visit.text()).toContain(visit.say('results.request.tickFirst'))
  await visit.choose('acknowledged')
  await visit.press('results.request.submit')
  await visit.look('request-made')
  await visit.go('/result/consultation')
  await visit.look('consultation')
  await visit.page.locator('input[name="physician"]').first().check()
  await visit.fill('message', '眠れない日が続いています。')
  await visit.fill('how_to_reach', '夜に 090-0000-0000')
  await visit.press('results.consultation.submit')
  await visit.look('consultation-sent')
  await visit.go('/result/receipts')
  expect(await visit.text()).toContain('架空 実施医')
  await visit.look('receipts')
  await visit.go('/result/print')
  await visit.look('result-print')
  await visit.close()
}
