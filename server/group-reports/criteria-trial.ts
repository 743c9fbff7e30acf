import {
  decideFloor,
  discloseCoarseCounts,
  keepSafeCells,
  ledgerOf,
  respondentsOf,
  toStored,
  type Ledger,
  type LedgerCell,
  type StoredFigure,
} from '../../analysis/disclosure/index.ts'
import { judge } from '../../analysis/scoring/index.ts'
import { findCampaign, listInvitations } from '../campaigns/index.ts'
import { resultsForAnalysis, type StoredResult } from '../results/index.ts'
import type { Services } from '../services.ts'
import { findTrial, keepTrialFigures, type TrialCriteria } from './criteria-trial-queries.ts'
import { readLedgers, recordLedger } from './ledger.ts'
import { lockCampaignReports } from './queries.ts'
import { reportsOf, type AnyHandle } from './tables.ts'

/** Left behind when an implementer asks; the object is the trial. */
export const trialJob = 'group-reports.criteria-trial'

/** How many would come in and how many would drop out, in bands; for all who took part and for workplaces that may stand alone. */
export interface StoredTrial {
  whole: MovedFigures
  workplaces: { workplaceId: string; moved: MovedFigures }[]
  /** workplace whose criteria the people of all other workplaces were judged by; null where there are none */
  restBy: string | null
}
export interface MovedFigures {
  in: StoredFigure
  out: StoredFigure
}

/** One person of the campaign before, as far as this needs to know. */
interface Judged {
  workplaceId: string
  departmentId: string
  scored: StoredResult
}

const nothing: StoredFigure = { kind: 'withheld', reason: 'tooFew' }
const population = 'criteria'
const everybody = 'all'

/**
 * Answers a trial (role analysis): judges everybody who had a verdict in the campaign before by the criteria asked about, and keeps bands
 * of how many would move. What stays in memory of single people lives as long as this.
 *
 * Which workplaces may stand alone is settled once for a campaign's results and stands in the disclosure ledger: those that leave no group
 * under the floor beside everything its group report has released. All others are one rest, judged by one set of criteria (of the largest
 * workplace among them), so that asking with different numbers for one small workplace tells nothing of it.
 */
export async function answerTrial(services: Services, companyId: string, trialId: string, at: Date): Promise<void> {
  await services.database.as<unknown, void>({ role: 'analysis', companyId }, at, async (db) => {
    const trial = await findTrial(db, companyId, trialId)
    if (!trial || trial.figures !== null) return
    const previous = await findCampaign(db, companyId, trial.previousCampaignId)
    if (!previous) return
    await lockCampaignReports(db, previous.id)
    const people = await judgedPeople(services, db, companyId, previous.id)
    const cells = await cellsOf(services, db, companyId, { id: previous.id, floor: previous.floor }, people, at)
    const alone = cells.filter((id) => id !== everybody)
    const { restBy, criteriaOf } = criteriaFor(people, alone, trial.criteria)
    const parts = partsOf(people, alone, criteriaOf)
    const floor = decideFloor(previous.floor)
    const counts = (what: 'in' | 'out') =>
      discloseCoarseCounts(
        parts.map((part) => ({ ...part, people: part[what] })),
        floor,
        trial.criteriaHash,
      )
    const [moving, leaving] = [counts('in'), counts('out')]
    const mayTell = cells.includes(everybody)
    const figures: StoredTrial = {
      whole: !mayTell ? { in: nothing, out: nothing } : { in: toStored(moving.whole), out: toStored(leaving.whole) },
      workplaces: (mayTell ? alone : []).map((workplaceId) => ({
        workplaceId,
        moved: {
          in: toStored(moving.parts.get(workplaceId)!),
          out: toStored(leaving.parts.get(workplaceId)!),
        },
      })),
      restBy,
    }
    await keepTrialFigures(db, companyId, trialId, figures, at)
  })
}

