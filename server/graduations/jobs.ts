import type { JobHandler, Tick } from '../jobs/index.ts'
import { findLeavers } from './drafts.ts'
import { inviteDueInterviews } from './interviews.ts'

export const jobHandlers: readonly JobHandler[] = [
  {
    // left behind by the roster when an import was applied (object: the import); drafts only, nobody is mailed
    name: 'graduations.find-leavers',
    async run({ services, companyId, at }) {
      await findLeavers(services, companyId, at)
    },
  },
]

export const ticks: readonly Tick[] = [
  {
    name: 'graduations.exit-interviews',
    everySeconds: 300,
    async run({ services, at }) {
      await inviteDueInterviews(services, at)
    },
  },
]
