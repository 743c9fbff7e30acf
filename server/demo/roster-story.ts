import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import { confirmDeparture, openDraft, openDraftsForEndedEmployments, type Kind } from '../graduations/index.ts'
import { applyImport, importRosterFile, membersOn, movements } from '../roster/index.ts'
import { moveDates } from './clock.ts'
import { at } from './campaign-story.ts'
import { staffOf, type DemoCompany } from './staff.ts'
import type { Stage } from './stage.ts'

const folder = join(import.meta.dirname, 'roster')

/** A departure as HR of the demo knows it. */
export interface DepartureRow {
  employeeCode: string
  kind: Kind
  noticeOn: string
  lastWorkingOn: string
  leavingOn: string
}

/** The demo's departures with their dates moved to the present. */
export async function readDepartures(shift: number): Promise<DepartureRow[]> {
  const text = moveDates(await readFile(join(folder, 'departures.csv'), 'utf8'), shift)
  const rows = parse(text, { columns: true, bom: true, skip_empty_lines: true }) as Record<string, string>[]
  return rows.map((row) => ({
    employeeCode: row['employee_code']!,
    kind: row['kind'] as Kind,
    noticeOn: row['notice_on']!,
    lastWorkingOn: row['last_working_on']!,
    leavingOn: row['leaving_on']!,
  }))
}

/** HR imports the files of one year: preview, nothing wrong, applied. Files keep their encoding; only their dates are moved. */
export async function importSnapshot(
  stage: Stage,
  company: DemoCompany,
  year: number,
  effectiveOn: string,
  shift: number,
): Promise<void> {
  const { services, clock } = stage
  clock.set(at(effectiveOn, '10:00'))
  const userId = staffOf(company, 'hr').userId
  for (const kind of ['departments', 'employees'] as const) {
    const fileName = `${year}-11-${kind}.csv`
    const bytes = await readFile(join(folder, fileName))
    const encoding = isUtf8(bytes) ? 'utf8' : 'Shift_JIS'
    const moved = iconv.encode(moveDates(iconv.decode(bytes, encoding, { stripBOM: false }), shift), encoding)
    const previewed = await importRosterFile(services, {
      companyId: company.companyId,
      kind,
      fileName,
      effectiveOn,
      createdBy: userId,
      stream: Readable.from([moved]),
    })
    if (previewed.wrong > 0) throw new Error(`${fileName}: ${previewed.wrong} lines are wrong`)
    await applyImport(services, { companyId: company.companyId, importId: previewed.importId, userId })
  }
  await stage.settle()
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** HR confirms the kinds of all drafts that the last import left (people who had left before anybody opened their graduation). */
export async function confirmDrafts(
  stage: Stage,
  company: DemoCompany,
  departures: readonly DepartureRow[],
): Promise<number> {
  const { services, clock } = stage
  const { companyId } = company
  const userId = staffOf(company, 'hr').userId
  const hr = { role: 'hr' as const, companyId, subjectId: userId }
  const employmentOf = await services.database.as(hr, clock.now(), async (db) => {
    await openDraftsForEndedEmployments(db, companyId, clock.now())
    const found = new Map<string, string>()
    const rows = await movements(db, companyId)
    const ended = new Set(rows.filter((row) => row.employedUntilOn !== null).map((row) => row.employmentId))
    for (const [leavingOn, leaving] of Map.groupBy(departures, (departure) => departure.leavingOn)) {
      const codes = new Set(leaving.map((departure) => departure.employeeCode))
      for (const member of await membersOn(db, companyId, leavingOn))
        if (codes.has(member.employeeCode) && ended.has(member.employmentId))
          found.set(member.employeeCode, member.employmentId)
    }
    return found
  })
  let confirmed = 0
  for (const departure of departures) {
    const employmentId = employmentOf.get(departure.employeeCode)
    if (!employmentId) continue
    await openAndConfirm(stage, company, departure, employmentId)
    confirmed++
  }
  return confirmed
}

/** HR opens a graduation (or takes the draft there is) and confirms its kind. */
export async function openAndConfirm(
  stage: Stage,
  company: DemoCompany,
  departure: DepartureRow,
  employmentId: string,
): Promise<string> {
  const { services, clock } = stage
  const { companyId } = company
  const userId = staffOf(company, 'hr').userId
  const { departureId } = await services.database.as({ role: 'hr', companyId, subjectId: userId }, clock.now(), (db) =>
    openDraft(
      db,
      companyId,
      {
        employmentId,
        noticeOn: departure.noticeOn,
        lastWorkingOn: departure.lastWorkingOn,
        leavingOn: departure.leavingOn,
      },
      clock.now(),
    ),
  )
  await confirmDeparture(
    services,
    {
      companyId,
      departureId,
      kind: departure.kind,
      noticeOn: departure.noticeOn,
      lastWorkingOn: departure.lastWorkingOn,
      leavingOn: departure.leavingOn,
      userId,
    },
    clock.now(),
  )
  return departureId
}
