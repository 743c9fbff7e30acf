import type { SendMailOptions } from 'nodemailer'
import { wholeLocaleOf, type Locale } from '../locales.ts'
import { isForPeople } from '../web/languages.ts'
import { bracketedReadings } from '../web/readings.ts'
import type { Renderer } from '../web/render.ts'
import type { Texts } from '../web/texts.ts'
import type { MailClass, MailCompany, PreparedMail } from './types.ts'

export interface Composition {
  mailId: string
  mailClass: MailClass
  company: MailCompany
  prepared: PreparedMail
  from: string
  at: Date
}

/**
 * What must stand in every alumni news (特定電子メール法 4条): who sends it, that and where it can be refused, postal address, where to complain.
 * Undefined when the company has not filled in all of it: then the mail may not go.
 */
export function newsFooter(company: MailCompany, refusalUrl: string | undefined): Record<string, string> | undefined {
  const contact = [company.contactEmail, company.contactPhone].filter(Boolean).join(' / ')
  if (!company.senderName || !company.postalAddress || !contact || !refusalUrl) return undefined
  return { sender: company.senderName, postalAddress: company.postalAddress, contact, refusalUrl }
}

/** No browser says that its owner reads plain Japanese: the link in such a mail does. */
function linkIn(locale: Locale, link: unknown): { link?: string } {
  return typeof link === 'string' && locale !== wholeLocaleOf(locale) ? { link: `${link}?lang=${locale}` } : {}
}

/**
 * Renders text and HTML and sets the headers. Everything that is not the recipient's name or link is the same for one batch:
 * fixed encodings, part boundaries and message id derive from the mail's id alone, the date is the passed clock's.
 * @throws when the class and its refusal address do not fit: only alumni news carries one, and it always does
 */
export function composeMail(parts: { renderer: Renderer; texts: Texts }, mail: Composition): SendMailOptions {
  const { company, prepared } = mail
  const isNews = mail.mailClass === 'alumni_news'
  if (!isNews && prepared.refusalUrl) throw new Error(`a mail of class ${mail.mailClass} cannot be refused`)
  const footer = isNews ? newsFooter(company, prepared.refusalUrl) : undefined
  if (isNews && !footer) throw new Error('alumni news lacks what the law wants in it')
  // mails to the desks are written in fewer languages than those to people; each is whole in one
  const locale = isForPeople(prepared.subject) ? prepared.locale : wholeLocaleOf(prepared.locale)
  const subject = bracketedReadings(parts.texts.text(locale, prepared.subject, prepared.subjectParams ?? {}))
  const context = {
    locale,
    timeZone: company.timeZone,
    data: {
      ...prepared.data,
      ...linkIn(locale, prepared.data['link']),
      subject,
      companyName: company.name,
      senderName: company.senderName,
      contactEmail: company.contactEmail,
      contactPhone: company.contactPhone,
      newsFooter: footer,
    },
  }
  const text = parts.renderer.renderText(prepared.page, context).trimEnd()
  return {
    from: { name: company.senderName, address: mail.from },
    to: { name: prepared.toName, address: prepared.to },
    subject,
    text: footer ? `${text}\n\n${parts.renderer.renderText('mail/news-footer', context).trim()}\n` : `${text}\n`,
    html: parts.renderer.render(prepared.page, context),
    // one encoding for all: the usual choice by content would tell a long name from a short one
    textEncoding: 'base64',
    // the same after a crash between handing over and writing it down: a mail program shows one mail, not two
    messageId: `<${mail.mailId}@${mail.from.split('@')[1] ?? 'localhost'}>`,
    baseBoundary: mail.mailId,
    date: mail.at,
    xMailer: false,
    headers: {
      'Content-Language': locale,
      // RFC 3834: no holiday replies to a machine
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(footer && {
        // RFC 8058: the address alone says who refuses what
        'List-Unsubscribe': { prepared: true, value: `<${footer['refusalUrl']}>` },
        'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
      }),
    },
  }
}
