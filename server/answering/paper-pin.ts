import { dateIn } from '../clock.ts'
import { identifySubjects } from '../campaigns/index.ts'
import { paperPinFits } from '../roster/index.ts'
import type { Services } from '../services.ts'
import type { Link } from '../web/links.ts'
import type { AnyHandle } from './tables.ts'

/**
 * The PIN handed over on paper, asked before a start where an address is shared (law N-4). The employee's role knows no
 * roster; the mailer's does, because it finds addresses. Only yes or no comes out.
 */
export async function isPaperPin(services: Services, link: Link, pin: string): Promise<boolean> {
  const { companyId, subjectId, timeZone } = link
  const at = services.clock.now()
  return services.database.as({ role: 'mailer', companyId }, at, async (db: AnyHandle) => {
    const identity = (await identifySubjects(db, services.vault, companyId, [subjectId])).get(subjectId)
    if (!identity) return false
    return paperPinFits(services, db, companyId, identity.employmentId, dateIn(timeZone, at), pin)
  })
}
