import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** A file put down for reading it twice (encoding, then lines); readable by this process's user only. */
export interface SpooledFile {
  path: string
  /** SHA-256 of the bytes */
  hash: Buffer
  bytes: number
  remove: () => Promise<void>
}

/** Writes a stream to a temporary file, a block at a time. The caller removes it. */
export async function spool(stream: Readable): Promise<SpooledFile> {
  // a stream that breaks before the pipeline stands would end the process; the pipeline reports it all the same
  stream.on('error', () => undefined)
  const folder = await mkdtemp(join(tmpdir(), 'hanamichi-roster-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const path = join(folder, 'roster.csv')
  const hash = createHash('sha256')
  let bytes = 0
  const measure = new Transform({
    transform(block: Buffer, _encoding, done) {
      hash.update(block)
      bytes += block.length
      done(null, block)
    },
  })
  const onDisk = createWriteStream(path, { mode: 0o600 })
  // the pipeline reports the first fault and then listens no more; a full disk may have a second one
  onDisk.on('error', () => undefined)
  try {
    await pipeline(stream, measure, onDisk)
  } catch (error) {
    await remove()
    throw error
  }
  return { path, hash: hash.digest(), bytes, remove }
}
