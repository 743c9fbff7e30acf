import { z } from 'zod'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import type { Workplace } from '../roster/index.ts'
import type { Texts } from '../web/texts.ts'
import { date, manyOf, reference, referenceOf, wholeNumber } from './form-parts.ts'
import { placeOffered } from './offered.ts'
import { isForPulse, mostWaves, type PulsePlan } from './pulses.ts'
import type { Campaign, CampaignQuestionnaire } from './queries.ts'

/** The form of a pulse; messages are text keys. */
export const pulseSchema = z.object({
  name: z.string().trim().min(1, 'campaigns.error.name').max(100, 'campaigns.error.name'),
  opensOn: date('campaigns.error.opensOn'),
  closesOn: date('campaigns.error.closesOn'),
  questionnaires: manyOf(reference),
  workplaces: manyOf(z.string()),
  floor: wholeNumber(10, 1000, 'campaigns.error.floor'),
  remindersMaximum: wholeNumber(0, 3, 'campaigns.error.reminders'),
  reminderIntervalDays: wholeNumber(2, 60, 'campaigns.error.interval'),
  waves: wholeNumber(1, mostWaves, 'campaigns.error.waves').default(1),
  everyWeeks: wholeNumber(1, 26, 'campaigns.error.everyWeeks').default(4),
  handOver: z.literal('yes').optional(),
})
type PulseInput = z.infer<typeof pulseSchema>
export type PulseForm = Record<keyof PulseInput, string | readonly string[] | undefined>

/** What the form says, as a plan. */
export function pulsePlanOf(form: PulseInput): PulsePlan {
  return {
    name: form.name,
    opensOn: form.opensOn,
    closesOn: form.closesOn,
    questionnaires: form.questionnaires.map(referenceOf),
    workplaceIds: form.workplaces,
    floor: form.floor,
    remindersMaximum: form.remindersMaximum,
    reminderIntervalDays: form.reminderIntervalDays,
    waves: form.waves,
    everyWeeks: form.everyWeeks,
  }
}

/** Values a new pulse begins with: every workplace, the newest pulse of ours, one reminder, one wave. */
export function emptyPulse(
  workplaces: readonly Workplace[],
  questionnaires: readonly QuestionnaireVersion[],
): PulseForm {
  const usual = questionnaires.findLast((one) => one.slug === 'pulse')
  return {
    name: '',
    opensOn: '',
    closesOn: '',
    questionnaires: usual && [`${usual.slug}@${usual.version}`],
    workplaces: workplaces.map(({ id }) => id),
    floor: '10',
    remindersMaximum: '1',
    reminderIntervalDays: '3',
    waves: '1',
    everyWeeks: '4',
    handOver: undefined,
  }
}

/** A stored wave, for changing it. */
export function pulseFormOf(
  campaign: Campaign,
  questionnaires: readonly CampaignQuestionnaire[],
  workplaceIds: readonly string[],
): PulseForm {
  return {
    name: campaign.name,
    opensOn: campaign.opensOn,
    closesOn: campaign.closesOn,
    questionnaires: questionnaires.map(({ slug, version }) => `${slug}@${version}`),
    workplaces: workplaceIds,
    floor: String(campaign.floor),
    remindersMaximum: String(campaign.remindersMaximum),
    reminderIntervalDays: String(campaign.reminderIntervalDays),
    waves: '1',
    everyWeeks: '4',
    handOver: undefined,
  }
}

/** View model of templates/campaigns/hr-pulse.hbs. */
export function pulseView(
  form: PulseForm,
  offered: { questionnaires: readonly QuestionnaireVersion[]; workplaces: readonly Workplace[] },
  texts: Texts,
  locale: string,
): Record<string, unknown> {
  const text = (key: string, params?: Record<string, string | number>) => texts.text(locale, `campaigns.${key}`, params)
  const chosen = (field: keyof PulseForm) => [form[field] ?? []].flat()
  const versions = offered.questionnaires
    .filter(isForPulse)
    .toSorted((a, b) => placeOffered(b) - placeOffered(a) || a.slug.localeCompare(b.slug) || a.version - b.version)
  return {
    form: { ...form, name: form.name ?? '' },
    questionnaires: versions.map((version) => {
      const name = `${version.slug}@${version.version}`
      const { rotation, title, minutes } = version.definition
      return {
        value: name,
        label: texts.wording(locale, title),
        hint: rotation
          ? text('pulse.turns', { name, turns: rotation.length, items: rotation[0]!.length })
          : text('plan.version', { name, items: version.items.length, minutes: minutes ?? 1 }),
        checked: chosen('questionnaires').includes(name),
      }
    }),
    workplaces: offered.workplaces.map(({ id, name }) => ({
      value: id,
      label: name,
      checked: chosen('workplaces').includes(id),
    })),
    reminderChoices: [0, 1, 2, 3].map((count) => ({
      value: String(count),
      label: text('plan.remindersTimes', { count }),
      selected: form.remindersMaximum === String(count),
    })),
  }
}
