import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeGiven, type Draft, type Given } from '../../server/answering/draft.ts'
import {
  decideAttempt,
  fitsVerifier,
  makeCode,
  readTypedCode,
  showCode,
  verifierOf,
} from '../../server/answering/personal-code.ts'
import { decideStanding, type StandingFacts } from '../../server/answering/rules.ts'
import { askedOf, cutSection, planSheets, sheetsSeen, type Sheet } from '../../server/answering/sheets.ts'
import { findVersion, shippedQuestionnaires } from '../../server/questionnaires/index.ts'

const shipped = await shippedQuestionnaires()
const bjsq = findVersion(shipped, 'stress-check-57')!
const spq = findVersion(shipped, 'presenteeism-spq')!
const exit = findVersion(shipped, 'exit-interview')!

const empty: Draft = {
  campaignId: 'c',
  criteriaMethod: 'simpleSum',
  questionnaires: [],
  asksSex: false,
  sex: null,
  answers: {},
  writers: {},
}
const firstNumber = (sheet: Sheet) => (sheet.kind === 'items' ? sheet.numbers.get(sheet.items[0]!.id) : undefined)

describe('screens', () => {
  test('57 items and one: every item once, in printed order, about six to a screen, stems kept together', () => {
    const sheets = planSheets([bjsq, spq], true)
    const sizes = sheets.map((sheet) => (sheet.kind === 'items' ? `${sheet.section.id}${sheet.items.length}` : 'sex'))
    expect(sizes).toEqual(['A6', 'A6', 'A5', 'B6', 'B6', 'B6', 'B6', 'B5', 'C6', 'C3', 'D2', 'work1', 'sex'])
    expect(sheets.flatMap((sheet) => (sheet.kind === 'items' ? sheet.items.map((item) => item.id) : []))).toEqual(
      [...bjsq.items, ...spq.items].map((item) => item.id),
    )
    expect(sheets.map((sheet) => sheet.number)).toEqual(sheets.map((_sheet, index) => index + 1))
    expect(sheets[8]).toMatchObject({ part: 1, parts: 2 })
    expect(firstNumber(sheets[8]!)).toBe(47)
    expect(firstNumber(sheets[11]!)).toBe(1)
  })

  test('no screen is longer than six or shorter than needed, for any section', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), (length) => {
        const items = Array.from({ length }, (_none, index) => ({ ...exit.items[0]!, id: `i${index}` }))
        const cut = cutSection(items)
        expect(cut.flat().map((item) => item.id)).toEqual(items.map((item) => item.id))
        expect(Math.max(...cut.map((part) => part.length))).toBeLessThanOrEqual(6)
        expect(cut).toHaveLength(Math.ceil(length / 6))
      }),
    )
  })
})

describe('screens with conditions', () => {
  const qq = findVersion(shipped, 'presenteeism-qq')!
  const plan = planSheets([spq, qq], true)
  const draftOf = (answers: Draft['answers'][string]): Draft => ({ ...empty, answers: { [qq.slug]: answers } })
  const seen = (answers: Draft['answers'][string]) => sheetsSeen(plan, draftOf(answers))

  test('what waits for an answer stands on a screen after it', () => {
    const items = plan.map((sheet) => (sheet.kind === 'items' ? sheet.items.map(({ id }) => id) : ['sex']))
    expect(items).toEqual([['performance'], ['days'], ['quantity', 'quality'], ['sex']])
  })

  test('a screen without a question is passed over and keeps its number for those who see it', () => {
    expect(seen({}).map(({ number }) => number)).toEqual([1, 2, 4])
    expect(seen({ days: 0 }).map(({ number }) => number)).toEqual([1, 2, 4])
    expect(seen({ days: 2 }).map(({ number }) => number)).toEqual([1, 2, 3, 4])
    // nothing is made anew where nothing is conditional
    const plain = planSheets([bjsq], false)
    expect(sheetsSeen(plain, empty)).toBe(plain)
  })

  test('an answer to what is not asked any more is not submitted', () => {
    expect(askedOf(qq, draftOf({ days: 3, quantity: 5, quality: 5 })).map(({ id }) => id)).toHaveLength(3)
    expect(askedOf(qq, draftOf({ days: 0, quantity: 5, quality: 5 })).map(({ id }) => id)).toEqual(['days'])
  })

  test('a section that names its pages is cut there', () => {
    const items = bjsq.items.slice(0, 5)
    const cut = cutSection(items, [['q1', 'q2', 'q3', 'q4'], ['q5']])
    expect(cut.map((page) => page.map(({ id }) => id))).toEqual([['q1', 'q2', 'q3', 'q4'], ['q5']])
  })
})

