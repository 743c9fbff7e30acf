import * as z from 'zod'
import type { Campaign } from '../campaigns/index.ts'
import type { Progress } from '../jobs/index.ts'
import type { ReportHead } from './queries.ts'
import type { Recipient } from './release.ts'
import type { Words } from './words.ts'
import { isClosed } from './research-file.ts'

/** Campaigns with the state of their reports, one for each instrument: what is to be done stands first. */
export function implementerList(
  campaigns: readonly Campaign[],
  of: {
    reports: readonly ReportHead[]
    titles: ReadonlyMap<string, string>
    ready: ReadonlySet<string>
    /** how many instruments each campaign asks */
    asked: ReadonlyMap<string, number>
  },
  progress: ReadonlyMap<string, Progress | undefined>,
  words: Words,
): Record<string, unknown> {
  const signed = campaigns.filter((campaign) => campaign.signedAt !== null)
  return {
    campaigns: signed.map((campaign) => {
      const own = newestOfEach(of.reports.filter((report) => report.campaignId === campaign.id))
      const [first] = own
      const ready = of.ready.has(campaign.id)
      const running = progress.get(campaign.id)
      const state = first?.state ?? (running?.state === 'running' ? 'running' : ready ? 'ready' : 'early')
      const released = own.filter((report) => report.state === 'released').length
      const live = released + own.filter((report) => report.state === 'checked').length
      return {
        id: campaign.id,
        campaignName: campaign.name,
        closesOn: campaign.closesOn,
        state: words.t(`state.${state}`),
        tag: tagOfState(state),
        href: first ? `/implementer/reports/${first.id}` : '',
        others: own.slice(1).map((report) => ({
          href: `/implementer/reports/${report.id}`,
          title: of.titles.get(report.id) ?? report.slug,
          state: words.t(`state.${report.state}`),
          tag: tagOfState(report.state),
        })),
        // what was released stays: then only an instrument without a report is left to compute
        mayCompute: ready && (released === 0 || live < (of.asked.get(campaign.id) ?? 0)),
        computed: first !== undefined,
        answersHref: isClosed(campaign) ? `/implementer/campaigns/${campaign.id}/answers` : '',
        running:
          running?.state === 'running'
            ? {
                value: running.done,
                max: running.total,
                words: words.t('progress.running'),
                address: `/implementer/reports/progress/${campaign.id}`,
              }
            : undefined,
        failed: running?.state === 'failed' && !first,
      }
    }),
  }
}

/** One report an instrument, the stress check's first: the live one, else the newest refusal. */
function newestOfEach(reports: readonly ReportHead[]): ReportHead[] {
  const isLive = ({ state }: ReportHead) => state === 'released' || state === 'checked'
  return [...Map.groupBy(reports, ({ slug }) => slug).values()]
    .map((same) => same.find(isLive) ?? same[0]!)
    .sort((a, b) => (a.kind === b.kind ? (a.slug < b.slug ? -1 : 1) : a.kind === 'statutory' ? -1 : 1))
}

const tagOfState = (state: string): string =>
  ({ checked: 'wait', released: 'done', refused: 'late', ready: 'wait', running: 'wait' })[state] ?? 'quiet'

interface Shownable {
  kind: string
  id: string
  name: string
  figures: { response: { kind: string } }
}

const verdict = z.object({
  safe: z.boolean(),
  exact: z.boolean(),
  figures: z.number(),
  cells: z.number(),
  populations: z.number(),
  faults: z.array(z.object({ figure: z.string(), group: z.string(), what: z.string() })),
})

/** The auditor's verdict in words; of a refusal what was found, without any count. */
export function verdictView(stored: unknown, groups: readonly Shownable[] | undefined, words: Words) {
  const { safe, exact, figures, cells, faults } = verdict.parse(stored)
  const departments = groups?.filter((group) => group.kind === 'department') ?? []
  const withheld = departments.filter((group) => group.figures.response.kind === 'withheld').length
  return {
    kind: safe ? 'good' : 'warn',
    words: words.t(safe ? 'verdict.safe' : 'verdict.refused', {
      figures: words.number(figures),
      cells: words.number(cells),
    }),
    exact: words.t(exact ? 'verdict.exact' : 'verdict.searched'),
    withheld: groups
      ? words.t('verdict.withheld', { departments: words.number(departments.length), withheld: words.number(withheld) })
      : '',
    faults: [...new Set(faults.map(({ figure, what }) => words.t(`verdict.fault.${what}`, { figure })))],
  }
}

/** Boxes of who can get the report: HR the whole, managers the part of the department they head, where it is shown. */
export function recipientChoices(
  holders: {
    hr: readonly { userId: string; name: string }[]
    managers: readonly { userId: string; name: string; departmentId: string | null }[]
  },
  shown: readonly Shownable[],
  chosen: readonly Recipient[] | undefined,
) {
  const names = new Map(shown.map((group) => [group.id, group.name]))
  const isChosen = (userId: string, departmentId: string | null) =>
    chosen?.some((one) => one.userId === userId && one.departmentId === departmentId) ?? false
  // an HR user may hold the role in several workplaces
  const hr = new Map(holders.hr.map((one) => [one.userId, one.name]))
  return {
    wholeOptions: [...hr].map(([userId, name]) => ({ value: userId, label: name, checked: isChosen(userId, null) })),
    partOptions: holders.managers.flatMap(({ userId, name, departmentId }) =>
      departmentId !== null && names.has(departmentId)
        ? [
            {
              value: `${userId}:${departmentId}`,
              label: name,
              hint: names.get(departmentId)!,
              checked: isChosen(userId, departmentId),
            },
          ]
        : [],
    ),
  }
}
