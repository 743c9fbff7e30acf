import { addDays } from './cells.ts'
import type { DepartmentFields } from './parse-department.ts'
import { isFault, type Remark } from './remarks.ts'
import type { Outcome } from './tables.ts'

/** A department as stored: its versions by date, and what continues it. */
export interface KnownDepartment {
  id: string
  code: string
  versions: { id: string; name: string; parentId: string | null; fromOn: string; untilOn: string | null }[]
  successorIds: string[]
}

export interface DepartmentLine {
  line: number
  fields: DepartmentFields
  remarks: Remark[]
}

/** What applying a line does; written with codes, because ids of new departments do not exist yet. */
export interface DepartmentPlan {
  /** a version to begin, after closing the one before on the day before */
  begin?: { name: string; parentCode: string | null; fromOn: string; untilOn: string | null; closes?: string }
  /** a version to correct in place */
  correct?: { versionId: string; name: string; parentCode: string | null; untilOn: string | null }
  successors?: { codes: string[]; onDate: string }
}

export interface JudgedDepartment {
  line: number
  outcome: Outcome
  remarks: Remark[]
  plan: DepartmentPlan
}

/**
 * Compares the lines of a departments file with what is stored; decides, writes nothing. A change is dated with the line's own
 * begin where that is later than what is known, else with `effectiveOn`; on the very day of the known version it is a correction.
 * Departments missing from the file stay as they are.
 */
export function judgeDepartments(
  lines: readonly DepartmentLine[],
  known: readonly KnownDepartment[],
  effectiveOn: string,
): JudgedDepartment[] {
  const byCode = new Map(known.map((one) => [one.code, one]))
  const codeOf = new Map(known.map((one) => [one.id, one.code]))
  const firstLine = new Map<string, DepartmentLine>()
  for (const one of lines) {
    const code = one.fields.department_code
    if (code !== null && !firstLine.has(code)) firstLine.set(code, one)
  }
  const cycles = findCycles(parentsAfter(firstLine, known, codeOf))
  return lines.map((one) => {
    const remarks = [...one.remarks]
    const code = one.fields.department_code
    if (code === null) return { line: one.line, outcome: 'wrong', remarks, plan: {} }
    const first = firstLine.get(code)!
    if (first !== one)
      remarks.push({ code: 'duplicate_code', field: 'department_code', params: { value: code, line: first.line } })
    const cycle = cycles.get(code)
    if (cycle && first === one)
      remarks.push({ code: 'cycle', field: 'parent_code', params: { path: cycle.join(' → ') } })
    checkRelations(one.fields, remarks, firstLine, byCode, effectiveOn)
    const { outcome, plan } = judgeOne(one.fields, byCode.get(code), codeOf, byCode, remarks, effectiveOn)
    if (remarks.some(isFault)) return { line: one.line, outcome: 'wrong', remarks, plan: {} }
    return { line: one.line, outcome, remarks, plan }
  })
}

/** The version that holds on a day, or else the last one before it. */
function versionOn(known: KnownDepartment, day: string): KnownDepartment['versions'][number] | undefined {
  return known.versions.filter((version) => version.fromOn <= day).sort((a, b) => (a.fromOn < b.fromOn ? 1 : -1))[0]
}

function checkRelations(
  fields: DepartmentFields,
  remarks: Remark[],
  inFile: ReadonlyMap<string, DepartmentLine>,
  byCode: ReadonlyMap<string, KnownDepartment>,
  effectiveOn: string,
): void {
  const parent = fields.parent_code
  if (parent !== null) {
    const listed = inFile.get(parent)
    const stored = byCode.get(parent)
    if (!listed && !stored) remarks.push({ code: 'unknown_parent', field: 'parent_code', params: { value: parent } })
    else {
      const ends = listed ? listed.fields.until_on : (versionOn(stored!, effectiveOn)?.untilOn ?? null)
      if (ends !== null && ends < effectiveOn && (fields.until_on === null || fields.until_on > ends))
        remarks.push({ code: 'parent_ended', field: 'parent_code', params: { value: parent, until: ends } })
    }
  }
  for (const code of fields.successor_codes)
    if (!inFile.has(code) && !byCode.has(code))
      remarks.push({ code: 'unknown_successor', field: 'successor_codes', params: { value: code } })
}

