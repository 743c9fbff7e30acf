import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import type { DraftRow } from './draft-queries.ts'
import { readWorking, type Working } from './draft-working.ts'
import { typedText, type Typed } from './editor-fields.ts'
import { headView } from './editor-head.ts'
import { findItem, itemTypes, itemView, type FoundItem, type ItemAddress, type ItemType } from './editor-item.ts'
import { scaleView } from './editor-scale.ts'
import { sectionView } from './editor-section.ts'
import { addressOf, sayIn, staleNotice, statusOf, type ComeBack } from './own-desk.ts'

/** The question was removed in another tab while this form was open: what was typed becomes a new one. @throws {Problem} wrong_state without any section */
export function orphan(working: Working, typed: Typed): FoundItem {
  const type = typedText(typed, 'type') as ItemType
  if (working.sections.length === 0 || !itemTypes.includes(type)) throw new Problem('wrong_state')
  const section = working.sections.findIndex(({ id }) => id === typedText(typed, 'section'))
  return { item: undefined, type, sectionIndex: Math.max(0, section) }
}

export async function showHead(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  row: DraftRow,
  back?: ComeBack,
): Promise<FastifyReply> {
  const say = sayIn(services, request)
  return deskPage(
    services,
    request,
    reply,
    'questionnaires/head',
    {
      ...headView(readWorking(row.body), back?.typed, row.slug, say),
      ...formFrame(row, 'head'),
      isNewDraft: false,
      ...staleNotice(back, say),
    },
    { status: statusOf(back), errors: back?.errors ?? [] },
  )
}

export async function showSection(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  row: DraftRow,
  sectionId: string | undefined,
  back?: ComeBack,
): Promise<FastifyReply> {
  const say = sayIn(services, request)
  const view = sectionView(readWorking(row.body), sectionId, back?.typed, request.locale, say)
  return deskPage(
    services,
    request,
    reply,
    'questionnaires/section',
    { ...view, ...formFrame(row, 'section'), ...staleNotice(back, say) },
    { status: statusOf(back), errors: back?.errors ?? [] },
  )
}

export async function showItem(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  row: DraftRow,
  address: ItemAddress,
  back?: ComeBack,
): Promise<FastifyReply> {
  const say = sayIn(services, request)
  const working = readWorking(row.body)
  const found = findItem(working, address) ?? orphan(working, back?.typed ?? {})
  const view = itemView(working, found, back?.typed, request.locale, say)
  return deskPage(
    services,
    request,
    reply,
    'questionnaires/item',
    { ...view, ...formFrame(row, 'item'), ...staleNotice(back, say) },
    { status: statusOf(back), errors: back?.errors ?? [] },
  )
}

export async function showScale(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  row: DraftRow,
  scaleId: string | undefined,
  back?: ComeBack,
): Promise<FastifyReply> {
  const say = sayIn(services, request)
  const working = readWorking(row.body)
  const scale = working.scales.find(({ id }) => id === scaleId)
  const view = scaleView(working, scale, back?.typed, request.locale, say)
  return deskPage(
    services,
    request,
    reply,
    'questionnaires/scale',
    { ...view, ...formFrame(row, 'scale'), ...staleNotice(back, say) },
    { status: statusOf(back), errors: back?.errors ?? [] },
  )
}

/** What every form of a draft carries. */
const formFrame = ({ id, revision }: DraftRow, form: string) => ({
  backHref: addressOf(id),
  action: `${addressOf(id)}/${form}`,
  removeAction: `${addressOf(id)}/remove`,
  revisionNo: String(revision),
})
