/**
 * Questionnaires: definitions as data, checked and frozen. `parseDefinition` reads one from YAML and explains every
 * fault; `loadShippedQuestionnaires` reads those that ship with the program and refuses a file that changed after it was
 * published; `versionsOf` finds those of a company, its own beside those that ship, and `pinVersion` pins one for a campaign and `checkQuestionnairesInUse` guards
 * them at start; `scoreCsv` scores a whole file for the command line. `addRoutes` is where a company makes its own: HR writes or
 * uploads a draft, tries it, the implementer reviews it, HR publishes it. Scoring itself is in `analysis/scoring/`.
 */
import type { AddRoutes } from '../capabilities.ts'

export { isLanguageCode } from '../../survey-definitions/schema.ts'
export { publishedVersions, versionsOf } from './company-versions.ts'
export type { InTransaction, VersionName } from './company-versions.ts'
export { draftVersion } from './draft-version.ts'
export { faultWords } from './editor-fields.ts'
export { differencesOf } from './differences.ts'
export type { Difference, Differences } from './differences.ts'
export { isValidatedIn, lackOf, wordsSeen } from './languages.ts'
export type { LanguageLack } from './languages.ts'
export { parseDefinition } from './parse.ts'
export type { DefinitionFault, ParsedDefinition } from './parse.ts'
export type { DefinitionFaultCode } from './findings.ts'
export { checkQuestionnairesInUse, getShipped, pinVersion } from './published.ts'
export { ScoreCsvError, scoreCsv } from './score-csv.ts'
export { findVersion, hashDefinition, loadShippedQuestionnaires, shippedQuestionnaires } from './shipped.ts'
export type { ShippedQuestionnaires } from './shipped.ts'
export { exportTexts, importTexts } from './translation.ts'
export type { ImportedTexts, TranslationFault } from './translation.ts'
export { readUnpublished } from './unpublished.ts'
export type { UnpublishedVersion } from './unpublished.ts'
export { ShippedDefinitionsError } from './version.ts'
export type { QuestionnaireVersion } from './version.ts'
export { inWave } from './waves.ts'

/** The pages are loaded with the server: the command line, which scores and checks, does not wait for them. */
export const addRoutes: AddRoutes = async (app, services) => {
  const routes = await import('./routes.ts')
  await routes.addRoutes(app, services)
}
