import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { everyHolderOf } from '../access/index.ts'
import { findCompany, getCompanyDetails, type CompanyDetails } from '../database/companies.ts'
import { contactOf } from '../graduations/index.ts'
import { isSuppressed } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { asAudience, cookieOf, forAudience, identityOf } from '../web/audience.ts'
import { helpFor } from '../web/help/index.ts'
import { Problem } from '../web/problems.ts'
import type { FieldError } from '../web/render.ts'
import { once } from '../web/repeated-post.ts'
import { findPlan } from './checkin-plan.ts'
import { findOpenCheckin, newestCheckinWords } from './checkins.ts'
import { changePurposes, livePurposes, purposeSentences, waitingPurposes } from './consents.ts'
import { certificateNumber, hasCertificate, leaveAndDelete } from './leaving.ts'
import { askToConfirm, changeProfile, findMember, recordOwn, setPaused, type Member } from './members.ts'
import { choosablePurposes } from './purposes.data.ts'
import { isOpen, listReturnRequests, newestLetter, sendReturnRequest, withdrawReturnRequest } from './returns.ts'
import type { AnyHandle } from './tables.ts'

const profileBody = z.object({ name: z.string().trim().min(1).max(100), headline: z.string().trim().max(200) })
const purposeBody = z.object({
  purpose: z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(z.enum(choosablePurposes))),
})
const returnBody = z.object({ contactUserId: z.uuid(), message: z.string().trim().min(1).max(2000) })
const requestParams = z.object({ id: z.uuid() })
const leaveBody = z.object({ leave: z.literal('yes'), refuse: z.literal('yes').optional() })
const formIdBody = z.object({ form_id: z.uuid() })
const doneNotices = new Set([
  'joined',
  'profile',
  'purposes',
  'waiting',
  'confirmed',
  'paused',
  'resumed',
  'return',
  'withdrawn',
  'checkin',
  'checkinDeclined',
])

interface Home {
  member: Member
  company: CompanyDetails
}

