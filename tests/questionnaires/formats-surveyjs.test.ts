import { describe, expect, test } from 'vitest'
import { importQuestionnaire } from '../../server/questionnaires/formats/import.ts'
import { remarks, remarkWords } from '../../server/questionnaires/formats/remarks.ts'
import { createTexts, placeholdersOf } from '../../server/web/texts.ts'

const read = (survey: unknown) =>
  importQuestionnaire(new TextEncoder().encode(JSON.stringify(survey)), 'team-mood.json')
const words = (en: string, ja: string) => ({ default: en, ja })

const survey = {
  locale: 'en',
  title: words('Team mood', 'チームの気分'),
  description: words('Five minutes', '五分'),
  showProgressBar: 'top',
  pages: [
    {
      name: 'you',
      title: words('You', 'あなた'),
      elements: [
        {
          type: 'radiogroup',
          name: 'mood',
          title: words('How are <b>you</b>?', 'お元気ですか'),
          isRequired: true,
          colCount: 2,
          choices: [
            { value: 'good', text: words('Good', 'よい') },
            { value: 'so so', text: words('So so', 'まあまあ') },
          ],
          showOtherItem: true,
          otherText: words('Else', 'ほか'),
        },
        {
          type: 'comment',
          name: 'why',
          title: words('Why?', 'なぜ'),
          maxLength: 300,
          visibleIf: "{mood} = 'so so' or {mood} = 'other'",
        },
        { type: 'text', inputType: 'number', name: 'age', title: words('Age', '年齢'), min: 18, max: 99, step: 1 },
        {
          type: 'text',
          inputType: 'date',
          name: 'since',
          title: words('Since', 'いつから'),
          visibleIf: '{age} > 20 and {mood} notempty',
        },
        { type: 'file', name: 'cv', title: words('CV', '履歴書') },
      ],
    },
    {
      name: 'work',
      title: words('Work', '仕事'),
      visibleIf: '{age} >= 20',
      elements: [
        {
          type: 'matrix',
          name: 'rate',
          title: words('How is it?', 'どうですか'),
          columns: [
            { value: 1, text: words('Bad', 'わるい') },
            { value: 2, text: words('Good', 'よい') },
          ],
          rows: [
            { value: 'pace', text: words('Pace', '速さ') },
            { value: 'help', text: words('Help', '助け') },
          ],
        },
        {
          type: 'panel',
          title: words('More', 'ほかに'),
          visibleIf: '{rate.pace} < 2',
          elements: [
            { type: 'boolean', name: 'again', title: words('Again?', 'また?') },
            {
              type: 'rating',
              name: 'nps',
              rateMin: 0,
              rateMax: 10,
              title: words('Recommend?', '勧めますか'),
              visibleIf: '{again} = true',
            },
            {
              type: 'checkbox',
              name: 'days',
              title: words('Days', '曜日'),
              choices: [
                { value: 'mon', text: words('Mon', '月') },
                { value: 'tue', text: words('Tue', '火') },
              ],
              showNoneItem: true,
              visibleIf: 'iif({age} > 3, 1, 2) = 1',
            },
          ],
        },
      ],
    },
  ],
}
test('a survey is carried: pages, panels, matrices, conditions, both languages', async () => {
  const { definition, faults } = await read(survey)
  expect(faults).toBeUndefined()
  expect(definition).toMatchObject({
    slug: 'team-mood',
    kind: 'own',
    title: { en: 'Team mood', ja: 'チームの気分' },
    introduction: { en: 'Five minutes', ja: '五分' },
  })
  expect(Object.keys(definition!.languages)).toEqual(['en', 'ja'])
  const [you, work] = definition!.sections
  expect(you!.items).toMatchObject([
    {
      id: 'mood',
      type: 'single',
      required: true,
      text: { en: 'How are you?', ja: 'お元気ですか' },
      options: [
        { value: 'good' },
        { value: 'so_so', text: { en: 'So so', ja: 'まあまあ' } },
        { value: 'other', text: { en: 'Else', ja: 'ほか' }, free_text: { id: 'mood_other' } },
      ],
    },
    {
      id: 'why',
      type: 'text',
      max_length: 300,
      required: false,
      visible_if: { item: 'mood', one_of: ['so_so', 'other'] },
    },
    { id: 'age', type: 'number', min: 18, max: 99, integer: true },
    {
      id: 'since',
      type: 'date',
      visible_if: {
        all: [
          { item: 'age', at_least: 21 },
          { item: 'mood', answered: true },
        ],
      },
    },
  ])
  expect(work!.visible_if).toEqual({ item: 'age', at_least: 20 })
  expect(work!.items).toMatchObject([
    {
      id: 'rate_pace',
      type: 'single',
      stem: { en: 'How is it?' },
      text: { ja: '速さ' },
      options: [{ value: 1 }, { value: 2 }],
    },
    { id: 'rate_help', type: 'single' },
    {
      id: 'again',
      stem: { en: 'More' },
      options: [{ value: 'yes' }, { value: 'no' }],
      visible_if: { item: 'rate_pace', at_most: 1 },
    },
    { id: 'nps', type: 'rating', min: 0, max: 10, low: { en: '0', ja: '0' } },
    { id: 'days', type: 'multiple', options: [{ value: 'mon' }, { value: 'tue' }, { value: 'none' }] },
  ])
  expect(work!.items[3]!.visible_if).toEqual({
    all: [
      { item: 'rate_pace', at_most: 1 },
      { item: 'again', one_of: ['yes'] },
    ],
  })
  expect(work!.items[4]!.visible_if).toEqual({ item: 'rate_pace', at_most: 1 })
})

