import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Services } from '../services.ts'
import { forAudience } from '../web/audience.ts'
import { readLink, type Link } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import { openSession } from '../web/sessions.ts'
import { ensureTotpSecret, findAccount, setPassword, type Account } from './credentials.ts'
import { errorsOf, readForm, type Fault } from './forms.ts'
import { faultOfPassword, hashPassword } from './passwords.ts'
import { setStaffCookie } from './staff-session.ts'
import type { AccessTables } from './tables.ts'

/** A new password, typed twice. */
export const newPassword = {
  password: z.string().min(1, 'access.errors.passwordNeeded').max(1000, 'access.errors.passwordLong'),
  passwordAgain: z.string().max(1000, 'access.errors.passwordsDiffer').default(''),
}

/** What is wrong with a new password, at its field. */
export function faultsOfNewPassword(
  values: { password: string; passwordAgain: string },
  known: { email: string; name: string },
): Fault[] {
  const key = faultOfPassword(values.password, known)
  if (key) return [{ field: 'password', key }]
  return values.password === values.passwordAgain
    ? []
    : [{ field: 'passwordAgain', key: 'access.errors.passwordsDiffer' }]
}

const acceptForm = z.object(newPassword)

/** The link of an invitation: it shows a form, and only sending that changes anything (mail scanners open links). */
export async function addInvitationRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'public')
    // only wrong tokens count
    const wrongTokens = scope.createRateLimit({ max: 60, timeWindow: 10 * 60_000 })
    const open = async (request: FastifyRequest) => {
      try {
        return await openInvitation(services, request)
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'link_unknown') throw error
        const counted = await wrongTokens(request)
        throw new Problem(!counted.isAllowed && counted.isExceeded ? 'too_many_requests' : 'link_unknown')
      }
    }

    scope.get('/staff/invitation/:token', async (request, reply) => {
      const { link, account } = await open(request)
      return show(services, request, reply, link, account)
    })

    scope.post('/staff/invitation/:token', async (request, reply) => {
      const { link, account } = await open(request)
      const form = readForm(acceptForm, request.body)
      const faults =
        form.faults ?? faultsOfNewPassword(form.values, { email: account.email, name: account.displayName })
      if (!form.values || faults.length > 0) return show(services, request, reply, link, account, faults)
      const passwordHash = await hashPassword(form.values.password)
      const at = services.clock.now()
      const { companyId, companyKey } = link
      const cookie = await services.database.as<AccessTables, string>(
        { role: 'sign_in', companyId },
        at,
        async (db) => {
          // accepted on another device in the meantime: this link is worth nothing any more
          if ((await findAccount(db, companyId, account))?.totpConfirmed !== false) throw new Problem('link_unknown')
          await setPassword(db, companyId, account.userId, passwordHash)
          await ensureTotpSecret(db, services.vault, companyId, account.userId, at)
          const half = {
            companyId,
            companyKey,
            kind: 'staff',
            subjectId: account.userId,
            strength: 'password',
          } as const
          return (await openSession(db, half, at)).cookie
        },
      )
      setStaffCookie(services, reply, cookie)
      return reply.redirect('/sign-in/authenticator', 303)
    })
  })
}

async function openInvitation(services: Services, request: FastifyRequest): Promise<{ link: Link; account: Account }> {
  const { token } = request.params as { token: string }
  const at = services.clock.now()
  const link = await readLink(services.database, token, 'staff_invitation', at)
  const account = await services.database.as<AccessTables, Account | undefined>(
    { role: 'sign_in', companyId: link.companyId },
    at,
    async (db) => findAccount(db, link.companyId, { userId: link.subjectId }),
  )
  if (!account || account.totpConfirmed) throw new Problem('link_unknown')
  return { link, account }
}

async function show(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  link: Link,
  account: Account,
  faults: readonly Fault[] = [],
): Promise<FastifyReply> {
  return reply.page(
    'access/invitation',
    {
      companyName: link.companyName,
      action: `/staff/invitation/${(request.params as { token: string }).token}`,
      personName: account.displayName,
      personEmail: account.email,
      errors: errorsOf(services, request, faults),
    },
    { status: faults.length > 0 ? 400 : 200 },
  )
}
