import type { ShippedQuestionnaires } from '../questionnaires/index.ts'
import { findVersion } from '../questionnaires/index.ts'
import { formatDate, formatPercent } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import { daysBetween } from './calendar.ts'
import { languageWords } from './language-words.ts'
import { criteriaLines } from './criteria-words.ts'
import type { CriteriaInForce } from './criteria.ts'
import type { Taken as TakenCount } from './participation.ts'
import type { Campaign, CampaignQuestionnaire, CampaignWorkplace } from './queries.ts'
import { isSigned, type CampaignState } from './rules.ts'
import type { Locale } from '../locales.ts'

type Taken = TakenCount | undefined

/** Calm for what runs, strong for what waits for somebody. */
export const stateTag: Record<CampaignState, string> = {
  draft: 'wait',
  prepared: 'wait',
  signed: 'quiet',
  open: 'strong',
  closed: 'wait',
  need_confirmed: 'wait',
  results_released: 'done',
  archived: 'quiet',
}

/** 「2026年11月2日(月)〜11月20日(金)」, Mon 2 November – Fri 20 November 2026 */
export function periodOf(campaign: Campaign, locale: Locale): string {
  const day = (on: string) => formatDate('dateWithWeekday', on, locale, 'UTC')
  const year = (on: string) => on.slice(0, 4)
  const { opensOn, closesOn } = campaign
  const same = year(opensOn) === year(closesOn)
  if (locale === 'ja') return `${year(opensOn)}年${day(opensOn)}〜${same ? '' : `${year(closesOn)}年`}${day(closesOn)}`
  return `${day(opensOn)}${same ? '' : ` ${year(opensOn)}`} – ${day(closesOn)} ${year(closesOn)}`
}

/** 「あと3日」 before opening or closing; empty when neither lies ahead. */
export function daysLeft(campaign: Campaign, today: string, texts: Texts, locale: Locale): string {
  const say = (key: string, days: number) => texts.text(locale, `campaigns.days.${key}`, { days })
  if (!isSigned(campaign.state) || campaign.state === 'signed') {
    const days = daysBetween(today, campaign.opensOn)
    return days > 0 ? say('untilOpening', days) : ''
  }
  if (campaign.state !== 'open') return ''
  const days = daysBetween(today, campaign.closesOn)
  return days > 0 ? say('left', days) : texts.text(locale, 'campaigns.days.last')
}

/** The list of campaigns: what waits first is the newest anyway. */
export function campaignRows(
  rows: readonly { campaign: Campaign; taken: Taken }[],
  today: string,
  texts: Texts,
  locale: Locale,
): Record<string, unknown> {
  const text = (key: string) => texts.text(locale, `campaigns.${key}`)
  return {
    columns: [
      { label: text('list.name') },
      { label: text('list.state') },
      { label: text('list.period') },
      { label: text('list.taken'), numeric: true },
    ],
    rows: rows.map(({ campaign, taken }) => ({
      cells: [
        { heading: true, text: campaign.name, href: `/hr/campaigns/${campaign.id}` },
        {
          tag: stateTag[campaign.state],
          text: text(`state.${campaign.state}`),
          ...(campaign.kind === 'pulse' && { note: text('pulse.kind') }),
        },
        { text: periodOf(campaign, locale), note: daysLeft(campaign, today, texts, locale) },
        { numeric: true, text: taken ? shareOf(taken, locale) : '' },
      ],
    })),
  }
}

const shareOf = (taken: NonNullable<Taken>, locale: Locale) =>
  `${taken.taken} / ${taken.invited} (${formatPercent(taken.invited === 0 ? 0 : taken.taken / taken.invited, locale, 0)})`

