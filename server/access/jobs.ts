import { listCompanies } from '../database/companies.ts'
import type { Tick } from '../jobs/types.ts'
import { forgetAttempts } from './attempts.ts'
import type { AccessTables } from './tables.ts'

export const ticks: readonly Tick[] = [
  {
    name: 'access.forget-attempts',
    everySeconds: 3600,
    run: async ({ services, at }) => {
      for (const { companyId } of await listCompanies(services.database))
        await services.database.as<AccessTables, void>({ role: 'jobs', companyId }, at, async (db) =>
          forgetAttempts(db, companyId, at),
        )
    },
  },
]
