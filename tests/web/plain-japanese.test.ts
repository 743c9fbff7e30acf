import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { shippedQuestionnaires, wordsSeen } from '../../server/questionnaires/index.ts'
import { formatDate } from '../../server/web/formats.ts'
import { isForPeople } from '../../server/web/languages.ts'
import { bracketedReadings, onlyReadings, withoutReadings, type ReadingList } from '../../server/web/readings.ts'
import { createTexts, placeholdersOf } from '../../server/web/texts.ts'

const dir = 'templates/locales'
const locale = 'ja-simple'
const texts = createTexts(dir)
const list = JSON.parse(readFileSync(join(dir, `${locale}.readings.json`), 'utf8')) as ReadingList
const kanji = /[\p{Script=Han}々〆ヶ]/u

/** A text of ours as it is shown, figures in its placeholders. */
function shownText(key: string): string {
  const source = key
    .split('.')
    .slice(1)
    .reduce<unknown>(
      (found, part) => (found as Record<string, unknown>)[part],
      JSON.parse(readFileSync(join(dir, locale, `${key.split('.')[0]}.json`), 'utf8')),
    ) as string
  const values = Object.fromEntries(placeholdersOf(source).map((name) => [name, 10]))
  const shown = texts.text(locale, key, values)
  expect(withoutReadings(shown), key).toBe(source.replaceAll(/\{\w+\}/g, '10'))
  return shown
}

/** Kanji outside the marks. */
const bare = (marked: string) =>
  marked.replaceAll(/\uE010[^\uE012]*\uE012/g, '').match(/[\p{Script=Han}々〆ヶ]+/gu) ?? []

describe('readings in plain Japanese', () => {
  test('every kanji of every text has one; without them the text is as it was written', () => {
    const unread = texts
      .keys(locale)
      .flatMap((key) => bare(shownText(key).replaceAll('10か月', '1か月')).map((found) => `${key}: ${found}`))
    expect(unread).toEqual([])
  })

  test('every word of every questionnaire that ships has them, and is otherwise untouched', async () => {
    const unread: string[] = []
    for (const { slug, definition } of await shippedQuestionnaires())
      for (const words of [...wordsSeen(definition, locale), definition.licence.attribution['ja'] ?? '']) {
        const shown = texts.wording(locale, { ja: words })
        expect(withoutReadings(shown)).toBe(words)
        if (definition.kind !== 'exit' && words === definition.licence.attribution['ja']) continue
        unread.push(...bare(shown).map((found) => `${slug}: ${found} in ${words}`))
      }
    expect(unread).toEqual([])
  })

  test('what was told in Japanese when an interview was asked for can be read as well', () => {
    const told = texts.keys('ja').filter((key) => key.startsWith('results.request.told.'))
    expect(told.length).toBeGreaterThan(3)
    expect(told.flatMap((key) => texts.unread(locale, texts.text('ja', key)))).toEqual([])
  })

  test('every day and hour has them', () => {
    for (let day = 1; day <= 31; day++) {
      const on = `2026-${String((day % 12) + 1).padStart(2, '0')}-${String(Math.min(day, 28)).padStart(2, '0')}`
      for (const kind of ['date', 'dateWithWeekday', 'dateTime'] as const)
        expect(bare(texts.withReadings(locale, formatDate(kind, on, locale, 'Asia/Tokyo'))), on).toEqual([])
    }
    const shown = (on: string) =>
      bracketedReadings(texts.withReadings(locale, formatDate('dateWithWeekday', on, locale, 'Asia/Tokyo')))
    expect(shown('2026-11-23')).toBe('11月(がつ)23日(にち)(月曜日(げつようび))')
    expect(shown('2026-11-20')).toBe('11月(がつ)20日(はつか)(金曜日(きんようび))')
    expect(shown('2026-12-01')).toBe('12月(がつ)1日(ついたち)(火曜日(かようび))')
  })

  test('readings are kana, and every word of the list has kanji', () => {
    const all = [...Object.values(list.words), ...Object.values(list.counters).flatMap((one) => Object.values(one))]
    expect(all.filter((reading) => !/^[\p{Script=Hiragana}\p{Script=Katakana}ー]+$/u.test(reading))).toEqual([])
    expect([...Object.keys(list.words), ...Object.keys(list.counters)].filter((word) => !kanji.test(word))).toEqual([])
    expect(Object.values(list.counters).every((byDigit) => byDigit['']!.length > 0)).toBe(true)
  })

  test('words that are read in more than one way are read by what stands around them', () => {
    const shown = (words: string) => onlyReadings(texts.withReadings(locale, words))
    expect(shown('上司が一生懸命働く')).toBe('じょうしがいっしょうけんめいはたらく')
    expect(shown('何をするのも、何である、何日')).toBe('なにをするのも、なんである、なんにち')
    expect(shown('人が10人、一人、1人')).toBe('ひとが10にん、ひとり、ひとり')
    expect(shown('15分、10分、分かる')).toBe('15ふん、10ぷん、わかる')
    expect(shown('親しい方、進め方')).toBe('したしいかた、すすめかた')
  })

  test('what a script writes into the page later has no kanji, because it gets no ruby', () => {
    const keys = [...texts.keys(locale).filter((key) => /^web\.(saved|copy)\./.test(key)), 'answering.sheet.progress']
    for (const key of keys) expect(shownText(key), key).not.toMatch(kanji)
  })
})

test('texts of the desks are not written in plain Japanese', () => {
  const forDesks = texts.keys('ja').filter((key) => !isForPeople(key))
  expect(forDesks.length).toBeGreaterThan(500)
  expect(forDesks.filter((key) => texts.has(locale, key))).toEqual([])
})
