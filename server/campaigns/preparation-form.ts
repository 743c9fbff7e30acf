import { formatDate } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import type { Preparation } from './planning.ts'
import type { Campaign, CampaignWorkplace } from './queries.ts'
import { findMissing, itemsOf } from './rules.ts'

export type NamedWorkplace = CampaignWorkplace & { name: string }

/** Field names: `heldOn.<workplace>`, `item.<workplace>.<item>`, and those of the whole campaign. */
export type PreparationForm = Readonly<Record<string, string>>

const heldField = (workplaceId: string) => `heldOn.${workplaceId}`
const itemField = (workplaceId: string, item: string) => `item.${workplaceId}.${item}`
const longestText = 4000

/** What is stored, as the form's values. */
export function preparationOf(campaign: Campaign, workplaces: readonly NamedWorkplace[]): PreparationForm {
  const form: Record<string, string> = {
    rulesPublishedOn: campaign.rulesPublishedOn ?? '',
    rulesUrl: campaign.rulesUrl,
    highStressShareResolvedOn: campaign.highStressShareResolvedOn ?? '',
  }
  for (const { workplaceId, basis, heldOn, items } of workplaces) {
    form[heldField(workplaceId)] = heldOn ?? ''
    for (const item of itemsOf(basis)) form[itemField(workplaceId, item)] = items[item] ?? ''
  }
  return form
}

/** Reads what was typed; only the fields of this campaign's workplaces count. */
export function typedPreparation(
  body: unknown,
  workplaces: readonly NamedWorkplace[],
): { form: PreparationForm; preparation: Preparation; faults: { field: string; key: string }[] } {
  const given = (body ?? {}) as Record<string, unknown>
  const faults: { field: string; key: string }[] = []
  const form: Record<string, string> = {}
  const read = (field: string) => {
    const value = given[field]
    form[field] = typeof value === 'string' ? value.trim() : ''
    if (form[field].length > longestText) faults.push({ field, key: 'campaigns.error.tooLong' })
    return form[field]
  }
  const readDate = (field: string): string | null => {
    const value = read(field)
    if (value === '') return null
    if (isCalendarDate(value)) return value
    faults.push({ field, key: 'campaigns.error.date' })
    return null
  }
  const rulesUrl = read('rulesUrl')
  if (rulesUrl !== '' && !(URL.canParse(rulesUrl) && /^https?:$/.test(new URL(rulesUrl).protocol)))
    faults.push({ field: 'rulesUrl', key: 'campaigns.error.url' })
  const preparation: Preparation = {
    rulesPublishedOn: readDate('rulesPublishedOn'),
    rulesUrl,
    highStressShareResolvedOn: readDate('highStressShareResolvedOn'),
    workplaces: workplaces.map(({ workplaceId, basis }) => ({
      workplaceId,
      heldOn: readDate(heldField(workplaceId)),
      items: Object.fromEntries(itemsOf(basis).map((item) => [item, read(itemField(workplaceId, item))])),
    })),
  }
  return { form, preparation, faults }
}

/** Writes suggestions into empty fields: of one item (`workplace:item`), or of a whole workplace (`workplace`). */
export function insertSuggestion(
  form: PreparationForm,
  which: string,
  workplaces: readonly NamedWorkplace[],
  text: (key: string) => string,
): PreparationForm {
  const [workplaceId, only] = which.split(':')
  const workplace = workplaces.find((one) => one.workplaceId === workplaceId)
  if (!workplace) return form
  const items = itemsOf(workplace.basis).filter((item) => only === undefined || item === only)
  const added = items
    .filter((item) => !form[itemField(workplace.workplaceId, item)])
    .map((item) => [itemField(workplace.workplaceId, item), text(`campaigns.suggestion.${item}`)])
  return { ...form, ...Object.fromEntries(added) }
}

/** Writes what stands at one workplace into the empty fields of the others of the same kind. */
export function copyItems(
  form: PreparationForm,
  fromId: string,
  workplaces: readonly NamedWorkplace[],
): PreparationForm {
  const from = workplaces.find((one) => one.workplaceId === fromId)
  if (!from) return form
  const copied: Record<string, string> = { ...form }
  for (const { workplaceId, basis } of workplaces) {
    if (basis !== from.basis || workplaceId === fromId) continue
    for (const item of itemsOf(basis)) copied[itemField(workplaceId, item)] ||= form[itemField(fromId, item)] ?? ''
  }
  return copied
}

/** The page's values, with what is still missing by field. */
export function preparationView(
  shown: {
    campaign: Campaign
    workplaces: readonly NamedWorkplace[]
    /** title of the stress check that is asked */
    questionnaire: string
    form: PreparationForm
    today: string
    asked: boolean
  },
  texts: Texts,
  locale: string,
): Record<string, unknown> {
  const { campaign, workplaces, form } = shown
  const text = (key: string, params?: Record<string, string | number>) => texts.text(locale, `campaigns.${key}`, params)
  const missing = findMissing(
    workplaces,
    { rulesPublishedOn: campaign.rulesPublishedOn, closesOn: campaign.closesOn, questionnaires: 1 },
    shown.today,
  )
  const nameOf = (id: string | undefined) => workplaces.find((one) => one.workplaceId === id)?.name ?? ''
  const sameKind = (one: NamedWorkplace) => workplaces.filter((other) => other.basis === one.basis).length > 1
  return {
    campaignName: campaign.name,
    home: `/hr/campaigns/${campaign.id}`,
    action: `/hr/campaigns/${campaign.id}/prepare`,
    opens: formatDate('dateWithWeekday', campaign.opensOn, locale, 'UTC'),
    form,
    workplaces: workplaces.map((one) => ({
      workplaceName: one.name,
      isCommittee: one.basis === 'committee',
      heldField: heldField(one.workplaceId),
      heldValue: form[heldField(one.workplaceId)] ?? '',
      insertAll: one.workplaceId,
      copyFrom: sameKind(one) ? one.workplaceId : '',
      items: itemsOf(one.basis).map((item, index) => ({
        field: itemField(one.workplaceId, item),
        itemText: form[itemField(one.workplaceId, item)] ?? '',
        question: one.basis === 'committee' ? `${index + 1}. ${text(`item.${item}`)}` : text(`item.${item}`),
        suggestion: text(`suggestion.${item}`, { form: shown.questionnaire }),
        insert: `${one.workplaceId}:${item}`,
      })),
    })),
    missing: !shown.asked
      ? []
      : missing.map(({ workplaceId, field }) => ({
          field:
            workplaceId === undefined
              ? field
              : field === 'heldOn'
                ? heldField(workplaceId)
                : itemField(workplaceId, field),
          message:
            workplaceId === undefined
              ? text(`missing.${field}`)
              : text('missing.item', { workplace: nameOf(workplaceId), item: text(`item.${field}`) }),
        })),
  }
}

function isCalendarDate(value: string): boolean {
  const parsed = new Date(`${value}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value)
}
