import { kinds } from './kinds.data.ts'
import type { Step } from './steps.ts'
import { isForHrOnly, sourceOf } from './rules.ts'

type Say = (key: string) => string

/** A step as a line on a page. `dueOn` empty: on request. */
export interface StepView {
  id: string
  label: string
  explanation: string
  actor: 'leaver' | 'hr'
  actorWords: string
  dueOn: string
  isDone: boolean
  isLate: boolean
  source: string
}

export function stepView(step: Step, today: string, say: Say): StepView {
  return {
    id: step.id,
    label: say(`graduations.step.${step.step}.label`),
    explanation: say(`graduations.step.${step.step}.explanation`),
    actor: step.actor,
    actorWords: say(`graduations.actor.${step.actor}`),
    dueOn: step.dueOn ?? '',
    isDone: step.doneAt !== null,
    isLate: step.doneAt === null && step.dueOn !== null && step.dueOn < today,
    source: sourceOf(step.step) ?? '',
  }
}

/** The leaver's own steps and the company's, both by date. */
export function leaverSteps(
  steps: readonly Step[],
  today: string,
  say: Say,
): { ownSteps: StepView[]; companySteps: StepView[] } {
  const views = steps.filter((one) => !isForHrOnly(one.step)).map((step) => stepView(step, today, say))
  return {
    ownSteps: views.filter((one) => one.actor === 'leaver'),
    companySteps: views.filter((one) => one.actor === 'hr'),
  }
}

/** What is waited for: the open step with the nearest date; those on request wait for nobody. */
export function nextStep(steps: readonly Step[], today: string, say: Say): StepView | undefined {
  const open = steps.find((step) => step.doneAt === null && step.dueOn !== null)
  return open && stepView(open, today, say)
}

/** Kinds for a select, none chosen beforehand: a wrong tone is worse than one more press. */
export function kindOptions(
  chosen: string | undefined,
  say: Say,
): { value: string; label: string; selected: boolean }[] {
  const none = {
    value: '',
    label: say('graduations.departure.chooseKind'),
    selected: chosen === undefined || chosen === '',
  }
  return [
    none,
    ...kinds.map((kind) => ({ value: kind, label: say(`graduations.kind.${kind}`), selected: kind === chosen })),
  ]
}
