import { compileScorer, listItems } from '../../analysis/scoring/index.ts'
import { Problem } from '../web/problems.ts'
import { checkDraft } from './draft-check.ts'
import { getDraft } from './draft-queries.ts'
import type { AnyHandle } from './draft-tables.ts'
import { readWorking } from './draft-working.ts'
import { hashDefinition } from './shipped.ts'
import type { QuestionnaireVersion } from './version.ts'

/**
 * A company's draft as it would be once published: to look at, never to ask anybody (roles hr; implementer from the moment HR
 * has sent it).
 * @throws {Problem} not_found; wrong_state while it has faults
 */
export async function draftVersion(
  db: AnyHandle,
  companyId: string,
  id: string,
  reader: 'hr' | 'implementer',
): Promise<QuestionnaireVersion> {
  const { slug, version, state, body } = await getDraft(db, companyId, id)
  if (reader === 'implementer' && state === 'draft') throw new Problem('not_found')
  const { definition } = checkDraft(readWorking(body))
  if (!definition) throw new Problem('wrong_state')
  return {
    slug,
    version,
    hash: hashDefinition(body),
    file: `${slug}@${version}`,
    source: 'own',
    definition,
    items: listItems(definition),
    score: compileScorer(definition),
  }
}
