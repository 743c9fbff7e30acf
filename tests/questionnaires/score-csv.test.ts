import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { compileScorer } from '../../analysis/scoring/index.ts'
import { ScoreCsvError, scoreCsv } from '../../server/questionnaires/index.ts'
import { answersInOrder, shippedForm } from '../analysis/scoring/forms.ts'
import cases from '../analysis/scoring/cases.json' with { type: 'json' }

const form = shippedForm('stress-check-57')
const ITEMS = Array.from({ length: 57 }, (_, index) => `q${index + 1}`)
const HEADER = ['id', 'sex', ...ITEMS].join(',')
const GOLDEN = cases.stressCheck57.find(({ id }) => id === 'mhlw-golden')!.answers

type Outcome = { readonly lines: string[]; readonly error: unknown }

async function run(csv: string | Buffer, questionnaire = form, chunk = 4096): Promise<Outcome> {
  const bytes = Buffer.from(csv)
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, index) => {
    return bytes.subarray(index * chunk, (index + 1) * chunk)
  })
  let written = ''
  const output = new Writable({
    write(part: Buffer, _encoding, done) {
      written += part.toString('utf8')
      setImmediate(done)
    },
  })
  const error: unknown = await scoreCsv({ input: Readable.from(chunks), output, questionnaire }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return { lines: written.split('\n').filter((line) => line !== ''), error }
}

const row = (id: string, sex: string, answers: readonly (number | string)[] = GOLDEN): string =>
  [id, sex, ...answers].join(',')
const blank = (...numbers: number[]): (number | string)[] =>
  GOLDEN.map((answer, index) => (numbers.includes(index + 1) ? '' : answer))

describe('what is written', () => {
  test('the official example, in exactly the promised form', async () => {
    const { lines, error } = await run(`${HEADER}\n${row('P-1', 'male')}\n`)
    expect(error).toBeUndefined()
    expect(lines).toEqual([
      '{"id":"P-1","scales":{"quantitativeLoad":{"raw":11,"point":2},"qualitativeLoad":{"raw":8,"point":3},' +
        '"physicalLoad":{"raw":1,"point":4},"interpersonalStress":{"raw":9,"point":2},' +
        '"physicalEnvironment":{"raw":2,"point":3},"control":{"raw":5,"point":2},"skillUse":{"raw":2,"point":2},' +
        '"jobFit":{"raw":2,"point":2},"meaningfulness":{"raw":1,"point":1},"vigor":{"raw":3,"point":1},' +
        '"irritability":{"raw":8,"point":2},"fatigue":{"raw":12,"point":1},"anxiety":{"raw":10,"point":1},' +
        '"depression":{"raw":18,"point":1},"physicalComplaints":{"raw":32,"point":1},' +
        '"supervisorSupport":{"raw":3,"point":1},"coworkerSupport":{"raw":6,"point":2},' +
        '"familySupport":{"raw":5,"point":1},"satisfaction":{"raw":8,"point":5}},' +
        '"simpleSum":{"A":51,"B":92,"C":31,"highStress":true},"conversion":{"A":21,"B":7,"C":4,"highStress":true}}',
    ])
  })

  test('missing answers, missing sex, missing satisfaction', async () => {
    const rows = [
      row('a', 'male', blank(5)),
      row('b', ''),
      row('c', '', blank(1, 55)),
      row('d', 'female', blank(56)),
      row('e', 'female', blank(56, 57)),
    ]
    const { lines, error } = await run([HEADER, ...rows].join('\r\n'))
    expect(error).toBeUndefined()
    expect(lines.slice(0, 3)).toEqual([
      '{"id":"a","missing":["q5"]}',
      '{"id":"b","missing":["sex"],"simpleSum":{"A":51,"B":92,"C":31,"highStress":true}}',
      '{"id":"c","missing":["sex","q1","q55"]}',
    ])
    for (const line of lines.slice(3)) {
      expect(JSON.parse(line)).toMatchObject({ scales: { satisfaction: null }, conversion: { A: 21, B: 9, C: 4 } })
    }
  })

  test('columns in any order, others ignored, byte order mark, quotes and CR LF: the same lines', async () => {
    const plain = await run(`${HEADER}\n${row('花道', 'female')}\n`)
    const columns = [...ITEMS.toReversed(), 'name', 'sex', 'note', 'id']
    const cells = [...GOLDEN.toReversed(), '"Hanamichi, ""H"""', ' female ', '"two\r\nlines"', '"花道"']
    const { lines, error } = await run(`\uFEFF${columns.join(',')}\r\n${cells.join(',')}\r\n`, form, 3)
    expect(error).toBeUndefined()
    expect(lines).toEqual(plain.lines)
  })

  test('instruments without verdict print scales only, and need no sex', async () => {
    const csv = 'performance,id\n70,a\n,b\n100,c\n'
    const { lines, error } = await run(csv, shippedForm('presenteeism-spq'))
    expect(error).toBeUndefined()
    expect(lines).toEqual([
      '{"id":"a","scales":{"presenteeismLoss":{"raw":30}}}',
      '{"id":"b","missing":["performance"]}',
      '{"id":"c","scales":{"presenteeismLoss":{"raw":0}}}',
    ])
  })

  test('two thousand random people come out in order, as the scorer itself has them', async () => {
    const score = compileScorer(form)
    let state = 7
    const next = (): number => (state = (state * 48_271) % 2_147_483_647)
    const people = Array.from({ length: 2000 }, (_, index) => ({
      id: `E${index}`,
      sex: next() % 2 === 0 ? ('male' as const) : ('female' as const),
      answers: ITEMS.map(() => 1 + (next() % 4)),
    }))
    const { lines } = await run([HEADER, ...people.map((p) => row(p.id, p.sex, p.answers))].join('\n'))
    const expected = people.map(({ id, sex, answers }) => {
      const { scales, simpleSum, conversion } = score(answersInOrder(answers), sex)
      const flat = (verdict: typeof simpleSum): object => ({ ...verdict!.totals, highStress: verdict!.highStress })
      return { id, scales, simpleSum: flat(simpleSum), conversion: flat(conversion) }
    })
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(expected)
  })
})

