import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { departmentTreeOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { cancelDeparture, confirmDepartureIn, findDeparture, memberOfDeparture, type Departure } from './departures.ts'
import { changeDates, dateChangeReasons } from './date-changes.ts'
import { datesBody, day, deskWords, faultsOf, optionalDay, typedOf } from './hr-forms.ts'
import { kinds } from './kinds.data.ts'
import { kindOptions, stepView } from './pages.ts'
import { usesCompanyAddress } from './rules.ts'
import { listSteps, tickStep } from './steps.ts'
import type { AnyHandle } from './tables.ts'
import { openedRecords } from './records.ts'

const idParams = z.object({ departureId: z.uuid() })
const stepParams = z.object({ departureId: z.uuid(), stepId: z.uuid() })
const confirmBody = z.object({ kind: z.enum(kinds), ...datesBody })
const tickBody = z.object({ done: z.enum(['yes', 'no']) })
const datesChangeBody = z.object({
  lastWorkingOn: optionalDay,
  leavingOn: day,
  reason: z.enum(dateChangeReasons),
})
const cancelBody = z.object({ cancel: z.literal('yes') })

/** `/hr/graduations/<departure>`: one leaving: to confirm, with other dates, to cancel, and its steps. */
export function addHrRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'hr')
  const { sayIn, todayOf, errorsOf } = deskWords(services)

  async function getReachable(
    request: FastifyRequest,
    db: AnyHandle,
  ): Promise<{ departure: Departure; member: NonNullable<Awaited<ReturnType<typeof memberOfDeparture>>> }> {
    const { companyId } = identityOf(request)
    const { departureId } = request.params as z.infer<typeof idParams>
    const departure = await findDeparture(db, companyId, departureId)
    const member = departure && (await memberOfDeparture(db, companyId, departure, todayOf(request)))
    const reach = workplacesInReach(request)
    if (!departure || !member || (reach && !reach.includes(member.workplaceId))) throw new Problem('not_found')
    return { departure, member }
  }

  async function showOne(request: FastifyRequest, reply: FastifyReply, errors?: FieldError[]): Promise<FastifyReply> {
    const { companyId, subjectId: userId } = identityOf(request)
    const say = sayIn(request)
    const today = todayOf(request)
    const found = await asAudience(services, request, async (db: AnyHandle) => {
      const { departure, member } = await getReachable(request, db)
      const tree = await departmentTreeOn(db, companyId, today < departure.leavingOn ? today : departure.leavingOn)
      return {
        departure,
        member,
        department: tree.find((one) => one.id === member.departmentId)?.name ?? '',
        steps: await listSteps(db, companyId, [departure.id]),
        opened: await openedRecords(db, services, {
          companyId,
          departureId: departure.id,
          userId,
          on: today,
        }),
      }
    })
    const { departure, member, opened } = found
    const typed = errors ? typedOf(request.body) : {}
    const rosterDiffers =
      departure.state === 'confirmed' &&
      member.employedUntilOn !== null &&
      member.employedUntilOn !== departure.leavingOn
    const data = {
      departureId: departure.id,
      state: departure.state,
      personName: `${member.familyName} ${member.givenName}`,
      department: found.department,
      kindWords: departure.kind ? say(`graduations.kind.${departure.kind}`) : '',
      kindChoices: kindOptions(typed['kind'], say),
      isDeath: departure.kind === 'death',
      noticeOn: typed['noticeOn'] ?? departure.noticeOn ?? '',
      lastWorkingOn: typed['lastWorkingOn'] ?? departure.lastWorkingOn ?? '',
      leavingOn: typed['leavingOn'] ?? departure.leavingOn,
      // what holds, whatever was typed
      known: departure,
      mayChangeDates: departure.state === 'confirmed' && departure.leavingOn >= today,
      isChangingDates: errors?.some(({ field }) => ['lastWorkingOn', 'leavingOn', 'reason'].includes(field)) ?? false,
      reasonChoices: ['', ...dateChangeReasons].map((reason) => ({
        value: reason,
        label: say(reason === '' ? 'graduations.departure.chooseReason' : `graduations.reason.dates.${reason}`),
        selected: (typed['reason'] ?? '') === reason,
      })),
      cannotBeMailed: departure.state !== 'cancelled' && !usesCompanyAddress(departure, today),
      rosterUntilOn: rosterDiffers ? member.employedUntilOn : '',
      steps: found.steps.map((step) => stepView(step, today, say)),
      canReadInterview: opened.hasInterview,
      canReadFollowup: opened.hasFollowup,
      canReadContact: opened.hasContact,
      ...(errors && { errors }),
    }
    return deskPage(services, request, reply, 'graduations/departure', data, { status: errors ? 400 : 200 })
  }

  /** The work of a form; what it finds wrong comes back on the same page. */
  async function againWithErrors(
    request: FastifyRequest,
    reply: FastifyReply,
    work: () => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Problem && error.code === 'invalid_input')
        return showOne(request, reply, errorsOf(request, error.fields))
      throw error
    }
  }

  app.get('/hr/graduations/:departureId', { schema: { params: idParams } }, async (request, reply) =>
    showOne(request, reply),
  )

  app.post('/hr/graduations/:departureId/confirm', { schema: { params: idParams } }, async (request, reply) => {
    const body = confirmBody.safeParse(request.body)
    if (!body.success) return showOne(request, reply, errorsOf(request, faultsOf(body.error.issues)))
    const { companyId, subjectId: userId } = identityOf(request)
    const { departureId } = request.params as z.infer<typeof idParams>
    const confirmation = { companyId, departureId, userId, ...body.data }
    return againWithErrors(request, reply, () =>
      once(services, request, reply, async (db: AnyHandle) => {
        await getReachable(request, db)
        await confirmDepartureIn(db, services, confirmation, request.id, services.clock.now())
        return `/hr/graduations/${departureId}`
      }),
    )
  })

  app.post('/hr/graduations/:departureId/dates', { schema: { params: idParams } }, async (request, reply) => {
    const body = datesChangeBody.safeParse(request.body)
    if (!body.success) return showOne(request, reply, errorsOf(request, faultsOf(body.error.issues)))
    const { companyId, subjectId: userId } = identityOf(request)
    const { departureId } = request.params as z.infer<typeof idParams>
    const change = { companyId, departureId, userId, requestId: request.id, ...body.data }
    return againWithErrors(request, reply, () =>
      once(services, request, reply, async (db: AnyHandle) => {
        await getReachable(request, db)
        await changeDates(db, services, change, services.clock.now())
        return `/hr/graduations/${departureId}`
      }),
    )
  })

  app.post('/hr/graduations/:departureId/cancel', { schema: { params: idParams } }, async (request, reply) => {
    if (!cancelBody.safeParse(request.body).success)
      return showOne(request, reply, errorsOf(request, [{ field: 'cancel', key: 'graduations.errors.cancel' }]))
    const { companyId, subjectId: userId } = identityOf(request)
    const { departureId } = request.params as z.infer<typeof idParams>
    return once(services, request, reply, async (db: AnyHandle) => {
      await getReachable(request, db)
      await cancelDeparture(
        db,
        services,
        { companyId, departureId, userId, requestId: request.id },
        services.clock.now(),
      )
      return '/hr/graduations'
    })
  })

  app.post('/hr/graduations/:departureId/steps/:stepId', { schema: { params: stepParams } }, async (request, reply) => {
    const body = tickBody.safeParse(request.body)
    if (!body.success) throw new Problem('invalid_input')
    const { companyId } = identityOf(request)
    const { departureId, stepId } = request.params as z.infer<typeof stepParams>
    return once(services, request, reply, async (db: AnyHandle) => {
      await getReachable(request, db)
      const tick = { departureId, stepId, by: 'hr', done: body.data.done === 'yes' } as const
      if (!(await tickStep(db, companyId, tick, services.clock.now()))) throw new Problem('not_found')
      return `/hr/graduations/${departureId}#steps`
    })
  })
}
