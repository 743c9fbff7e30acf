import { recordAuditMany } from '../audit/index.ts'
import { identifySubjects, type Campaign } from '../campaigns/index.ts'
import { departmentTreeOn, findMembers, type Member } from '../roster/index.ts'
import type { Services } from '../services.ts'
import type { VerdictClass } from './rules.ts'
import { listNeeds, openNeeds, type NeedLine } from './needs.ts'
import type { AnyHandle } from './tables.ts'

/** Who opens: an implementer, or a clerk with the implementer who directs them. */
export interface Reader {
  companyId: string
  userId: string
  role: 'implementer' | 'clerk'
  directedBy?: string | undefined
  requestId: string
}

export const filters = ['open', 'high', 'none', 'ordinary', 'signed', 'all'] as const
export type Filter = (typeof filters)[number]

export interface NamedLine extends NeedLine {
  name: string
  employeeCode: string
  department: string
  needed: boolean | undefined
}

export const namesPerPage = 100

const wanted: Record<Filter, (line: NeedLine) => boolean> = {
  open: (line) => !line.confirmed,
  high: (line) => line.verdict === 'high',
  none: (line) => line.verdict === 'none',
  ordinary: (line) => line.verdict === 'ordinary',
  signed: (line) => line.confirmed !== undefined,
  all: () => true,
}

export interface NeedPage {
  lines: NamedLine[]
  page: number
  pages: number
  total: number
  counts: Record<Filter, number>
  /** not signed yet, by verdict */
  open: Record<VerdictClass, number>
}

/**
 * One page of the implementer's list with names. Writes one audit row for each record it shows, in one statement, before anything is sent.
 */
export async function readNeedPage(
  services: Services,
  db: AnyHandle,
  reader: Reader,
  campaign: Campaign,
  of: {
    filter: Filter
    page: number
    workplaceIds: readonly string[] | undefined
    perPage?: number
    verdict?: VerdictClass | undefined
  },
): Promise<NeedPage> {
  const all = await listNeeds(db, services.vault, reader.companyId, campaign.id, of.workplaceIds)
  const chosen = all.filter(
    (line) => wanted[of.filter](line) && (of.verdict === undefined || line.verdict === of.verdict),
  )
  const perPage = of.perPage ?? namesPerPage
  const pages = Math.max(1, Math.ceil(chosen.length / perPage))
  const page = Math.min(Math.max(1, of.page), pages)
  const shown = chosen.slice((page - 1) * perPage, page * perPage)
  const counts = Object.fromEntries(filters.map((filter) => [filter, all.filter(wanted[filter]).length])) as Record<
    Filter,
    number
  >
  const openOf = (verdict: VerdictClass) => all.filter((line) => !line.confirmed && line.verdict === verdict).length
  return {
    lines: await nameLines(services, db, reader, campaign, shown),
    page,
    pages,
    total: chosen.length,
    counts,
    open: { high: openOf('high'), none: openOf('none'), ordinary: openOf('ordinary') },
  }
}

async function nameLines(
  services: Services,
  db: AnyHandle,
  reader: Reader,
  campaign: Campaign,
  lines: readonly NeedLine[],
): Promise<NamedLine[]> {
  if (lines.length === 0) return []
  const people = await namePeople(services, db, reader.companyId, campaign, lines)
  const needs = await openNeeds(
    db,
    services.vault,
    reader.companyId,
    lines.map((line) => line.invitationId),
  )
  await auditOpened(services, db, reader, lines, 'result.listed')
  return lines.map((line) => ({
    ...line,
    ...people.get(line.subjectId)!,
    needed: needs.get(line.invitationId)?.needed,
  }))
}

/** One audit row per opened record; a clerk's row names the implementer who directs (law R-4). */
export async function auditOpened(
  services: Services,
  db: AnyHandle,
  reader: Reader,
  records: readonly { invitationId: string; subjectId: string }[],
  action: string,
): Promise<void> {
  await recordAuditMany(
    db,
    reader.companyId,
    services.clock.now(),
    records.map((record) => ({
      actorKind: 'staff',
      actorId: reader.userId,
      actorRole: reader.role,
      action,
      subjectArea: 'stress',
      subjectId: record.subjectId,
      reason: reader.role === 'clerk' ? 'results.reason.needPreparation' : 'results.reason.needConfirmation',
      ...(reader.directedBy
        ? { objectKind: 'directing_implementer', objectId: reader.directedBy }
        : { objectKind: 'result', objectId: record.invitationId }),
      requestId: reader.requestId,
    })),
  )
}

export interface NamedPerson {
  name: string
  employeeCode: string
  department: string
  member: Member | undefined
}

/** Names of subjects as the roster has them on the campaign's first day; those who are not on it keep an empty name. */
export async function namePeople(
  services: Services,
  db: AnyHandle,
  companyId: string,
  campaign: Pick<Campaign, 'opensOn'>,
  people: readonly { subjectId: string; departmentId?: string }[],
): Promise<Map<string, NamedPerson>> {
  const identities = await identifySubjects(
    db,
    services.vault,
    companyId,
    people.map((one) => one.subjectId),
  )
  const members = await findMembers(
    db,
    companyId,
    [...identities.values()].map((one) => one.employmentId),
    campaign.opensOn,
  )
  const departments = new Map(
    (await departmentTreeOn(db, companyId, campaign.opensOn)).map((one) => [one.id, one.name]),
  )
  return new Map(
    people.map((one) => {
      const member = members.get(identities.get(one.subjectId)?.employmentId ?? '')
      return [
        one.subjectId,
        {
          name: member ? `${member.familyName} ${member.givenName}`.trim() : '',
          employeeCode: member?.employeeCode ?? '',
          department: departments.get(one.departmentId ?? member?.departmentId ?? '') ?? '',
          member,
        },
      ]
    }),
  )
}
