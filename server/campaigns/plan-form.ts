import { z } from 'zod'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import type { Workplace } from '../roster/index.ts'
import type { Texts } from '../web/texts.ts'
import type { CampaignPlan } from './planning.ts'
import type { Campaign, CampaignQuestionnaire } from './queries.ts'
import { languageWords } from './language-words.ts'
import { date, manyOf, reference, referenceOf, wholeNumber } from './form-parts.ts'
import { isOffered, placeOffered, standsBeside } from './offered.ts'
import { whyNotOffered, type CriteriaMethod } from './rules.ts'

const many = manyOf(z.string())
const flag = z
  .literal('yes')
  .optional()
  .transform((value) => value === 'yes')

/** The form a new plan begins with: the one the ministry recommends. */
const usualSlug = 'stress-check-57'

/** The form of a plan; messages are text keys. */
export const planSchema = z.object({
  name: z.string().trim().min(1, 'campaigns.error.name').max(120, 'campaigns.error.name'),
  opensOn: date('campaigns.error.opensOn'),
  closesOn: date('campaigns.error.closesOn'),
  questionnaires: reference,
  beside: manyOf(reference),
  workplaces: many,
  criteriaMethod: z.enum(['simpleSum', 'conversion'], 'campaigns.error.criteriaMethod'),
  floor: wholeNumber(10, 1000, 'campaigns.error.floor'),
  remindersMaximum: wholeNumber(0, 3, 'campaigns.error.reminders'),
  reminderIntervalDays: wholeNumber(2, 60, 'campaigns.error.interval'),
  employerReceivesIndividualResults: flag,
  othersMayRequestInterview: flag,
  turnoverRiskPurpose: flag,
})

export type PlanForm = Record<keyof z.infer<typeof planSchema>, string | readonly string[] | undefined>

/** What the form says, as a plan. */
export function planOf(form: z.infer<typeof planSchema>): CampaignPlan {
  return {
    name: form.name,
    opensOn: form.opensOn,
    closesOn: form.closesOn,
    questionnaires: [form.questionnaires, ...form.beside].map(referenceOf),
    workplaceIds: form.workplaces,
    criteriaMethod: form.criteriaMethod,
    floor: form.floor,
    employerReceivesIndividualResults: form.employerReceivesIndividualResults,
    othersMayRequestInterview: form.othersMayRequestInterview,
    turnoverRiskPurpose: form.turnoverRiskPurpose,
    remindersMaximum: form.remindersMaximum,
    reminderIntervalDays: form.reminderIntervalDays,
  }
}

/** Values a new plan begins with: every workplace, the floor of the law, two reminders. */
export function emptyPlan(workplaces: readonly Workplace[], statutory: string | undefined): PlanForm {
  return {
    name: '',
    opensOn: '',
    closesOn: '',
    questionnaires: statutory,
    beside: [],
    workplaces: workplaces.map((workplace) => workplace.id),
    criteriaMethod: undefined,
    floor: '10',
    remindersMaximum: '2',
    reminderIntervalDays: '5',
    employerReceivesIndividualResults: undefined,
    othersMayRequestInterview: undefined,
    turnoverRiskPurpose: undefined,
  }
}

/** A stored plan, for changing it. */
export function planFormOf(
  campaign: Campaign,
  questionnaires: readonly CampaignQuestionnaire[],
  workplaceIds: readonly string[],
): PlanForm {
  const names = questionnaires.map((one) => `${one.slug}@${one.version}`)
  const yes = (value: boolean) => (value ? 'yes' : undefined)
  return {
    name: campaign.name,
    opensOn: campaign.opensOn,
    closesOn: campaign.closesOn,
    questionnaires: names[0],
    beside: names.slice(1),
    workplaces: workplaceIds,
    criteriaMethod: campaign.criteriaMethod,
    floor: String(campaign.floor),
    remindersMaximum: String(campaign.remindersMaximum),
    reminderIntervalDays: String(campaign.reminderIntervalDays),
    employerReceivesIndividualResults: yes(campaign.employerReceivesIndividualResults),
    othersMayRequestInterview: yes(campaign.othersMayRequestInterview),
    turnoverRiskPurpose: yes(campaign.turnoverRiskPurpose),
  }
}

