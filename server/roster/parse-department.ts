import { Cells } from './cells.ts'
import type { Remark } from './remarks.ts'

/** A line of a departments file, read; null is a blank cell (or one that was wrong: then a remark says so). */
export interface DepartmentFields {
  department_code: string | null
  department_name: string | null
  parent_code: string | null
  from_on: string | null
  until_on: string | null
  successor_codes: string[]
}

/** Reads one line of a departments file; every fault that the line shows by itself is among the remarks. */
export function parseDepartment(
  record: readonly string[],
  places: ReadonlyMap<string, number>,
): { fields: DepartmentFields; remarks: Remark[] } {
  const cells = new Cells(record, places)
  const fields: DepartmentFields = {
    department_code: cells.code('department_code', true),
    department_name: cells.text('department_name', 200, true),
    parent_code: cells.code('parent_code'),
    from_on: cells.date('from_on'),
    until_on: cells.date('until_on'),
    successor_codes: cells.codes('successor_codes'),
  }
  if (fields.from_on !== null && fields.until_on !== null && fields.until_on < fields.from_on)
    cells.fault('before_start', 'until_on', { from: fields.from_on })
  if (fields.successor_codes.length > 0 && fields.until_on === null)
    cells.fault('successor_without_end', 'successor_codes')
  if (fields.department_code !== null && fields.successor_codes.includes(fields.department_code))
    cells.fault('successor_is_itself', 'successor_codes')
  return { fields, remarks: cells.remarks }
}
