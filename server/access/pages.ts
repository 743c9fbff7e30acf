import type { FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { confidentialRoles } from './rules.ts'
import { staffRoles } from './tables.ts'

/** The left rail of pages that belong to the person, not to a desk. */
export function staffNav(
  services: Services,
  request: FastifyRequest,
): { href: string; label: string; current: boolean }[] {
  const path = request.url.split('?')[0]
  return [
    { href: '/staff', label: 'access.nav.desks' },
    { href: '/staff/sessions', label: 'access.nav.sessions' },
  ].map((one) => ({
    href: one.href,
    label: services.texts.text(request.locale, one.label),
    current: path === one.href,
  }))
}

/** One card per role that the person holds. */
export function deskCards(
  services: Services,
  request: FastifyRequest,
): { role: string; title: string; purpose: string; secrecyMissing: boolean }[] {
  const text = (key: string) => services.texts.text(request.locale, key)
  return staffRoles.flatMap((role) => {
    const held = request.heldRoles.filter((one) => one.role === role)
    if (held.length === 0) return []
    return [
      {
        role,
        title: text(`web.role.${role}`),
        purpose: text(`access.purpose.${role}`),
        secrecyMissing: confidentialRoles.includes(role) && !held.some((one) => one.secrecyAcknowledged),
      },
    ]
  })
}