describe('drafts', () => {
  const item = (id: string) => bjsq.items.find((one) => one.id === id)!
  const rating = spq.items[0]!

  test('saves of disjoint items commute; nothing that was saved is lost', () => {
    const change = fc.record({
      id: fc.constantFrom(...bjsq.items.slice(0, 12).map((one) => one.id)),
      value: fc.constantFrom('1', '2', '3', '4'),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(change, { selector: (one) => one.id, maxLength: 12 }),
        fc.integer(),
        (changes, seed) => {
          const save = (draft: Draft, { id, value }: { id: string; value: string }) => {
            // the whole screen is sent; what was not touched is not in it
            const given: Given[] = bjsq.items
              .slice(0, 12)
              .map((one) => ({ item: one, raw: one.id === id ? value : undefined, wasFilled: false }))
            return mergeGiven(draft, 'stress-check-57', given, 'form').draft
          }
          const shuffled = [...changes].sort((a, b) => ((a.id.length * 7 + seed) % 3) - ((b.id.length * 5 + seed) % 3))
          const expected = Object.fromEntries(changes.map(({ id, value }) => [id, Number(value)]))
          expect(changes.reduce(save, empty).answers['stress-check-57'] ?? {}).toEqual(expected)
          expect(shuffled.reduce(save, empty).answers['stress-check-57'] ?? {}).toEqual(expected)
        },
      ),
    )
  })

  test('an empty field empties only what its own form had shown or written', () => {
    const slug = 'presenteeism-spq'
    const typed = (raw: string, wasFilled: boolean, form: string, draft: Draft) =>
      mergeGiven(draft, slug, [{ item: rating, raw, wasFilled }], form).draft
    const written = typed('80', false, 'one', empty)
    expect(written.answers[slug]).toEqual({ performance: 80 })
    expect(typed('', false, 'two', written).answers[slug]).toEqual({ performance: 80 })
    expect(typed('', false, 'one', written).answers[slug]).toEqual({})
    expect(typed('', true, 'two', written).answers[slug]).toEqual({})
  })

  test('what is not allowed is named and leaves what was there', () => {
    const before = mergeGiven(empty, 's', [{ item: item('q1'), raw: '3', wasFilled: false }], 'form').draft
    const { draft, wrong } = mergeGiven(
      before,
      's',
      [
        { item: item('q1'), raw: '5', wasFilled: true },
        { item: item('q2'), raw: ['1', '2'], wasFilled: false },
      ],
      'form',
    )
    expect(wrong).toEqual([
      { itemId: 'q1', fault: 'not-an-option' },
      { itemId: 'q2', fault: 'not-an-option' },
    ])
    expect(draft.answers['s']).toEqual({ q1: 3 })
  })
})

describe('the personal code', () => {
  test('is read back from whatever people make of it', () => {
    for (let round = 0; round < 200; round++) {
      const code = makeCode()
      const shown = showCode(code)
      expect(shown).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{5}){2}$/)
      for (const typed of [
        shown,
        shown.toLowerCase(),
        shown.replaceAll('-', ''),
        ` ${shown.replaceAll('-', ' ー ')} `,
        shown.replaceAll('1', 'I').replaceAll('0', 'O'),
      ])
        expect(readTypedCode(typed, undefined)).toEqual({ code, isWhole: true })
      expect(readTypedCode(shown.slice(-5), code.slice(0, 9))).toEqual({ code, isWhole: false })
      expect(readTypedCode(shown.slice(-5), undefined)).toBeUndefined()
      const verifier = verifierOf(code)
      expect(fitsVerifier(code, verifier)).toBe(true)
      expect(fitsVerifier(makeCode(), verifier)).toBe(false)
    }
    expect(verifierOf('0'.repeat(14)).hash).not.toEqual(verifierOf('0'.repeat(14)).hash)
  })

  test('ten wrong tries in a row rest the last group for fifteen minutes; a right one forgets; the whole code always opens', () => {
    const group = (isRight: boolean) => ({ isRight, isWhole: false })
    const at = new Date('2026-11-02T00:00:00Z')
    let attempts = { failedAttempts: 0, lockedUntil: null as Date | null }
    for (let wrong = 1; wrong <= 9; wrong++) {
      const decided = decideAttempt(attempts, group(false), at)
      expect(decided.outcome).toBe('wrong')
      attempts = decided.after
    }
    expect(decideAttempt(attempts, group(true), at)).toEqual({
      outcome: 'right',
      after: { failedAttempts: 0, lockedUntil: null },
    })
    const rested = decideAttempt(attempts, group(false), at)
    expect(rested).toEqual({
      outcome: 'resting',
      after: { failedAttempts: 0, lockedUntil: new Date('2026-11-02T00:15:00Z') },
    })
    expect(decideAttempt(rested.after, group(true), new Date('2026-11-02T00:14:59Z')).outcome).toBe('resting')
    expect(decideAttempt(rested.after, { isRight: true, isWhole: true }, at).outcome).toBe('right')
    expect(decideAttempt(rested.after, { isRight: false, isWhole: true }, at).outcome).toBe('resting')
    expect(decideAttempt(rested.after, group(true), new Date('2026-11-02T00:15:00Z')).outcome).toBe('right')
  })
})

test('where a person stands', () => {
  const open = { state: 'open', opensAt: new Date('2026-11-01T15:00:00Z'), closesAt: new Date('2026-11-20T15:00:00Z') }
  const at = new Date('2026-11-10T00:00:00Z')
  const facts: StandingFacts = {
    campaign: open,
    invitationState: 'invited',
    isBound: undefined,
    isReleased: false,
    isOwn: false,
  }
  const standing = (change: Partial<StandingFacts>, when = at) => decideStanding({ ...facts, ...change }, when)
  expect(standing({})).toBe('fresh')
  expect(standing({ campaign: { ...open, state: 'signed' } })).toBe('not_open')
  expect(standing({}, open.closesAt)).toBe('closed')
  expect(standing({}, new Date(open.closesAt.getTime() - 1))).toBe('fresh')
  expect(standing({ campaign: { ...open, state: 'need_confirmed' } })).toBe('closed')
  expect(standing({ invitationState: 'started', isBound: false })).toBe('elsewhere')
  expect(standing({ invitationState: 'started', isBound: false, isOwn: true })).toBe('own')
  expect(standing({ invitationState: 'started', isBound: true })).toBe('bound')
  expect(standing({ invitationState: 'started', isBound: true, isOwn: true })).toBe('own')
  expect(standing({ invitationState: 'declined', isBound: true })).toBe('declined')
  expect(standing({ invitationState: 'submitted', isBound: true }, new Date('2027-01-01T00:00:00Z'))).toBe('submitted')
  expect(standing({ invitationState: 'submitted', isBound: true, isReleased: true })).toBe('released')
})
