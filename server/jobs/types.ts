import type { Services } from '../services.ts'

/** One piece of work for one company; safe to run twice. */
export interface JobHandler {
  /** e.g. group-reports.compute; the name a request writes into the outbox */
  name: string
  run: (job: { services: Services; companyId: string; objectId: string; at: Date }) => Promise<void>
}

/** Work looked for again and again; due times are columns of ours, compared with the passed clock. Safe to run twice and by several processes. */
export interface Tick {
  name: string
  everySeconds: number
  run: (tick: { services: Services; at: Date }) => Promise<void>
}
