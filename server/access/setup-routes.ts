import { resolve } from 'node:path'
import { sql } from 'kysely'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { recordAudit } from '../audit/index.ts'
import { createCompany, findCompany, listCompanies } from '../database/companies.ts'
import { newId } from '../ids.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { openSession } from '../web/sessions.ts'
import { companyFields, detailsOf, localeOptions, timeZoneOptions } from './company-form.ts'
import { confirmKeyBackup, isKeyBackupConfirmed } from './confirmations.ts'
import { ensureTotpSecret, findAccount } from './credentials.ts'
import { errorsOf, readForm, typedValues, type Fault } from './forms.ts'
import { grantRole } from './grants.ts'
import { faultsOfNewPassword, newPassword } from './invitation-routes.ts'
import { hashPassword, verifyPassword } from './passwords.ts'
import { isSetupCode } from './setup-code.ts'
import { setStaffCookie } from './staff-session.ts'
import type { AccessTables } from './tables.ts'
import { createStaffUser } from './users.ts'

const setupForm = z.object({
  setupCode: z.string().trim().min(1, 'access.errors.setupCodeNeeded').max(50, 'access.errors.setupCodeWrong'),
  ...companyFields,
  adminName: z.string().trim().min(1, 'access.errors.nameNeeded').max(100, 'access.errors.tooLong'),
  adminEmail: z.email('access.errors.emailWrong').max(254, 'access.errors.tooLong'),
  ...newPassword,
})

// every field of the page, empty: a page may not name what it was not given
const emptyForm = Object.fromEntries(Object.keys(setupForm.shape).map((name) => [name, '']))

type SetupValues = z.output<typeof setupForm>

/** First visit: company, first administrator, keys. Open only while there is no company, and only with the code on the server's console. */
export async function addSetupRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'public')
    const wrongCodes = scope.createRateLimit({ max: 60, timeWindow: 10 * 60_000 })

    /** @throws {Problem} too_many_requests when this address has guessed too often */
    async function hasCode(request: FastifyRequest, typed: string): Promise<boolean> {
      if (await isSetupCode(services, typed)) return true
      const counted = await wrongCodes(request)
      if (!counted.isAllowed && counted.isExceeded) throw new Problem('too_many_requests')
      return false
    }

    scope.get('/', async (_request, reply) => {
      const companies = await listCompanies(services.database)
      if (companies.length === 0) return reply.redirect('/setup')
      return reply.page('access/home', { companyName: companies.length === 1 ? companies[0]!.name : '' })
    })

    scope.get('/setup', async (request, reply) => {
      if ((await listCompanies(services.database)).length > 0) return reply.redirect('/')
      return show(services, request, reply, { locale: request.locale, timeZone: 'Asia/Tokyo' })
    })

    scope.post('/setup', async (request, reply) => {
      const isSetUp = (await listCompanies(services.database)).length > 0
      const form = readForm(setupForm, request.body)
      if (isSetUp && !form.values) throw new Problem('wrong_state')
      const isRight = form.values !== undefined && (await hasCode(request, form.values.setupCode))
      if (isSetUp && !isRight) throw new Problem('wrong_state')
      const faults = form.faults ?? faultsOfSetup(form.values, isRight)
      if (!form.values || faults.length > 0) return show(services, request, reply, typedValues(request.body), faults)
      const { values } = form
      const cookie = (isSetUp ? undefined : await setUp(services, request, values)) ?? (await goOn(services, values))
      setStaffCookie(services, reply, cookie)
      return reply.redirect('/sign-in/authenticator', 303)
    })
  })

  await app.register(async (scope) => {
    forAudience(scope, services, 'admin')
    scope.get('/setup/keys', async (request, reply) => showKeys(services, request, reply))
    scope.post('/setup/keys', async (request, reply) => {
      if ((request.body as { kept?: unknown } | undefined)?.kept !== 'yes')
        return showKeys(services, request, reply, [{ field: 'kept', key: 'access.errors.keyNotKept' }])
      const { companyId, subjectId } = identityOf(request)
      const at = services.clock.now()
      await asAudience<AccessTables, void>(services, request, async (db) => {
        await confirmKeyBackup(db, companyId, subjectId, at)
        await recordAudit(db, companyId, at, {
          actorKind: 'staff',
          actorId: subjectId,
          actorRole: 'admin',
          action: 'keys.backup_confirmed',
          reason: 'access.audit.setup',
          requestId: request.id,
        })
      })
      return reply.redirect('/admin', 303)
    })
  })
}

