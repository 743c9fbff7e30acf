import { timingSafeEqual } from 'node:crypto'
import type { Services } from '../services.ts'
import { rosterOf, type AnyHandle } from './tables.ts'

/** Keyed hash of a PIN handed over on paper; the key is outside the database, so a short PIN is not guessed from a copy of it. */
export async function paperPinHash(
  services: Services,
  companyId: string,
  employeeCode: string,
  pin: string,
): Promise<string> {
  const typed = pin.normalize('NFKC').trim().toLowerCase()
  return (await services.vault.lookUpHash(companyId, 'roster paper pin', `${employeeCode}\n${typed}`)).toString('hex')
}

/**
 * Whether what somebody typed is the PIN that was handed to the person of this employment, which must hold on the day `on`
 * (law N-4); false where there is none. For roles
 * that read the roster. The caller counts attempts: a PIN has few characters.
 */
export async function paperPinFits(
  services: Services,
  db: AnyHandle,
  companyId: string,
  employmentId: string,
  on: string,
  pin: string,
): Promise<boolean> {
  const row = await rosterOf(db)
    .selectFrom('roster_assignment')
    .select(['employee_code', 'paper_pin_hash'])
    .where('company_id', '=', companyId)
    .where('employment_id', '=', employmentId)
    .where('employed_from_on', '<=', on)
    .where((or) => or.or([or('employed_until_on', 'is', null), or('employed_until_on', '>=', on)]))
    .limit(1)
    .executeTakeFirst()
  if (!row?.paper_pin_hash) return false
  const typed = await paperPinHash(services, companyId, row.employee_code, pin)
  return timingSafeEqual(Buffer.from(typed), Buffer.from(row.paper_pin_hash))
}
