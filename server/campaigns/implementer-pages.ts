import { standardRules } from '../../analysis/scoring/index.ts'
import type { MailState } from '../mail/index.ts'
import { findVersion, inWave, type ShippedQuestionnaires } from '../questionnaires/index.ts'
import { formatDate, formatPercent } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import { ruleWords } from './criteria-words.ts'
import { hashOfDecisions, type CriteriaInForce } from './criteria.ts'
import { indented, reportableTable } from './group-pages.ts'
import type { ReportingGroup } from './groups.ts'
import { daysLeft, periodOf, stateTag } from './hr-pages.ts'
import type { NamedWorkplace } from './preparation-form.ts'
import { progressByGroup, progressByWorkplace, sumProgress, type Count } from './progress.ts'
import type { Campaign, CampaignQuestionnaire } from './queries.ts'
import { previewReportable } from './reportable.ts'
import { itemsOf, methodNames, whyNotOffered, type CampaignState } from './rules.ts'
import type { Locale } from '../locales.ts'

/** What waits for the implementer comes first. */
const urgency: Partial<Record<CampaignState, number>> = {
  prepared: 0,
  closed: 1,
  need_confirmed: 2,
  open: 3,
  signed: 4,
}

/** What waits at the desk: of a closed pulse the report, not anybody's interview. */
const deskStateOf = ({ kind, state }: Campaign) => (kind === 'pulse' && state === 'closed' ? 'pulseClosed' : state)

/** The implementer's or clerk's list of campaigns. */
export function deskList(
  campaigns: readonly Campaign[],
  desk: 'implementer' | 'clerk',
  today: string,
  texts: Texts,
  locale: Locale,
): Record<string, unknown> {
  const text = (key: string) => texts.text(locale, `campaigns.${key}`)
  const shown = campaigns
    .filter((campaign) => campaign.state !== 'draft')
    .sort((a, b) => (urgency[a.state] ?? 9) - (urgency[b.state] ?? 9))
  return {
    columns: [{ label: text('list.name') }, { label: text('list.state') }, { label: text('list.period') }],
    rows: shown.map((campaign) => ({
      cells: [
        { heading: true, text: campaign.name, href: `/${desk}/campaigns/${campaign.id}` },
        { tag: stateTag[campaign.state], text: text(`deskState.${deskStateOf(campaign)}`) },
        { text: periodOf(campaign, locale), note: daysLeft(campaign, today, texts, locale) },
      ],
    })),
  }
}

