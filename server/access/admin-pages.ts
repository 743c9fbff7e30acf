import type { FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { formatDate } from '../web/formats.ts'
import type { Choice, Grant, GrantChoices, StaffUser } from './admin-queries.ts'
import { isBarredByAuthority } from './rules.ts'
import { professions, staffRoles, type StaffRole } from './tables.ts'

type Words = (key: string, params?: Record<string, string>) => string

export const wordsOf =
  (services: Services, request: FastifyRequest): Words =>
  (key, params = {}) =>
    services.texts.text(request.locale, key, params)

const stateTags = { invited: 'wait', active: 'done', disabled: 'quiet' } as const

/** Rows of the list of accounts. */
export function userTable(words: Words, users: readonly StaffUser[], grants: readonly Grant[]): object[] {
  return users.map((user) => {
    const roles = grants.filter((grant) => grant.userId === user.userId && !grant.revokedAt)
    return {
      href: `/admin/users/${user.userId}`,
      who: user.displayName,
      email: user.email,
      stateTag: stateTags[user.state],
      stateName: words(`access.state.${user.state}`),
      roles:
        roles.map((grant) => roleWithPlace(words, grant)).join(words('access.comma')) || words('access.users.noRole'),
    }
  })
}

/** What is known of an account. */
export function userFacts(words: Words, user: StaffUser): { key: string; value: string }[] {
  return [
    { key: words('access.person.email'), value: user.email },
    ...(user.employeeCode ? [{ key: words('access.person.employeeCode'), value: user.employeeCode }] : []),
    { key: words('access.users.state'), value: words(`access.state.${user.state}`) },
  ]
}

function roleWithPlace(words: Words, grant: Grant): string {
  const place = grant.role === 'manager' ? grant.departmentName : grant.workplaceName
  const role = words(`web.role.${grant.role}`)
  return place ? words('access.users.roleAt', { role, place }) : role
}

/** One grant as a list of facts. */
export function grantView(words: Words, request: FastifyRequest, grant: Grant): object {
  const day = (value: Date | string) => formatDate('date', value, request.locale, request.identity!.timeZone)
  const rows = [
    {
      key: words('access.grant.place'),
      value:
        (grant.role === 'manager' ? grant.departmentName : grant.workplaceName) ?? words('access.grant.everywhere'),
    },
    ...(grant.profession
      ? [{ key: words('access.grant.profession'), value: words(`access.profession.${grant.profession}`) }]
      : []),
    ...(grant.courseCompletedOn
      ? [{ key: words('access.grant.courseCompletedOn'), value: day(grant.courseCompletedOn) }]
      : []),
    ...(grant.courseExempt
      ? [{ key: words('access.grant.courseCompletedOn'), value: words('access.grant.exempt') }]
      : []),
    ...(grant.isRepresentative
      ? [{ key: words('access.grant.representative'), value: words('access.grant.yes') }]
      : []),
    ...(grant.directedByName ? [{ key: words('access.grant.directedBy'), value: grant.directedByName }] : []),
    { key: words('access.grant.grantedAt'), value: day(grant.grantedAt) },
    ...(grant.secrecyAcknowledgedAt
      ? [{ key: words('access.grant.secrecy'), value: day(grant.secrecyAcknowledgedAt) }]
      : []),
    ...(grant.revokedAt ? [{ key: words('access.grant.revokedAt'), value: day(grant.revokedAt) }] : []),
    ...(grant.revokedReason
      ? [{ key: words('access.grant.reason'), value: words(`access.reason.${grant.revokedReason}`) }]
      : []),
  ]
  return { grantId: grant.grantId, role: words(`web.role.${grant.role}`), rows, live: !grant.revokedAt }
}

export const revocationReasons = ['changedDuty', 'left', 'mistake', 'other'] as const

export function reasonOptions(words: Words): { value: string; label: string; selected: boolean }[] {
  return revocationReasons.map((reason, index) => ({
    value: reason,
    label: words(`access.reason.${reason}`),
    selected: index === 0,
  }))
}

/** Implementers who may direct a clerk, the present one first chosen. */
export function directorOptions(
  words: Words,
  implementers: readonly Choice[],
  chosen: string | undefined,
): { value: string; label: string; selected: boolean }[] {
  const all = implementers.map((one) => ({ value: one.id, label: one.name, selected: one.id === chosen }))
  const none = { value: '', label: words('access.grant.chooseDirector'), selected: !all.some((one) => one.selected) }
  return [none, ...all]
}

/** The choice of a role, each with what it is for. */
export function roleChoices(words: Words, href: string): { href: string; roleTitle: string; purpose: string }[] {
  return staffRoles.map((role) => ({
    href: `${href}?role=${role}`,
    roleTitle: words(`web.role.${role}`),
    purpose: words(`access.purpose.${role}`),
  }))
}

/** Fields that this role needs, with what was typed. */
export function grantFields(
  words: Words,
  role: StaffRole,
  choices: GrantChoices,
  typed: Record<string, string>,
): object {
  const options = (all: readonly { id: string; name: string }[], chosen: string | undefined, none: string) => [
    { value: '', label: none, selected: !chosen },
    ...all.map((one) => ({ value: one.id, label: one.name, selected: one.id === chosen })),
  ]
  return {
    roleKey: role,
    roleName: words(`web.role.${role}`),
    rolePurpose: words(`access.purpose.${role}`),
    barred: isBarredByAuthority(role),
    workplaces:
      role === 'manager'
        ? undefined
        : options(choices.workplaces, typed['workplaceId'], words('access.grant.everywhere')),
    departments:
      role === 'manager'
        ? options(choices.departments, typed['departmentId'], words('access.grant.chooseDepartment'))
        : undefined,
    professions:
      role === 'implementer'
        ? professions.map((one) => ({
            value: one,
            label: words(`access.profession.${one}`),
            checked: typed['profession'] === one,
          }))
        : undefined,
    directors:
      role === 'clerk'
        ? options(choices.implementers, typed['directedBy'], words('access.grant.noDirector'))
        : undefined,
    typed: {
      displayName: '',
      email: '',
      employeeCode: '',
      courseCompletedOn: '',
      courseExempt: '',
      isRepresentative: '',
      ...typed,
    },
  }
}
