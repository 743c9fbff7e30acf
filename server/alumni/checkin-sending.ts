import { Temporal } from 'temporal-polyfill'
import { dateIn } from '../clock.ts'
import { listCompanies } from '../database/companies.ts'
import { newId } from '../ids.ts'
import { nextDaytime, queueMail } from '../mail/index.ts'
import { getShipped } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { findPlan, type CheckinPlan } from './checkin-plan.ts'
import { recordTypeOf } from './checkins.ts'
import { dayStart } from './days.ts'
import { alumniOf, type AnyHandle } from './tables.ts'

/** Answers are kept three years, as what was said at leaving; leaving the pool destroys them at once. */
const keptMonths = 36
/** Members of one run, so that a large pool does not come in one transaction. */
const batch = 1_000

const monthsBefore = (on: string, months: number) => Temporal.PlainDate.from(on).subtract({ months }).toString()

/**
 * Asks the members who are due (role scheduler): active, the purpose confirmed and not taken back, in the pool for as long as the plan's interval and not
 * asked within it. By day only; a row for each, so twice asks once. Whether the mail may still go is decided when it is sent.
 */
export async function inviteToCheckins(services: Services, at: Date): Promise<number> {
  let invited = 0
  for (const { companyId, timeZone } of await listCompanies(services.database)) {
    if (nextDaytime(at, timeZone) > at) continue
    for (let more = true; more;) {
      const count = await services.database.as({ role: 'scheduler', companyId }, at, async (db: AnyHandle) => {
        const plan = await findPlan(db, companyId)
        return plan.isOn ? inviteBatch(db, companyId, timeZone, plan, at) : 0
      })
      invited += count
      more = count === batch
    }
  }
  return invited
}

async function inviteBatch(
  db: AnyHandle,
  companyId: string,
  timeZone: string,
  plan: CheckinPlan,
  at: Date,
): Promise<number> {
  const today = dateIn(timeZone, at)
  const before = monthsBefore(today, plan.everyMonths)
  const due = await alumniOf(db)
    .selectFrom('alumni_member as m')
    .innerJoin('alumni_consent as c', (join) =>
      join.onRef('c.company_id', '=', 'm.company_id').onRef('c.member_id', '=', 'm.id'),
    )
    .select('m.id')
    .where('m.company_id', '=', companyId)
    .where('m.state', '=', 'active')
    .where('m.joined_at', '<=', new Date(Temporal.PlainDate.from(before).toZonedDateTime(timeZone).epochMilliseconds))
    .where('c.purpose', '=', 'checkin')
    .where('c.confirmed_at', 'is not', null)
    .where('c.withdrawn_at', 'is', null)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('alumni_checkin as i')
            .select('i.id')
            .whereRef('i.company_id', '=', 'm.company_id')
            .whereRef('i.member_id', '=', 'm.id')
            .where('i.invited_on', '>', before),
        ),
      ),
    )
    .orderBy('m.id')
    .limit(batch)
    .execute()
  if (due.length === 0) return 0
  const { slug, version, hash } = await getShipped('alumni-checkin', 1)
  const day = dayStart(timeZone, at)
  const asked = due.map(({ id: memberId }) => ({ id: newId(day), memberId }))
  await alumniOf(db)
    .insertInto('alumni_checkin')
    .values(
      asked.map(({ id, memberId }) => ({
        company_id: companyId,
        id,
        member_id: memberId,
        slug,
        version,
        hash,
        state: 'invited' as const,
        invited_on: today,
        visibility: null,
        sealed_answers: null,
        submitted_on: null,
      })),
    )
    .execute()
  const mail = { mailClass: 'alumni_news', template: 'alumni.check-in', area: 'alumni', dueAt: day } as const
  const batchId = newId(day)
  await queueMail(
    db,
    companyId,
    asked.map(({ id, memberId }) => ({ ...mail, subjectId: memberId, contextId: id, batchId })),
    day,
  )
  return asked.length
}

/** Forgets what was asked three years ago, keys first, each as the member whose it is. Returns how many. */
export async function forgetCheckins(services: Services, at: Date): Promise<number> {
  let forgotten = 0
  for (const { companyId, timeZone } of await listCompanies(services.database)) {
    const old = await services.database.as({ role: 'scheduler', companyId }, at, (db: AnyHandle) =>
      alumniOf(db)
        .selectFrom('alumni_checkin')
        .select(['id', 'member_id'])
        .where('company_id', '=', companyId)
        .where('invited_on', '<', monthsBefore(dateIn(timeZone, at), keptMonths))
        .execute(),
    )
    for (const { id, member_id: memberId } of old)
      await services.database.as({ role: 'alumni', companyId, subjectId: memberId }, at, async (db: AnyHandle) => {
        await services.vault.shred(db, companyId, { area: 'alumni', subjectId: memberId, recordType: recordTypeOf(id) })
        const gone = await alumniOf(db)
          .deleteFrom('alumni_checkin')
          .where('company_id', '=', companyId)
          .where('id', '=', id)
          .executeTakeFirst()
        forgotten += Number(gone.numDeletedRows)
      })
  }
  return forgotten
}
