import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Database } from '../database/connection.ts'
import { newId, normaliseCrockford, randomCrockford } from '../ids.ts'
import { Problem } from './problems.ts'

export type LinkKind =
  | 'invitation'
  | 'graduation'
  | 'exit_interview'
  | 'exit_followup'
  | 'private_contact'
  | 'alumni_confirmation'
  | 'alumni'
  | 'alumni_checkin'
  | 'alumni_refusal'
  | 'staff_invitation'

export interface LinkTokenTable {
  company_id: string
  id: string
  kind: string
  subject_id: string
  context_id: string
  hash: Buffer
  minted_at: Date
  expires_at: Date
  revoked_at: Date | null
}

export interface Link {
  companyId: string
  companyKey: string
  companyName: string
  companyLocale: string
  timeZone: string
  kind: LinkKind
  subjectId: string
  contextId: string
  expiresAt: Date
}

interface Tables {
  link_token: LinkTokenTable
}

const secretLength = 26 // 130 random bits

const hashOf = (secret: string) => createHash('sha256').update(secret).digest()

/**
 * Mints a link secret and keeps its hash. `<company key>-<26 characters>`: the key finds the node, the rest is 130 random bits.
 * Earlier links of the same person stay good, so a mail sent twice or a reminder breaks nothing.
 */
export async function mintLink(
  // oxlint-disable-next-line typescript/no-explicit-any -- any role that may mint
  db: Kysely<any>,
  link: {
    companyId: string
    companyKey: string
    kind: LinkKind
    subjectId: string
    contextId: string
    expiresAt: Date
  },
  at: Date,
): Promise<string> {
  const secret = randomCrockford(secretLength)
  await (db as Kysely<Tables>)
    .insertInto('link_token')
    .values({
      company_id: link.companyId,
      id: newId(at),
      kind: link.kind,
      subject_id: link.subjectId,
      context_id: link.contextId,
      hash: hashOf(secret),
      minted_at: at,
      expires_at: link.expiresAt,
      revoked_at: null,
    })
    .execute()
  return `${link.companyKey}-${secret}`
}

/**
 * Reads a link. Guessed, of another company, revoked: the same answer for all.
 * @throws {Problem} link_unknown, or link_expired for a true link whose time is over
 */
export async function readLink(database: Database, token: string, kind: LinkKind, at: Date): Promise<Link> {
  const clean = normaliseCrockford(token)
  const companyKey = clean.slice(0, 6)
  const secret = clean.slice(6)
  if (clean.length !== 6 + secretLength) throw new Problem('link_unknown')
  const [row] = await database.lookUp<{
    company_id: string
    company_key: string
    company_name: string
    company_locale: string
    time_zone: string
    kind: LinkKind
    subject_id: string
    context_id: string
    expires_at: Date
    revoked_at: Date | null
  }>('SELECT * FROM find_link($1, $2)', [companyKey, hashOf(secret)])
  if (!row || row.kind !== kind || row.revoked_at) throw new Problem('link_unknown')
  if (row.expires_at <= at) throw new Problem('link_expired')
  return {
    companyId: row.company_id,
    companyKey: row.company_key,
    companyName: row.company_name,
    companyLocale: row.company_locale,
    timeZone: row.time_zone,
    kind: row.kind,
    subjectId: row.subject_id,
    contextId: row.context_id,
    expiresAt: row.expires_at,
  }
}

/** Makes every link of one thing (an invitation, a departure) useless. */
// oxlint-disable-next-line typescript/no-explicit-any -- any role that may revoke
export async function revokeLinks(db: Kysely<any>, companyId: string, contextId: string, at: Date): Promise<void> {
  await (db as Kysely<Tables>)
    .updateTable('link_token')
    .set({ revoked_at: at })
    .where('company_id', '=', companyId)
    .where('context_id', '=', contextId)
    .where('revoked_at', 'is', null)
    .execute()
}
