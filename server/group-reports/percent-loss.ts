import { lossScaleOf } from '../../analysis/groups/index.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'

/** The scale of a questionnaire that is a loss in percent of the work; undefined where it has none. Example: `loss` of the single question. */
export function percentLossOf({ definition, items }: QuestionnaireVersion) {
  const itemOf = (id: string) => items.find((one) => one.id === id)?.item
  return definition.scales.find(({ formula }) => lossScaleOf(formula, itemOf)?.basis === 'percent')
}