function judgeOne(
  fields: DepartmentFields,
  known: KnownDepartment | undefined,
  codeOf: ReadonlyMap<string, string>,
  byCode: ReadonlyMap<string, KnownDepartment>,
  remarks: Remark[],
  effectiveOn: string,
): { outcome: Outcome; plan: DepartmentPlan } {
  const name = fields.department_name ?? ''
  const parentCode = fields.parent_code
  const untilOn = fields.until_on
  const newSuccessors = fields.successor_codes.filter((code) => {
    const id = byCode.get(code)?.id
    return id === undefined || !known?.successorIds.includes(id)
  })
  const goesInto: DepartmentPlan =
    newSuccessors.length > 0 && untilOn !== null
      ? { successors: { codes: newSuccessors, onDate: addDays(untilOn, 1) } }
      : {}
  if (newSuccessors.length > 0 && untilOn !== null)
    remarks.push({ code: 'goes_into', field: 'successor_codes', params: { codes: newSuccessors.join(', ') } })

  const reference = fields.from_on !== null && fields.from_on > effectiveOn ? fields.from_on : effectiveOn
  const version = known && versionOn(known, reference)
  if (!version) {
    if (known && known.versions.length > 0) {
      remarks.push({ code: 'newer_known', field: 'department_code', params: { from: known.versions[0]!.fromOn } })
      return { outcome: 'wrong', plan: {} }
    }
    const fromOn = fields.from_on ?? (untilOn !== null && untilOn < effectiveOn ? untilOn : effectiveOn)
    if (untilOn !== null && untilOn < fromOn)
      remarks.push({ code: 'before_start', field: 'until_on', params: { from: fromOn } })
    remarks.push({ code: 'new_department', params: { from: fromOn } })
    return { outcome: 'added', plan: { begin: { name, parentCode, fromOn, untilOn }, ...goesInto } }
  }

  const parentBefore = version.parentId === null ? null : (codeOf.get(version.parentId) ?? null)
  const renamed = version.name !== name
  const moved = parentBefore !== parentCode
  const newer = known.versions.some((one) => one.fromOn > reference)
  // the version's end is told by the line, unless a newer version follows it
  const endDiffers = !newer && version.untilOn !== untilOn
  if (newer && (renamed || moved)) {
    const from = known.versions
      .map((one) => one.fromOn)
      .sort()
      .at(-1)!
    remarks.push({ code: 'newer_known', field: 'department_code', params: { from } })
    return { outcome: 'wrong', plan: {} }
  }
  if (renamed)
    remarks.push({ code: 'changed', field: 'department_name', params: { before: version.name, after: name } })
  if (moved)
    remarks.push({
      code: 'department_moved',
      field: 'parent_code',
      params: { before: parentBefore ?? '', after: parentCode ?? '' },
    })

  const isReopened =
    endDiffers && version.untilOn !== null && version.untilOn < reference && (untilOn === null || untilOn >= reference)
  if (isReopened) {
    const fromOn = fields.from_on !== null && fields.from_on > version.untilOn! ? fields.from_on : effectiveOn
    remarks.push({ code: 'reopened', params: { from: fromOn } })
    return { outcome: 'changed', plan: { begin: { name, parentCode, fromOn, untilOn }, ...goesInto } }
  }
  if (endDiffers) {
    remarks.push(
      untilOn === null
        ? { code: 'end_withdrawn', field: 'until_on', params: { before: version.untilOn! } }
        : { code: 'ends', field: 'until_on', params: { until: untilOn } },
    )
    if (untilOn !== null && untilOn < version.fromOn)
      remarks.push({ code: 'before_start', field: 'until_on', params: { from: version.fromOn } })
  }
  const until = newer ? version.untilOn : untilOn
  if (renamed || moved) {
    let fromOn = fields.from_on !== null && fields.from_on > version.fromOn ? fields.from_on : effectiveOn
    // told together with its end: what was before that day
    if (until !== null && fromOn > until) fromOn = version.fromOn
    const plan: DepartmentPlan =
      fromOn === version.fromOn
        ? { correct: { versionId: version.id, name, parentCode, untilOn: until } }
        : { begin: { name, parentCode, fromOn, untilOn: until, closes: version.id } }
    const outcome = endDiffers && untilOn !== null ? 'ended' : moved ? 'moved' : 'changed'
    return { outcome, plan: { ...plan, ...goesInto } }
  }
  if (endDiffers)
    return {
      outcome: untilOn !== null && version.untilOn === null ? 'ended' : 'changed',
      plan: { correct: { versionId: version.id, name, parentCode, untilOn }, ...goesInto },
    }
  return newSuccessors.length > 0 ? { outcome: 'changed', plan: goesInto } : { outcome: 'unchanged', plan: {} }
}

/** Parent of every department as it would stand after the file: the file's where it speaks, else the last stored version's. */
function parentsAfter(
  inFile: ReadonlyMap<string, DepartmentLine>,
  known: readonly KnownDepartment[],
  codeOf: ReadonlyMap<string, string>,
): Map<string, string | null> {
  const parents = new Map<string, string | null>()
  for (const one of known) {
    const last = [...one.versions].sort((a, b) => (a.fromOn < b.fromOn ? 1 : -1))[0]
    parents.set(one.code, last?.parentId ? (codeOf.get(last.parentId) ?? null) : null)
  }
  for (const [code, one] of inFile) parents.set(code, one.fields.parent_code)
  return parents
}

/** Codes that stand in a circle, each with the way round. Example: a under b, b under a → a: a → b → a. */
export function findCycles(parents: ReadonlyMap<string, string | null>): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const settled = new Set<string>()
  for (const start of parents.keys()) {
    const path: string[] = []
    const places = new Map<string, number>()
    let code: string | null | undefined = start
    while (code !== null && code !== undefined && !settled.has(code) && !places.has(code)) {
      places.set(code, path.length)
      path.push(code)
      code = parents.get(code)
    }
    if (code !== null && code !== undefined && places.has(code)) {
      const circle = path.slice(places.get(code))
      for (const [place, member] of circle.entries())
        found.set(member, [...circle.slice(place), ...circle.slice(0, place), member])
    }
    for (const member of path) settled.add(member)
  }
  return found
}
