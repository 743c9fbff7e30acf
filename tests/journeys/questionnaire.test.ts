import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSurvey } from '../answering/survey.ts'
import { describeInChromium, openSite, phone, type Site, type Visit } from '../helpers/chromium.ts'
import { fillSheet, start } from './employee.ts'

// the questionnaire under other eyes: a narrow phone, large text, colours of one's own, English
describeInChromium('the questionnaire for everybody', () => {
  const patience = 180_000
  let site: Site
  beforeAll(async () => {
    site = await openSite('2026-11-02T01:00:00Z')
    await openSurvey(site.world)
    await site.settle()
  }, patience)
  afterAll(() => site?.close())

  const linkOf = (code: string) => site.linkTo(`${code.toLowerCase()}@example.jp`, '/a/')
  const tooWide = (visit: Visit) =>
    visit.page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')

  test(
    'at 320 px no page scrolls sideways, and whatever is pressed is large enough',
    async () => {
      const visit = await site.open({ width: 320 })
      await visit.go(await linkOf('E041'))
      expect(await tooWide(visit)).toBeLessThanOrEqual(0)
      await start(visit, await linkOf('E041'))
      const small = () =>
        visit.page.evaluate<string[]>(`[...document.querySelectorAll('main .choice, main .button')]
        .filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent)`)
      const seen = async () => ({
        address: new URL(visit.page.url()).pathname,
        over: await tooWide(visit),
        small: await small(),
      })
      const good = { over: 0, small: [] }
      expect(await seen()).toMatchObject(good)
      await visit.go('/answer/1')
      for (let sheet = 1; !visit.page.url().endsWith('/answer/review'); sheet++) {
        expect(await seen()).toEqual({ address: `/answer/${sheet}`, ...good })
        await visit.click('button[name="go"][value="next"]')
      }
      for (const address of ['/answer/review', '/answer/code', '/answer/leave']) {
        await visit.go(address)
        expect(await seen()).toEqual({ address, ...good })
      }
      await visit.close()
    },
    patience,
  )

  test(
    'with text at 200 % nothing is cut off or overlaps the next',
    async () => {
      const visit = await site.open({ width: phone })
      await start(visit, await linkOf('E042'))
      for (const address of ['/answer/1', '/answer/review']) {
        await visit.go(address)
        const before = await visit.page.evaluate<number>(
          "document.querySelector('legend, h1').getBoundingClientRect().height",
        )
        await visit.page.evaluate("document.documentElement.style.fontSize = '200%'")
        const after = await visit.page.evaluate<number>(
          "document.querySelector('legend, h1').getBoundingClientRect().height",
        )
        expect(after).toBeGreaterThan(before * 1.5)
        expect([address, await tooWide(visit)]).toEqual([address, 0])
        const cut = await visit.page.evaluate<
          string[]
        >(`[...document.querySelectorAll('main .choice, main .button, main p, main legend')]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflow !== 'visible').map((one) => one.textContent)`)
        expect(cut).toEqual([])
      }
      await visit.look('sheet-large')
      await visit.close()
    },
    patience,
  )

  test(
    'in forced colours what is chosen differs by more than colour',
    async () => {
      const visit = await site.open({ width: phone, forcedColors: 'active' })
      await start(visit, await linkOf('E043'))
      await visit.go('/answer/1')
      await fillSheet(visit, 'high')
      const looks = await visit.page.evaluate<{ on: string; off: string; radio: string }>(`(() => {
      const style = (one) => { const s = getComputedStyle(one); return [s.fontWeight, s.borderTopWidth, s.borderTopStyle, s.outlineStyle].join(' ') }
      const on = document.querySelector('.choice:has(input:checked)'), off = document.querySelector('.choice:not(:has(input:checked))')
      return { on: style(on), off: style(off), radio: getComputedStyle(on.querySelector('input')).appearance }
    })()`)
      expect(looks.on).not.toBe(looks.off)
      expect(looks.radio).not.toBe('none')
      await visit.look('sheet-forced')
      await visit.close()
    },
    patience,
  )

  for (const [locale, words, code] of [
    ['ja', (answered: number) => `58問中${answered}問 回答済み`, 'E045'],
    ['en', (answered: number) => `${answered} of 58 questions answered`, 'E046'],
  ] as const)
    test(
      `the progress line goes along with each answer that was saved (${locale})`,
      async () => {
        const visit = await site.open({ width: phone, locale })
        await start(visit, await linkOf(code))
        const shown = async () => ({
          words: await visit.page.locator('.progress-words').textContent(),
          value: await visit.page.locator('progress').evaluate((bar: { value: number }) => bar.value),
        })
        const saves = () => visit.page.waitForResponse((answer) => answer.url().endsWith('/save'))
        const expectShown = (answered: number) =>
          expect.poll(shown, { timeout: 10_000 }).toEqual({ words: words(answered), value: answered })
        await visit.go('/answer/1')
        await expectShown(0)
        const groups = visit.page.locator('main fieldset[data-was]')
        await Promise.all([saves(), groups.nth(0).locator('input').nth(1).check()])
        await expectShown(1)
        await Promise.all([saves(), groups.nth(0).locator('input').nth(2).check()])
        await expectShown(1)
        await Promise.all([saves(), groups.nth(1).locator('input').nth(0).check()])
        await expectShown(2)
        // what the server shows on the next page is what stood here
        await visit.go('/answer/2')
        await expectShown(2)
        await Promise.all([
          saves(),
          visit.page.locator('main fieldset[data-was]').nth(0).locator('input').nth(0).check(),
        ])
        await expectShown(3)
        await visit.go('/answer/1')
        await expectShown(3)
        // not saved: not counted
        await visit.page.route('**/save', (route) => route.abort())
        await groups.nth(2).locator('input').nth(0).check()
        await visit.page.locator('[data-saved]').filter({ hasText: /\S/ }).waitFor()
        expect(await shown()).toEqual({ words: words(3), value: 3 })
        await visit.close()
      },
      patience,
    )

  test(
    'in English the walk is the same',
    async () => {
      const visit = await site.open({ width: phone, locale: 'en' })
      await visit.go(await linkOf('E044'))
      await visit.look('en-landing')
      await visit.press('answering.landing.button.fresh')
      await visit.look('en-code-card')
      await visit.press('answering.codeCard.go')
      await visit.look('en-sheet')
      await visit.go('/answer/review')
      await visit.look('en-review')
      expect(await visit.page.locator('html').getAttribute('lang')).toBe('en')
      await visit.close()
    },
    patience,
  )
})
