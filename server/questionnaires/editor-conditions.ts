import type { AskedItem } from '../../analysis/scoring/index.ts'
import type { AnswerTest, Visibility } from '../../survey-definitions/schema.ts'
import { typedNumber, typedText, type Say, type Typed } from './editor-fields.ts'

/** Conditions a form shows at once; with more, the file is the place. */
const rows = 3

/**
 * A condition of the form: up to three tests, all or any of them. `before` is kept where the form cannot show it and the
 * person left it so. Undefined: asked of everybody.
 */
export function typedCondition(typed: Typed, before: Visibility | undefined): Visibility | undefined {
  const when = typedText(typed, 'when')
  if (when === 'keep') return before
  if (when !== 'all' && when !== 'any') return undefined
  const tests: Visibility[] = []
  for (let row = 0; row < rows; row++) {
    const chosen = typedText(typed, `condition_${row}`)
    const [item, test, ...value] = chosen.split(':')
    if (!item || !test) continue
    tests.push(testOf(item, test, value.join(':'), typedNumber(typed, `condition_${row}_number`)))
  }
  if (tests.length === 1) return tests[0]
  return when === 'all' ? { all: tests } : { any: tests }
}

function testOf(item: string, test: string, value: string, number: number | undefined): AnswerTest {
  if (test === 'one') return { item, one_of: [/^-?\d+$/.test(value) ? Number(value) : value] }
  if (test === 'least') return { item, at_least: number! }
  if (test === 'most') return { item, at_most: number! }
  return { item, answered: test === 'answered' }
}

interface ShownTest {
  chosen: string
  number: string
}

/** A condition as rows of the form; undefined when it says more than they can. */
function shownTests(condition: Visibility): { when: 'all' | 'any'; tests: ShownTest[] } | undefined {
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition]
  const tests = parts.map(shownTest)
  if (parts.length > rows || tests.includes(undefined)) return undefined
  return { when: 'any' in condition ? 'any' : 'all', tests: tests as ShownTest[] }
}

function shownTest(condition: Visibility): ShownTest | undefined {
  if (!('item' in condition)) return undefined
  const { item, answered, one_of: oneOf, at_least: least, at_most: most } = condition
  const said = [answered, oneOf, least, most].filter((one) => one !== undefined)
  if (said.length !== 1) return undefined
  if (oneOf) return oneOf.length === 1 ? { chosen: `${item}:one:${oneOf[0]}`, number: '' } : undefined
  if (least !== undefined) return { chosen: `${item}:least`, number: String(least) }
  if (most !== undefined) return { chosen: `${item}:most`, number: String(most) }
  return { chosen: `${item}:${answered ? 'answered' : 'unanswered'}`, number: '' }
}

/** View model of the part of a form that says when something is asked. `earlier`: what stands before it. */
export function conditionView(
  condition: Visibility | undefined,
  earlier: readonly AskedItem[],
  typed: Typed | undefined,
  language: string,
  say: Say,
): Record<string, unknown> {
  const shown = condition && shownTests(condition)
  const cannotShow = condition !== undefined && shown === undefined
  const when = typed ? typedText(typed, 'when') : cannotShow ? 'keep' : shown ? shown.when : 'always'
  const offered = earlier.flatMap((asked) => testsOffered(asked, language, say))
  return {
    whenChoices: [...(cannotShow ? ['keep'] : []), 'always', 'all', 'any'].map((one) => ({
      value: one,
      label: say(`questionnaires.condition.${one}`),
      checked: one === when,
    })),
    conditionRows: Array.from({ length: rows }, (_none, row) => {
      const chosen = typed ? typedText(typed, `condition_${row}`) : (shown?.tests[row]?.chosen ?? '')
      return {
        selectName: `condition_${row}`,
        numberName: `condition_${row}_number`,
        numberTyped: typed ? typedText(typed, `condition_${row}_number`) : (shown?.tests[row]?.number ?? ''),
        rowLabel: say('questionnaires.condition.row', { no: row + 1 }),
        numberLabel: say('questionnaires.condition.number', { no: row + 1 }),
        tests: [{ value: '', label: say('questionnaires.condition.none') }, ...offered].map((test) => ({
          ...test,
          selected: test.value === chosen,
        })),
      }
    }),
    hasEarlier: earlier.length > 0 || cannotShow,
    conditionOpen: when !== 'always',
  }
}

function testsOffered(
  { id, item, options }: AskedItem,
  language: string,
  say: Say,
): { value: string; label: string }[] {
  const words = shorten(item.text[language] ?? Object.values(item.text)[0] ?? id)
  const line = (test: string, said: string) => ({
    value: `${id}:${test}`,
    label: say('questionnaires.condition.test', { id, words, said }),
  })
  const common = [
    line('answered', say('questionnaires.condition.answered')),
    line('unanswered', say('questionnaires.condition.unanswered')),
  ]
  if (item.type === 'single' || item.type === 'multiple')
    return [
      ...options.map((option) =>
        line(
          `one:${option.value}`,
          say('questionnaires.condition.one', { option: option.text[language] ?? String(option.value) }),
        ),
      ),
      ...common,
    ]
  if (item.type === 'number' || item.type === 'rating')
    return [
      line('least', say('questionnaires.condition.least')),
      line('most', say('questionnaires.condition.most')),
      ...common,
    ]
  return common
}

const shorten = (words: string) => (words.length > 24 ? `${words.slice(0, 23)}…` : words)
