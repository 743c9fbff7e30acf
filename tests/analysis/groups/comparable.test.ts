import { expect, test } from 'vitest'
import { comparableKeys, criteriaKey, nameQuestions } from '../../../analysis/groups/index.ts'
import { findVersion, shippedQuestionnaires } from '../../../server/questionnaires/index.ts'
import type { Questionnaire } from '../../../survey-definitions/schema.ts'

const shipped = await shippedQuestionnaires()
const form = (slug: string): Questionnaire => findVersion(shipped, slug)!.definition
const questionOf = nameQuestions(shipped.map(({ definition }) => definition))
const scalesOf = (definition: Questionnaire, name = questionOf) => comparableKeys(definition, name).scales

test('57 and 80 items share their nineteen scales, 57 and 23 six of nine, 80 and 23 the same by way of 57', () => {
  const [whole, long, short] = ['stress-check-57', 'stress-check-80', 'stress-check-23'].map((slug) =>
    scalesOf(form(slug)),
  )
  for (const [id, key] of whole!) expect(long!.get(id)).toBe(key)
  const shared = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) =>
    [...one].flatMap(([id, key]) => ([...other.values()].includes(key) ? [id] : []))
  const six = ['quantitativeLoad', 'control', 'fatigue', 'anxiety', 'supervisorSupport', 'coworkerSupport']
  expect(shared(short!, whole!).filter((id) => id !== 'appetiteLoss' && id !== 'insomnia')).toEqual(six)
  expect(shared(short!, long!)).toEqual(six)
})

test('without the item maps nothing is compared, whatever ids and words say', () => {
  const bare = nameQuestions([])
  const [one, other] = [scalesOf(form('stress-check-57'), bare), scalesOf(form('stress-check-80'), bare)]
  expect([...one.values()].filter((key) => [...other.values()].includes(key))).toEqual([])
})

test('another formula, range or number of items is another scale; the order of terms is not', () => {
  const definition = form('stress-check-57')
  const [load] = definition.scales
  const changed = (change: object): string => {
    const scales = [{ ...load!, ...change }, ...definition.scales.slice(1)]
    return scalesOf({ ...definition, scales }).get('quantitativeLoad')!
  }
  const own = scalesOf(definition).get('quantitativeLoad')
  expect(changed({ formula: { method: 'sum', constant: 15, plus: [], minus: ['q3', 'q1', 'q2'] } })).toBe(own)
  expect(changed({ title: { ja: '別名' } })).toBe(own)
  expect(changed({ formula: { method: 'sum', constant: 16, plus: [], minus: ['q1', 'q2', 'q3'] } })).not.toBe(own)
  expect(changed({ formula: { method: 'sum', constant: 15, plus: [], minus: ['q1', 'q2'] } })).not.toBe(own)
  expect(changed({ formula: { method: 'sum', constant: 0, plus: ['q1', 'q2', 'q3'], minus: [] } })).not.toBe(own)
  const others = definition.sections.map((section) => ({
    ...section,
    options: [1, 2, 3, 4, 5].map((value) => ({ value, text: { ja: `${value}` } })),
  }))
  expect(scalesOf({ ...definition, sections: others }).get('quantitativeLoad')).not.toBe(own)
})

test('a scale that is one answer as it stands is that answer; the pulse is never its related scale', () => {
  const { scales, items } = comparableKeys(form('recommendation'), questionOf)
  expect(scales.get('recommendation')).toBe(items.get('recommend'))
  expect(comparableKeys(form('exit-interview'), questionOf).items.get('recommend')).toBe(items.get('recommend'))
  const stress = [...scalesOf(form('stress-check-57')).values()]
  expect([...comparableKeys(form('pulse'), questionOf).items.values()].filter((key) => stress.includes(key))).toEqual(
    [],
  )
})

test('the 57 and the 80 items are judged from the same sums, the 23 from others; without the maps none are', () => {
  const keys = (slug: string, name = questionOf) =>
    (['simple-sum', 'conversion'] as const).map((method) => criteriaKey(form(slug), name, method))
  const [bySum, byTable] = keys('stress-check-57')
  expect(keys('stress-check-80')).toEqual([bySum, byTable])
  expect(bySum).not.toBe(byTable)
  const [short, none] = keys('stress-check-23')
  expect(short).toBeDefined()
  expect(short).not.toBe(bySum)
  expect(none).toBeUndefined()
  const bare = nameQuestions([])
  expect(keys('stress-check-80', bare)).not.toContain(keys('stress-check-57', bare)[0])
})
