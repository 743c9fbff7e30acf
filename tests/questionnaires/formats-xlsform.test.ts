import { strToU8, zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { importQuestionnaire } from '../../server/questionnaires/formats/import.ts'
import { workbook, workbookParts } from './workbook.ts'

const sheets = {
  survey: [
    [
      'type',
      'name',
      'label::English (en)',
      'label::日本語 (ja)',
      'hint::English (en)',
      'hint::日本語 (ja)',
      'required',
      'relevant',
      'constraint',
      'appearance',
      'calculation',
      'parameters',
    ],
    ['start', 'started'],
    ['begin group', 'work', 'Work', '仕事'],
    ['note', 'n1', 'Think of last week.', '先週のことです。'],
    ['select_one agree', 'busy', 'I am busy', '忙しい', 'Lately', '最近', 'yes', '', '', 'minimal'],
    [
      'integer',
      'hours',
      'Hours a day',
      '一日の時間',
      '',
      '',
      true,
      "${busy} = '1' or ${busy} = '2'",
      '. >= 0 and . < 25',
    ],
    ['begin_group', 'inner', 'Breaks', '休憩', '', '', '', '${hours} > 8'],
    ['select_multiple kinds or_other', 'breaks', 'Which?', 'どれ', '', '', '', "not(selected(${busy}, '2'))"],
    ['end_group'],
    ['end group'],
    [],
    ['text', 'why', 'Why ${hours}?', 'なぜ', '', '', '', "selected(${breaks}, 'tea') and ${hours} != ''"],
    ['date', 'since', 'Since', 'いつから', '', '', 'maybe', 'today() > 3'],
    ['range', 'mood', 'Mood', '気分', '', '', '', '', '', '', '', 'start=1 end=5 step=1'],
    ['calculate', 'sum', '', '', '', '', '', '', '', '', '${hours} * 5'],
    ['begin_repeat', 'child', 'Child', '子'],
    ['text', 'childName', 'Name', '名'],
    ['end_repeat'],
    ['geopoint', 'where', 'Where', 'どこ'],
  ],
  choices: [
    ['list_name', 'name', 'label::English (en)', 'label::日本語 (ja)', 'media::image'],
    ['agree', 1, 'Yes', 'はい'],
    ['agree', 2, 'Rather', 'まあ', 'x.png'],
    ['agree', 3, 'No', 'いいえ'],
    ['kinds', 'tea', 'Tea', 'お茶'],
    ['kinds', 'a walk', 'A walk', '散歩'],
  ],
  settings: [
    ['form_title', 'form_id', 'version', 'default_language', 'style'],
    ['働き方', 'Work_Form', '2026101', '日本語 (ja)', 'pages'],
  ],
}

test('a workbook is carried: groups, lists, conditions, ranges, both languages', async () => {
  const { definition, faults } = await importQuestionnaire(workbook(sheets), 'form.xlsx')
  expect(faults).toBeUndefined()
  expect(definition).toMatchObject({ slug: 'work-form', version: 2026101, title: { ja: '働き方', en: '働き方' } })
  expect(Object.keys(definition!.languages)).toEqual(['ja', 'en'])
  const [work, main] = definition!.sections
  expect(work).toMatchObject({ id: 'work', title: { ja: '仕事' }, instruction: { ja: '先週のことです。' } })
  expect(work!.items).toMatchObject([
    {
      id: 'busy',
      type: 'single',
      help: { ja: '最近' },
      required: true,
      options: [{ value: 1 }, { value: 2, text: { ja: 'まあ' } }, { value: 3 }],
    },
    {
      id: 'hours',
      type: 'number',
      min: 0,
      max: 24,
      integer: true,
      required: true,
      visible_if: { item: 'busy', one_of: [1, 2] },
    },
    {
      id: 'breaks',
      type: 'multiple',
      stem: { ja: '休憩' },
      options: [
        { value: 'tea' },
        { value: 'a_walk', text: { ja: '散歩' } },
        { value: 'other', free_text: { id: 'breaks_other' } },
      ],
      visible_if: { all: [{ item: 'hours', at_least: 9 }, { not: { item: 'busy', one_of: [2] } }] },
    },
  ])
  expect(main!.items).toMatchObject([
    {
      id: 'why',
      type: 'text',
      visible_if: {
        all: [
          { item: 'breaks', one_of: ['tea'] },
          { item: 'hours', answered: true },
        ],
      },
    },
    { id: 'since', type: 'date', required: false },
    { id: 'mood', type: 'number', min: 1, max: 5, integer: true },
  ])
})

test('a language with holes is left out', async () => {
  const survey = sheets.survey.map((row) => (row[1] === 'busy' ? ['select_one agree', 'busy', '', '忙しい'] : row))
  const { definition, notCarried } = await importQuestionnaire(workbook({ ...sheets, survey }), 'form.xlsx')
  expect(Object.keys(definition!.languages)).toEqual(['ja'])
  expect(definition!.sections[0]!.items[0]!.text).toEqual({ ja: '忙しい' })
  expect(notCarried!.map(({ what }) => what)).toContainEqual(
    expect.stringMatching(/^the language "en" is left out: 1 of \d+ texts lack it, the first at survey row 5/),
  )
})

test('what could not be carried is named by sheet, row and column', async () => {
  const { notCarried } = await importQuestionnaire(workbook({ ...sheets, notes: [['x']] }), 'form.xlsx')
  const all = notCarried!.map(({ where, what }) => `${where}: ${what}`)
  for (const expected of [
    /^survey row 2: "start" is left out/,
    /^survey row 5, appearance: is not carried/,
    /^survey row 12, label: names another answer/,
    /^survey row 13, relevant: the condition today\(\) > 3 is left out/,
    /^survey row 13, required: is no plain yes or no/,
    /^survey row 15: "sum" is left out: questions of the type "calculate"/,
    /^survey row 16: the repeated group "child" is left out/,
    /^survey row 19: "where" is left out.*"geopoint"/,
    /^choices row 3, media::image: is not carried/,
    /^choices row 6, name: "a walk" is called "a_walk"/,
    /^settings, style: is not carried/,
    /^sheet notes: is not carried/,
    /^the title: no words in "en"; those in "ja" stand there/,
  ])
    expect(all).toContainEqual(expect.stringMatching(expected))
  // what was begun for rows that hold no question is no section
  expect(all.join('\n')).not.toContain('no question of it was carried')
})

describe('workbooks that are refused', () => {
  const faultOf = async (bytes: Uint8Array): Promise<string> => {
    const { faults } = await importQuestionnaire(bytes, 'x.xlsx')
    return faults!.map(({ where, what }) => `${where}: ${what}`).join('\n')
  }
  const parts = workbookParts(sheets)
  const sheet = (xml: string): Uint8Array => zipSync({ ...parts, 'xl/worksheets/sheet1.xml': strToU8(xml) })

  test('without a sheet "survey"', async () => {
    expect(await faultOf(workbook({ questions: sheets.survey }))).toContain('has no sheet "survey"')
  })
  test('a zip archive that is no workbook, a torn one, an old .xls', async () => {
    expect(await faultOf(zipSync({ 'a.txt': strToU8('x') }))).toContain('no workbook')
    expect(await faultOf(workbook(sheets).slice(0, 900))).toContain('no zip archive')
    expect(await faultOf(new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]))).toContain('save it as .xlsx')
  })
  test('a bomb: looked at before it is unpacked', async () => {
    const started = process.memoryUsage().rss
    const bomb = zipSync({ ...parts, 'xl/worksheets/sheet9.xml': new Uint8Array(40_000_000) }, { level: 1 })
    expect(bomb.length).toBeLessThan(1_000_000)
    expect(await faultOf(bomb)).toContain('unpacks to too much')
    expect(process.memoryUsage().rss - started).toBeLessThan(300_000_000)
  })
  test('a bomb that says it is small is unpacked to what it says and no further', async () => {
    const bomb = zipSync({ 'xl/workbook.xml': new Uint8Array(20_000_000) }, { level: 1 })
    // the size stands in the local header and in the central directory
    const size = new Uint8Array(new Uint32Array([20_000_000]).buffer)
    for (let at = 0; at < bomb.length - 4; at++)
      if (size.every((byte, index) => bomb[at + index] === byte)) bomb.set([100, 0, 0, 0], at)
    expect(await faultOf(bomb)).not.toBe('')
  })
  test('a cell at the end of the world', async () => {
    expect(
      await faultOf(
        sheet('<worksheet><sheetData><row r="1"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'),
      ),
    ).toContain('XFD1048576')
    expect(
      await faultOf(sheet('<worksheet><sheetData><row r="1048576"><c><v>1</v></c></row></sheetData></worksheet>')),
    ).toContain('1048576')
  })
  test('entities', async () => {
    expect(await faultOf(sheet('<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'))).toContain(
      'declares entities',
    )
  })
  test('more than 5 MB', async () => {
    expect(await faultOf(new Uint8Array(6_000_000))).toContain('6000000 bytes')
  })
})
