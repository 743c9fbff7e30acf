import { createReadStream } from 'node:fs'
import iconv from 'iconv-lite'
import { RosterFileFault } from './file-fault.ts'

export type Encoding = 'utf-8' | 'shift_jis'

export interface FileFacts {
  encoding: Encoding
  /** line feeds, for a progress display only */
  lines: number
}

const lineFeed = 0x0a

/**
 * Reads the file once, a block at a time: which encoding it is in and how many lines it has. UTF-8 with or without byte order mark, else
 * Shift_JIS (with Microsoft's additions). @throws {RosterFileFault} encoding, utf16, euc_jp or empty; the line is the first unreadable one
 */
export async function readFacts(path: string): Promise<FileFacts> {
  const utf8 = new Utf8Check()
  const shiftJis = new LegacyCheck('shift_jis')
  const eucJp = new LegacyCheck('euc-jp')
  let lines = 0
  let first = true
  for await (const block of createReadStream(path, { highWaterMark: 64 * 1024 }) as AsyncIterable<Buffer>) {
    if (first && ((block[0] === 0xff && block[1] === 0xfe) || (block[0] === 0xfe && block[1] === 0xff)))
      throw new RosterFileFault('utf16')
    first = false
    utf8.add(block)
    shiftJis.add(block)
    eucJp.add(block)
    for (let at = block.indexOf(lineFeed); at >= 0; at = block.indexOf(lineFeed, at + 1)) lines++
  }
  if (first) throw new RosterFileFault('empty')
  const facts = { lines: lines + 1 }
  const wrongUtf8 = utf8.end()
  if (wrongUtf8 === undefined) return { ...facts, encoding: 'utf-8' }
  // three and more characters of three bytes before the break: a UTF-8 file with a damaged or foreign line, not Shift_JIS
  if (utf8.japanese >= 3) throw new RosterFileFault('encoding', { line: wrongUtf8 })
  const wrongShiftJis = shiftJis.end()
  // EUC-JP read as Shift_JIS is nearly all half-width katakana
  if (shiftJis.halfWidth * 2 > shiftJis.wide && eucJp.end() === undefined) throw new RosterFileFault('euc_jp')
  if (wrongShiftJis !== undefined) throw new RosterFileFault('encoding', { line: wrongShiftJis })
  return { ...facts, encoding: 'shift_jis' }
}

/** Follows UTF-8 byte by byte, so that neither a long line nor a cut between blocks matters. */
class Utf8Check {
  /** characters of three and more bytes seen before the first fault */
  japanese = 0
  #decoder = new TextDecoder('utf-8', { fatal: true })
  #line = 1
  #faultLine: number | undefined

  add(block: Buffer): void {
    if (this.#faultLine !== undefined) return
    try {
      this.#japaneseIn(this.#decoder.decode(block, { stream: true }))
    } catch {
      this.#locate(block)
    }
  }

  #japaneseIn(text: string): void {
    for (const match of text.matchAll(/\n|[\u3000-\uffef]/g)) {
      if (match[0] === '\n') this.#line++
      else this.japanese++
    }
  }

  // the block does not decode as a whole: take it line by line (0x0A is never part of a longer character) and stop at the one that fails
  #locate(block: Buffer): void {
    let start = 0
    while (start < block.length) {
      const feed = block.indexOf(lineFeed, start)
      const end = feed < 0 ? block.length : feed + 1
      try {
        // the first piece may continue a character of the block before: leading continuation bytes are let pass there
        let from = start
        if (start === 0) while (from < end && from < 3 && (block[from]! & 0xc0) === 0x80) from++
        this.#japaneseIn(
          new TextDecoder('utf-8', { fatal: true }).decode(block.subarray(from, end), { stream: feed < 0 }),
        )
      } catch {
        break
      }
      start = end
    }
    this.#faultLine = this.#line
  }

  /** Line of the first fault; undefined when all of it was UTF-8. */
  end(): number | undefined {
    if (this.#faultLine === undefined) {
      try {
        this.#decoder.decode()
      } catch {
        this.#faultLine = this.#line
      }
    }
    return this.#faultLine
  }
}

/** Decodes a two-byte encoding and looks for what has no character. */
class LegacyCheck {
  /** half-width katakana, and all characters beyond ASCII */
  halfWidth = 0
  wide = 0
  readonly #decoder: ReturnType<typeof iconv.getDecoder>
  #line = 1
  #faultLine: number | undefined

  constructor(encoding: string) {
    this.#decoder = iconv.getDecoder(encoding)
  }

  add(block: Buffer): void {
    if (this.#faultLine === undefined) this.#look(this.#decoder.write(block))
  }

  #look(text: string): void {
    // oxlint-disable-next-line no-control-regex -- C1 controls are what undefined bytes of the one-byte ranges become
    for (const [one] of text.matchAll(/\n|[\u0080-\u{10ffff}]/gu)) {
      if (one === '\n') this.#line++
      else if (one === '\ufffd' || one < '\u00a0') {
        this.#faultLine = this.#line
        return
      } else {
        this.wide++
        if (one >= '\uff61' && one <= '\uff9f') this.halfWidth++
      }
    }
  }

  end(): number | undefined {
    if (this.#faultLine === undefined) this.#look(this.#decoder.end() ?? '')
    return this.#faultLine
  }
}
