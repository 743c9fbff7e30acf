import { createHash, randomBytes } from 'node:crypto'
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import type { AskedItem } from '../../analysis/scoring/index.ts'
import { answersOf, type Draft } from '../../server/answering/draft.ts'
import { firstGroupsOf, lastGroupLength, makeCode, verifierOf } from '../../server/answering/personal-code.ts'
import { draftKeyOf, keysOfSitting } from '../../server/answering/start.ts'
import { readySubjects } from '../../server/campaigns/subjects.ts'
import { newId } from '../../server/ids.ts'
import { findVersion, shippedQuestionnaires } from '../../server/questionnaires/index.ts'
import { cookieOf } from '../../server/web/audience.ts'
import type { World } from '../helpers/world.ts'

/** A sitting as its person leaves it on the review page: all answered, the code not yet retyped. */
export interface ReadySitting {
  invitationId: string
  subjectId: string
  /** header of the browser that began it; without the `_csrf` cookie */
  cookie: string
  /** what is retyped on the review page */
  lastGroup: string
  /** by slug */
  answers: Record<string, Draft['answers'][string]>
}

export interface Place {
  companyId: string
  companyKey: string
  /** an open campaign */
  campaignId: string
}

const batchSize = 2_000

/**
 * Adds people to an open campaign and brings them to the review page: the same rows that a start and twelve saved screens
 * leave, written in bulk past the roles, because a test of submissions wants hundreds and a benchmark tens of thousands.
 * Everybody answers differently.
 */
export async function prepareSittings(world: World, place: Place, count: number): Promise<ReadySitting[]> {
  const ready: ReadySitting[] = []
  while (ready.length < count)
    ready.push(...(await prepareBatch(world, place, ready.length, Math.min(batchSize, count - ready.length))))
  return ready
}

async function prepareBatch(world: World, place: Place, first: number, count: number): Promise<ReadySitting[]> {
  const { superuser } = world
  const { vault } = world.services
  const { companyId, companyKey, campaignId } = place
  const at = world.clock.now()
  const lent = { query: superuser.query.bind(superuser), release: () => {} }
  const pool = { connect: async () => lent, end: async () => {}, options: {} } as unknown as PostgresPool
  const db = new Kysely<never>({ dialect: new PostgresDialect({ pool }) })
  const one = async (statement: string) => (await superuser.query(statement, [companyId, campaignId])).rows[0]
  const campaign = await one('SELECT criteria_method FROM campaign WHERE company_id = $1 AND id = $2')
  const unit = await one(
    'SELECT department_id, workplace_id FROM invitation WHERE company_id = $1 AND campaign_id = $2 LIMIT 1',
  )
  const asked = await askedVersions(world, place)
  const slugs = asked.map((version) => version.slug)

  await superuser.query('BEGIN')
  const people = Array.from({ length: count }, () => ({ employmentId: newId(at), employeeId: newId(at) }))
  const subjects = await readySubjects(db, vault, companyId, people, at)
  const snapshotKeyOf = (subjectId: string) => ({ area: 'stress' as const, subjectId, recordType: 'snapshot' })
  const keys = await vault.readyKeys(
    db,
    companyId,
    [...subjects.values()].flatMap((id) => [snapshotKeyOf(id), ...keysOfSitting(id, slugs)]),
    at,
  )
  const made = people.map((person, index) => {
    const subjectId = subjects.get(person.employmentId)!
    const invitationId = newId(at)
    const sex = index % 2 ? ('female' as const) : ('male' as const)
    const draft: Draft = {
      campaignId,
      criteriaMethod: campaign.criteria_method,
      questionnaires: asked.map(({ slug, version, hash }) => ({ slug, version, hash })),
      asksSex: false,
      sex,
      answers: Object.fromEntries(asked.map(({ slug, items }) => [slug, answersOfPerson(items, first + index)])),
      writers: {},
    }
    const code = makeCode()
    const secret = randomBytes(24).toString('base64url')
    return {
      subjectId,
      invitationId,
      code,
      verifier: verifierOf(code),
      secret,
      sessionId: newId(at),
      draft,
      snapshot: keys.seal(
        snapshotKeyOf(subjectId),
        { table: 'invitation', rowId: invitationId },
        { sex, ageBand: '30-39', tenureBand: '3-10', employmentKind: 'regular' },
      ),
      sealed: keys.seal(draftKeyOf(subjectId), { table: 'response_draft', rowId: invitationId }, draft),
    }
  })
  const column = <Value>(of: (sitting: (typeof made)[number]) => Value) => made.map(of)
  const ids = [column((sitting) => sitting.invitationId), column((sitting) => sitting.subjectId)]
  await superuser.query(
    `INSERT INTO invitation (company_id, id, campaign_id, subject_id, department_id, workplace_id, state, sealed_snapshot, created_at)
     SELECT $1, id, $2, subject, $3, $4, 'started', snapshot, $5 FROM unnest($6::uuid[], $7::uuid[], $8::bytea[]) AS new (id, subject, snapshot)`,
    [companyId, campaignId, unit.department_id, unit.workplace_id, at, ...ids, column((sitting) => sitting.snapshot)],
  )
  await superuser.query(
    `INSERT INTO session (company_id, id, kind, subject_id, context_id, strength, secret_hash, created_at, last_seen_at, idle_seconds, expires_at)
     SELECT $1, id, 'participant', subject, invitation, 'link', hash, $2::timestamptz, $2, 36000, $2::timestamptz + interval '1 day'
     FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::bytea[]) AS new (invitation, subject, id, hash)`,
    [
      companyId,
      at,
      ...ids,
      column((sitting) => sitting.sessionId),
      column((sitting) => createHash('sha256').update(sitting.secret).digest()),
    ],
  )
  await superuser.query(
    `INSERT INTO personal_code (company_id, id, subject_id, salt, code_hash, session_id, created_at)
     SELECT $1, invitation, subject, salt, hash, session, $2
     FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::bytea[], $7::bytea[]) AS new (invitation, subject, session, salt, hash)`,
    [
      companyId,
      at,
      ...ids,
      column((sitting) => sitting.sessionId),
      column((sitting) => sitting.verifier.salt),
      column((sitting) => sitting.verifier.hash),
    ],
  )
  await superuser.query(
    `INSERT INTO response_draft (company_id, id, subject_id, campaign_id, slugs, sealed, saved_at)
     SELECT $1, invitation, subject, $2, $3, sealed, $4 FROM unnest($5::uuid[], $6::uuid[], $7::bytea[]) AS new (invitation, subject, sealed)`,
    [companyId, campaignId, slugs, at, ...ids, column((sitting) => sitting.sealed)],
  )
  await superuser.query('COMMIT')
  return made.map(({ invitationId, subjectId, code, secret, draft }) => ({
    invitationId,
    subjectId,
    cookie: `${cookieOf.participant}=${companyKey}.${secret}; hanamichi_code_groups=${firstGroupsOf(code)}`,
    lastGroup: code.slice(-lastGroupLength),
    answers: Object.fromEntries(asked.map(({ slug, items }) => [slug, answersOf(draft, slug, items)])),
  }))
}