/** `/alumni…`: what a member sees and changes; the own row only, by the database's rule. */
export function addHomeRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'alumni')
  const textIn = (request: FastifyRequest) => (key: string, values?: Record<string, string>) =>
    services.texts.text(request.locale, key, values)
  const errorsOf = (request: FastifyRequest, issues: readonly { path: PropertyKey[] }[]): FieldError[] =>
    [...new Set(issues.map((issue) => String(issue.path[0])))].map((field) => ({
      field,
      message: textIn(request)(`alumni.errors.${field}`),
    }))
  const rawText = (request: FastifyRequest, name: string) => {
    const value = ((request.body ?? {}) as Record<string, unknown>)[name]
    return typeof value === 'string' ? value.slice(0, 2000) : ''
  }

  async function loadHome(db: AnyHandle, request: FastifyRequest): Promise<Home> {
    const { companyId, subjectId } = identityOf(request)
    const member = await findMember(db, services, companyId, subjectId)
    if (!member || member.state === 'unconfirmed') throw new Problem('sign_in_needed')
    return { member, company: await getCompanyDetails(db, companyId) }
  }
  const load = <More>(
    request: FastifyRequest,
    more: (db: AnyHandle, home: Home) => Promise<More>,
  ): Promise<Home & More> =>
    asAudience(services, request, async (db: AnyHandle) => {
      const home = await loadHome(db, request)
      return { ...home, ...(await more(db, home)) }
    })

  /** What the page a member comes from has just saved, in the member's own words. */
  async function justWritten(db: AnyHandle, companyId: string, member: Member, done?: string): Promise<string[]> {
    if (done === 'profile') return [member.profile.name, member.profile.headline]
    if (done === 'checkin') return newestCheckinWords(db, services, companyId, member.id)
    if (done === 'return') return [(await newestLetter(db, services, companyId))?.message ?? '']
    return []
  }

  app.get('/alumni', async (request, reply) => {
    const { companyId } = identityOf(request)
    const { done } = request.query as { done?: string }
    const loaded = await load(request, async (db, home) => ({
      checkin: await findOpenCheckin(db, companyId, home.member.id),
      written: await justWritten(db, companyId, home.member, done),
      live: await livePurposes(db, companyId, home.member.id),
      waiting: await waitingPurposes(db, companyId, home.member.id),
      requests: await listReturnRequests(db, companyId),
      contacts: await everyHolderOf(db, companyId, 'hr'),
    }))
    const { member, company, live, waiting, requests, contacts, written } = loaded
    const text = textIn(request)
    const all = purposeSentences(text, company.name, true)
    const wordsOf = (purposes: readonly string[]) =>
      all.filter((one) => purposes.includes(one.purpose)).map((one) => one.sentence)
    const nameOf = new Map(contacts.map((one) => [one.userId, one.name]))
    return reply.page('alumni/home', {
      contact: contactOf(company),
      ...helpFor(written, request.locale),
      ...(done && doneNotices.has(done) && { notice: { kind: 'good', text: text(`alumni.notice.${done}`) } }),
      memberName: member.profile.name,
      headline: member.profile.headline,
      address: member.profile.email,
      joinedAt: member.joinedAt,
      leftInYear: String(member.leftInYear),
      isPaused: member.state === 'paused',
      isAsked: loaded.checkin !== undefined,
      sentences: wordsOf(live),
      waitingSentences: wordsOf(waiting),
      requests: requests.map((one) => ({
        id: one.id,
        contactName: nameOf.get(one.contactUserId) ?? text('alumni.return.contactGone'),
        sentAt: one.createdAt,
        stateWords: text(`alumni.return.state.${one.state}`),
        mayWithdraw: isOpen(one.state),
      })),
    })
  })

  async function showProfile(
    request: FastifyRequest,
    reply: FastifyReply,
    errors?: FieldError[],
  ): Promise<FastifyReply> {
    const { member, company } = await load(request, async () => ({}))
    const data = {
      contact: contactOf(company),
      memberName: errors ? rawText(request, 'name') : member.profile.name,
      headline: errors ? rawText(request, 'headline') : member.profile.headline,
      address: member.profile.email,
      ...(errors && { errors }),
    }
    return reply.page('alumni/profile', data, { status: errors ? 400 : 200 })
  }
  app.get('/alumni/profile', async (request, reply) => showProfile(request, reply))
  app.post('/alumni/profile', async (request, reply) => {
    const body = profileBody.safeParse(request.body)
    if (!body.success) return showProfile(request, reply, errorsOf(request, body.error.issues))
    const { companyId, subjectId } = identityOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      const { member } = await loadHome(db, request)
      await changeProfile(db, services, companyId, subjectId, { ...member.profile, ...body.data }, services.clock.now())
      return '/alumni?done=profile'
    })
  })

  app.get('/alumni/purposes', async (request, reply) => {
    const { companyId } = identityOf(request)
    const { company, live, waiting, refused, plan } = await load(request, async (db, { member }) => ({
      plan: await findPlan(db, companyId),
      live: await livePurposes(db, companyId, member.id),
      waiting: await waitingPurposes(db, companyId, member.id),
      refused: await isSuppressed(db, services.vault, companyId, member.profile.email),
    }))
    return reply.page('alumni/purposes', {
      contact: contactOf(company),
      sender: company.name,
      postalAddress: company.postalAddress,
      isRefused: refused,
      isWaiting: waiting.length > 0,
      choices: purposeSentences(
        textIn(request),
        company.name,
        plan.isOn || [...live, ...waiting].includes('checkin'),
      ).map((one) => ({
        value: one.purpose,
        label: one.sentence,
        checked: live.includes(one.purpose) || waiting.includes(one.purpose),
        hint: waiting.includes(one.purpose) ? textIn(request)('alumni.purposes.waiting') : '',
      })),
    })
  })
  app.post('/alumni/purposes', async (request, reply) => {
    const body = purposeBody.safeParse(request.body)
    if (!body.success) throw new Problem('invalid_input')
    const { companyId, subjectId } = identityOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      const { company } = await loadHome(db, request)
      const ticked = purposeSentences(textIn(request), company.name, true)
        .filter((one) => body.data.purpose.includes(one.purpose))
        .map((one) => ({ purpose: one.purpose, shownText: one.sentence, locale: request.locale }))
      const at = services.clock.now()
      const { added, waiting } = await changePurposes(db, companyId, subjectId, ticked, at)
      if (waiting > 0) await askToConfirm(db, companyId, subjectId, added > 0, at)
      await recordOwn(db, companyId, subjectId, 'alumni.purposes_changed', request.id, at)
      return waiting > 0 ? '/alumni?done=waiting' : '/alumni?done=purposes'
    })
  })

  for (const [path, isPaused, done] of [
    ['/alumni/pause', true, 'paused'],
    ['/alumni/resume', false, 'resumed'],
  ] as const) {
    app.post(path, async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      return once(services, request, reply, async (db: AnyHandle) => {
        await setPaused(db, companyId, subjectId, isPaused)
        return `/alumni?done=${done}`
      })
    })
  }

  async function showReturn(
    request: FastifyRequest,
    reply: FastifyReply,
    errors?: FieldError[],
  ): Promise<FastifyReply> {
    const { companyId } = identityOf(request)
    const { company, member, contacts } = await load(request, async (db) => ({
      contacts: await everyHolderOf(db, companyId, 'hr'),
    }))
    const chosen = rawText(request, 'contactUserId')
    const data = {
      contact: contactOf(company),
      memberName: member.profile.name,
      address: member.profile.email,
      contacts: contacts.map((one) => ({ value: one.userId, label: one.name, checked: one.userId === chosen })),
      typedMessage: rawText(request, 'message'),
      ...(errors && { errors }),
    }
    return reply.page('alumni/return', data, { status: errors ? 400 : 200 })
  }
  app.get('/alumni/return', async (request, reply) => showReturn(request, reply))
  app.post('/alumni/return', async (request, reply) => {
    const body = returnBody.safeParse(request.body)
    if (!body.success) return showReturn(request, reply, errorsOf(request, body.error.issues))
    const { companyId } = identityOf(request)
    const { contactUserId, message } = body.data
    const { contacts } = await load(request, async (db) => ({ contacts: await everyHolderOf(db, companyId, 'hr') }))
    if (!contacts.some((one) => one.userId === contactUserId))
      return showReturn(request, reply, errorsOf(request, [{ path: ['contactUserId'] }]))
    return once(services, request, reply, async (db: AnyHandle) => {
      const { member } = await loadHome(db, request)
      await sendReturnRequest(
        db,
        services,
        { companyId, member, contactUserId, message, requestId: request.id },
        services.clock.now(),
      )
      return '/alumni?done=return'
    })
  })
  app.post('/alumni/return/:id/withdraw', { schema: { params: requestParams } }, async (request, reply) => {
    const { companyId } = identityOf(request)
    const { id } = request.params as z.infer<typeof requestParams>
    return once(services, request, reply, async (db: AnyHandle) => {
      await withdrawReturnRequest(db, companyId, id)
      return '/alumni?done=withdrawn'
    })
  })

  async function showLeave(request: FastifyRequest, reply: FastifyReply, errors?: FieldError[]): Promise<FastifyReply> {
    const { company } = await load(request, async () => ({}))
    return reply.page(
      'alumni/leave',
      { contact: contactOf(company), ...(errors && { errors }) },
      { status: errors ? 400 : 200 },
    )
  }
  app.get('/alumni/leave', async (request, reply) => showLeave(request, reply))
  /** Where the certificate of this very form stands, if it has been sent before; whoever sent it has no session any more. */
  async function certificateOfForm(request: FastifyRequest): Promise<string | undefined> {
    const form = formIdBody.safeParse(request.body)
    const key = request.cookies[cookieOf.alumni]?.slice(0, 6) ?? ''
    const company = form.success && /^[0-9a-z]{6}$/.test(key) ? await findCompany(services.database, key) : undefined
    if (!form.success || !company) return undefined
    const { companyId } = company
    const number = await certificateNumber(services, companyId, form.data.form_id)
    const isThere = await services.database.as(
      { role: 'alumni', companyId },
      services.clock.now(),
      async (db: AnyHandle) => hasCertificate(db, companyId, number),
    )
    return isThere ? `/c/${company.key}/alumni/left/${number}` : undefined
  }
  const leaveOnce = {
    // the second of two clicks finds its session ended by the first
    errorHandler: async (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const isEnded = error instanceof Problem && error.code === 'sign_in_needed'
      const place = isEnded ? await certificateOfForm(request) : undefined
      if (place === undefined) throw error
      return reply.clearCookie(cookieOf.alumni, { path: '/' }).redirect(place, 303)
    },
  }
  app.post('/alumni/leave', leaveOnce, async (request, reply) => {
    const form = formIdBody.safeParse(request.body)
    if (!form.success) throw new Problem('form_expired')
    const body = leaveBody.safeParse(request.body)
    if (!body.success) return showLeave(request, reply, errorsOf(request, [{ path: ['leave'] }]))
    const { companyId, companyKey, subjectId } = identityOf(request)
    // no memory of repeated posts: it would outlive the person
    const number = await asAudience(services, request, (db: AnyHandle) =>
      leaveAndDelete(
        db,
        services,
        { companyId, memberId: subjectId, refuse: body.data.refuse === 'yes', formId: form.data.form_id },
        services.clock.now(),
      ),
    )
    reply.clearCookie(cookieOf.alumni, { path: '/' })
    return reply.redirect(`/c/${companyKey}/alumni/left/${number}`, 303)
  })
}
