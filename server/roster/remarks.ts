/** What is said about a line: a key of the texts (roster.remark.<code>), the field it is about, values to fill in. */
export interface Remark {
  code: RemarkCode
  field?: string
  params?: Record<string, string | number>
}

/** Remarks that make a line wrong: an import with one of these cannot be applied. */
export const faults = [
  'required',
  'impossible_date',
  'formula',
  'control_character',
  'too_long',
  'bad_address',
  'unknown_word',
  'bad_pin',
  'bad_code',
  'cells',
  'duplicate_code',
  'before_joining',
  'before_start',
  'birth_after_joining',
  'unknown_department',
  'department_ended',
  'unknown_workplace',
  'workplace_name_differs',
  'shared_address',
  'joined_conflict',
  'newer_known',
  'move_date_needed',
  'left_before_assigned',
  'unknown_parent',
  'parent_ended',
  'cycle',
  'unknown_successor',
  'successor_without_end',
  'successor_is_itself',
] as const

/** Remarks that tell what differs. */
export const notes = [
  'new_person',
  'rehired',
  'renewed',
  'moved',
  'ends',
  'end_withdrawn',
  'changed',
  'address_changed',
  'pin_set',
  'authority_changed',
  'new_department',
  'department_moved',
  'reopened',
  'goes_into',
] as const

export type RemarkCode = (typeof faults)[number] | (typeof notes)[number]

const faultCodes = new Set<string>(faults)

export function isFault(remark: { code: string }): boolean {
  return faultCodes.has(remark.code)
}

/** A cell as it may be shown back: short. */
export function shown(cell: string): string {
  return cell.length > 60 ? `${cell.slice(0, 60)}…` : cell
}
