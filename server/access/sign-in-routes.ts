import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findCompany, listCompanies, type FoundCompany } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { forAudience } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import { openSession } from '../web/sessions.ts'
import { countAttempt, describeAttempt, deviceCookie, forgiveAttempts } from './attempts.ts'
import { ensureTotpSecret, findAccount } from './credentials.ts'
import { errorsOf, readForm, typedValues, type Fault } from './forms.ts'
import { longestPassword, verifyPassword } from './passwords.ts'
import { isSignedIn, setStaffCookie } from './staff-session.ts'
import type { AccessTables } from './tables.ts'

const signInForm = z.object({
  email: z.string().trim().min(1, 'access.errors.emailNeeded').max(254, 'access.errors.signInWrong'),
  password: z.string().min(1, 'access.errors.passwordNeeded').max(longestPassword, 'access.errors.signInWrong'),
})

/** First step of signing in: address and password. `/sign-in` serves where there is one company. */
export async function addSignInRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'public')

    scope.get('/sign-in', async (request, reply) => {
      const companies = await listCompanies(services.database)
      if (companies.length === 0) return reply.redirect('/setup')
      const key = ((request.query as { company?: string }).company ?? '').trim().toLowerCase()
      if (companies.length > 1 && /^[0-9a-z]{6}$/.test(key)) return reply.redirect(`/c/${key}/sign-in`)
      if (companies.length > 1) return reply.page('access/which-company', {})
      return showSignIn(services, request, reply, companies[0]!, '/sign-in')
    })
    scope.post('/sign-in', async (request, reply) => {
      const company = await findCompany(services.database)
      if (!company) throw new Problem('not_found')
      return signIn(services, request, reply, company, '/sign-in')
    })
    scope.get('/c/:companyKey/sign-in', async (request, reply) => {
      const company = await companyOf(services, request)
      return showSignIn(services, request, reply, company, `/c/${company.key}/sign-in`)
    })
    scope.post('/c/:companyKey/sign-in', async (request, reply) => {
      const company = await companyOf(services, request)
      return signIn(services, request, reply, company, `/c/${company.key}/sign-in`)
    })
  })
}

async function companyOf(services: Services, request: FastifyRequest): Promise<FoundCompany> {
  const { companyKey } = request.params as { companyKey: string }
  const company = await findCompany(services.database, companyKey.toLowerCase())
  if (!company) throw new Problem('not_found')
  return company
}

async function showSignIn(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  company: FoundCompany,
  action: string,
): Promise<FastifyReply> {
  if (await isSignedIn(services, request, company.companyId)) return reply.redirect('/staff')
  return reply.page('access/sign-in', { companyName: company.name, action, email: '' })
}

async function signIn(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  company: FoundCompany,
  action: string,
): Promise<FastifyReply> {
  const again = (faults: readonly Fault[]) =>
    reply.page(
      'access/sign-in',
      {
        companyName: company.name,
        action,
        email: typedValues(request.body)['email'] ?? '',
        errors: errorsOf(services, request, faults),
      },
      { status: 400 },
    )
  const form = readForm(signInForm, request.body)
  if (form.faults) return again(form.faults)
  const { companyId } = company
  const at = services.clock.now()
  const email = form.values.email.toLowerCase()
  const attempt = await describeAttempt(services.vault, companyId, {
    step: 'password',
    email,
    address: request.ip,
    device: request.cookies[deviceCookie],
  })
  const actor = { role: 'sign_in', companyId } as const
  const { account, waitMilliseconds } = await services.database.as<
    AccessTables,
    { account: Awaited<ReturnType<typeof findAccount>>; waitMilliseconds: number }
  >(actor, at, async (db) => ({
    ...(await countAttempt(db, companyId, 'password', attempt, at)),
    account: await findAccount(db, companyId, { email }),
  }))
  // no transaction is open while waiting and hashing; an unknown account costs the same hash
  if (waitMilliseconds > 0) await wait(waitMilliseconds)
  const right = await verifyPassword(form.values.password, account?.passwordHash)
  if (!account || !right) return again([{ field: 'email', key: 'access.errors.signInWrong' }])
  const cookie = await services.database.as<AccessTables, string>(actor, at, async (db) => {
    await forgiveAttempts(db, companyId, attempt)
    if (!account.totpConfirmed) await ensureTotpSecret(db, services.vault, companyId, account.userId, at)
    const half = {
      companyId,
      companyKey: company.key,
      kind: 'staff',
      subjectId: account.userId,
      strength: 'password',
    } as const
    return (await openSession(db, half, at)).cookie
  })
  setStaffCookie(services, reply, cookie)
  return reply.redirect(account.totpConfirmed ? '/sign-in/code' : '/sign-in/authenticator', 303)
}