/** All that a signature stands for: questionnaires by hash, criteria with thresholds and sources, records, tree. */
export function signingView(
  found: {
    campaign: Campaign
    questionnaires: readonly CampaignQuestionnaire[]
    workplaces: readonly NamedWorkplace[]
    criteria: readonly CriteriaInForce[]
    groups: readonly ReportingGroup[]
  },
  shipped: ShippedQuestionnaires,
  typed: { criteriaMethod?: string | undefined; confirmed?: boolean },
  texts: Texts,
  locale: Locale,
): Record<string, unknown> {
  const { campaign } = found
  const text = (key: string, params?: Record<string, string | number>) => texts.text(locale, `campaigns.${key}`, params)
  const yesNo = (value: boolean) => text(value ? 'yes' : 'no')
  const versions = found.questionnaires.map((one) => ({
    one,
    version: findVersion(shipped, `${one.slug}@${one.version}`),
  }))
  const preview = previewReportable(found.groups, campaign.floor)
  return {
    isPulse: campaign.kind === 'pulse',
    campaignName: campaign.name,
    period: periodOf(campaign, locale),
    questionnaires: versions.map(({ one, version }) => ({
      heading: version?.definition.title[locale] ?? one.slug,
      reference: `${one.slug}@${one.version}`,
      itemCount: version ? inWave(version, one.wave).items.length : 0,
      hash: one.hash,
      licence: version?.definition.licence.attribution[locale] ?? '',
    })),
    methods: (['simpleSum', 'conversion'] as const).flatMap((method) => {
      for (const { version } of versions) {
        const criterion = version?.definition.criteria.find((one) => one.method === methodNames[method])
        if (!version || !criterion) continue
        const rules = ruleWords(standardRules(criterion), texts, locale)
        return [
          {
            value: method,
            label: criterion.title[locale] ?? method,
            hint:
              rules.join(locale === 'ja' ? ' / ' : '; ') +
              (campaign.criteriaMethod === method ? ` ${text('sign.proposed')}` : ''),
            checked: typed.criteriaMethod === method,
          },
        ]
      }
      return []
    }),
    notOffered: (['simpleSum', 'conversion'] as const).flatMap((method) =>
      versions.flatMap(({ version }) => {
        if (version?.definition.kind !== 'statutory') return []
        const reason = whyNotOffered(version.definition, method)
        return reason ? [{ method: text(`method.${method}`), reason: reason[locale] ?? reason['ja'] ?? '' }] : []
      }),
    ),
    sources: versions.flatMap(({ version }) =>
      (version?.definition.criteria ?? [])
        .flatMap((criterion) => criterion.sources)
        .filter((id, index, all) => all.indexOf(id) === index)
        .map((id) => ({
          words: version!.definition.sources[id]?.title ?? id,
          url: version!.definition.sources[id]?.url ?? '',
        })),
    ),
    workplaces: found.workplaces.map((one) => ({
      heading: one.name,
      basis: text(one.basis === 'committee' ? 'sign.committeeOn' : 'sign.opinionsOn', {
        day: one.heldOn === null ? '' : formatDate('date', one.heldOn, locale, 'UTC'),
      }),
      entries: itemsOf(one.basis).map((item) => ({ key: text(`item.${item}`), value: one.items[item] ?? '' })),
    })),
    settings: [
      { key: text('list.period'), value: periodOf(campaign, locale) },
      { key: text('plan.floor'), value: text('overview.floor', { count: campaign.floor }) },
      ...(campaign.kind === 'pulse'
        ? []
        : [
            { key: text('plan.employerReceives'), value: yesNo(campaign.employerReceivesIndividualResults) },
            { key: text('plan.othersMayRequest'), value: yesNo(campaign.othersMayRequestInterview) },
            { key: text('plan.turnoverRisk'), value: yesNo(campaign.turnoverRiskPurpose) },
            {
              key: text('prepare.rulesPublishedOn'),
              value: campaign.rulesPublishedOn ? formatDate('date', campaign.rulesPublishedOn, locale, 'UTC') : '',
            },
          ]),
    ],
    ...reportableTable(found.groups, preview, texts, locale),
    floor: campaign.floor,
    confirmed: typed.confirmed ?? false,
    ...decidedCriteria(
      found.criteria,
      new Map(found.workplaces.map(({ workplaceId, name }) => [workplaceId, name])),
      texts,
      locale,
    ),
    criteriaHref: `/implementer/campaigns/${campaign.id}/criteria`,
    // group-reports/ keeps this page
    trialHref: `/implementer/campaigns/${campaign.id}/criteria/trial`,
    signAction: `/implementer/campaigns/${campaign.id}/sign`,
    returnAction: `/implementer/campaigns/${campaign.id}/return`,
  }
}

/** The criteria of workplaces that decided their own, the questionnaire's numbers beside those that differ from them. */
function decidedCriteria(
  criteria: readonly CriteriaInForce[],
  names: ReadonlyMap<string, string>,
  texts: Texts,
  locale: Locale,
): Record<string, unknown> {
  const text = (key: string, params?: Record<string, string | number>) => texts.text(locale, `campaigns.${key}`, params)
  const anyOwn = criteria.some(({ own }) => own)
  const join = (words: readonly string[]) => words.join(locale === 'ja' ? ' / ' : '; ')
  return {
    decidedColumns: ['workplace', 'rules', 'when', 'by'].map((key) => ({ label: text(`criteria.${key}`) })),
    decidedRows: (anyOwn ? [...names] : []).flatMap(([workplaceId, name]) => {
      const one = criteria.find((each) => each.workplaceId === workplaceId)
      if (!one) return []
      const words = one.own
        ? {
            text: `${text(`method.${one.method}`)}: ${join(ruleWords(one.rules, texts, locale))}`,
            note: one.changed
              ? text('criteria.changed', { rules: join(ruleWords(one.standard.rules, texts, locale)) })
              : text('criteria.sameAsForm'),
          }
        : { text: text('criteria.undecided') }
      return [
        {
          cells: [
            { heading: true, text: name, ...(one.note && { note: one.note }) },
            words,
            { text: one.decidedOn === null ? '' : formatDate('date', one.decidedOn, locale, 'UTC') },
            {
              text:
                one.decidedBy || text(one.basis === 'committee' ? 'criteria.committeeBasis' : 'criteria.heardBasis'),
            },
          ],
        },
      ]
    }),
    anyOwn,
    undecided: criteria.length === 0 || criteria.some(({ own }) => !own),
    decisionsSeen: hashOfDecisions(criteria),
  }
}

/** 「123 / 480人(26%)」 */
export const progressWords = (sum: { invited: number; submitted: number }, texts: Texts, locale: Locale) =>
  texts.text(locale, 'campaigns.progress.words', {
    submitted: sum.submitted,
    invited: sum.invited,
    share: formatPercent(sum.invited === 0 ? 0 : sum.submitted / sum.invited, locale, 0),
  })

