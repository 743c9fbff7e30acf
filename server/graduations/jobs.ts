import type { JobHandler, Tick } from '../jobs/index.ts'
import { dateJobs, followDates } from './date-changes.ts'
import { findLeavers } from './drafts.ts'
import { forgetFollowups, inviteDueFollowups } from './followups.ts'
import { inviteDueInterviews } from './interviews.ts'

export const jobHandlers: readonly JobHandler[] = [
  {
    // left behind by the roster when an import was applied (object: the import); drafts only, nobody is mailed
    name: 'graduations.find-leavers',
    async run({ services, companyId, at }) {
      await findLeavers(services, companyId, at)
    },
  },
  // left behind when HR changed the dates of a confirmed departure (object: the departure)
  ...[false, true].map((isEarlier): JobHandler => ({
    name: isEarlier ? dateJobs.earlier : dateJobs.moved,
    run: ({ services, companyId, objectId, at }) =>
      followDates(services, { companyId, departureId: objectId, isEarlier }, at),
  })),
]

export const ticks: readonly Tick[] = [
  {
    name: 'graduations.exit-interviews',
    everySeconds: 300,
    async run({ services, at }) {
      await inviteDueInterviews(services, at)
    },
  },
  {
    name: 'graduations.exit-followups',
    everySeconds: 300,
    async run({ services, at }) {
      await inviteDueFollowups(services, at)
    },
  },
  {
    name: 'graduations.forget-followups',
    everySeconds: 6 * 3600,
    async run({ services, at }) {
      await forgetFollowups(services, at)
    },
  },
]
