import { z } from 'zod'
import { professions, staffRoles } from './tables.ts'

const optionalId = z
  .union([z.literal(''), z.uuid('access.errors.choose')])
  .default('')
  .transform((id) => id || undefined)
const box = z
  .literal('yes')
  .optional()
  .transform((value) => value === 'yes')

/** A role and what belongs to it; fields that the role does not have are simply absent. */
export const grantFieldsOfForm = {
  role: z.enum(staffRoles, 'access.errors.choose'),
  workplaceId: optionalId,
  departmentId: optionalId,
  profession: z.enum(professions, 'access.errors.professionNeeded').optional(),
  courseCompletedOn: z
    .union([z.literal(''), z.iso.date('access.errors.dateWrong')])
    .default('')
    .transform((day) => day || undefined),
  courseExempt: box,
  isRepresentative: box,
  directedBy: optionalId,
}

export const grantForm = z.object(grantFieldsOfForm)

export const inviteForm = z.object({
  displayName: z.string().trim().min(1, 'access.errors.nameNeeded').max(100, 'access.errors.tooLong'),
  email: z.email('access.errors.emailWrong').max(254, 'access.errors.tooLong'),
  employeeCode: z.string().trim().max(50, 'access.errors.tooLong').default(''),
  ...grantFieldsOfForm,
})

export const roleOfQuery = z.object({ role: z.enum(staffRoles) })
