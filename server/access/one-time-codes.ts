import { generateSecret, generateURI, verifySync } from 'otplib'
import QRCode from 'qrcode'

/** A new secret for an authenticator app: 160 bits, Base32. */
export function createTotpSecret(): string {
  return generateSecret({ length: 20 })
}

/**
 * The time step a code belongs to (RFC 6238: SHA-1, six digits, 30 s), or undefined when it fits none. A clock may differ by one step.
 * The caller keeps the step, so that each code is good once.
 */
export function stepOfCode(secret: string, typed: string, at: Date): number | undefined {
  const token = typed.normalize('NFKC').replace(/[\s-]/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const result = verifySync({ secret, token, epoch: Math.floor(at.getTime() / 1000), epochTolerance: 30 })
  return result.valid && 'epoch' in result ? Math.floor(result.epoch / 30) : undefined
}

/** The secret as a picture for the camera of an authenticator app: SVG as a data address (the page allows no inline style). */
export async function totpPicture(secret: string, account: string, company: string): Promise<string> {
  const uri = generateURI({ issuer: `Hanamichi ${company}`, label: account, secret })
  const svg = await QRCode.toString(uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 })
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`
}

/** The secret in groups of four, for typing. */
export function groupedSecret(secret: string): string {
  return secret.match(/.{1,4}/g)?.join(' ') ?? secret
}
