import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'
import { drawer } from '../random.ts'

/**
 * Envelope of everything personal: {alg, key_id, nonce, ciphertext} packed as
 * 1 byte algorithm (1 = AES-256-GCM) · 16 bytes data key id · 12 bytes nonce · ciphertext · 16 bytes tag.
 * Company, table and row are bound as additional data: a sealed value copied to another row does not open.
 */
const aes256gcm = 1

export interface Place {
  companyId: string
  table: string
  rowId: string
}

function boundData(place: Place): Buffer {
  return Buffer.from(`${place.companyId}|${place.table}|${place.rowId}`)
}

// a cipher made from bytes takes four times as long as one made from a key object
const keyObject = (key: Buffer | KeyObject) => (Buffer.isBuffer(key) ? createSecretKey(key) : key)

/** Random and used once. */
const freshNonce = drawer(12)

/** AES-256-GCM with a fresh random nonce: nonce · ciphertext · tag. */
export function encrypt(key: Buffer | KeyObject, plain: Buffer, bound: Buffer): Buffer {
  const nonce = freshNonce()
  const cipher = createCipheriv('aes-256-gcm', keyObject(key), nonce)
  cipher.setAAD(bound)
  const text = cipher.update(plain)
  // counter mode leaves nothing over
  cipher.final()
  return Buffer.concat([nonce, text, cipher.getAuthTag()])
}

/** Opposite of {@link encrypt}. @throws when key, bound data or text do not fit */
export function decrypt(key: Buffer | KeyObject, sealed: Buffer, bound: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', keyObject(key), sealed.subarray(0, 12))
  decipher.setAAD(bound)
  decipher.setAuthTag(sealed.subarray(sealed.length - 16))
  const plain = decipher.update(sealed.subarray(12, sealed.length - 16))
  decipher.final()
  return plain
}

export function pack(keyId: string, key: Buffer | KeyObject, plain: Buffer, place: Place): Buffer {
  return Buffer.concat([
    Buffer.from([aes256gcm]),
    Buffer.from(keyId.replaceAll('-', ''), 'hex'),
    encrypt(key, plain, boundData(place)),
  ])
}

/** Id of the data key an envelope was sealed under. @throws when it is no envelope of ours */
export function keyIdOf(sealed: Buffer): string {
  if (sealed.length < 45 || sealed[0] !== aes256gcm) throw new Error('not a sealed value of this vault')
  const hex = sealed.subarray(1, 17).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export function unpack(key: Buffer | KeyObject, sealed: Buffer, place: Place): Buffer {
  return decrypt(key, sealed.subarray(17), boundData(place))
}
