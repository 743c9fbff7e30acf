import { pointScalesOf } from '../../analysis/scoring/index.ts'
import { findVersion, shippedQuestionnaires, type QuestionnaireVersion } from '../questionnaires/index.ts'
import type { ReportFrame } from './content.ts'

/** Names of a report's scales and wording of its items, in one language. */
export interface ScaleTitles {
  scale: (id: string) => string
  item: (id: string) => string
  polarity: (id: string) => 'positive' | 'negative'
}

/** The statutory questionnaire's words for a report. @throws when its version does not ship any more */
export async function titlesFor(frame: Pick<ReportFrame, 'questionnaires'>, locale: string): Promise<ScaleTitles> {
  const shipped = await shippedQuestionnaires()
  const version = frame.questionnaires
    .map(({ slug, version }) => findVersion(shipped, `${slug}@${version}`))
    .find((found) => found?.definition.kind === 'statutory')
  if (!version) throw new Error('the questionnaire of this report is not shipped')
  return titlesOf(version, locale)
}

/** Titles of a stress check's form. */
export function titlesOf(version: QuestionnaireVersion, locale: string): ScaleTitles {
  const { definition } = version
  // of two scales with one id (sum and mean of the 80 items) the one that criteria are counted with
  const all = [...definition.scales, ...definition.composites, ...pointScalesOf(definition)]
  const scales = new Map(all.map((scale) => [scale.id, scale]))
  const items = new Map(version.items.map((asked) => [asked.id, asked.item]))
  const words = (text: Record<string, string> | undefined, id: string) => text?.[locale] ?? text?.['ja'] ?? id
  return {
    scale: (id) => words(scales.get(id)?.title, id),
    // the lead sentence that some items share comes first: 「次の人たちは…? 上司」
    item: (id) => {
      const item = items.get(id)
      return item?.stem ? `${words(item.stem, id)} ${words(item.text, id)}` : words(item?.text, id)
    },
    polarity: (id) => scales.get(id)?.polarity ?? 'negative',
  }
}
