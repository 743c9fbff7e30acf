import { checkAnswer, givenWordsOf, ownWordsOf, readAnswer } from '../../analysis/scoring/index.ts'
import type { Answer, AnswerFault, AskedItem, Sex } from '../../analysis/scoring/index.ts'
import type { AppliedCriteria, CriteriaMethod } from '../campaigns/index.ts'

/** A questionnaire version as the campaign was signed with it. */
export interface AskedVersion {
  slug: string
  version: number
  hash: string
  /** of a questionnaire with a rotation: the how manieth time it is asked; left out of all others */
  wave?: number
}

/**
 * Everything a person has written so far, with what it takes to go on: sealed as one value. What the campaign was signed
 * with never changes after signing, so it stands here and needs no look-up at every page.
 */
export interface Draft {
  campaignId: string
  criteriaMethod: CriteriaMethod
  /** the criteria of the person's workplace as signed */
  criteria?: Omit<AppliedCriteria, 'method'>
  questionnaires: AskedVersion[]
  /** the roster does not tell the sex: the person is asked, and may leave it */
  asksSex: boolean
  sex: Sex | null
  /** by slug, then item id */
  answers: Record<string, Record<string, Answer>>
  /** `slug item` → the form that wrote it; see {@link mergeGiven} */
  writers: Record<string, string>
}

/** One item of a sent form. */
export interface Given {
  item: AskedItem
  /** undefined: not in the form (a radio group nobody touched); blank: an empty field */
  raw: string | readonly string[] | undefined
  /** the field had something in it when its page was made */
  wasFilled: boolean
}

export interface Wrong {
  itemId: string
  fault: AnswerFault
}

/**
 * Lays a sent page over the draft, item by item, so that two tabs do not lose each other's answers:
 * what a form does not hold stays as it is; an empty field empties the item only when this form had shown it filled, or
 * had itself filled it before. Returns the items whose value is not allowed; those keep what they had.
 */
export function mergeGiven(
  draft: Draft,
  slug: string,
  given: readonly Given[],
  formId: string,
): { draft: Draft; wrong: Wrong[] } {
  const answers = { ...draft.answers[slug] }
  const writers = { ...draft.writers }
  const wrong: Wrong[] = []
  for (const { item, raw, wasFilled } of given) {
    if (raw === undefined) continue
    const read = readAnswer(item, raw)
    const mark = `${slug} ${item.id}`
    if (read.fault) {
      wrong.push({ itemId: item.id, fault: read.fault })
    } else if (read.answer !== null) {
      answers[item.id] = read.answer
      writers[mark] = formId
    } else if (wasFilled || writers[mark] === formId) {
      delete answers[item.id]
      delete writers[mark]
    }
  }
  return { draft: { ...draft, answers: { ...draft.answers, [slug]: answers }, writers }, wrong }
}

/** Takes away own words beside options that are not chosen (any more): they were meant for that option only. */
export function clearStrayWords(draft: Draft, slug: string, items: readonly AskedItem[]): Draft {
  const answers = draft.answers[slug] ?? {}
  const stray = items.flatMap((item) => {
    const given = givenWordsOf(item, answers)
    return ownWordsOf(item).filter((words) => !given.includes(words) && words.asked.id in answers)
  })
  if (stray.length === 0) return draft
  const ids = new Set(stray.map(({ asked }) => asked.id))
  const kept = Object.entries(answers).filter(([id]) => !ids.has(id))
  const writers = Object.entries(draft.writers).filter(([mark]) => !ids.has(mark.slice(slug.length + 1)))
  return {
    ...draft,
    answers: { ...draft.answers, [slug]: Object.fromEntries(kept) },
    writers: Object.fromEntries(writers),
  }
}

/** Items of a questionnaire that have an answer. */
export function countAnswered(draft: Draft, slug: string, items: readonly AskedItem[]): number {
  const answers = draft.answers[slug] ?? {}
  return items.filter((item) => isAnswered(answers[item.id])).length
}

export function isAnswered(answer: Answer | undefined): boolean {
  return answer !== undefined && answer !== null && answer !== ''
}

/**
 * The answers of one questionnaire as they are submitted: its own items and the words beside chosen options only, each still allowed.
 * @throws on what a draft cannot hold
 */
export function answersOf(draft: Draft, slug: string, items: readonly AskedItem[]): Record<string, Answer> {
  const answers: Record<string, Answer> = {}
  const all = draft.answers[slug] ?? {}
  for (const item of items.flatMap((one) => [one, ...givenWordsOf(one, all).map(({ asked }) => asked)])) {
    const answer = all[item.id]
    if (!isAnswered(answer)) continue
    const fault = checkAnswer(item, answer!)
    if (fault) throw new Error(`a draft holds an answer to ${item.id} that is not allowed: ${fault}`)
    answers[item.id] = answer!
  }
  return answers
}
