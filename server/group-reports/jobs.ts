import type { JobHandler } from '../jobs/index.ts'
import { Problem } from '../web/problems.ts'
import { assessTurnover } from './assess.ts'
import { computeGroupReport } from './compute.ts'
import { answerTrial, trialJob } from './criteria-trial.ts'

/** Left behind when results are released; the object is the campaign. */
export const computeJob = 'group-reports.compute'
/** Left behind when a report is released; the object is the report. */
export const assessJob = 'group-reports.assess-turnover'

export const jobHandlers: readonly JobHandler[] = [
  {
    name: computeJob,
    async run({ services, companyId, objectId, at }) {
      try {
        await computeGroupReport(services, companyId, objectId, at)
      } catch (error) {
        // a campaign that was set back or is gone: nothing to do, and trying again would not help
        if (!(error instanceof Problem)) throw error
      }
    },
  },
  {
    name: assessJob,
    async run({ services, companyId, objectId, at }) {
      await assessTurnover(services, companyId, objectId, at)
    },
  },
  {
    name: trialJob,
    async run({ services, companyId, objectId, at }) {
      await answerTrial(services, companyId, objectId, at)
    },
  },
]