describe('what is refused, with line and column', () => {
  const wrong = (at: number, value: string): string =>
    row(
      'x',
      'male',
      GOLDEN.map((answer, index) => (index === at - 1 ? value : answer)),
    )

  test.each<[string, string, number, number, RegExp]>([
    ['an answer outside the options', wrong(5, '5'), 4, 7, /^line 4, column 7: q5/],
    ['an answer of 0', wrong(1, '0'), 4, 3, /q1/],
    ['no number', wrong(57, 'x'), 4, 59, /q57/],
    ['a fraction', wrong(2, '1.5'), 4, 4, /q2/],
    ['an unknown sex', row('x', 'M'), 4, 2, /sex/],
    ['an id that stood before', row('b', 'male'), 4, 1, /id/],
    ['no id', row('', 'male'), 4, 1, /id/],
    ['too few fields', 'x,male,1', 4, 4, /3 fields/],
    ['too many fields', `${row('x', 'male')},9`, 4, 60, /60 fields/],
    ['a quotation mark out of place', `x,"male"y,${GOLDEN.join(',')}`, 4, 2, /quotation/],
    ['a quotation mark never closed', `x,"male,${GOLDEN.join(',')}`, 5, 2, /never closed/],
  ])('%s', async (_what, bad, line, column, says) => {
    const csv = [HEADER, row('a', 'male'), row('b', 'female'), bad, row('z', 'male')].join('\n')
    const { lines, error } = await run(csv)
    expect(error).toBeInstanceOf(ScoreCsvError)
    expect(error).toMatchObject({ line, column, message: expect.stringMatching(says) })
    expect(
      lines.map((text) => (JSON.parse(text) as { id: string }).id).filter((id) => id !== 'a' && id !== 'b'),
    ).toEqual([])
  })

  test('the rows before an unsuitable answer are written, none after it', async () => {
    const people = Array.from({ length: 500 }, (_, index) => row(`E${index}`, 'male'))
    const { lines, error } = await run([HEADER, ...people.with(300, wrong(9, '9'))].join('\n'))
    expect(error).toMatchObject({ line: 302, column: 11 })
    expect(lines).toHaveLength(300)
  })

  test('the line is that of the file, blank lines and line breaks in quotes counted', async () => {
    const sound = `"c\r\nd\n",${row('c', 'male')}\n`
    const csv = `note,${HEADER}\n"a\nb",${row('a', 'male')}\n\n${sound}"e\r\n",${wrong(3, '7')}\n`
    expect((await run(csv)).error).toMatchObject({ line: 8, column: 6 })
    const windows = [HEADER, row('a', 'male'), '', row('b', 'male'), wrong(3, '7')].join('\r\n')
    expect((await run(windows, form, 7)).error).toMatchObject({ line: 5, column: 5 })
  })

  test('the message names the place, never the answer', async () => {
    const { error } = await run(`${HEADER}\n${wrong(5, 'SECRET')}\n`)
    expect((error as Error).message).not.toContain('SECRET')
  })

  test.each<[string, string, number, RegExp]>([
    ['a missing item', HEADER.replace(',q5,', ','), 59, /"q5" is missing/],
    ['no sex column', HEADER.replace('sex,', ''), 59, /"sex" is missing/],
    ['no id column', HEADER.replace('id,', ''), 59, /"id" is missing/],
    ['an item twice', `${HEADER},q5`, 60, /"q5" stands twice/],
  ])('header with %s', async (_what, header, column, says) => {
    const { lines, error } = await run(`${header}\n${row('a', 'male')}\n`)
    expect(error).toMatchObject({ line: 1, column, message: expect.stringMatching(says) })
    expect(lines).toEqual([])
  })

  test('nothing at all, and a header alone', async () => {
    expect((await run('')).error).toMatchObject({ line: 1, column: 1 })
    expect(await run(`${HEADER}\n`)).toEqual({ lines: [], error: undefined })
  })

  test('an id in another encoding', async () => {
    const shiftJis = Buffer.from([0x8e, 0x52, 0x93, 0x63])
    const csv = Buffer.concat([Buffer.from(`${HEADER}\n`), shiftJis, Buffer.from(`,male,${GOLDEN.join(',')}\n`)])
    expect((await run(csv)).error).toMatchObject({ line: 2, column: 1, message: expect.stringContaining('UTF-8') })
  })

  test('a line of two megabytes', async () => {
    const { error } = await run(`${HEADER}\nx,${'9'.repeat(2_000_000)}`, form, 65_536)
    expect(error).toBeInstanceOf(ScoreCsvError)
    expect(error).toMatchObject({ line: 2 })
  })
})

describe('streams that break', () => {
  test('an input that fails', async () => {
    const input = new PassThrough()
    input.write(`${HEADER}\n`)
    const done = scoreCsv({ input, output: new PassThrough(), questionnaire: form })
    setImmediate(() => input.destroy(new Error('disk gone')))
    await expect(done).rejects.toThrow('disk gone')
  })

  test('an output that closes', async () => {
    const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
    const csv = [HEADER, ...Array.from({ length: 500 }, (_, index) => row(`E${index}`, 'male'))].join('\n')
    await expect(scoreCsv({ input: Readable.from([csv]), output, questionnaire: form })).rejects.toThrow('EPIPE')
  })
})
