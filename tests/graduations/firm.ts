import { randomUUID } from 'node:crypto'
import type { ParsedMail } from 'mailparser'
import { mailTemplates } from '../../server/capabilities.ts'
import type { DatabaseRole } from '../../server/database/connection.ts'
import { confirmDeparture, openDraft, type Confirmation } from '../../server/graduations/index.ts'
import { inviteDueInterviews } from '../../server/graduations/interviews.ts'
import type { AnyHandle } from '../../server/graduations/tables.ts'
import { newId } from '../../server/ids.ts'
import { createMailTransport, sendDueMails } from '../../server/mail/index.ts'
import { createStaff, openBrowser, type Browser } from '../helpers/browser.ts'
import { startSmtp } from '../helpers/smtp.ts'
import type { TestCompany, World } from '../helpers/world.ts'

/** A company with one workplace, two departments and an HR account, and the way its mails go. */
export interface Firm extends TestCompany {
  world: World
  hrId: string
  departmentId: string
  workplaceId: string
  /** @returns employment id */
  hire: (code: string, from: string, until?: string | null, employeeId?: string) => Promise<string>
  employeeOf: (employmentId: string) => Promise<string>
  as: <Result>(role: DatabaseRole, work: (db: AnyHandle) => Promise<Result>, subjectId?: string) => Promise<Result>
  /** Opens by hand and confirms. @returns departure id */
  leave: (employmentId: string, departure: Partial<Confirmation> & { leavingOn: string }) => Promise<string>
  /** Runs the ticks of the clock and delivers everything due; mails that came, newest last. */
  deliver: () => Promise<ParsedMail[]>
  /** Mails to one address so far. */
  to: (address: string) => Promise<ParsedMail[]>
  subjectOf: (departureId: string) => Promise<string>
  browser: () => Promise<Browser>
  /** Opens the newest mail's link to this address, presses the button, returns the person's browser. */
  enter: (address: string) => Promise<Browser>
  close: () => Promise<void>
}

/** The one link of a mail, as a path. */
export function linkIn(mail: ParsedMail | undefined): string {
  const found = /http:\/\/localhost:3000(\/[^\s]+)/.exec(mail?.text ?? '')
  if (!found) throw new Error(`no link in the mail "${mail?.subject ?? 'none'}"`)
  return found[1]!
}

export const addressOf = (code: string) => `${code.toLowerCase()}@shiken.example.jp`

export async function createFirm(world: World): Promise<Firm> {
  const company = await world.company()
  const { companyId } = company
  const at = world.clock.now()
  const put = (table: string, row: Record<string, unknown>) =>
    world.superuser.query(
      `INSERT INTO ${table} (company_id, ${Object.keys(row).join(', ')}) VALUES ($1, ${Object.keys(row)
        .map((_, index) => `$${index + 2}`)
        .join(', ')})`,
      [companyId, ...Object.values(row)],
    )
  const workplaceId = newId(at)
  const departmentId = newId(at)
  await put('workplace', { id: workplaceId, code: 'W1', name: '本社', from_on: '2020-04-01' })
  await put('department', { id: departmentId, code: 'D1' })
  await put('department_version', { id: newId(at), department_id: departmentId, name: '営業課', from_on: '2020-04-01' })
  const { userId: hrId } = await createStaff(world, company, 'hr')
  const peer = await startSmtp()
  const transport = createMailTransport({ smtpUrl: peer.url, from: 'hanamichi@shiken.example.jp' })
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const firm: Firm = {
    ...company,
    world,
    hrId,
    departmentId,
    workplaceId,
    async hire(code, from, until = null, known) {
      const employeeId = known ?? newId(at)
      const employmentId = newId(at)
      if (!known)
        await put('employee', {
          id: employeeId,
          employee_code: code,
          family_name: '架空',
          given_name: code,
          email: addressOf(code),
        })
      await put('employment', {
        id: employmentId,
        employee_id: employeeId,
        kind: 'regular',
        from_on: from,
        until_on: until,
        takes_stress_check: true,
      })
      const assignment = {
        id: newId(at),
        employment_id: employmentId,
        department_id: departmentId,
        workplace_id: workplaceId,
        from_on: from,
        until_on: until,
      }
      await put('assignment', assignment)
      return employmentId
    },
    async employeeOf(employmentId) {
      const { rows } = await world.superuser.query('SELECT employee_id FROM employment WHERE id = $1', [employmentId])
      return rows[0].employee_id
    },
    as: (role, work, subjectId) =>
      world.services.database.as({ role, companyId, subjectId }, world.clock.now(), (db: AnyHandle) => work(db)),
    async leave(employmentId, departure) {
      const { leavingOn, noticeOn = null, lastWorkingOn = null, kind = 'resignation' } = departure
      const dates = { noticeOn, lastWorkingOn, leavingOn }
      const { departureId } = await firm.as(
        'hr',
        (db) => openDraft(db, companyId, { employmentId, ...dates }, world.clock.now()),
        hrId,
      )
      await confirmDeparture(
        world.services,
        { companyId, departureId, kind, ...dates, userId: hrId },
        world.clock.now(),
      )
      return departureId
    },
    async deliver() {
      await inviteDueInterviews(world.services, world.clock.now())
      await sendDueMails({
        services: world.services,
        transport,
        templates: mailTemplates,
        processId: randomUUID(),
        log: silent as never,
      })
      return peer.parsed()
    },
    async to(address) {
      const all = await peer.parsed()
      return all.filter((_, index) => peer.received[index]!.to === address)
    },
    async subjectOf(departureId) {
      const { findSubject } = await import('../../server/graduations/subjects.ts')
      return (await firm.as('hr', (db) => findSubject(db, world.services.vault, companyId, departureId), hrId))!
    },
    browser: async () => openBrowser(await world.app()),
    async enter(address) {
      const browser = await firm.browser()
      await browser.get(linkIn((await firm.to(address)).at(-1)))
      await browser.submit(/\/(start|contact)/, browser.html.includes('name="confirm"') ? { confirm: 'yes' } : {})
      return browser
    },
    async close() {
      transport.close()
      await peer.close()
    },
  }
  return firm
}