test('what could not be carried is named by its JSON path', async () => {
  const { notCarried } = await read(survey)
  const all = notCarried!.map(({ where, what }) => `${where}: ${what}`)
  for (const expected of [
    /^showProgressBar: is not carried/,
    /^pages\[0\]\.elements\[0\]\.colCount: is not carried/,
    /^pages\[0\]\.elements\[0\]\.choices\[1\]: "so so" is called "so_so"/,
    /^pages\[0\]\.elements\[0\]: markup is taken out/,
    /^pages\[0\]\.elements\[4\]: "cv" is left out.*"file"/,
    /^pages\[1\]\.elements\[1\]\.elements\[2\]\.visibleIf: the condition iif.* is left out/,
    /^pages\[1\]\.elements\[1\]\.elements\[2\]: "none" can be chosen beside others/,
    /^licence: /,
  ])
    expect(all).toContainEqual(expect.stringMatching(expected))
  expect(all.join('\n')).not.toContain('elements[1]: "why"')
})

describe('conditions', () => {
  const condition = async (visibleIf: string): Promise<unknown> => {
    const { definition } = await read({
      elements: [
        { type: 'radiogroup', name: 'a', title: 'A', choices: ['x', 'y', 3] },
        { type: 'checkbox', name: 'm', title: 'M', choices: ['p', 'q'] },
        { type: 'text', inputType: 'number', name: 'n', title: 'N', min: 0, max: 9 },
        { type: 'text', name: 't', title: 'T', visibleIf },
      ],
    })
    return definition!.sections[0]!.items[3]!.visible_if
  }
  test.each<[string, unknown]>([
    [`{a} = 'x'`, { item: 'a', one_of: ['x'] }],
    [`{a} == 3`, { item: 'a', one_of: [3] }],
    [`'x' = {a}`, { item: 'a', one_of: ['x'] }],
    [`{a} <> 'x'`, { not: { item: 'a', one_of: ['x'] } }],
    [`{a} empty`, { item: 'a', answered: false }],
    [`{m} contains 'p'`, { item: 'm', one_of: ['p'] }],
    [
      `{m} allof ['p', 'q']`,
      {
        all: [
          { item: 'm', one_of: ['p'] },
          { item: 'm', one_of: ['q'] },
        ],
      },
    ],
    [`{a} anyof ["x", "y"]`, { item: 'a', one_of: ['x', 'y'] }],
    [`{n} > 3`, { all: [{ item: 'n', at_least: 3 }, { not: { item: 'n', one_of: [3] } }] }],
    [
      `!({n} <= 3) and ({a} = x or {a} = y)`,
      { all: [{ not: { item: 'n', at_most: 3 } }, { item: 'a', one_of: ['x', 'y'] }] },
    ],
    // beyond our format: always asked
    [`{m} = ['p']`, undefined],
    [`{t2} = 1`, undefined],
    [`{a} = 'z'`, undefined],
    [`{n} constructor 1`, undefined],
    [`1 constructor {n}`, undefined],
    [`{n} + 1 > 3`, undefined],
    [`{n} >`, undefined],
    ['('.repeat(100), undefined],
  ])('%s', async (text, expected) => {
    expect(await condition(text)).toEqual(expected)
  })
})

test('odd surveys: names without Latin letters, names twice, nothing that can be asked', async () => {
  const odd = await read({
    elements: [
      { type: 'text', name: '年齢', title: '年齢' },
      { type: 'text', name: 'sex', title: '性別' },
      { type: 'text', name: 'a b', title: '一' },
      { type: 'text', name: 'a_b', title: '二' },
      { type: 'radiogroup', name: 'one', title: '三', choices: ['only'] },
      'junk',
      { type: 'text', name: 'later', title: '四', visibleIf: '{one} = "only"' },
    ],
  })
  expect(odd.definition!.sections[0]!.items.map(({ id }) => id)).toEqual(['q1', 'sex_2', 'a_b', 'a_b_2', 'later'])
  expect(odd.definition!.sections[0]!.items[4]!.visible_if).toBeUndefined()
  expect(odd.definition!.languages).toEqual({ ja: { validated: false, sources: ['imported'] } })
  const none = await read({ elements: [{ type: 'html', name: 'h', html: '<b>x</b>' }] })
  expect(none.faults!.at(-1)).toMatchObject({ where: 'the file', what: 'holds no question that can be carried' })
})

describe('what is said about a file', () => {
  const texts = createTexts('templates/locales')

  test('has the same sentence in the English texts, and one in Japanese', () => {
    for (const [code, sentence] of Object.entries(remarks)) {
      const key = `questionnaire-formats.${code}`
      const params = Object.fromEntries(placeholdersOf(sentence).map((name) => [name, `{${name}}`]))
      expect(texts.text('en', key, params)).toBe(sentence)
      expect(placeholdersOf(texts.text('ja', key, params))).toEqual(placeholdersOf(sentence))
    }
    const keys = texts.keys('ja').filter((key) => key.startsWith('questionnaire-formats.'))
    expect(keys).toHaveLength(Object.keys(remarks).length)
  })

  test('is said in the language of the page, the reason too', async () => {
    const { notCarried } = await read({
      elements: [
        { type: 'text', name: 'a', title: 'A', maxLength: 9 },
        { type: 'text', name: 'b', title: 'B', maxLength: 9, visibleIf: "{zz} = 'x'" },
      ],
    })
    const [condition] = notCarried!
    expect(remarkWords(condition!, (key, params) => texts.text('ja', key, params))).toBe(
      "表示の条件 {zz} = 'x' は移せず(「zz」は移せなかった質問です)、いつもたずねます",
    )
    expect(condition!.what).toContain('"zz" is no question that was carried')
  })
})
