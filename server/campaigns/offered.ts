import type { QuestionnaireVersion } from '../questionnaires/index.ts'

/** Of what ships, what a campaign can be made with: all that a sitting asks and a result page shows in full. In the order of the form. */
const offeredSlugs: readonly string[] = [
  'stress-check-57',
  'stress-check-23',
  'stress-check-80',
  'presenteeism-spq',
  'presenteeism-qq',
  'recommendation',
  'pulse',
]

/** Can a campaign ask it: of what ships the ones above, of the company's own all. */
export const isOffered = ({ slug, source }: QuestionnaireVersion): boolean =>
  source === 'own' || offeredSlugs.includes(slug)
/** Kinds that may stand beside the stress check in its sitting. */
const kindsBeside: readonly string[] = ['presenteeism', 'recommendation', 'pulse', 'own']
export const standsBeside = (version: QuestionnaireVersion): boolean =>
  isOffered(version) && kindsBeside.includes(version.definition.kind)

/** Where it stands in the form: what ships in its order, then the company's own. */
export const placeOffered = ({ slug, source }: QuestionnaireVersion): number =>
  source === 'own' ? offeredSlugs.length : offeredSlugs.indexOf(slug)
