import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  findCompany,
  getCompanyDetails,
  listCompanies,
  type CompanyDetails,
  type FoundCompany,
} from '../database/companies.ts'
import { contactOf } from '../graduations/index.ts'
import { suppressAddress } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { cookieOf, forAudience } from '../web/audience.ts'
import { readLink, type Link } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import { bracketedReadings } from '../web/readings.ts'
import { openSession } from '../web/sessions.ts'
import { confirmWords } from './confirm-words.ts'
import { waitingPurposes, withdrawConsents } from './consents.ts'
import { findCertificate } from './leaving.ts'
import { confirmationMadeAt } from './mails.ts'
import {
  confirmMember,
  findMember,
  findMemberByAddress,
  pretendToRemind,
  recordOwn,
  remind,
  type Member,
} from './members.ts'
import type { AnyHandle } from './tables.ts'

const tokenParams = z.object({ token: z.string().max(100) })
const enterBody = z.object({ email: z.string().trim().max(254).pipe(z.email()) })
const certificateParams = z.object({
  companyKey: z.string().max(6),
  number: z.string().regex(/^A-[0-9A-Z]{5}-[0-9A-Z]{5}$/),
})

/** What the home says after a confirmation. */
const doneOf = { membership: 'joined', purposes: 'confirmed' } as const

type PublicLinkKind = 'alumni_confirmation' | 'alumni' | 'alumni_checkin' | 'alumni_refusal'

const isTicked = (request: FastifyRequest, field: string) =>
  (request.body as Record<string, unknown> | undefined)?.[field] === 'yes'