/** The newest version of the form a new plan begins with, as `slug@version`. */
export function usualForm(questionnaires: readonly QuestionnaireVersion[]): string | undefined {
  const newest = questionnaires.findLast((one) => one.slug === usualSlug)
  return newest && `${newest.slug}@${newest.version}`
}

/** The definition's reason why the chosen form cannot be judged by the chosen method, as a message; undefined where it can. */
export function methodFault(
  questionnaires: readonly QuestionnaireVersion[],
  chosen: readonly { slug: string; version: number }[],
  method: CriteriaMethod,
  texts: Texts,
  locale: string,
): string | undefined {
  for (const { slug, version } of chosen) {
    const found = questionnaires.find((one) => one.slug === slug && one.version === version)
    const reason = found?.definition.kind === 'statutory' ? whyNotOffered(found.definition, method) : undefined
    if (reason) return reason[locale] ?? reason['ja'] ?? texts.text(locale, 'campaigns.error.methodNotOffered')
  }
  return undefined
}

const methods = ['simpleSum', 'conversion'] as const

/** The form page's values: what is typed, and what can be chosen. */
export function planView(
  form: PlanForm,
  offered: { questionnaires: readonly QuestionnaireVersion[]; workplaces: readonly Workplace[] },
  texts: Texts,
  locale: string,
): Record<string, unknown> {
  const text = (key: string, params?: Record<string, string | number>) => texts.text(locale, `campaigns.${key}`, params)
  const chosen = (field: keyof PlanForm) => [form[field] ?? []].flat()
  const without = (version: QuestionnaireVersion) =>
    version.definition.kind !== 'statutory'
      ? []
      : methods
          .filter((method) => whyNotOffered(version.definition, method))
          .map((method) => text('plan.withoutMethod', { method: text(`method.${method}`) }))
  const questionnaire = (version: QuestionnaireVersion, field: 'questionnaires' | 'beside') => ({
    value: `${version.slug}@${version.version}`,
    label: version.definition.title[locale] ?? version.definition.title['ja'] ?? version.slug,
    hint: [
      text('plan.version', {
        name: `${version.slug}@${version.version}`,
        items: version.items.length,
        minutes: version.definition.minutes ?? 1,
      }),
      ...without(version),
      ...languageWords([version], texts, locale),
    ].join(' '),
    checked: chosen(field).includes(`${version.slug}@${version.version}`),
  })
  const those = (wanted: (version: QuestionnaireVersion) => boolean) =>
    offered.questionnaires
      .filter(wanted)
      .toSorted((a, b) => placeOffered(a) - placeOffered(b) || a.slug.localeCompare(b.slug) || a.version - b.version)
  return {
    form: { ...form, name: form.name ?? '' },
    statutory: those((one) => isOffered(one) && one.definition.kind === 'statutory').map((one) =>
      questionnaire(one, 'questionnaires'),
    ),
    beside: those(standsBeside).map((one) => questionnaire(one, 'beside')),
    workplaces: offered.workplaces.map((workplace) => ({
      value: workplace.id,
      label: workplace.name,
      hint:
        workplace.headcountFor50 === null
          ? ''
          : text(workplace.headcountFor50 >= 50 ? 'plan.workplaceCommittee' : 'plan.workplaceOpinions', {
              count: workplace.headcountFor50,
            }),
      checked: chosen('workplaces').includes(workplace.id),
    })),
    methods: methods.map((method) => ({
      value: method,
      label: text(`method.${method}`),
      hint: text(`method.${method}Hint`),
      checked: form.criteriaMethod === method,
    })),
    reminderChoices: [0, 1, 2, 3].map((count) => ({
      value: String(count),
      label: text('plan.remindersTimes', { count }),
      selected: form.remindersMaximum === String(count),
    })),
  }
}