/** Live progress for the implementer's side: in all, by workplace, by department; and how far the mails are. */
export function progressView(
  found: {
    campaign: Campaign
    counts: readonly Count[]
    groups: readonly ReportingGroup[]
    workplaceNames: ReadonlyMap<string, string>
    delivery: { invitation: ReadonlyMap<MailState, number>; reminder: ReadonlyMap<MailState, number> }
    signer: string
    /** as signed */
    criteria: readonly CriteriaInForce[]
    /** on the roster, and not asked */
    uninvited: number
    /** whether the counts are those of everybody */
    everywhere: boolean
  },
  desk: 'implementer' | 'clerk',
  today: string,
  texts: Texts,
  locale: Locale,
): Record<string, unknown> {
  const { campaign, counts } = found
  const text = (key: string, params?: Record<string, string | number>) => texts.text(locale, `campaigns.${key}`, params)
  const sum = sumProgress(counts)
  const share = (one: { invited: number; submitted: number }) => [
    { numeric: true, text: String(one.invited) },
    { numeric: true, text: String(one.submitted) },
    { numeric: true, text: formatPercent(one.invited === 0 ? 0 : one.submitted / one.invited, locale, 0) },
  ]
  const columns = (first: string) => [
    { label: text(first) },
    { label: text('progress.invited'), numeric: true },
    { label: text('progress.submitted'), numeric: true },
    { label: text('progress.share'), numeric: true },
  ]
  const names = new Map(found.groups.map((group) => [group.departmentId, group.name]))
  const mails = [...found.delivery.invitation.values()].reduce((all, one) => all + one, 0)
  const states = ['accepted', 'queued', 'sending', 'failed', 'cancelled'] as const
  const deliveryRow = (kind: 'invitation' | 'reminder') => ({
    cells: [
      { heading: true, text: text(`delivery.${kind}`) },
      ...states.map((state) => ({ numeric: true, text: String(found.delivery[kind].get(state) ?? 0) })),
    ],
  })
  return {
    campaignName: campaign.name,
    stateLabel: text(`deskState.${deskStateOf(campaign)}`),
    stateKind: stateTag[campaign.state],
    period: periodOf(campaign, locale),
    days: daysLeft(campaign, today, texts, locale),
    list: `/${desk}`,
    // results/ keeps these pages; which step is next follows from the state alone
    needsHref: campaign.openedAt === null || campaign.kind === 'pulse' ? '' : `/${desk}/campaigns/${campaign.id}/needs`,
    needsFirst: campaign.state === 'closed' && campaign.kind !== 'pulse',
    // group-reports/ keeps this page
    reportsHref:
      campaign.kind === 'pulse' && campaign.state === 'closed' && desk === 'implementer' ? '/implementer/reports' : '',
    releaseHref:
      desk === 'implementer' && campaign.state === 'need_confirmed'
        ? `/implementer/campaigns/${campaign.id}/release`
        : '',
    opened: campaign.openedAt !== null,
    live: campaign.state === 'open',
    progressAddress: `/${desk}/campaigns/${campaign.id}/progress`,
    uninvited: found.uninvited,
    inviteAction: `/implementer/campaigns/${campaign.id}/newcomers`,
    done: sum.submitted,
    asked: Math.max(1, sum.invited),
    words: progressWords(sum, texts, locale),
    workplaceColumns: columns('progress.workplace'),
    workplaceRows: progressByWorkplace(counts).map((one) => ({
      cells: [
        {
          heading: true,
          text:
            one.workplaceId === undefined
              ? text('progress.otherWorkplaces')
              : (found.workplaceNames.get(one.workplaceId) ?? ''),
        },
        ...share(one),
      ],
    })),
    groupColumns: columns('progress.department'),
    groupRows: progressByGroup(found.groups, counts).map((one) => ({
      cells: [{ heading: true, text: indented(names.get(one.id) ?? '', one.depth) }, ...share(one)],
    })),
    deliveryColumns: [
      { label: text('delivery.mail') },
      ...states.map((state) => ({ label: text(`delivery.${state}`), numeric: true })),
    ],
    deliveryRows: [deliveryRow('invitation'), deliveryRow('reminder')],
    withoutAddress: campaign.openedAt === null || !found.everywhere ? 0 : Math.max(0, sum.invited - mails),
    ...decidedCriteria(found.criteria, found.workplaceNames, texts, locale),
    signedRows: [
      { key: text('signed.by'), value: found.signer },
      { key: text('signed.at'), value: campaign.signedAt?.toISOString() ?? '' },
      { key: text('signed.tree'), value: campaign.treeHash ?? '' },
    ],
  }
}
