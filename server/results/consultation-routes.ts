import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { holdersOf, staffNames } from '../access/index.ts'
import { findInvitation } from '../campaigns/index.ts'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience } from '../web/audience.ts'
import { contactOf } from '../web/contact.ts'
import { helpFor } from '../web/help/index.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { askConsultation, listConsultations, ownMessages } from './consultations.ts'
import { ownRecordOf } from './own-record.ts'
import type { ResultsTables } from './tables.ts'

const form = z.object({
  physician: z.guid(),
  message: z.string().trim().min(1).max(4_000),
  how_to_reach: z.string().trim().min(1).max(300),
})

/** The private talk: open to everybody, before and after results; nobody but the chosen physician learns of it. */
export function addConsultationRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/result/consultation', async (request, reply) =>
    reply.page('results/consultation', await consultationPage(services, request)),
  )

  scope.post('/result/consultation', async (request, reply) => {
    const own = ownRecordOf(request)
    const typed = form.safeParse(request.body)
    if (!typed.success) {
      const fields = [...new Set(typed.error.issues.map((issue) => String(issue.path[0])))]
      const errors = fields.map((field) => ({
        field,
        message: services.texts.text(own.locale, `results.consultation.errors.${field}`),
      }))
      return reply.page(
        'results/consultation',
        { ...(await consultationPage(services, request)), errors },
        { status: 400 },
      )
    }
    return once<ResultsTables>(services, request, reply, async (db) => {
      const physicians = await physiciansFor(db, own.companyId, own.invitationId)
      if (!physicians.some((one) => one.userId === typed.data.physician)) throw new Problem('invalid_input')
      await askConsultation(
        db,
        services.vault,
        { ...own, physicianId: typed.data.physician },
        { message: typed.data.message, howToReach: typed.data.how_to_reach },
        services.clock.now(),
      )
      return '/result/consultation'
    })
  })
}

async function physiciansFor(
  db: Transaction<ResultsTables>,
  companyId: string,
  invitationId: string,
): Promise<{ userId: string; name: string }[]> {
  const invitation = await findInvitation(db, companyId, invitationId)
  if (!invitation) throw new Problem('not_found')
  return holdersOf(db, companyId, 'physician', invitation.workplaceId)
}

async function consultationPage(services: Services, request: FastifyRequest): Promise<Record<string, unknown>> {
  const own = ownRecordOf(request)
  const typed = (request.body ?? {}) as Record<string, unknown>
  return asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
    const physicians = await physiciansFor(db, own.companyId, own.invitationId)
    const asked = await listConsultations(db, own.companyId)
    const names = await staffNames(
      db,
      own.companyId,
      asked.map((one) => one.physicianId),
    )
    const written = await ownMessages(db, services.vault, own.companyId, asked)
    return {
      ...helpFor([...written, typed['message'], typed['how_to_reach']], request.locale),
      physicians: physicians.map((one) => ({
        value: one.userId,
        label: one.name,
        checked: typed['physician'] === one.userId,
      })),
      typedMessage: typeof typed['message'] === 'string' ? typed['message'] : '',
      typedReach: typeof typed['how_to_reach'] === 'string' ? typed['how_to_reach'] : '',
      asked: asked.map((one) => ({
        askedAt: one.askedAt,
        name: names.get(one.physicianId) ?? '',
        closed: one.closedAt !== undefined,
      })),
      contact: await contactOf(services, db, own.companyId),
    }
  })
}
