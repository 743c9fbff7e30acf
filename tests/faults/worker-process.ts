import { readConfig } from '../../server/config.ts'
import { runWorker } from '../../server/main.ts'

/**
 * `hanamichi worker` in a process of its own, to be killed: all that the command starts, with every capability's mails, jobs and ticks. Only
 * the clock differs: it begins at STARTS_AT and real time passes from there, so that it is morning (no mail goes out at night) and so that a
 * claim of two minutes runs out without waiting for it.
 */
const startsAt = Date.parse(process.env['STARTS_AT'] ?? '')
const began = performance.now()
const clock = { now: () => new Date(startsAt + performance.now() - began) }
await runWorker({ config: readConfig(process.env), clock })
