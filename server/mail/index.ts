/**
 * Mail: a queue in the database that holds names and ids only, and the way out by SMTP. A capability queues a message in its own transaction;
 * address, link and text are made when it is sent. Nothing personal and no link reaches the queue or a log.
 */
export { nextDaytime } from './hours.ts'
export { countMail, type MailState } from './counts.ts'
export { queueMail } from './queue.ts'
export { sendDueMails, type Delivered, type Delivery } from './delivery.ts'
export { createMailTransport, type MailTransport } from './transport.ts'
export { isSuppressed, suppressAddress } from './suppression.ts'
export type { MailClass, MailCompany, MailContext, MailTemplate, NewMail, PreparedMail } from './types.ts'