async function askedVersions(world: World, { companyId, campaignId }: Place) {
  const shipped = await shippedQuestionnaires()
  const { rows } = await world.superuser.query<{ slug: string; version: number }>(
    'SELECT slug, version FROM campaign_questionnaire WHERE company_id = $1 AND campaign_id = $2 ORDER BY position',
    [companyId, campaignId],
  )
  return rows.map(({ slug, version }) => findVersion(shipped, `${slug}@${version}`)!)
}

function answersOfPerson(items: readonly AskedItem[], person: number): Record<string, number> {
  return Object.fromEntries(
    items.map(({ id, item, options }, index) => {
      if (item.type === 'rating' || item.type === 'number')
        return [id, item.min + ((person * 7 + index) % (item.max - item.min + 1))]
      return [id, Number(options[(person + index * (1 + (person % 3))) % options.length]!.value)]
    }),
  )
}

/** The `_csrf` cookie and field of a form that a running server gives; one pair fits every form of every browser that holds the cookie. */
export async function fetchCsrf(baseUrl: string, sitting: ReadySitting): Promise<{ cookie: string; token: string }> {
  const answer = await fetch(`${baseUrl}/answer/review`, { headers: { cookie: sitting.cookie, accept: 'text/html' } })
  const cookie = /_csrf=[^;]+/.exec(answer.headers.getSetCookie().join('\n'))?.[0]
  const token = /name="_csrf" value="([^"]+)"/.exec(await answer.text())?.[1]
  if (!cookie || !token) throw new Error(`no form on /answer/review (${answer.status})`)
  return { cookie, token }
}

/** Headers and body of the press on "submit". */
export function submissionOf(
  sitting: ReadySitting,
  csrf: { cookie: string; token: string },
): { headers: Record<string, string>; body: string } {
  return {
    headers: {
      cookie: `${sitting.cookie}; ${csrf.cookie}`,
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'text/html',
    },
    body: new URLSearchParams({ _csrf: csrf.token, code: sitting.lastGroup }).toString(),
  }
}
