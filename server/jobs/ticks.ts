import type { BaseLogger } from 'pino'
import type { Services } from '../services.ts'
import type { Tick } from './types.ts'

/**
 * Runs one tick unless another process runs the same one at this moment (advisory lock of the session, gone when the process dies).
 * Returns whether it ran here. A fault is logged by kind and does not spread: the tick comes again.
 */
export async function runTick(services: Services, tick: Tick, log: Pick<BaseLogger, 'error'>): Promise<boolean> {
  const lock = await services.database.pool.connect()
  let broken: Error | undefined
  try {
    const key = `hanamichi tick ${tick.name}`
    const { rows } = await lock.query<{ held: boolean }>(
      'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS held',
      [key],
    )
    if (!rows[0]?.held) return false
    try {
      await tick.run({ services, at: services.clock.now() })
    } catch (error) {
      log.error(
        { tick: tick.name, fault: (error as Error).name, code: (error as { code?: unknown }).code },
        'a tick failed',
      )
    }
    await lock.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [key])
    return true
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    // a connection that may still hold the lock is closed
    lock.release(broken)
  }
}
