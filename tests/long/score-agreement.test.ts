import { Readable, Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { findVersion, loadShippedQuestionnaires, scoreCsv } from '../../server/questionnaires/index.ts'
import type { Answers } from '../../analysis/scoring/index.ts'

const people = 100_000
const shipped = await loadShippedQuestionnaires()

/** A small generator of its own, so that a failure can be looked at again. */
function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below
}

test.each(['stress-check-57', 'stress-check-23', 'stress-check-80'])(
  '%s: 100,000 random people score the same in the command line as in the server',
  async (slug) => {
    const version = findVersion(shipped, slug)!
    const ids = version.items.map(({ id }) => id)
    const next = generator(20_261_123)
    const rows: { answers: Answers; sex: 'male' | 'female' }[] = []
    const lines = [['sex', ...ids, 'id'].join(',')]
    for (let person = 0; person < people; person++) {
      const answers = Object.fromEntries(ids.map((id) => [id, 1 + next(4)]))
      const sex = next(2) === 0 ? 'male' : 'female'
      rows.push({ answers, sex })
      lines.push([sex, ...Object.values(answers), `p${person}`].join(','))
    }
    let seen = 0
    let rest = ''
    const output = new Writable({
      write(chunk: Buffer, _encoding, done) {
        const parts = (rest + chunk.toString()).split('\n')
        rest = parts.pop()!
        for (const line of parts) check(line, rows[seen++]!)
        done()
      },
    })
    const check = (line: string, { answers, sex }: (typeof rows)[number]) => {
      const printed = JSON.parse(line) as Record<
        string,
        Record<string, Record<string, number> | number | boolean> | null
      >
      const score = version.score(answers, sex)
      const verdict = (one: typeof score.simpleSum) => one && { ...one.totals, highStress: one.highStress }
      const scales = Object.entries(score.scales).map(([id, scale]) => {
        const { raw, point } = scale!
        if (slug === 'stress-check-80') return [id, { mean: Math.round(raw * 1e4) / 1e4 }]
        return [id, slug === 'stress-check-23' ? { raw } : { raw, point }]
      })
      if (JSON.stringify(printed['scales']) !== JSON.stringify(Object.fromEntries(scales)))
        expect(printed['scales']).toEqual(Object.fromEntries(scales))
      if (JSON.stringify(printed['simpleSum']) !== JSON.stringify(verdict(score.simpleSum)))
        expect(printed['simpleSum']).toEqual(verdict(score.simpleSum))
      if (JSON.stringify(printed['conversion']) !== JSON.stringify(verdict(score.conversion)))
        expect(printed['conversion']).toEqual(verdict(score.conversion))
    }
    await scoreCsv({ input: Readable.from([lines.join('\n')]), output, questionnaire: version.definition })
    expect(seen).toBe(people)
  },
)
