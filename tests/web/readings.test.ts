import { describe, expect, test } from 'vitest'
import {
  bracketedReadings,
  createReadings,
  drawReadings,
  onlyReadings,
  withoutReadings,
} from '../../server/web/readings.ts'

const readings = createReadings({
  words: {
    知らせ: 'しらせ',
    回答: 'かいとう',
    答え: 'こたえ',
    人: 'ひと',
    働く: 'はたらく',
    一度: 'いちど',
    '1日': 'ついたち',
  },
  counters: { 分: { '': 'ふん', '0': 'ぷん', '1': 'ぷん' }, 人: { '': 'にん' }, 日: { '': 'にち' } },
})
const shown = (text: string, preceding?: string) => bracketedReadings(readings.mark(text, preceding))

describe('marking', () => {
  test('kana of a word stand outside its reading; the longest word wins', () => {
    expect(shown('お知らせへの回答、答え')).toBe('お知(し)らせへの回答(かいとう)、答(こた)え')
  })

  test('a counter is read by the last digit before it, in the text or filled in before it', () => {
    expect(shown('5分と10分と11分')).toBe('5分(ふん)と10分(ぷん)と11分(ぷん)')
    expect(shown('分です', 'およそ10')).toBe('分(ぷん)です')
    expect(shown('10人の人')).toBe('10人(にん)の人(ひと)')
    expect(readings.beginsWithCounter('分です')).toBe(true)
  })

  test('a word that begins with a figure is not the end of a longer number', () => {
    expect(shown('1日、11日')).toBe('1日(ついたち)、11日(にち)')
    expect(shown('1日', '1')).toBe('1日(にち)')
  })

  test('a single kanji is not read inside a compound the list does not know', () => {
    expect(readings.unread('人気のある人')).toEqual(['人気'])
    expect(readings.unread('一度働く')).toEqual([])
    expect(readings.unread('達人です')).toEqual(['達人'])
  })

  test('a reading that does not fit its word is refused', () => {
    expect(() => createReadings({ words: { 答え: 'かいとう' }, counters: {} })).toThrow(
      /"かいとう" does not fit "答え"/,
    )
  })
})

describe('drawing', () => {
  const mark = readings.mark('回答')

  test('text gets ruby, attributes and titles the words, options brackets, pictures the reading', () => {
    expect(drawReadings(`<p title="${mark}">${mark}</p>`)).toBe(
      '<p title="回答"><ruby>回答<rp>(</rp><rt>かいとう</rt><rp>)</rp></ruby></p>',
    )
    expect(drawReadings(`<title>${mark}</title><option value="${mark}">${mark}</option>`)).toBe(
      '<title>回答</title><option value="回答(かいとう)">回答(かいとう)</option>',
    )
    expect(drawReadings(`<svg><text>${mark}</text></svg>`)).toBe('<svg><text>かいとう</text></svg>')
    expect(drawReadings(`<textarea>${mark}</textarea>`)).toBe('<textarea>回答</textarea>')
  })

  test('what is escaped stays escaped, whatever somebody typed', () => {
    const typed = '\uE010&lt;script&gt;\uE011x\uE012'
    expect(drawReadings(`<p>${typed}</p>`)).toBe('<p><ruby>&lt;script&gt;<rp>(</rp><rt>x</rt><rp>)</rp></ruby></p>')
    expect(drawReadings('<p>\uE010</p><b>\uE011x\uE012</b>')).toBe('<p>\uE010</p><b>\uE011x\uE012</b>')
    expect(drawReadings("<p>\uE010$&\uE011$'\uE012</p>")).toContain("<ruby>$&<rp>(</rp><rt>$'</rt>")
  })

  test('words and readings come apart again', () => {
    expect(withoutReadings(readings.mark('回答のお知らせ'))).toBe('回答のお知らせ')
    expect(onlyReadings(readings.mark('回答のお知らせ'))).toBe('かいとうのおしらせ')
  })
})
