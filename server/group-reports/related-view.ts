import { comparableKeys, nameQuestions } from '../../analysis/groups/index.ts'
import { pointScalesOf } from '../../analysis/scoring/index.ts'
import { findVersion, publishedVersions } from '../questionnaires/index.ts'
import { readContent, type ReportContent } from './content.ts'
import type { InstrumentGroup } from './instrument-content.ts'
import { meanCell, type InstrumentData } from './instrument-view.ts'
import { releasedContents } from './queries.ts'
import { isShown, nameOf, sameMembers } from './report-data.ts'
import type { AnyHandle } from './tables.ts'
import { figureCell, sayMean, type Words } from './words.ts'

/**
 * What an instrument's items watch over (`related_scales`): each scale of the newest released stress check up to this campaign, and
 * under it the items' own means. Beside each other and never put together: they are other questions with other answers.
 * Undefined where the instrument has no such links.
 */
export async function relatedView(db: AnyHandle, companyId: string, data: InstrumentData, words: Words) {
  const { content, titles } = data
  const links = titles.version.definition.related_scales
  if (links.length === 0) return undefined
  const versions = await publishedVersions(db, companyId)
  const questionOf = nameQuestions(versions.map(({ definition }) => definition))
  const stress = (await releasedContents(db, companyId))
    .filter(({ kind }) => kind === 'statutory')
    .map((one) => readContent(one.content))
    .findLast(({ campaign }) => campaign.closesOn <= content.campaign.closesOn)
  const form = stress && formOf(stress)
  const keys = form && comparableKeys(form.definition, questionOf).scales
  const groups = content.groups.filter(isShown)
  const rows = links.flatMap((link) => {
    const measures = link.items.flatMap(
      (id) => content.measures.means.find((one) => one.of === 'item' && one.id === id) ?? [],
    )
    if (measures.length === 0) return []
    const theirs = findVersion(versions, link.of)
    const key = theirs && comparableKeys(theirs.definition, questionOf).scales.get(link.their_scale)
    const scaleId = keys && key ? [...keys].find(([, other]) => other === key)?.[0] : undefined
    const title = theirs ? (scaleTitle(link.their_scale) ?? link.their_scale) : link.their_scale
    return [
      {
        cells: [
          { text: title, heading: true, note: words.t('instrument.related.scale') },
          ...groups.map((group) =>
            figureCell(scaleMean(group, scaleId), (value, n) => ({
              text: sayMean(words, value),
              note: `n=${words.number(n)}`,
            })),
          ),
        ],
      },
      ...measures.map((measure) => ({
        cells: [
          { text: titles.mean(measure.id), heading: true, note: words.t('instrument.related.item') },
          ...groups.map((group) => meanCell(data, group, measure, words)),
        ],
      })),
    ]

    function scaleTitle(id: string): string | undefined {
      const definition = theirs!.definition
      const found = [...pointScalesOf(definition), ...definition.scales].find((scale) => scale.id === id)
      return found?.title[words.locale] ?? found?.title['ja']
    }
  })
  return {
    from: stress
      ? words.t('instrument.related.from', { campaign: stress.campaign.name })
      : words.t('instrument.related.none'),
    table: {
      columns: [
        { label: words.t('instrument.related.what'), numeric: false },
        ...groups.map((group) => ({ label: nameOf(group, words), numeric: true })),
      ],
      rows,
    },
  }

  function scaleMean(group: InstrumentGroup, scaleId: string | undefined) {
    if (scaleId === undefined || !stress) return undefined
    const same = stress.groups.find((one) => one.kind === group.kind && one.id === group.id)
    if (!same || (group.kind !== 'company' && !sameMembers(same, group))) return undefined
    return same.scales[scaleId]?.mean
  }

  function formOf({ questionnaires }: ReportContent) {
    return questionnaires
      .map(({ slug, version }) => findVersion(versions, `${slug}@${version}`))
      .find((one) => one?.definition.kind === 'statutory')
  }
}
