/**
 * Who may come in and as what: staff accounts, sign-in with a second factor, roles per workplace, secrecy, personnel authority,
 * the first visit. Roles are asked at every request, so what is taken away here is gone at once.
 */
export {
  personnelAuthorityOn,
  recheckPersonnelAuthority,
  setPersonnelAuthority,
  userHasPersonnelAuthority,
  type PersonnelAuthority,
} from './authority.ts'
export { grantRole, type NewGrant } from './grants.ts'
export { directorsOf, everyHolderOf, holdersOf, staffMailbox, staffNames } from './people.ts'
export { ticks } from './jobs.ts'
export { mailTemplates } from './mails.ts'
export { addRoutes } from './routes.ts'
export { findSetupCode } from './setup-code.ts'
export { createStaffUser, setPasswordAndTotp } from './users.ts'
export type { StaffRole } from './tables.ts'
