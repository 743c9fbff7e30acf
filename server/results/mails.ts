import { findInvitation, identifySubjects } from '../campaigns/index.ts'
import { dateIn } from '../clock.ts'
import type { MailTemplate } from '../mail/index.ts'
import { findMember } from '../roster/index.ts'
import { mintLink } from '../web/links.ts'
import { wholeLocaleOf } from '../locales.ts'

/** The link of a result notice opens the code page for a year: until the next campaign, and never the result by itself. */
const linkDays = 365

/**
 * The notice that results are ready: everybody who submitted gets the same words, whatever the result (law N-3).
 * Prepared when it is sent, as role mailer, which reads no result and no need.
 */
export const resultNotice: MailTemplate = {
  name: 'results.notice',
  mailClass: 'statutory',
  async prepare({ services, db, company, subjectId, contextId, at }) {
    const invitation = await findInvitation(db, company.companyId, contextId)
    if (invitation?.state !== 'submitted') return undefined
    const identity = (await identifySubjects(db, services.vault, company.companyId, [subjectId])).get(subjectId)
    if (!identity) return undefined
    const member = await findMember(db, company.companyId, identity.employmentId, dateIn(company.timeZone, at))
    if (!member?.email) return undefined
    const token = await mintLink(
      db,
      {
        companyId: company.companyId,
        companyKey: company.key,
        kind: 'invitation',
        subjectId,
        contextId,
        expiresAt: new Date(at.getTime() + linkDays * 24 * 60 * 60 * 1000),
      },
      at,
    )
    return {
      to: member.email,
      toName:
        wholeLocaleOf(company.locale) === 'ja'
          ? `${member.familyName} ${member.givenName}`
          : `${member.givenName} ${member.familyName}`,
      locale: company.locale,
      subject: 'results.mail.subject',
      subjectParams: { company: company.name },
      page: 'results/notice',
      data: { link: `${services.config.baseUrl}/a/${token}` },
    }
  },
}
