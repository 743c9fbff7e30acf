import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { recordAudit } from '../audit/index.ts'
import { forAudience } from '../web/audience.ts'
import { revokeLinks } from '../web/links.ts'
import type { Identity } from '../web/sessions.ts'
import { countAttempt, describeAttempt, deviceCookie, forgiveAttempts } from './attempts.ts'
import { confirmTotp, findAccount, findTotpSecret, takeCode, type Account } from './credentials.ts'
import { errorsOf, readForm, type Fault } from './forms.ts'
import { groupedSecret, totpPicture } from './one-time-codes.ts'
import {
  beginFullSession,
  findFirstRoom,
  halfSignedIn,
  rememberDevice,
  setStaffCookie,
  stillHalfSignedIn,
} from './staff-session.ts'
import { Problem } from '../web/problems.ts'
import type { AccessTables } from './tables.ts'

const codeForm = z.object({
  code: z.string().trim().min(1, 'access.errors.codeNeeded').max(20, 'access.errors.codeWrong'),
})

/** Second step: a code of the authenticator app; before its first use the app is set up here. */
export async function addCodeRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'public')

    scope.get('/sign-in/code', async (request, reply) => {
      const half = await halfSignedIn(services, request)
      return reply.page('access/code', { companyName: half.companyName })
    })
    scope.post('/sign-in/code', async (request, reply) => {
      const half = await stillHalfSignedIn(services, request)
      if (!half) return reply.redirect('/staff', 303)
      return proveCode(services, request, reply, half, {
        enrols: false,
        mayUse: (account) => account.totpConfirmed,
        done: async () => undefined,
        again: async (errors) => reply.page('access/code', { companyName: half.companyName, errors }, { status: 400 }),
      })
    })

    scope.get('/sign-in/authenticator', async (request, reply) => {
      const half = await halfSignedIn(services, request)
      return showAuthenticator(services, reply, half)
    })
    scope.post('/sign-in/authenticator', async (request, reply) => {
      const half = await stillHalfSignedIn(services, request)
      if (!half) return reply.redirect('/staff', 303)
      const at = services.clock.now()
      return proveCode(services, request, reply, half, {
        enrols: true,
        mayUse: (account) => !account.totpConfirmed && account.passwordHash !== undefined,
        done: async (db, account) => {
          await confirmTotp(db, half.companyId, account.userId, at)
          await recordAudit(db, half.companyId, at, {
            actorKind: 'staff',
            actorId: account.userId,
            actorRole: 'staff',
            action: 'staff.second_factor_set',
            subjectArea: 'staff',
            subjectId: account.userId,
            reason: 'access.audit.signIn',
            requestId: request.id,
          })
          // the invitation has done its work
          await revokeLinks(db, half.companyId, account.userId, at)
        },
        again: async (errors) => showAuthenticator(services, reply, half, errors),
      })
    })
  })
}

type Errors = ReturnType<typeof errorsOf>

async function showAuthenticator(
  services: Services,
  reply: FastifyReply,
  half: Identity,
  errors: Errors = [],
): Promise<FastifyReply> {
  const { account, secret } = await services.database.as<
    AccessTables,
    { account: Account | undefined; secret: string | undefined }
  >({ role: 'sign_in', companyId: half.companyId }, services.clock.now(), async (db) => ({
    account: await findAccount(db, half.companyId, { userId: half.subjectId }),
    secret: await findTotpSecret(db, services.vault, half.companyId, half.subjectId),
  }))
  // once it is confirmed nobody sees the secret again
  if (!account || account.totpConfirmed || secret === undefined) throw new Problem('sign_in_needed')
  return reply.page(
    'access/authenticator',
    {
      companyName: half.companyName,
      email: account.email,
      secretText: groupedSecret(secret),
      picture: await totpPicture(secret, account.email, half.companyName),
      errors,
    },
    { status: errors.length > 0 ? 400 : 200 },
  )
}

interface Step {
  enrols: boolean
  mayUse: (account: Account) => boolean
  done: (db: Transaction<AccessTables>, account: Account) => Promise<void>
  again: (errors: Errors) => Promise<FastifyReply>
}

async function proveCode(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  half: Identity,
  step: Step,
): Promise<FastifyReply> {
  const again = (faults: readonly Fault[]) => step.again(errorsOf(services, request, faults))
  const form = readForm(codeForm, request.body)
  if (form.faults) return again(form.faults)
  const { companyId, subjectId } = half
  const at = services.clock.now()
  const proven = await services.database.as<AccessTables, { cookie: string; account: Account } | 'wrong' | 'not here'>(
    { role: 'sign_in', companyId },
    at,
    async (db) => {
      const account = await findAccount(db, companyId, { userId: subjectId })
      if (!account || !step.mayUse(account)) return 'not here'
      const attempt = await describeAttempt(services.vault, companyId, {
        step: 'code',
        email: account.email,
        address: request.ip,
        device: request.cookies[deviceCookie],
      })
      await countAttempt(db, companyId, 'code', attempt, at)
      if (!(await takeCode(db, services.vault, companyId, subjectId, form.values.code, at))) return 'wrong'
      await forgiveAttempts(db, companyId, attempt)
      await step.done(db, account)
      return { cookie: await beginFullSession(db, request, half, at), account }
    },
  )
  if (typeof proven === 'string') {
    // the other of two clicks was first and has used the code
    if (!(await stillHalfSignedIn(services, request))) return reply.redirect('/staff', 303)
    if (proven === 'not here') throw new Problem('sign_in_needed')
    return again([{ field: 'code', key: 'access.errors.codeWrong' }])
  }
  setStaffCookie(services, reply, proven.cookie)
  await rememberDevice(services, reply, companyId, proven.account.email)
  return reply.redirect(await findFirstRoom(services, half, step.enrols), 303)
}