/** Everybody with a verdict: the people a high-stress share is a share of. */
async function judgedPeople(
  services: Services,
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<Judged[]> {
  const places = new Map((await listInvitations(db, companyId, campaignId)).map((one) => [one.id, one]))
  const people: Judged[] = []
  for await (const { invitationId, scored } of resultsForAnalysis(db, services.vault, companyId, campaignId)) {
    const place = places.get(invitationId)
    if (place && scored.verdict) people.push({ ...placeOf(place), scored })
  }
  return people
}

const placeOf = ({ workplaceId, departmentId }: { workplaceId: string; departmentId: string }) => ({
  workplaceId,
  departmentId,
})

/**
 * The groups whose figures may be told, `all` and workplaces: as recorded when first asked, else found now and recorded. Before the report
 * is released everybody together only: what it will show is not known yet, but for its top, which is the same people.
 */
async function cellsOf(
  services: Services,
  db: AnyHandle,
  companyId: string,
  previous: { id: string; floor: number },
  people: readonly Judged[],
  at: Date,
): Promise<string[]> {
  const report = await reportsOf(db)
    .selectFrom('group_report')
    .select('id')
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', previous.id)
    .where('kind', '=', 'statutory')
    .where('state', '=', 'released')
    .executeTakeFirst()
  if (!report) return people.length >= previous.floor ? [everybody] : []
  const ledgers = await readLedgers(db, services.vault, companyId, report.id, previous.floor)
  const own = ledgers.find(({ cells }) => cells.some(({ id }) => id.startsWith(`${population}/`)))
  if (own) return own.cells.map(({ id }) => id.slice(population.length + 1))
  const kept = safeWorkplaces(people, ledgers, previous.floor)
  await recordLedger(
    db,
    services.vault,
    { companyId, campaignId: previous.id, reportId: report.id },
    [{ population, ledger: kept }],
    at,
  )
  return kept.cells.map(({ id }) => id)
}

/**
 * Everybody together and the workplaces, the largest first, that with all released groups leave no group under the floor to be derived.
 * Only these cells are left in the ledger that comes back; none without everybody.
 *
 * What can be combined with these counts are shares of high stress, and they are of the same people: of the released populations the one
 * counted alike everywhere matters. Where there is none (no share was shown, or a record was destroyed since) all of them are looked at.
 */
export function safeWorkplaces(
  people: readonly { workplaceId: string; departmentId: string }[],
  released: readonly Ledger[],
  floor: number,
): Ledger {
  const heads = new Map(
    [...Map.groupBy(people, ({ departmentId }) => departmentId)].map(([id, all]) => [id, all.length]),
  )
  const alike = released.filter(({ atoms }) => [...atoms].every(([id, n]) => (heads.get(id) ?? 0) === n))
  const groups = new Map<string, ReadonlySet<string>>()
  for (const { cells } of alike.length > 0 ? alike : released)
    for (const { atoms } of cells) groups.set(`released ${atoms.toSorted().join(' ')}`, new Set(atoms))
  const workplaces = [...Map.groupBy(people, ({ workplaceId }) => workplaceId)]
    .map(([id, members]) => ({ id, size: members.length }))
    .sort((a, b) => b.size - a.size || (a.id < b.id ? -1 : 1))
  const ledger = ledgerOf(
    floor,
    people.map(({ workplaceId, departmentId }) => [
      ...[...groups].filter(([, members]) => members.has(departmentId)).map(([id]) => id),
      everybody,
      workplaceId,
    ]),
    [...groups.keys(), everybody, ...workplaces.map(({ id }) => id)].map((id) => ({ id })),
  )
  const bySize = (a: LedgerCell, b: LedgerCell) => respondentsOf(ledger, b) - respondentsOf(ledger, a)
  const cell = (id: string) => ledger.cells.find((one) => one.id === id)!
  const shown = ledger.cells.filter(({ id }) => groups.has(id)).sort(bySize)
  const base = keepSafeCells({ ...ledger, cells: [] }, shown).kept
  const whole = keepSafeCells(base, [cell(everybody)])
  if (whole.refused.length > 0) return { ...ledger, cells: [] }
  // of one workplace everybody is the figure; beside it the workplace says the same
  const wanted = workplaces.length > 1 ? workplaces.map(({ id }) => cell(id)) : []
  const { kept } = keepSafeCells(whole.kept, wanted)
  return { ...kept, cells: kept.cells.filter(({ id }) => !groups.has(id)) }
}

/** Whose criteria count where: a workplace alone by its own, the rest by those of its largest workplace that has some. */
function criteriaFor(
  people: readonly Judged[],
  alone: readonly string[],
  criteria: TrialCriteria,
): { restBy: string | null; criteriaOf: (workplaceId: string) => TrialCriteria[string] | undefined } {
  const rest = [...Map.groupBy(people, ({ workplaceId }) => workplaceId)]
    .filter(([id]) => !alone.includes(id) && criteria[id] !== undefined)
    .sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1))
  const restBy = rest[0]?.[0] ?? null
  return {
    restBy,
    criteriaOf: (workplaceId) =>
      alone.includes(workplaceId) ? criteria[workplaceId] : restBy === null ? undefined : criteria[restBy],
  }
}

type Part = { id: string; respondents: number; published: boolean; in: number; out: number }

/** Each workplace that stands alone, and the rest, with how many would move. Who cannot be judged by the other method stays as they were. */
function partsOf(
  people: readonly Judged[],
  alone: readonly string[],
  criteriaOf: (workplaceId: string) => TrialCriteria[string] | undefined,
): Part[] {
  const parts = new Map(
    [...alone, ''].map((id): [string, Part] => [id, { id, respondents: 0, in: 0, out: 0, published: id !== '' }]),
  )
  for (const { workplaceId, scored } of people) {
    const part = parts.get(alone.includes(workplaceId) ? workplaceId : '')!
    const criteria = criteriaOf(workplaceId)
    const totals = criteria && scored[criteria.method]?.totals
    const before = scored.verdict!.highStress
    const after = totals ? judge(criteria.rules, totals).highStress : before
    part.respondents++
    if (after && !before) part.in++
    if (before && !after) part.out++
  }
  return [...parts.values()].filter(({ respondents, published }) => published || respondents > 0)
}
