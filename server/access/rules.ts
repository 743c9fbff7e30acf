import type { Profession, StaffRole } from './tables.ts'

/** Roles that handle what people answered; the law bars those with personnel authority from the first two. */
export const confidentialRoles: readonly StaffRole[] = ['implementer', 'clerk', 'physician']

/** Law R-2: roles that somebody who decides on dismissal, promotion or transfer of a participant may not hold. */
export function isBarredByAuthority(role: StaffRole): boolean {
  return role === 'implementer' || role === 'clerk'
}

export interface Qualification {
  role: StaffRole
  profession?: Profession | undefined
  courseCompletedOn?: string | undefined
  courseExempt?: boolean | undefined
  departmentId?: string | undefined
}

/**
 * What is missing for a role, field by field as text keys; empty when it may be granted. Law R-1 (Ordinance on Industrial Safety and
 * Health, art. 52-10): physicians and public-health nurses, or dentists, nurses, psychiatric social workers and certified psychologists
 * who finished the ministry's course (a few nurses and social workers are exempt).
 */
export function faultsOfQualification(wanted: Qualification, today: string): { field: string; key: string }[] {
  if (wanted.role === 'manager')
    return wanted.departmentId ? [] : [{ field: 'departmentId', key: 'access.errors.departmentNeeded' }]
  if (wanted.role !== 'implementer') return []
  if (!wanted.profession) return [{ field: 'profession', key: 'access.errors.professionNeeded' }]
  const mayBeExempt = wanted.profession === 'nurse' || wanted.profession === 'psychiatric_social_worker'
  if (wanted.courseExempt && !mayBeExempt) return [{ field: 'courseExempt', key: 'access.errors.notExempt' }]
  if (wanted.courseCompletedOn && wanted.courseCompletedOn > today)
    return [{ field: 'courseCompletedOn', key: 'access.errors.courseInFuture' }]
  const needsCourse = wanted.profession !== 'physician' && wanted.profession !== 'public_health_nurse'
  if (needsCourse && !wanted.courseCompletedOn && !wanted.courseExempt)
    return [{ field: 'courseCompletedOn', key: 'access.errors.courseNeeded' }]
  return []
}

/** Whether two grants hold in the same workplace; undefined or null stands for every workplace. */
export function workplacesOverlap(one: string | null | undefined, other: string | null | undefined): boolean {
  return !one || !other || one === other
}
