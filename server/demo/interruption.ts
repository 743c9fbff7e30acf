import { constants } from 'node:os'

/**
 * Whoever ends the demo from outside: Ctrl+C, `kill`, a terminal that is closed. The first signal counts; those after it change nothing
 * (Ctrl+C under npm arrives twice).
 */
export class Interruption {
  readonly #controller = new AbortController()
  readonly #reason: Error
  /** Settles when a signal has come. */
  readonly arrived: Promise<void>
  /** 128 + signal, as shells count; undefined while nobody has interrupted. */
  exitCode: number | undefined

  /** @param words what the step that is cut off says */
  constructor(words: string) {
    this.#reason = new Error(words)
    this.arrived = new Promise((done) => this.signal.addEventListener('abort', () => done(), { once: true }))
    for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
      process.on(name, () => {
        this.exitCode ??= 128 + constants.signals[name]
        this.#controller.abort(this.#reason)
      })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Work, or the interruption where that comes first; the work itself goes on until what it stands on is closed. */
  async cut<Result>(work: Promise<Result>): Promise<Result> {
    const result = await Promise.race([work, this.arrived])
    this.signal.throwIfAborted()
    return result as Result
  }
}
