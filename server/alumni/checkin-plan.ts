import { alumniOf, type AnyHandle } from './tables.ts'

/** Whether and how often members who chose it are asked how they are. */
export interface CheckinPlan {
  isOn: boolean
  everyMonths: 12 | 24
}

/** Once a year where nothing else was chosen. */
const defaultMonths = 12

/** The company's plan; off where HR has never switched it on. */
export async function findPlan(db: AnyHandle, companyId: string): Promise<CheckinPlan> {
  const row = await alumniOf(db)
    .selectFrom('alumni_checkin_plan')
    .select(['is_on', 'every_months'])
    .where('company_id', '=', companyId)
    .executeTakeFirst()
  return { isOn: row?.is_on ?? false, everyMonths: row?.every_months ?? defaultMonths }
}

/** HR switches it on or off (role hr). */
export async function changePlan(
  db: AnyHandle,
  companyId: string,
  plan: CheckinPlan,
  userId: string,
  at: Date,
): Promise<void> {
  const values = { is_on: plan.isOn, every_months: plan.everyMonths, changed_by: userId, changed_at: at }
  await alumniOf(db)
    .insertInto('alumni_checkin_plan')
    .values({ company_id: companyId, id: companyId, ...values })
    .onConflict((conflict) => conflict.columns(['company_id', 'id']).doUpdateSet(values))
    .execute()
}
