import { randomFillSync } from 'node:crypto'

/**
 * Draws `length` random bytes at a call, each time others, from the system's generator: 256 draws at a time, because a
 * call for each costs as much as what it is used for. What was drawn stands in memory until the next filling, so it is
 * for what is public anyway (nonces, ids), never for a key or a token. The bytes are good until 256 later draws.
 */
export function drawer(length: number): () => Buffer {
  const bytes = Buffer.allocUnsafeSlow(length * 256)
  let at = bytes.length
  return () => {
    if (at === bytes.length) {
      randomFillSync(bytes)
      at = 0
    }
    return bytes.subarray(at, (at += length))
  }
}
