import { describe, expect, test } from 'vitest'
import { englishWords, japaneseWords } from '../../server/web/help/crisis-wording.data.ts'
import { helpLines } from '../../server/web/help/help-lines.data.ts'
import { helpFor, holdsCrisisWording } from '../../server/web/help/index.ts'

const holds = (text: string) => holdsCrisisWording([text])

describe('words of the kept list', () => {
  test.each([...japaneseWords, ...englishWords].map(({ words }) => words))('%s', (words) => {
    expect(holds(words)).toBe(true)
    expect(holds(`昨日から ${words} と思う。`)).toBe(true)
  })

  test.each([
    '消えたいです',
    'もう 消え タイ',
    'シニタイ',
    'ｼﾆﾀｲ',
    '死\u3000に\nた い',
    'シ・ニ・タ・イ',
    '死\u200Bにたい',
    'しにたいし、つらい',
    '死にたくなる',
    '消えたいくらいつらい',
    "I don't want to live",
    'I don’t want to live any more',
    'i DONT want   to live',
    'Suicide?',
    'self harm',
    'I want to   disappear.',
  ])('written otherwise: %s', (text) => {
    expect(holds(text)).toBe(true)
  })

  // shown once too often: acceptable, and written down beside the list
  test.each(['消えたいボタンが押せない', '自殺対策の研修を受けた', 'a book about suicide prevention'])(
    'meant otherwise, and shown all the same: %s',
    (text) => expect(holds(text)).toBe(true),
  )

  test.each([
    '',
    '死にそうに忙しい',
    '死ぬほど疲れた',
    '必死に働いた',
    '話し合いをお話しにたいして',
    '見直しにたいする意見',
    '消えたいくつかのデータ',
    'データが消えたので困った',
    'まだ死にたくない',
    '仕事が楽になりたい',
    'リスカードを配った',
    'the deadline is to die for',
    'dying to see the new office',
    'I am killing it',
    'wanted to diet',
    'a suicidally',
    'skill myself up',
    'Q1, other, 3',
  ])('no such words: %s', (text) => {
    expect(holds(text)).toBe(false)
  })

  test('one of several texts is enough; what is no text is passed over', () => {
    expect(holdsCrisisWording(['机', undefined, 3, null, '消えたい'])).toBe(true)
    expect(holdsCrisisWording([undefined, 3, null, ['死にたい']])).toBe(false)
    // not put together over the edge of two fields
    expect(holdsCrisisWording(['消え', 'たい'])).toBe(false)
  })

  test('a long text is read in no time', () => {
    const started = performance.now()
    for (let times = 0; times < 20; times++) holds('死にた。'.repeat(2_500))
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})

describe('help lines', () => {
  test('nothing at all for other words; otherwise those of the language first', () => {
    expect(helpFor(['忙しい'], 'ja')).toEqual({})
    const first = (locale: string) => helpFor(['死にたい'], locale).helpLines!.lines.map((line) => line.phone)
    expect(first('ja')[0]).toBe('0120-279-338')
    expect(first('en').slice(0, 2)).toEqual(['0120-279-338', '0800-300-8355'])
    expect(first('ja').length).toBe(helpLines.length)
  })

  test('every line can be reached', () => {
    for (const { phone, url } of helpLines) {
      expect(phone ?? url).not.toBeNull()
      if (phone) expect(phone).toMatch(/^0\d{3}-\d{3}-\d{3,4}$/)
    }
  })
})
