import { expect } from 'vitest'
import type { Browser } from '../helpers/browser.ts'
import type { World } from '../helpers/world.ts'

/** Names that people gave: they stand on pages as they were typed, whatever the language. */
export async function namesOf(world: World, companyId: string): Promise<string[]> {
  const { rows } = await world.superuser.query<{ name: string }>(
    `SELECT name FROM company WHERE company_id = $1 UNION SELECT mail_sender_name FROM company WHERE company_id = $1
     UNION SELECT postal_address FROM company WHERE company_id = $1 AND postal_address <> ''
     UNION SELECT name FROM campaign WHERE company_id = $1 UNION SELECT display_name FROM staff_user WHERE company_id = $1
     UNION SELECT family_name || ' ' || given_name FROM employee WHERE company_id = $1`,
    [companyId],
  )
  // the longest first: a name may begin with another
  return rows.map(({ name }) => name).sort((a, b) => b.length - a.length)
}

const without = (html: string, names: readonly string[]) =>
  names.reduce((left, name) => left.replaceAll(name, '*'), html)

/** What is left of a page when its tags are gone; `seen` takes out what a reader of the language is not meant to read. */
function rest(browser: Browser, names: readonly string[], seen: RegExp[]): string {
  const html = seen.reduce((left, pattern) => left.replaceAll(pattern, ' '), without(browser.html, names))
  return html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ')
}

const head = /<title>[^]*?<\/title>/g
const otherLanguages = /<(a|button)[^>]* lang="[^"]*"[^>]*>[^]*?<\/\1>/g
const read = /<ruby>[^]*?<\/ruby>/g
/** 案内(あんない): in the choices of a list, which hold no ruby */
const bracketed = /[\p{Script=Han}々]+\([\p{Script=Hiragana}\p{Script=Katakana}ー]+\)/gu

/** Nothing on the page is in kanji without its reading, and the page says which language it is in. */
export function expectReadings(browser: Browser, names: readonly string[]): void {
  expect(browser.html, browser.url).toContain('<html lang="ja-simple">')
  const bare = rest(browser, names, [head, otherLanguages, read, bracketed]).match(
    /[^ ]{0,8}[\p{Script=Han}々]+[^ ]{0,8}/gu,
  )
  expect({ url: browser.url, bare }).toEqual({ url: browser.url, bare: null })
  // no mark is left over, on the page or in an attribute
  expect(browser.html, browser.url).not.toMatch(/[\uE000-\uE0FF]/)
}

/** Nothing on the page, read aloud or seen, is Japanese. */
export function expectEnglish(browser: Browser, names: readonly string[]): void {
  expect(browser.html, browser.url).toContain('<html lang="en">')
  const html = without(browser.html, names).replaceAll(otherLanguages, ' ')
  const japanese = html.match(/[^<>]{0,12}[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+[^<>]{0,12}/gu)
  expect({ url: browser.url, japanese }).toEqual({ url: browser.url, japanese: null })
}
