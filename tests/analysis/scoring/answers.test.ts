import { describe, expect, test } from 'vitest'
import { checkAnswer, listItems, numericRange, readAnswer } from '../../../analysis/scoring/index.ts'
import { shippedForm } from './forms.ts'
import type { Answer, AskedItem } from '../../../analysis/scoring/index.ts'

const exit = new Map(listItems(shippedForm('exit-interview')).map((asked) => [asked.id, asked]))
const q1 = listItems(shippedForm('stress-check-57'))[0]!
const [performance] = listItems(shippedForm('presenteeism-spq'))
const lastDay: AskedItem = {
  id: 'lastDay',
  item: { type: 'date', id: 'lastDay', text: { ja: '最終日' }, required: true, skippable: true },
  sectionId: 's',
  options: [],
  conditions: [],
}

describe('reading what a form or a CSV holds', () => {
  test.each<[AskedItem, string | string[], Answer]>([
    [q1, '3', 3],
    [q1, ' 4 ', 4],
    [q1, '', null],
    [q1, [], null],
    [performance!, '70', 70],
    [exit.get('primaryReason')!, 'pay', 'pay'],
    [exit.get('recommend')!, '0', 0],
    [exit.get('secondaryReasons')!, ['relations', 'job_content'], ['job_content', 'relations']],
    [exit.get('secondaryReasons')!, ['pay', 'pay'], ['pay']],
    [exit.get('wouldReturn')!, 'no', 'no'],
    [exit.get('comment')!, ' 一行目\r\n二行目 ', '一行目\n二行目'],
    [lastDay, '2024-02-29', '2024-02-29'],
  ])('%o', (asked, raw, answer) => {
    expect(readAnswer(asked, raw)).toEqual({ answer })
    expect(checkAnswer(asked, answer)).toBeUndefined()
  })

  test.each<[AskedItem, string | string[], string]>([
    [q1, '0', 'not-an-option'],
    [q1, '5', 'not-an-option'],
    [q1, '1.0', 'not-an-option'],
    [q1, '３', 'not-an-option'],
    [q1, ['1', '2'], 'not-an-option'],
    [performance!, '101', 'out-of-range'],
    [performance!, '0', 'out-of-range'],
    [performance!, '70.5', 'not-a-number'],
    [performance!, '1e1', 'not-a-number'],
    [performance!, '+70', 'not-a-number'],
    [exit.get('recommend')!, '11', 'out-of-range'],
    [exit.get('secondaryReasons')!, ['pay', 'nonsense'], 'not-an-option'],
    [exit.get('comment')!, 'あ'.repeat(2001), 'too-long'],
    [exit.get('comment')!, 'x'.repeat(1024 * 1024), 'too-long'],
    [lastDay, '2023-02-29', 'not-a-date'],
    [lastDay, '2023-13-01', 'not-a-date'],
    [lastDay, '明日', 'not-a-date'],
  ])('%o refused', (asked, raw, fault) => {
    expect(readAnswer(asked, raw)).toEqual({ fault })
  })

  test('a line end counts as one character, as the browser counts it', () => {
    const text = 'x\r\n'.repeat(999)
    expect(readAnswer(exit.get('comment')!, `${text}xx`)).not.toHaveProperty('fault')
  })

  test('stored answers of the wrong kind are refused', () => {
    expect(checkAnswer(q1, '3')).toBe('not-an-option')
    expect(checkAnswer(performance!, '70')).toBe('not-a-number')
    expect(checkAnswer(performance!, Number.NaN)).toBe('not-a-number')
    expect(checkAnswer(exit.get('secondaryReasons')!, ['pay', 'pay'])).toBe('not-an-option')
    expect(checkAnswer(exit.get('secondaryReasons')!, 'pay')).toBe('not-an-option')
    expect(checkAnswer(exit.get('comment')!, 3)).toBe('not-an-option')
    expect(checkAnswer(q1, null)).toBeUndefined()
  })

  test('only items with numbers can be calculated with', () => {
    expect(numericRange(q1)).toEqual([1, 4])
    expect(numericRange(performance!)).toEqual([1, 100])
    expect(numericRange(exit.get('manager')!)).toEqual([1, 5])
    expect(numericRange(exit.get('primaryReason')!)).toBeUndefined()
    expect(numericRange(exit.get('comment')!)).toBeUndefined()
  })
})
