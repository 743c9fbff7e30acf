import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import type { FieldError } from './render.ts'

/** Rooms of the desks, in the order of the left rail. A capability adds its line here when it opens a room. */
const rooms: readonly { role: string; href: string; label: string }[] = [
  { role: 'hr', href: '/hr', label: 'web.nav.overview' },
  { role: 'hr', href: '/hr/roster', label: 'web.nav.roster' },
  { role: 'hr', href: '/hr/campaigns', label: 'web.nav.campaigns' },
  { role: 'hr', href: '/hr/questionnaires', label: 'web.nav.questionnaires' },
  { role: 'hr', href: '/hr/requests', label: 'web.nav.requests' },
  { role: 'hr', href: '/hr/reports', label: 'web.nav.reports' },
  { role: 'hr', href: '/hr/graduations', label: 'web.nav.graduations' },
  { role: 'hr', href: '/hr/alumni', label: 'web.nav.alumni' },
  { role: 'implementer', href: '/implementer', label: 'web.nav.campaigns' },
  { role: 'implementer', href: '/implementer/questionnaires', label: 'web.nav.questionnaires' },
  { role: 'implementer', href: '/implementer/reports', label: 'web.nav.reports' },
  { role: 'clerk', href: '/clerk', label: 'web.nav.campaigns' },
  { role: 'physician', href: '/physician', label: 'web.nav.requests' },
  { role: 'physician', href: '/physician/consultations', label: 'web.nav.consultations' },
  { role: 'manager', href: '/manager', label: 'web.nav.reports' },
  { role: 'admin', href: '/admin', label: 'web.nav.users' },
  { role: 'admin', href: '/admin/company', label: 'web.nav.company' },
]

/** Address of a role's first room. */
export function firstRoomOf(role: string): string {
  return rooms.find((room) => room.role === role)?.href ?? '/staff'
}

/**
 * Sends a desk page: adds the rail of the route's role (`nav`) and the signed-in person with their roles (`user`).
 * `errors`: what was typed wrongly; with any, the page comes back with status 400.
 */
export async function deskPage(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  page: string,
  data: Record<string, unknown>,
  { status, errors = [] }: { status?: number; errors?: readonly FieldError[] } = {},
): Promise<FastifyReply> {
  const audience = request.routeOptions.config.audience
  const text = (key: string) => services.texts.text(request.locale, key)
  const path = request.url.split('?')[0]!
  const own = rooms.filter((room) => room.role === audience)
  const current = own
    .filter((room) => path === room.href || path.startsWith(`${room.href}/`))
    .sort((a, b) => b.href.length - a.href.length)[0]
  const roles = [...new Set(request.heldRoles.map((held) => held.role))]
  return reply.page(
    page,
    {
      nav: own.map((room) => ({ href: room.href, label: text(room.label), current: room === current })),
      user: {
        name: request.staffName ?? '',
        role: audience && audience !== 'staff' ? text(`web.role.${audience}`) : '',
        // whoever holds one role has nothing to switch
        roles: (roles.length > 1 || audience === 'staff' ? roles : []).map((role) => ({
          value: role,
          label: text(`web.role.${role}`),
          current: role === audience,
        })),
      },
      ...data,
      ...(errors.length > 0 && { errors }),
    },
    { status: status ?? (errors.length > 0 ? 400 : 200) },
  )
}
