import * as z from 'zod'
import type { Campaign } from '../campaigns/index.ts'
import type { Progress } from '../jobs/index.ts'
import type { ReportContent, ReportedGroup } from './content.ts'
import type { ReportHead } from './queries.ts'
import type { Recipient } from './release.ts'
import type { Words } from './words.ts'

/** Campaigns with the state of their report: what is to be done stands first. */
export function implementerList(
  campaigns: readonly Campaign[],
  reports: readonly ReportHead[],
  progress: ReadonlyMap<string, Progress | undefined>,
  words: Words,
): Record<string, unknown> {
  const signed = campaigns.filter((campaign) => campaign.signedAt !== null)
  return {
    campaigns: signed.map((campaign) => {
      const own = reports.filter((report) => report.campaignId === campaign.id)
      const report = own.find(({ state }) => state === 'released' || state === 'checked') ?? own[0]
      const ready = campaign.state === 'results_released' || campaign.state === 'archived'
      const running = progress.get(campaign.id)
      const state = report?.state ?? (running?.state === 'running' ? 'running' : ready ? 'ready' : 'early')
      return {
        id: campaign.id,
        campaignName: campaign.name,
        closesOn: campaign.closesOn,
        state: words.t(`state.${state}`),
        tag: { checked: 'wait', released: 'done', refused: 'late', ready: 'wait', running: 'wait', early: 'quiet' }[
          state as 'ready'
        ],
        href: report ? `/implementer/reports/${report.id}` : '',
        mayCompute: ready && report?.state !== 'released',
        computed: report !== undefined,
        running:
          running?.state === 'running'
            ? {
                value: running.done,
                max: running.total,
                words: words.t('progress.running'),
                address: `/implementer/reports/progress/${campaign.id}`,
              }
            : undefined,
        failed: running?.state === 'failed' && !report,
      }
    }),
  }
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
export function verdictView(stored: unknown, content: ReportContent | undefined, words: Words) {
  const { safe, exact, figures, cells, faults } = verdict.parse(stored)
  const departments = content?.groups.filter((group) => group.kind === 'department') ?? []
  const withheld = departments.filter((group) => group.figures.response.kind === 'withheld').length
  return {
    kind: safe ? 'good' : 'warn',
    words: words.t(safe ? 'verdict.safe' : 'verdict.refused', {
      figures: words.number(figures),
      cells: words.number(cells),
    }),
    exact: words.t(exact ? 'verdict.exact' : 'verdict.searched'),
    withheld: content
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
  shown: readonly ReportedGroup[],
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
