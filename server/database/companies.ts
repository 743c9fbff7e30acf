import type { Kysely } from 'kysely'
import { randomCrockford } from '../ids.ts'
import type { Locale } from '../locales.ts'
import type { Database } from './connection.ts'

/** A company as it is found before anybody has signed in. */
export interface FoundCompany {
  companyId: string
  key: string
  name: string
  locale: Locale
  timeZone: string
}

/** What a company says about itself; most of it stands in mails because the law wants it there. */
export interface CompanyDetails {
  name: string
  locale: Locale
  timeZone: string
  leavingWord: 'graduation' | 'leaving'
  mailSenderName: string
  postalAddress: string
  contactEmail: string
  contactPhone: string
  helpLine: string
}

export interface CompanyTable {
  company_id: string
  key: string
  name: string
  locale: Locale
  time_zone: string
  leaving_word: 'graduation' | 'leaving'
  mail_sender_name: string
  postal_address: string
  contact_email: string
  contact_phone: string
  help_line: string
  created_at: Date
}

interface Tables {
  company: CompanyTable
}

interface FoundRow {
  company_id: string
  key: string
  name: string
  locale: Locale
  time_zone: string
}

const foundOf = (row: FoundRow): FoundCompany => ({
  companyId: row.company_id,
  key: row.key,
  name: row.name,
  locale: row.locale,
  timeZone: row.time_zone,
})

/** Every company of this installation, oldest first. */
export async function listCompanies(database: Database): Promise<FoundCompany[]> {
  return (await database.lookUp<FoundRow>('SELECT * FROM list_companies()', [])).map(foundOf)
}

/** The company with this key; without a key the only one, undefined when there are none or several. */
export async function findCompany(database: Database, key?: string): Promise<FoundCompany | undefined> {
  const [row] = await database.lookUp<FoundRow>('SELECT * FROM find_company($1)', [key ?? null])
  return row && foundOf(row)
}

const columnsOf = (details: CompanyDetails) => ({
  name: details.name,
  locale: details.locale,
  time_zone: details.timeZone,
  leaving_word: details.leavingWord,
  mail_sender_name: details.mailSenderName,
  postal_address: details.postalAddress,
  contact_email: details.contactEmail,
  contact_phone: details.contactPhone,
  help_line: details.helpLine,
})

/** Makes a company (role `setup`) with a random key of six characters; its first vault key is made by the caller in the same transaction. */
export async function createCompany(
  // oxlint-disable-next-line typescript/no-explicit-any -- the set-up's handle
  db: Kysely<any>,
  companyId: string,
  details: CompanyDetails,
  at: Date,
): Promise<{ key: string }> {
  const key = randomCrockford(6)
  await (db as Kysely<Tables>)
    .insertInto('company')
    .values({ company_id: companyId, key, ...columnsOf(details), created_at: at })
    .execute()
  return { key }
}

/** @throws when the actor's company does not exist */
// oxlint-disable-next-line typescript/no-explicit-any -- any role may read its own company
export async function getCompanyDetails(db: Kysely<any>, companyId: string): Promise<CompanyDetails & { key: string }> {
  const row = await (db as Kysely<Tables>)
    .selectFrom('company')
    .selectAll()
    .where('company_id', '=', companyId)
    .executeTakeFirstOrThrow()
  return {
    key: row.key,
    name: row.name,
    locale: row.locale,
    timeZone: row.time_zone,
    leavingWord: row.leaving_word,
    mailSenderName: row.mail_sender_name,
    postalAddress: row.postal_address,
    contactEmail: row.contact_email,
    contactPhone: row.contact_phone,
    helpLine: row.help_line,
  }
}

/** Changes what a company says about itself (roles `admin` and `hr`). */
export async function updateCompany(
  // oxlint-disable-next-line typescript/no-explicit-any -- the desk's handle
  db: Kysely<any>,
  companyId: string,
  details: CompanyDetails,
): Promise<void> {
  await (db as Kysely<Tables>)
    .updateTable('company')
    .set(columnsOf(details))
    .where('company_id', '=', companyId)
    .execute()
}
