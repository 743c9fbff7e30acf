import type { Tick } from '../jobs/index.ts'
import { forgetCheckins, inviteToCheckins } from './checkin-sending.ts'
import { forgetUnconfirmed } from './forgetting.ts'

export const ticks: readonly Tick[] = [
  {
    name: 'alumni.forget-unconfirmed',
    everySeconds: 3600,
    async run({ services, at }) {
      await forgetUnconfirmed(services, at)
    },
  },
  {
    name: 'alumni.check-ins',
    everySeconds: 3600,
    async run({ services, at }) {
      await inviteToCheckins(services, at)
    },
  },
  {
    name: 'alumni.forget-check-ins',
    everySeconds: 6 * 3600,
    async run({ services, at }) {
      await forgetCheckins(services, at)
    },
  },
]
