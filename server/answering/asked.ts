import { inWave, versionsOf, type InTransaction, type QuestionnaireVersion } from '../questionnaires/index.ts'
import type { AskedVersion } from './draft.ts'

/** The questionnaires of a sitting as it asks them: of one with a rotation the items of its wave only. */
export async function askedVersions(
  companyId: string,
  asked: readonly (Omit<AskedVersion, 'wave'> & { wave?: number | null })[],
  read: InTransaction,
): Promise<QuestionnaireVersion[]> {
  const versions = await versionsOf(companyId, asked, read)
  return versions.map((version, index) => inWave(version, asked[index]!.wave))
}
