import { compileScorer, listItems } from '../../analysis/scoring/index.ts'
import { parseDefinition } from './parse.ts'
import type { AskedItem, Scorer } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

/** A published version: frozen data that a campaign names by slug, version and hash. */
export type QuestionnaireVersion = {
  readonly slug: string
  readonly version: number
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly hash: string
  /** `<slug>/<version>.yaml` below the folder of definitions; `<slug>@<version>` of a company's own. */
  readonly file: string
  /** ships with the program, or was published by a company and lies in the database */
  readonly source: 'shipped' | 'own'
  readonly definition: Questionnaire
  /** Every item in printed order, with the options it offers. */
  readonly items: readonly AskedItem[]
  /** Scores one person's answers; prepared once. */
  readonly score: Scorer
  /** of a view that asks one turn of a rotation only ({@link inWave}): which, from 0 */
  readonly turn?: number
}

/** The folder of definitions is not as it was published. Names every file concerned; nothing was loaded. */
export class ShippedDefinitionsError extends Error {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(`questionnaire definitions cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ShippedDefinitionsError'
    this.problems = problems
  }
}

/** Definition, items and scorer of a text whose hash is known, made the first time one of them is asked for. */
export function readWhenAsked(
  name: Pick<QuestionnaireVersion, 'slug' | 'version' | 'hash' | 'file' | 'source'>,
  text: () => string,
): QuestionnaireVersion {
  let made: Pick<QuestionnaireVersion, 'definition' | 'items' | 'score'> | undefined
  const read = () => {
    if (made) return made
    const { slug, version, file } = name
    const { definition, faults } = parseDefinition(text(), file)
    if (faults)
      throw new ShippedDefinitionsError(
        faults.map((fault) => `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`),
      )
    if (definition.slug !== slug || definition.version !== version)
      throw new ShippedDefinitionsError([
        `${file}: says ${definition.slug}@${definition.version}; folder and file name must agree with it`,
      ])
    made = { definition, items: listItems(definition), score: compileScorer(definition) }
    return made
  }
  return {
    ...name,
    get definition() {
      return read().definition
    },
    get items() {
      return read().items
    },
    get score() {
      return read().score
    },
  }
}
