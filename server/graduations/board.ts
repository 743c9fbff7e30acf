import { departmentTreeOn, findMembers, type Member } from '../roster/index.ts'
import { formatDate } from '../web/formats.ts'
import { listDepartures, type Departure } from './departures.ts'
import { nextStep } from './pages.ts'
import { addDays } from './rules.ts'
import { listSteps, type Step } from './steps.ts'
import type { AnyHandle } from './tables.ts'

/** Departures stay on the board this long after the leaving date: the last legal date of the steps is a month after. */
const shownDays = 60

export interface Board {
  entries: { departure: Departure; member: Member; department: string; steps: Step[] }[]
}

/** Drafts, and confirmed departures not long past, of people in reach (role hr). */
export async function loadBoard(
  db: AnyHandle,
  companyId: string,
  today: string,
  workplaceIds: string[] | undefined,
): Promise<Board> {
  const departures = await listDepartures(db, companyId, addDays(today, -shownDays))
  const members = await membersOf(db, companyId, departures, today)
  const steps = Map.groupBy(
    await listSteps(
      db,
      companyId,
      departures.filter((one) => one.state === 'confirmed').map((one) => one.id),
    ),
    (step) => step.departureId,
  )
  const names = new Map((await departmentTreeOn(db, companyId, today)).map((one) => [one.id, one.name]))
  return {
    entries: departures.flatMap((departure) => {
      const member = members.get(departure.employmentId)
      if (!member || (workplaceIds && !workplaceIds.includes(member.workplaceId))) return []
      return [
        { departure, member, department: names.get(member.departmentId) ?? '', steps: steps.get(departure.id) ?? [] },
      ]
    }),
  }
}

/** People as of today, or as of their own leaving date when they are gone: one query for each date. */
async function membersOf(
  db: AnyHandle,
  companyId: string,
  departures: readonly Departure[],
  today: string,
): Promise<Map<string, Member>> {
  const found = await findMembers(
    db,
    companyId,
    departures.map((one) => one.employmentId),
    today,
  )
  const gone = Map.groupBy(
    departures.filter((one) => !found.has(one.employmentId)),
    (one) => one.leavingOn,
  )
  for (const [leavingOn, ones] of gone) {
    const then = await findMembers(
      db,
      companyId,
      ones.map((one) => one.employmentId),
      leavingOn,
    )
    for (const [id, member] of then) found.set(id, member)
  }
  return found
}

type Say = (key: string, values?: Record<string, string | number>) => string

/** The board as two tables: what HR has to decide first, then by leaving date with who is waited for. */
export function boardView(board: Board, today: string, locale: string, say: Say): Record<string, unknown> {
  const day = (on: string | null) =>
    on ? formatDate('dateWithWeekday', on, locale, 'UTC') : say('graduations.board.noDate')
  const nameCell = (entry: Board['entries'][number]) => ({
    text: `${entry.member.familyName} ${entry.member.givenName}`,
    heading: true,
    href: `/hr/graduations/${entry.departure.id}`,
    note: entry.department,
  })
  const drafts = board.entries.filter((entry) => entry.departure.state === 'draft')
  const confirmed = board.entries.filter((entry) => entry.departure.state === 'confirmed')
  const column = (key: string) => ({ label: say(`graduations.board.column.${key}`), numeric: false })
  const waiting = (steps: readonly Step[]) => {
    const next = nextStep(steps, today, say)
    if (!next) return { text: say('graduations.board.nothingOpen'), tag: 'done' }
    const by = say('graduations.board.by', { day: day(next.dueOn) })
    return {
      text: `${next.actorWords}: ${next.label}`,
      note: next.isLate ? say('graduations.board.late', { day: day(next.dueOn) }) : by,
    }
  }
  return {
    draftColumns: ['name', 'leavingOn', 'source'].map(column),
    drafts: drafts.map((entry) => ({
      cells: [
        nameCell(entry),
        { text: day(entry.departure.leavingOn) },
        { text: say(`graduations.board.source.${entry.departure.source}`) },
      ],
    })),
    columns: ['name', 'kind', 'lastWorkingOn', 'leavingOn', 'waiting'].map(column),
    confirmed: confirmed.map((entry) => ({
      cells: [
        nameCell(entry),
        { text: say(`graduations.kind.${entry.departure.kind!}`) },
        { text: day(entry.departure.lastWorkingOn) },
        {
          text: day(entry.departure.leavingOn),
          ...(entry.departure.leavingOn < today && { note: say('graduations.board.gone') }),
        },
        waiting(entry.steps),
      ],
    })),
    isEmpty: board.entries.length === 0,
  }
}
