import type { Kysely } from 'kysely'
import type { Services } from '../services.ts'
import type { Locale } from '../locales.ts'

export type MailClass = 'statutory' | 'survey' | 'alumni_news' | 'account'

/** The company as mails need it. */
export interface MailCompany {
  companyId: string
  key: string
  name: string
  locale: Locale
  timeZone: string
  senderName: string
  postalAddress: string
  contactEmail: string
  contactPhone: string
}

/** What a template needs to be prepared: ids from the queue, a transaction as role `mailer`, the clock. */
export interface MailContext {
  services: Services
  // oxlint-disable-next-line typescript/no-explicit-any -- each template names its own capability's tables
  db: Kysely<any>
  company: MailCompany
  subjectId: string
  contextId: string
  at: Date
}

/** Ready to render. `data` goes to templates/<page>.txt.hbs and templates/<page>.html.hbs; links in it were minted just now. */
export interface PreparedMail {
  to: string
  /** name shown beside the address; may be empty */
  toName: string
  locale: Locale
  /** key of the subject line: the same for everyone of one batch */
  subject: string
  subjectParams?: Record<string, string>
  page: string
  data: Record<string, unknown>
  /** only alumni_news: RFC 8058 one-click refusal address */
  refusalUrl?: string
}

/**
 * A kind of mail, owned by a capability. `prepare` runs when it is sent, so that addresses and links are fresh and nothing personal waits in the queue.
 * It returns undefined when the mail is no longer wanted (answered, declined, closed): then the message is cancelled.
 */
export interface MailTemplate {
  name: string
  mailClass: MailClass
  prepare: (context: MailContext) => Promise<PreparedMail | undefined>
  /**
   * The next instant, not before `at`, at which such a mail may reach a person; without it any. Asked when it is sent: what waited for a mail server
   * must not go out at night because that came back at night.
   */
  nextTime?: (company: MailCompany, at: Date) => Date
}

/** A message to queue in the caller's transaction. */
export interface NewMail {
  mailClass: MailClass
  template: string
  area: 'staff' | 'stress' | 'exit' | 'alumni'
  subjectId: string
  contextId: string
  /** one campaign step = one batch; also what makes queueing twice harmless */
  batchId: string
  dueAt: Date
}
