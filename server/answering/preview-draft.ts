import { checkAnswer, needsSex, ownWordsOf, type Answer } from '../../analysis/scoring/index.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import type { Draft } from './draft.ts'

/** What somebody would begin with who is asked this one questionnaire and whose sex nobody knows. */
export function emptyDraft(version: QuestionnaireVersion): Draft {
  const { slug, hash, definition } = version
  return {
    campaignId: '',
    criteriaMethod: 'simpleSum',
    questionnaires: [{ slug, version: version.version, hash }],
    asksSex: needsSex(definition),
    sex: null,
    answers: {},
    writers: {},
  }
}

/** The same answers under a file that was changed meanwhile: those that it still asks for and still allows. */
export function carryOver(before: Draft, version: QuestionnaireVersion): Draft {
  const given = Object.values(before.answers)[0] ?? {}
  const asked = version.items.flatMap((item) => [item, ...ownWordsOf(item).map((words) => words.asked)])
  const kept: Record<string, Answer> = {}
  for (const item of asked) {
    const answer = given[item.id]
    if (answer !== undefined && !checkAnswer(item, answer)) kept[item.id] = answer
  }
  return { ...emptyDraft(version), sex: before.sex, answers: { [version.slug]: kept } }
}
