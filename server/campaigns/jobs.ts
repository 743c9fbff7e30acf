import type { JobHandler, Tick } from '../jobs/index.ts'
import { inviteNewcomers } from './newcomers.ts'
import { closeCampaign, openCampaign } from './opening.ts'
import { refreshParticipation } from './participation.ts'
import { sendReminders } from './reminders.ts'

/** What a desk asked for and its role may not do itself: HR may not even know whom a reminder reaches, the implementer writes no invitation. */
export const jobHandlers: readonly JobHandler[] = [
  {
    name: 'campaigns.remind',
    async run({ services, companyId, objectId, at }) {
      await sendReminders(services, companyId, objectId, at, 'asked')
    },
  },
  {
    name: 'campaigns.invite-newcomers',
    async run({ services, companyId, objectId, at }) {
      await inviteNewcomers(services, companyId, objectId, at)
    },
  },
]

/** What the clock asks for: opening and closing by date, HR's figures once a day, reminders by interval. */
export const ticks: readonly Tick[] = [
  {
    name: 'campaigns.open-and-close',
    everySeconds: 30,
    async run({ services, at }) {
      const due = await services.database.lookUp<{ company_id: string; campaign_id: string; due: 'open' | 'close' }>(
        'SELECT company_id, campaign_id, due FROM list_due_campaigns($1)',
        [at],
      )
      for (const one of due) {
        if (one.due === 'open') await openCampaign(services, one.company_id, one.campaign_id, at)
        else await closeCampaign(services, one.company_id, one.campaign_id, at)
      }
    },
  },
  {
    name: 'campaigns.participation-and-reminders',
    everySeconds: 600,
    async run({ services, at }) {
      const running = await services.database.lookUp<{ company_id: string; campaign_id: string; is_open: boolean }>(
        'SELECT company_id, campaign_id, is_open FROM list_running_campaigns($1)',
        [at],
      )
      for (const one of running) {
        await refreshParticipation(services, one.company_id, one.campaign_id, at)
        if (one.is_open) await sendReminders(services, one.company_id, one.campaign_id, at, 'interval')
      }
    },
  },
]
