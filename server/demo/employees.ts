import type { Stage } from './stage.ts'
import { openVisitor, type Visitor } from './visitor.ts'

/** What one employee of the demo does with the link in the mail. */
export interface Sitting {
  link: string
  /** item id to value, over all questionnaires of the sitting */
  answers: Readonly<Record<string, string | number>>
  /** told when the page asks for it */
  sex: 'male' | 'female'
}

/** Which items stand on which screen, learned from the pages once per campaign. */
export type ScreenPlan = Map<number, string[]>

const codePattern = /\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b/i

/**
 * Answers as a person does: opens the link, starts, writes down the code, fills each screen, looks at the review and submits with the last
 * group of the code. With a known plan the screens are saved as the page's script does at each change; without one (or where a further
 * question is asked) every screen is opened and sent by its button, and the plan is learned.
 * @returns the personal code
 */
export async function answerAsEmployee(stage: Stage, sitting: Sitting, plan: ScreenPlan): Promise<string> {
  const visitor = openVisitor(stage.baseUrl)
  const path = new URL(sitting.link).pathname
  await visitor.get(path)
  const card = await visitor.submit(`${path}/start`, {})
  const code = codePattern.exec(card.html)?.[0]
  if (!code) throw new Error('the page after starting shows no personal code')
  const first = await visitor.get('/answer/1')
  if (plan.size === 0 || first.html.includes('name="a_sex"')) await walkScreens(visitor, sitting, plan)
  else await saveScreens(visitor, sitting, plan)
  const location = await visitor.send('/answer/submit', { code: code.slice(-5) })
  if (location !== '/answer/submitted') throw new Error(`submitting leads to ${location ?? 'nothing'}`)
  return code
}

async function walkScreens(visitor: Visitor, sitting: Sitting, plan: ScreenPlan): Promise<void> {
  const learned: ScreenPlan = new Map()
  let asksSex = false
  for (let step = 0; step < 200 && !visitor.page.path.startsWith('/answer/review'); step++) {
    const number = Number(/^\/answer\/(\d+)/.exec(visitor.page.path)?.[1])
    if (!number) throw new Error(`answering went to ${visitor.page.path}`)
    const items = [...new Set([...visitor.page.html.matchAll(/\bname="a_([A-Za-z0-9_]+)"/g)].map((match) => match[1]!))]
    if (items.includes('sex')) {
      asksSex = true
      await visitor.submit(`/answer/${number}`, { a_sex: sitting.sex })
      continue
    }
    learned.set(number, items)
    await visitor.submit(`/answer/${number}`, fieldsFor(items, sitting))
  }
  if (!asksSex && plan.size === 0) for (const [number, items] of learned) plan.set(number, items)
}

async function saveScreens(visitor: Visitor, sitting: Sitting, plan: ScreenPlan): Promise<void> {
  for (const [number, items] of plan) await visitor.send(`/answer/${number}/save`, fieldsFor(items, sitting))
}

function fieldsFor(items: readonly string[], sitting: Sitting): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const item of items) {
    const answer = sitting.answers[item]
    if (answer !== undefined) fields[`a_${item}`] = String(answer)
  }
  return fields
}

/** Opens the released result with the personal code, through the link in the newest mail. The visitor then stands on the result page. */
export async function openResult(stage: Stage, link: string, code: string): Promise<Visitor> {
  const visitor = openVisitor(stage.baseUrl)
  const path = new URL(link).pathname
  await visitor.get(path)
  if (!visitor.page.path.startsWith('/answer/code')) await visitor.submit(`${path}/start`, {})
  await visitor.submit('/answer/code', { code })
  if (!visitor.page.path.startsWith('/result')) throw new Error(`the code led to ${visitor.page.path}`)
  return visitor
}