/** The pool's public doors: confirming, coming back, refusing mail. GET shows, only POST acts. */
export function addDoorRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'public')
  const wrongTokens = app.createRateLimit({ max: 60, timeWindow: 10 * 60_000 })
  const entries = app.createRateLimit({ max: 20, timeWindow: 10 * 60_000 })

  async function linkOf(request: FastifyRequest, ...kinds: PublicLinkKind[]): Promise<Link> {
    const { token } = request.params as { token: string }
    for (const kind of kinds) {
      try {
        return await readLink(services.database, token, kind, services.clock.now())
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'link_unknown') throw error
      }
    }
    const counted = await wrongTokens(request)
    throw new Problem(!counted.isAllowed && counted.isExceeded ? 'too_many_requests' : 'link_unknown')
  }
  const asMember = <Result>(
    { companyId, subjectId }: { companyId: string; subjectId?: string },
    work: (db: AnyHandle, at: Date) => Promise<Result>,
  ) => {
    const at = services.clock.now()
    return services.database.as({ role: 'alumni', companyId, subjectId }, at, (db: AnyHandle) => work(db, at))
  }

  async function begin(db: AnyHandle, reply: FastifyReply, link: Link, at: Date): Promise<void> {
    const { companyId, companyKey, subjectId } = link
    const { cookie } = await openSession(db, { companyId, companyKey, kind: 'alumni', subjectId, strength: 'link' }, at)
    const secure = services.config.baseUrl.startsWith('https:')
    reply.setCookie(cookieOf.alumni, cookie, { path: '/', httpOnly: true, sameSite: 'lax', secure })
  }

  /** Company and member. @throws {Problem} link_unknown when there is no such member any more */
  async function load(link: Link): Promise<{ company: CompanyDetails; member: Member }> {
    return asMember(link, async (db) => {
      const member = await findMember(db, services, link.companyId, link.subjectId)
      if (!member) throw new Problem('link_unknown')
      return { company: await getCompanyDetails(db, link.companyId), member }
    })
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    page: string,
    link: Link,
    company: CompanyDetails,
    data: Record<string, unknown>,
  ): Promise<FastifyReply> {
    const shared = { companyName: link.companyName, contact: contactOf(company), action: request.url.split('?')[0] }
    return reply.page(page, { ...shared, ...data }, { timeZone: link.timeZone, status: data['errors'] ? 400 : 200 })
  }

  /**
   * A box that starts unticked stands before each button a mail leads to: programs that look through mails open links and press every button
   * (law D-2). @returns what the page says when the box is missing
   */
  function findMissingTick(request: FastifyRequest, field: 'open' | 'refuse') {
    return isTicked(request, field)
      ? undefined
      : { errors: [{ field, message: services.texts.text(request.locale, `alumni.errors.${field}`) }] }
  }

  async function showConfirm(
    request: FastifyRequest,
    reply: FastifyReply,
    link: Link,
    isTickMissing = false,
  ): Promise<FastifyReply> {
    const { company, member } = await load(link)
    const purposes = await asMember(link, (db) =>
      waitingPurposes(db, link.companyId, link.subjectId, confirmationMadeAt(link)),
    )
    const sentences = purposes.map((purpose) =>
      services.texts.text(request.locale, `alumni.purpose.${purpose}`, { company: company.name }),
    )
    const words = confirmWords(member.state, purposes.length)
    const errors = [{ field: 'confirm', message: services.texts.text(request.locale, words.missingTickKey) }]
    return show(request, reply, 'alumni/confirm', link, company, {
      sentences,
      ...words,
      ...(isTickMissing && { errors }),
    })
  }
  app.get('/alumni/confirm/:token', { schema: { params: tokenParams } }, async (request, reply) =>
    showConfirm(request, reply, await linkOf(request, 'alumni_confirmation')),
  )
  app.post('/alumni/confirm/:token', { schema: { params: tokenParams } }, async (request, reply) => {
    const link = await linkOf(request, 'alumni_confirmation')
    if (!isTicked(request, 'confirm')) return showConfirm(request, reply, link, true)
    const confirmed = await asMember(link, async (db, at) => {
      const { companyId, subjectId } = link
      if (!(await findMember(db, services, companyId, subjectId))) throw new Problem('link_unknown')
      const of = { companyId, memberId: subjectId, askedBy: confirmationMadeAt(link), requestId: request.id }
      const what = await confirmMember(db, of, at)
      await begin(db, reply, link, at)
      return what
    })
    return reply.redirect(confirmed ? `/alumni?done=${doneOf[confirmed]}` : '/alumni', 303)
  })

  app.get('/alumni/in/:token', { schema: { params: tokenParams } }, async (request, reply) => {
    const link = await linkOf(request, 'alumni', 'alumni_checkin')
    const { company } = await load(link)
    return show(request, reply, 'alumni/in', link, company, {})
  })
  app.post('/alumni/in/:token', { schema: { params: tokenParams } }, async (request, reply) => {
    const link = await linkOf(request, 'alumni', 'alumni_checkin')
    const { company } = await load(link)
    const missing = findMissingTick(request, 'open')
    if (missing) return show(request, reply, 'alumni/in', link, company, missing)
    await asMember(link, (db, at) => begin(db, reply, link, at))
    return reply.redirect(link.kind === 'alumni_checkin' ? '/alumni/check-in' : '/alumni', 303)
  })

  app.get('/alumni/refuse/:token', { schema: { params: tokenParams } }, async (request, reply) => {
    const link = await linkOf(request, 'alumni_refusal')
    const { company } = await load(link)
    return show(request, reply, 'alumni/refuse', link, company, { isDone: false })
  })
  // RFC 8058: a mail program sends `List-Unsubscribe=One-Click` without cookies; the address alone says who refuses
  app.post(
    '/alumni/refuse/:token',
    { schema: { params: tokenParams }, config: { withoutCsrf: true } },
    async (request, reply) => {
      const link = await linkOf(request, 'alumni_refusal')
      const { company } = await load(link)
      const isFromPage = (request.body as Record<string, unknown> | undefined)?.['form_id'] !== undefined
      const missing = isFromPage ? findMissingTick(request, 'refuse') : undefined
      if (missing) return show(request, reply, 'alumni/refuse', link, company, { isDone: false, ...missing })
      await asMember(link, async (db, at) => {
        const { companyId, subjectId } = link
        const member = await findMember(db, services, companyId, subjectId)
        if (!member) throw new Problem('link_unknown')
        await suppressAddress(db, services.vault, companyId, member.profile.email, 'refused', at)
        await withdrawConsents(db, companyId, subjectId, at)
        await recordOwn(db, companyId, subjectId, 'alumni.mail_refused', request.id, at)
      })
      return show(request, reply, 'alumni/refuse', link, company, { isDone: true })
    },
  )

  async function showEnter(
    _request: FastifyRequest,
    reply: FastifyReply,
    company: FoundCompany,
    more: Record<string, unknown> = {},
    status = 200,
  ): Promise<FastifyReply> {
    const details = await asMember(company, (db) => getCompanyDetails(db, company.companyId))
    const data = {
      companyName: company.name,
      contact: contactOf(details),
      action: `/c/${company.key}/alumni/enter`,
      typedEmail: '',
      isSent: false,
      ...more,
    }
    return reply.page('alumni/enter', data, { status, timeZone: company.timeZone })
  }
  async function companyOf(request: FastifyRequest): Promise<FoundCompany> {
    const company = await findCompany(
      services.database,
      (request.params as { companyKey: string }).companyKey.toLowerCase(),
    )
    if (!company) throw new Problem('not_found')
    return company
  }

  app.get('/alumni/enter', async (request, reply) => {
    const companies = await listCompanies(services.database)
    // with several companies the address with the company's key is needed; mails carry it
    if (companies.length !== 1) throw new Problem('not_found')
    return showEnter(request, reply, companies[0]!)
  })
  app.get('/c/:companyKey/alumni/enter', async (request, reply) => showEnter(request, reply, await companyOf(request)))
  app.post('/c/:companyKey/alumni/enter', async (request, reply) => {
    const company = await companyOf(request)
    const counted = await entries(request)
    if (!counted.isAllowed && counted.isExceeded) throw new Problem('too_many_requests')
    const body = enterBody.safeParse(request.body)
    if (!body.success) {
      const raw = (request.body as { email?: unknown } | undefined)?.email
      const errors = [{ field: 'email', message: services.texts.text(request.locale, 'alumni.errors.email') }]
      return showEnter(
        request,
        reply,
        company,
        { errors, typedEmail: typeof raw === 'string' ? raw.slice(0, 254) : '' },
        400,
      )
    }
    const member = await findMemberByAddress(services, company.companyId, body.data.email)
    // the same answer for members and strangers, after the same time
    if (member) await remind(services, company.companyId, member, services.clock.now())
    else await pretendToRemind(services, company.companyId, services.clock.now())
    return reply.redirect(`/c/${company.key}/alumni/sent`, 303)
  })
  app.get('/c/:companyKey/alumni/sent', async (request, reply) =>
    showEnter(request, reply, await companyOf(request), { isSent: true }),
  )

  app.get('/c/:companyKey/alumni/left/:number', { schema: { params: certificateParams } }, async (request, reply) => {
    const company = await companyOf(request)
    const { number } = request.params as z.infer<typeof certificateParams>
    const { certificate, details } = await asMember(company, async (db) => ({
      certificate: await findCertificate(db, company.companyId, company.timeZone, number),
      details: await getCompanyDetails(db, company.companyId),
    }))
    if (!certificate) throw new Problem('not_found')
    const text = (key: string, values?: Record<string, string>) => services.texts.text(request.locale, key, values)
    const plain = (key: string, values?: Record<string, string>) =>
      encodeURIComponent(bracketedReadings(text(key, values)))
    const mailBody = plain('alumni.left.mailBody', {
      company: company.name,
      number: certificate.number,
      on: certificate.deletedOn,
    })
    const data = {
      companyName: company.name,
      contact: contactOf(details),
      certificate,
      destroyed: certificate.recordTypes.map((type) => text(`alumni.left.destroyed.${type}`)),
      mailAddress: `mailto:?subject=${plain('alumni.left.mailSubject')}&body=${mailBody}`,
    }
    return reply.page('alumni/left', data, { timeZone: company.timeZone })
  })
}