function faultsOfSetup(values: SetupValues, hasRightCode: boolean): Fault[] {
  if (!hasRightCode) return [{ field: 'setupCode', key: 'access.errors.setupCodeWrong' }]
  return faultsOfNewPassword(values, { email: values.adminEmail, name: values.adminName })
}

/** Company, its key, the first administrator. @returns the cookie to go on with; undefined when somebody was faster */
async function setUp(services: Services, request: FastifyRequest, values: SetupValues): Promise<string | undefined> {
  const at = services.clock.now()
  const companyId = newId(at)
  const passwordHash = await hashPassword(values.password)
  const made = await services.database.as<AccessTables, { key: string; userId: string } | undefined>(
    { role: 'setup', companyId },
    at,
    async (db) => {
      // two browsers at once: the second waits here and then finds a company
      await sql`SELECT pg_advisory_xact_lock(hashtext('hanamichi set-up'))`.execute(db)
      if ((await listCompanies(services.database)).length > 0) return undefined
      const { key } = await createCompany(db, companyId, detailsOf(values), at)
      await services.vault.createCompanyKey(db, companyId, at)
      const userId = await createStaffUser(
        db,
        { companyId, email: values.adminEmail, displayName: values.adminName, passwordHash },
        at,
      )
      const grantId = await grantRole(db, { companyId, userId, role: 'admin' }, at)
      await recordAudit(db, companyId, at, {
        actorKind: 'operator',
        actorRole: 'setup',
        action: 'role.granted',
        subjectArea: 'staff',
        subjectId: userId,
        reason: 'access.audit.setup',
        objectKind: 'role_grant',
        objectId: grantId,
        requestId: request.id,
      })
      return { key, userId }
    },
  )
  // The company's key must be committed before anything can be sealed with it. Should this second step be lost,
  // signing in with the password leads to the same page.
  return made && beginSecondFactor(services, { companyId, companyKey: made.key, userId: made.userId })
}

function beginSecondFactor(
  services: Services,
  of: { companyId: string; companyKey: string; userId: string },
): Promise<string> {
  const { companyId, companyKey, userId } = of
  const at = services.clock.now()
  return services.database.as<AccessTables, string>({ role: 'sign_in', companyId }, at, async (db) => {
    await ensureTotpSecret(db, services.vault, companyId, userId, at)
    const half = { companyId, companyKey, kind: 'staff', subjectId: userId, strength: 'password' } as const
    return (await openSession(db, half, at)).cookie
  })
}

/**
 * The button pressed a second time ends where the first one led: for whoever has the code of this console, wrote the same company and address and
 * knows the password, as long as the second factor is not confirmed. Anybody else came too late; nothing of theirs is kept.
 * @throws {Problem} wrong_state
 */
async function goOn(services: Services, values: SetupValues): Promise<string> {
  // none where there are several
  const company = await findCompany(services.database)
  if (company?.name !== values.name) throw new Problem('wrong_state')
  const { companyId, key } = company
  const email = values.adminEmail.toLowerCase()
  const account = await services.database.as<AccessTables, Awaited<ReturnType<typeof findAccount>>>(
    { role: 'sign_in', companyId },
    services.clock.now(),
    (db) => findAccount(db, companyId, { email }),
  )
  const isSame = await verifyPassword(values.password, account?.passwordHash)
  if (!account || account.totpConfirmed || !isSame) throw new Problem('wrong_state')
  return beginSecondFactor(services, { companyId, companyKey: key, userId: account.userId })
}

async function show(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  typed: Record<string, string>,
  faults: readonly Fault[] = [],
): Promise<FastifyReply> {
  return reply.page(
    'access/setup',
    {
      typed: { ...emptyForm, ...typed },
      locales: localeOptions(services, request, typed['locale']),
      timeZones: timeZoneOptions(typed['timeZone']),
      errors: errorsOf(services, request, faults),
    },
    { status: faults.length > 0 ? 400 : 200 },
  )
}

async function showKeys(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  faults: readonly Fault[] = [],
): Promise<FastifyReply> {
  const { companyId } = identityOf(request)
  const confirmed = await asAudience<AccessTables, boolean>(services, request, async (db) =>
    isKeyBackupConfirmed(db, companyId),
  )
  return deskPage(
    services,
    request,
    reply,
    'access/keys',
    {
      keyFile: resolve(services.config.keyFile),
      fingerprint: services.vault.fingerprint,
      confirmed,
      errors: errorsOf(services, request, faults),
    },
    { status: faults.length > 0 ? 400 : 200 },
  )
}
