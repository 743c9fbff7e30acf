import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { membersOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { boardView, loadBoard } from './board.ts'
import { openDraft } from './drafts.ts'
import { datesBody, deskWords, faultsOf, typedOf } from './hr-forms.ts'
import { laterTables, reasonTable } from './reasons-page.ts'
import { laterFigures, reasonFigures } from './reasons.ts'
import { findDateFault } from './rules.ts'
import type { AnyHandle } from './tables.ts'

const newBody = z.object({ employeeCode: z.string().trim().min(1).max(100), ...datesBody })

/** `/hr/graduations`: drafts to confirm first, then who leaves when and what waits for whom; reasons as figures; a draft by hand. */
export function addHrBoardRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'hr')
  const { sayIn, todayOf, errorsOf } = deskWords(services)

  app.get('/hr/graduations', async (request, reply) => {
    const { companyId } = identityOf(request)
    const today = todayOf(request)
    const board = await asAudience(services, request, (db: AnyHandle) =>
      loadBoard(db, companyId, today, workplacesInReach(request)),
    )
    return deskPage(
      services,
      request,
      reply,
      'graduations/board',
      boardView(board, today, request.locale, sayIn(request)),
    )
  })

  app.get('/hr/graduations/reasons', async (request, reply) => {
    const { companyId } = identityOf(request)
    const today = todayOf(request)
    const at = services.clock.now()
    const say = sayIn(request)
    const panel = await reasonFigures(services, companyId, today, at)
    const later = await laterFigures(services, companyId, today, at)
    return deskPage(services, request, reply, 'graduations/reasons', {
      ...(await reasonTable(panel, request.locale, say)),
      ...(await laterTables(later, request.locale, say)),
    })
  })

  const showNew = (request: FastifyRequest, reply: FastifyReply, errors?: FieldError[]) => {
    const typed = typedOf(request.body)
    const values = {
      employeeCode: typed['employeeCode'] ?? '',
      noticeOn: typed['noticeOn'] ?? '',
      lastWorkingOn: typed['lastWorkingOn'] ?? '',
      leavingOn: typed['leavingOn'] ?? '',
    }
    return deskPage(
      services,
      request,
      reply,
      'graduations/new',
      { typed: values, ...(errors && { errors }) },
      { status: errors ? 400 : 200 },
    )
  }
  app.get('/hr/graduations/new', async (request, reply) => showNew(request, reply))
  app.post('/hr/graduations/new', async (request, reply) => {
    const body = newBody.safeParse(request.body)
    if (!body.success) return showNew(request, reply, errorsOf(request, faultsOf(body.error.issues)))
    const { companyId } = identityOf(request)
    const { employeeCode, ...dates } = body.data
    const today = todayOf(request)
    const member = await asAudience(services, request, async (db: AnyHandle) =>
      (await membersOn(db, companyId, today, workplacesInReach(request))).find(
        (one) => one.employeeCode === employeeCode,
      ),
    )
    if (!member)
      return showNew(
        request,
        reply,
        errorsOf(request, [{ field: 'employeeCode', key: 'graduations.errors.employeeUnknown' }]),
      )
    const fault = findDateFault(dates, member.employedFromOn)
    if (fault) return showNew(request, reply, errorsOf(request, [fault]))
    return once(services, request, reply, async (db: AnyHandle) => {
      const { departureId } = await openDraft(
        db,
        companyId,
        { employmentId: member.employmentId, ...dates },
        services.clock.now(),
      )
      return `/hr/graduations/${departureId}`
    })
  })
}
