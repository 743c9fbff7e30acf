import type { QuestionnaireVersion } from './version.ts'

const views = new WeakMap<QuestionnaireVersion, Map<number, QuestionnaireVersion>>()

/**
 * A version as one wave asks it: of a questionnaire with a `rotation` only the items of that wave's turn, in printed order; the first turn again after the
 * last one. Everything else stays: scores are counted from what was asked, and a scale with an item that was not is empty. A version without a rotation, or
 * no wave, is the version itself.
 *
 * Example: of `pulse@1`, which has three turns of six, wave 4 asks the items of the first turn.
 */
export function inWave(version: QuestionnaireVersion, wave: number | null | undefined): QuestionnaireVersion {
  const { rotation } = version.definition
  if (!rotation || !wave) return version
  const turn = (wave - 1) % rotation.length
  let known = views.get(version)
  if (!known) views.set(version, (known = new Map()))
  let view = known.get(turn)
  if (!view) {
    const asked = new Set(rotation[turn])
    const { slug, version: number, hash, file, source, definition, score } = version
    const items = version.items.filter(({ id }) => asked.has(id))
    view = { slug, version: number, hash, file, source, definition, score, items, turn }
    known.set(turn, view)
  }
  return view
}
