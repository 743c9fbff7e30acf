import type { Kysely } from 'kysely'
import { getCompanyDetails } from '../database/companies.ts'
import type { Services } from '../services.ts'

/** Whom to ask, at the same place on each page of employees and leavers (layout root `contact`). */
export interface Contact {
  name: string
  phone?: string
  mail?: string
}

const freshMilliseconds = 60_000
const kept = new WeakMap<Services, Map<string, { contact: Contact; at: number }>>()

/** The company's contact, read at most once a minute: every page shows it and it changes once a year. */
// oxlint-disable-next-line typescript/no-explicit-any -- any role may read its own company
export async function contactOf(services: Services, db: Kysely<any>, companyId: string): Promise<Contact> {
  let companies = kept.get(services)
  if (!companies) kept.set(services, (companies = new Map()))
  const at = services.clock.now().getTime()
  const known = companies.get(companyId)
  if (known && Math.abs(at - known.at) < freshMilliseconds) return known.contact
  const details = await getCompanyDetails(db, companyId)
  const contact: Contact = {
    name: details.mailSenderName,
    ...(details.contactPhone ? { phone: details.contactPhone } : {}),
    ...(details.contactEmail ? { mail: details.contactEmail } : {}),
  }
  companies.set(companyId, { contact, at })
  return contact
}
