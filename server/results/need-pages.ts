import { staffNames } from '../access/index.ts'
import { findInvitation, type Campaign } from '../campaigns/index.ts'
import type { Services } from '../services.ts'
import { formatNumber } from '../web/formats.ts'
import { Problem } from '../web/problems.ts'
import type { Texts } from '../web/texts.ts'
import { auditOpened, filters, namePeople, type Filter, type NeedPage, type Reader } from './need-list.ts'
import { confirmationOf, openNeeds, openResult } from './needs.ts'
import { resultView } from './pages.ts'
import type { AnyHandle } from './tables.ts'

/** The list of results with verdicts as a table; `base` is the room it stands in (/implementer, /clerk). */
export function needListView(
  texts: Texts,
  locale: string,
  base: '/implementer' | '/clerk',
  campaign: Campaign,
  page: NeedPage,
  filter: Filter,
  signers: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const text = (key: string, params?: Record<string, string>) => texts.text(locale, `results.needs.${key}`, params)
  const address = `${base}/campaigns/${campaign.id}/needs`
  const tagOf = { high: 'strong', none: 'wait', ordinary: 'quiet' } as const
  return {
    campaign,
    base,
    address,
    campaignHref: `${base}/campaigns/${campaign.id}`,
    signHref: {
      high: `${address}/sign?verdict=high`,
      none: `${address}/sign?verdict=none`,
      ordinary: `${address}/sign?verdict=ordinary`,
    },
    releaseHref: `${base}/campaigns/${campaign.id}/release`,
    handoversHref:
      campaign.employerReceivesIndividualResults && base === '/implementer'
        ? `${base}/campaigns/${campaign.id}/handovers`
        : null,
    filters: filters.map((one) => ({
      href: `${address}?show=${one}`,
      label: text(`filter.${one}`),
      count: page.counts[one],
      current: one === filter,
    })),
    openCounts: page.open,
    total: page.total,
    columns: ['name', 'department', 'verdict', 'decision'].map((key) => ({ label: text(`column.${key}`) })),
    rows: page.lines.map((line) => ({
      cells: [
        {
          text: line.name || text('nameless'),
          heading: true,
          href: `${address}/${line.invitationId}`,
          note: line.employeeCode,
        },
        { text: line.department },
        { text: text(`verdict.${line.verdict}`), tag: tagOf[line.verdict] },
        line.confirmed
          ? {
              text: text(line.needed ? 'needed' : 'notNeeded'),
              note: text('signedBy', { name: signers.get(line.confirmed.by) ?? '' }),
            }
          : { text: text('open'), tag: 'wait' },
      ],
    })),
    pager:
      page.pages > 1
        ? {
            words: text('page', { page: formatNumber(page.page, locale), pages: formatNumber(page.pages, locale) }),
            previous: page.page > 1 ? `${address}?show=${filter}&page=${page.page - 1}` : null,
            next: page.page < page.pages ? `${address}?show=${filter}&page=${page.page + 1}` : null,
          }
        : null,
  }
}

/** One person's page for the implementer's side; writes the audit row before the body. @throws {Problem} not_found outside the reader's reach */
export async function needPersonView(
  services: Services,
  db: AnyHandle,
  reader: Reader,
  locale: string,
  campaign: Campaign,
  invitationId: string,
  workplaceIds: readonly string[] | undefined,
): Promise<Record<string, unknown>> {
  const invitation = await findInvitation(db, reader.companyId, invitationId)
  if (invitation?.campaignId !== campaign.id) throw new Problem('not_found')
  if (workplaceIds && !workplaceIds.includes(invitation.workplaceId)) throw new Problem('not_found')
  const opened = await openResult(db, services.vault, reader.companyId, invitationId)
  await auditOpened(services, db, reader, [opened], 'result.opened')
  const person = (await namePeople(services, db, reader.companyId, campaign, [invitation])).get(opened.subjectId)!
  const need = (await openNeeds(db, services.vault, reader.companyId, [invitationId])).get(invitationId)
  const confirmation = await confirmationOf(db, reader.companyId, invitationId)
  const names = await staffNames(db, reader.companyId, confirmation ? [confirmation.by] : [])
  const text = (key: string, params?: Record<string, string>) =>
    services.texts.text(locale, `results.needs.${key}`, params)
  return {
    campaign,
    personName: person.name || text('nameless'),
    employeeCode: person.employeeCode,
    department: person.department,
    verdict: await resultView(opened.stored, services.texts, locale),
    signed: confirmation !== undefined,
    signedWords:
      confirmation && need
        ? `${text(need.needed ? 'needed' : 'notNeeded')} · ${text('signedBy', { name: names.get(confirmation.by) ?? '' })}`
        : '',
    signedAt: confirmation?.at ?? null,
    signedNote: need?.note ?? '',
  }
}
