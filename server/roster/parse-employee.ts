import { Cells } from './cells.ts'
import type { Remark } from './remarks.ts'
import type { EmploymentKind, Sex } from './tables.ts'

/** A line of an employees file, read; null is a blank cell (or one that was wrong: then a remark says so). */
export interface EmployeeFields {
  employee_code: string | null
  family_name: string | null
  given_name: string | null
  sex: Sex | null
  birth_on: string | null
  email: string | null
  department_code: string | null
  workplace_code: string | null
  workplace_name: string | null
  employment_kind: EmploymentKind | null
  joined_on: string | null
  left_on: string | null
  assigned_on: string | null
  takes_stress_check: boolean | null
  /** as typed; only its keyed hash is ever stored */
  paper_pin: string | null
  authority_over: string[]
}

const sexes = new Map<string, Sex>([
  ['男', 'male'],
  ['男性', 'male'],
  ['male', 'male'],
  ['m', 'male'],
  ['女', 'female'],
  ['女性', 'female'],
  ['female', 'female'],
  ['f', 'female'],
])

const kinds = new Map<string, EmploymentKind>([
  ['正社員', 'regular'],
  ['正規', 'regular'],
  ['無期', 'regular'],
  ['regular', 'regular'],
  ['契約社員', 'fixed_term'],
  ['嘱託', 'fixed_term'],
  ['有期', 'fixed_term'],
  ['fixed_term', 'fixed_term'],
  ['パート', 'part_time'],
  ['パートタイム', 'part_time'],
  ['アルバイト', 'part_time'],
  ['part_time', 'part_time'],
  ['派遣', 'dispatched'],
  ['派遣社員', 'dispatched'],
  ['dispatched', 'dispatched'],
  ['役員', 'officer'],
  ['officer', 'officer'],
])

const yesOrNo = new Map<string, boolean>([
  ['はい', true],
  ['対象', true],
  ['○', true],
  ['〇', true],
  ['1', true],
  ['yes', true],
  ['true', true],
  ['いいえ', false],
  ['対象外', false],
  ['×', false],
  ['0', false],
  ['no', false],
  ['false', false],
])

/** Reads one line of an employees file; every fault that the line shows by itself is among the remarks. */
export function parseEmployee(
  record: readonly string[],
  places: ReadonlyMap<string, number>,
): { fields: EmployeeFields; remarks: Remark[] } {
  const cells = new Cells(record, places)
  const fields: EmployeeFields = {
    employee_code: cells.code('employee_code', true),
    family_name: cells.text('family_name', 100, true),
    given_name: cells.text('given_name', 100, true),
    sex: cells.word('sex', sexes),
    birth_on: cells.date('birth_on'),
    email: cells.address('email'),
    department_code: cells.code('department_code', true),
    workplace_code: cells.code('workplace_code', true),
    workplace_name: cells.text('workplace_name', 200),
    employment_kind: cells.word('employment_kind', kinds, true),
    joined_on: cells.date('joined_on', true),
    left_on: cells.date('left_on'),
    assigned_on: cells.date('assigned_on'),
    takes_stress_check: cells.word('takes_stress_check', yesOrNo),
    paper_pin: cells.text('paper_pin', 64),
    authority_over: cells.codes('authority_over'),
  }
  const { joined_on: joined, left_on: left, assigned_on: assigned, birth_on: birth, paper_pin: pin } = fields
  if (joined !== null && left !== null && left < joined) cells.fault('before_joining', 'left_on', { joined })
  if (joined !== null && assigned !== null && assigned < joined)
    cells.fault('before_joining', 'assigned_on', { joined })
  if (joined !== null && birth !== null && birth >= joined) cells.fault('birth_after_joining', 'birth_on', { joined })
  if (pin !== null && !/^[\da-z]{4,16}$/i.test(pin.normalize('NFKC')))
    fields.paper_pin = cells.fault('bad_pin', 'paper_pin')
  // everyone makes every department superfluous
  if (fields.authority_over.includes('*') || fields.authority_over.includes('全社')) fields.authority_over = ['*']
  return { fields, remarks: cells.remarks }
}
