import { formatPercent } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import type { CampaignGroup, ReportingGroup } from './groups.ts'
import type { Campaign } from './queries.ts'
import { previewReportable, type GroupsPreview, type Reportable } from './reportable.ts'
import type { Locale } from '../locales.ts'

const fateTag: Record<Reportable, string> = { shown: 'done', together: 'wait', withheld: 'quiet' }

/** A name set in by its depth in the tree, with spaces that do not break: no style needed, and lists of a form can have it too. */
export const indented = (name: string, depth: number) => `${'\u00a0'.repeat(4 * depth)}${name}`

/** The table of what can be reported with this roster, for three shares of answers. */
export function reportableTable(
  groups: readonly ReportingGroup[],
  preview: GroupsPreview,
  texts: Texts,
  locale: Locale,
): { columns: unknown[]; rows: unknown[] } {
  const text = (key: string, params?: Record<string, string | number>) =>
    texts.text(locale, `campaigns.groups.${key}`, params)
  const totals = totalsOf(groups)
  return {
    columns: [
      { label: text('department') },
      { label: text('heads'), numeric: true },
      ...preview.columns.map(({ rate, headsNeeded }) => ({
        label: text('rate', { rate: formatPercent(rate, locale, 0), heads: headsNeeded }),
      })),
    ],
    rows: groups.map((group) => ({
      cells: [
        { heading: true, text: indented(group.name, group.depth) },
        { numeric: true, text: String(totals.get(group.departmentId) ?? 0) },
        ...preview.columns.map(({ of }) => {
          const fate = of.get(group.departmentId) ?? 'withheld'
          return { tag: fateTag[fate], text: text(`fate.${fate}`) }
        }),
      ],
    })),
  }
}

function totalsOf(groups: readonly ReportingGroup[]): Map<string, number> {
  const totals = new Map(groups.map((group) => [group.departmentId, group.headcount]))
  for (const group of groups.toReversed())
    if (group.parentDepartmentId !== null)
      totals.set(
        group.parentDepartmentId,
        (totals.get(group.parentDepartmentId) ?? 0) + totals.get(group.departmentId)!,
      )
  return totals
}

/** The page on which HR sees what can be reported and chooses merges. */
export function groupsView(
  campaign: Campaign,
  tree: readonly CampaignGroup[],
  groups: readonly ReportingGroup[],
  texts: Texts,
  locale: Locale,
): Record<string, unknown> {
  const text = (key: string, params?: Record<string, string | number>) =>
    texts.text(locale, `campaigns.groups.${key}`, params)
  const preview = previewReportable(groups, campaign.floor)
  const nameOf = (id: string, direct = false) => {
    const name =
      groups.find((group) => group.departmentId === id)?.name ??
      tree.find((group) => group.departmentId === id)?.name ??
      ''
    return direct ? text('direct', { name }) : name
  }
  const joined = (names: readonly string[]) => names.join(locale === 'ja' ? '、' : ', ')
  const merged = tree.filter((group) => group.mergedIntoDepartmentId !== null)
  const choice = (group: CampaignGroup) => ({
    value: group.departmentId,
    label: indented(group.name, group.depth),
    selected: false,
  })
  const nothing = { value: '', label: text('choose'), selected: true }
  return {
    ...reportableTable(groups, preview, texts, locale),
    floor: campaign.floor,
    offers: preview.offers.map((offer) => ({
      value: `${offer.targetId}:${offer.units.map((unit) => unit.departmentId).join(',')}`,
      label: text('offer', {
        units: joined(offer.units.map((unit) => nameOf(unit.departmentId, unit.direct))),
        target: nameOf(offer.targetId),
        heads: offer.headcount,
      }),
      checked: false,
    })),
    stuck: joined(preview.stuck.map((id) => nameOf(id))),
    merged: merged.map((group) => ({
      departmentId: group.departmentId,
      words: text('mergedInto', {
        unit: isSibling(group, tree) ? group.name : text('direct', { name: group.name }),
        target: tree.find((one) => one.departmentId === group.mergedIntoDepartmentId)?.name ?? '',
      }),
    })),
    units: [nothing, ...tree.filter((group) => group.mergedIntoDepartmentId === null).map(choice)],
    targets: [nothing, ...tree.filter((group) => group.mergedIntoDepartmentId === null).map(choice)],
  }
}

const isSibling = (group: CampaignGroup, tree: readonly CampaignGroup[]) =>
  tree.find((one) => one.departmentId === group.mergedIntoDepartmentId)?.parentDepartmentId === group.parentDepartmentId
