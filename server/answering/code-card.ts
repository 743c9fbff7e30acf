import type { FastifyReply, FastifyRequest } from 'fastify'
import qrcode from 'qrcode'
import type { Services } from '../services.ts'
import type { Contact } from '../web/contact.ts'
import { showCode } from './personal-code.ts'

/** What the page with the code shows; the code is in no other answer of the server, ever. */
export interface CodeCard {
  code: string
  /** address of the landing page, also as a QR code; undefined where the link is not at hand (only its hash is kept) */
  address: string | undefined
  /** there is no result to come back for */
  isPulse: boolean
  companyName: string
  contact: Contact
  timeZone: string
}

/** Sends the page that shows a personal code this once: to copy, to print as a card with the QR code of the link, or to write down. */
export async function sendCodeCard(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  card: CodeCard,
): Promise<FastifyReply> {
  const label = services.texts.text(request.locale, 'answering.codeCard.qr')
  const picture = card.address === undefined ? '' : await drawQrCode(card.address, label)
  return reply.page(
    'answering/code-card',
    {
      companyName: card.companyName,
      contact: card.contact,
      isPulse: card.isPulse,
      code: showCode(card.code),
      address: card.address ?? '',
      picture,
      hideLanguages: true,
    },
    { timeZone: card.timeZone },
  )
}

/** `label` is a text of ours, without anything to escape. */
async function drawQrCode(address: string, label: string): Promise<string> {
  const drawn = await qrcode.toString(address, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 })
  return drawn.replace('<svg ', `<svg width="160" height="160" role="img" aria-label="${label}" `)
}
