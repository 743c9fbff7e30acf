/**
 * The roster: who is employed where and when, as dated facts imported from CSV files after a preview. Other capabilities read it
 * through these functions, in their own transaction; which role may see names is decided by the views' grants (0011_roster.sql).
 */
export {
  departmentTreeOn,
  successions,
  workplacesOn,
  type DepartmentNode,
  type Succession,
  type Workplace,
} from './departments.ts'
export { findMember, findMembers, membersOn, movements, type Member, type Movement } from './members.ts'
