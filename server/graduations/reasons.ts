import {
  decideFloor,
  discloseFigure,
  discloseShare,
  planDisclosure,
  type Disclosed,
  type ShareFigure,
} from '../../analysis/disclosure/index.ts'
import { getShipped } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import type { InterviewAnswers } from './interviews.ts'
import { exitFollowup, exitInterview, type ExitSurvey } from './surveys.ts'
import { graduationsOf, type AnyHandle, type Visibility } from './tables.ts'

/** One submitted interview, as far as the figure needs it. */
export interface CountedInterview {
  id: string
  visibility: Visibility
  submittedOn: string
  /** null: left open */
  reason: string | null
}

/** Company-wide reasons for leaving of one set of answers; withheld as a whole, or each share with its own band at the ends. */
export interface ReasonFigures {
  respondents: Disclosed<number>
  reasons: { reason: string; share: Disclosed<ShareFigure> }[]
}

/** Two sets that share nobody: HR knows the second one by one, so joining them would let it subtract. */
export interface ReasonPanel {
  groupsOnly: ReasonFigures
  openToHr: ReasonFigures
}

const company = 'company'

/**
 * Which interviews enter the figure of those for groups only: whole batches of the floor, in the order they came and not before the next day, so that
 * the difference of two days' figures is never fewer than ten people.
 *
 * @example 27 answered before today: the first 20
 * @example 9 answered before today: none
 */
export function countedInterviews(all: readonly CountedInterview[], today: string, floor: number): CountedInterview[] {
  const inOrder = all
    .filter((one) => one.reason !== null && one.submittedOn < today && one.visibility === 'groups_only')
    .sort((a, b) => (a.submittedOn === b.submittedOn ? (a.id < b.id ? -1 : 1) : a.submittedOn < b.submittedOn ? -1 : 1))
  return inOrder.slice(0, Math.floor(inOrder.length / floor) * floor)
}

/** Reasons as disclosed shares, in the order of the questionnaire. */
export function discloseReasons(counted: readonly CountedInterview[], reasons: readonly string[]): ReasonFigures {
  const counts = new Map([[company, counted.length]])
  const plan = planDisclosure([{ id: company, parentId: null, direct: counted.length }], decideFloor())
  const respondents = discloseFigure(plan, { counts, value: (_group, n) => n })
  return {
    respondents: respondents.departments.get(company)!,
    reasons: reasons.map((reason) => {
      const positives = new Map([[company, counted.filter((one) => one.reason === reason).length]])
      // the committee's resolution concerns high-stress shares; reasons for leaving need none
      return { reason, share: discloseShare(plan, { counts, positives, resolved: true }).departments.get(company)! }
    }),
  }
}

/** Reads the answers as role analysis, which sees no name, and gives the figures of one company. */
export async function reasonFigures(
  services: Services,
  companyId: string,
  today: string,
  at: Date,
): Promise<ReasonPanel> {
  const all = await services.database.as({ role: 'analysis', companyId }, at, (db: AnyHandle) =>
    readInterviews(db, services, companyId, exitInterview),
  )
  return panelOf(all, await reasonsOf('exit-interview'), today)
}

/** Two panels of those who were asked again: what they told some months later, and whether the main reason is another one now. */
export interface LaterPanel {
  later: ReasonPanel
  shift: ReasonPanel
}

/** The one value of the panel `shift`: the main reason told later is not the one told at leaving. */
export const changedReason = 'changed'

/**
 * What was told later, company-wide, never joined to what was told at leaving but for one figure: the share of those who answered both times whose main
 * reason has changed. Both times open to HR counts as open; anything else as for groups only.
 */
export async function laterFigures(
  services: Services,
  companyId: string,
  today: string,
  at: Date,
): Promise<LaterPanel> {
  const { told, later } = await services.database.as({ role: 'analysis', companyId }, at, async (db: AnyHandle) => ({
    told: await readInterviews(db, services, companyId, exitInterview),
    later: await readInterviews(db, services, companyId, exitFollowup),
  }))
  return {
    later: panelOf(later, await reasonsOf('exit-followup'), today),
    shift: panelOf(shiftsOf(told, later), [changedReason], today),
  }
}

/**
 * One entry for each person who named a main reason both times: `changed` or `same`.
 * @example told pay, later relations: changed; told pay, later left open: no entry
 */
export function shiftsOf(told: readonly CountedInterview[], later: readonly CountedInterview[]): CountedInterview[] {
  const before = new Map(told.map((one) => [one.id, one]))
  return later.flatMap((now) => {
    const then = before.get(now.id)
    if (!then?.reason || !now.reason) return []
    const isOpen = then.visibility === 'hr' && now.visibility === 'hr'
    return [
      {
        id: now.id,
        visibility: isOpen ? ('hr' as const) : ('groups_only' as const),
        submittedOn: now.submittedOn,
        reason: then.reason === now.reason ? 'same' : changedReason,
      },
    ]
  })
}

async function reasonsOf(slug: string): Promise<string[]> {
  const { items } = await getShipped(slug, 1)
  return items.find((asked) => asked.id === 'primaryReason')!.options.map((option) => String(option.value))
}

function panelOf(all: readonly CountedInterview[], reasons: readonly string[], today: string): ReasonPanel {
  const open = all.filter((one) => one.visibility === 'hr' && one.reason !== null)
  return {
    groupsOnly: discloseReasons(countedInterviews(all, today, decideFloor()), reasons),
    openToHr: discloseReasons(open, reasons),
  }
}

async function readInterviews(
  db: AnyHandle,
  services: Services,
  companyId: string,
  { table }: ExitSurvey,
): Promise<CountedInterview[]> {
  const rows = await graduationsOf(db)
    .selectFrom(table)
    .select(['id', 'visibility', 'submitted_on', 'sealed_answers'])
    .where('company_id', '=', companyId)
    .where('state', '=', 'submitted')
    .execute()
  const opened = await services.vault.openMany<InterviewAnswers>(
    db,
    companyId,
    rows.map((row) => ({ table, rowId: row.id, sealed: row.sealed_answers! })),
  )
  return rows.flatMap((row, index) => {
    const answers = opened[index]
    if (!answers) return [] // its key was destroyed
    const reason = answers['primaryReason']
    return [
      {
        id: row.id,
        visibility: row.visibility!,
        submittedOn: row.submitted_on!,
        reason: typeof reason === 'string' ? reason : null,
      },
    ]
  })
}