/** One campaign as HR sees it: where it stands, what is next, and the one number of taking part. */
export function overviewOf(
  found: {
    campaign: Campaign
    questionnaires: readonly CampaignQuestionnaire[]
    workplaces: readonly CampaignWorkplace[]
    /** as signed; before that as they stand */
    criteria: readonly CriteriaInForce[]
    workplaceNames: ReadonlyMap<string, string>
    taken: Taken
    /** on the roster, and not asked */
    uninvited: number
  },
  today: string,
  shipped: ShippedQuestionnaires,
  texts: Texts,
  locale: Locale,
): Record<string, unknown> {
  const { campaign, taken } = found
  const text = (key: string, params?: Record<string, string | number>) => texts.text(locale, `campaigns.${key}`, params)
  const signed = isSigned(campaign.state)
  const at = (...states: CampaignState[]) => states.includes(campaign.state)
  const base = `/hr/campaigns/${campaign.id}`
  const step = (name: string, done: boolean, current: boolean, href?: string) => ({
    label: text(`step.${name}`),
    note: text(`step.${name}Note`),
    done,
    current,
    ...(href !== undefined && { href }),
  })
  const stressCheckSteps = () => [
    step('plan', true, false, signed ? undefined : `${base}/edit`),
    step('prepare', !at('draft'), at('draft'), signed ? undefined : `${base}/prepare`),
    step('criteria', signed, false, signed ? undefined : `${base}/criteria`),
    step('groups', signed, false, signed ? undefined : `${base}/groups`),
    step('sign', signed, at('prepared')),
    step('open', campaign.closedAt !== null, at('signed', 'open')),
    step('confirm', at('need_confirmed', 'results_released', 'archived'), at('closed')),
    step('release', at('results_released', 'archived'), at('need_confirmed')),
  ]
  const pulseSteps = () => [
    step('plan', true, false, signed ? undefined : `${base}/pulse`),
    step('handOver', !at('draft'), at('draft')),
    step('groups', signed, false, signed ? undefined : `${base}/groups`),
    step('review', signed, at('prepared')),
    step('open', campaign.closedAt !== null, at('signed', 'open')),
    step('report', at('archived'), at('closed'), at('closed', 'archived') ? '/hr/reports' : undefined),
  ]
  const yesNo = (value: boolean) => text(value ? 'yes' : 'no')
  const versions = found.questionnaires.flatMap((one) => findVersion(shipped, `${one.slug}@${one.version}`) ?? [])
  const titles = found.questionnaires.map((one) => {
    const version = findVersion(shipped, `${one.slug}@${one.version}`)
    return `${version?.definition.title[locale] ?? one.slug} (${one.slug}@${one.version})`
  })
  return {
    campaignName: campaign.name,
    stateLabel: text(`state.${campaign.state}`),
    stateKind: stateTag[campaign.state],
    period: periodOf(campaign, locale),
    days: daysLeft(campaign, today, texts, locale),
    steps: (campaign.kind === 'pulse' ? pulseSteps : stressCheckSteps)(),
    mayHandOver: campaign.kind === 'pulse' && at('draft'),
    handOverAction: `${base}/hand-over`,
    rows: [
      { key: text('list.period'), value: periodOf(campaign, locale) },
      { key: text('plan.questionnaires'), value: titles.join('\n') },
      { key: text('overview.languages'), value: languageWords(versions, texts, locale).join('\n') },
      { key: text('plan.workplaces'), value: text('overview.workplaces', { count: found.workplaces.length }) },
      ...(found.criteria.length === 0
        ? []
        : [
            {
              key: text(signed ? 'sign.criteria' : 'plan.criteria'),
              value: criteriaLines(found.criteria, found.workplaceNames, texts, locale).join('\n'),
            },
          ]),
      { key: text('plan.floor'), value: text('overview.floor', { count: campaign.floor }) },
      ...(campaign.kind === 'pulse'
        ? found.questionnaires.flatMap(({ slug, wave }) =>
            wave === null ? [] : [{ key: text('pulse.wave'), value: text('pulse.waveOf', { slug, wave }) }],
          )
        : [
            { key: text('plan.employerReceives'), value: yesNo(campaign.employerReceivesIndividualResults) },
            { key: text('plan.othersMayRequest'), value: yesNo(campaign.othersMayRequestInterview) },
            { key: text('plan.turnoverRisk'), value: yesNo(campaign.turnoverRiskPurpose) },
          ]),
      {
        key: text('plan.reminders'),
        value: text('overview.reminders', { count: campaign.remindersMaximum, days: campaign.reminderIntervalDays }),
      },
    ],
    taken: taken && {
      ...taken,
      share: taken.invited === 0 ? 0 : taken.taken / taken.invited,
      href: `${base}/participation`,
    },
    uninvited: found.uninvited,
    mayRemind: at('open') && campaign.remindersMaximum > 0,
    remindAction: `${base}/remind`,
    remindersMaximum: campaign.remindersMaximum,
  }
}
