import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { readConfig } from '../../server/config.ts'
import { startWorker } from '../../server/jobs/index.ts'
import { createMailTransport, type MailTemplate } from '../../server/mail/index.ts'
import { openServices } from '../../server/open-services.ts'
import { parseOuterKey } from '../../server/vault/index.ts'
import { mintLink } from '../../server/web/links.ts'
import { withLetters } from '../mail/letters.ts'

/**
 * A worker in a process of its own, to be killed: the real worker with one template whose address is the subject's id.
 * Environment: RUNTIME_URL, SMTP_URL, STARTS_AT (its clock's beginning; from there real time passes).
 */
const { RUNTIME_URL: runtimeUrl = '', SMTP_URL: smtpUrl = '', STARTS_AT: startsAt = '' } = process.env
const began = performance.now()
const clock = { now: () => new Date(Date.parse(startsAt) + performance.now() - began) }
const config = readConfig({ LOG_LEVEL: 'warn', DATABASE_POOL: '4', SMTP_URL: smtpUrl, MAIL_FROM: 'chosa@example.jp' })
const outerKey = parseOuterKey(randomBytes(32).toString('hex'), 'no key is used')
const opened = await openServices({ config, clock, runtimeUrl, outerKey })
const { services } = await withLetters(opened.services)

const letter: MailTemplate = {
  name: 'letters.survey',
  mailClass: 'survey',
  async prepare({ db, company, subjectId, contextId, at }) {
    const expiresAt = new Date(at.getTime() + 86_400_000)
    const token = await mintLink(
      db,
      { companyId: company.companyId, companyKey: company.key, kind: 'invitation', subjectId, contextId, expiresAt },
      at,
    )
    return {
      to: `${subjectId}@example.jp`,
      toName: '',
      locale: 'ja',
      subject: 'letters.subject',
      page: 'letters/hello',
      data: { name: '社員', link: `${services.config.baseUrl}/a/${token}` },
    }
  },
}

const worker = await startWorker({
  services,
  runtimeUrl,
  templates: [letter],
  handlers: [],
  ticks: [],
  log: pino({ level: 'warn' }),
  transport: createMailTransport({ smtpUrl, from: 'chosa@example.jp' }),
})
process.once('SIGTERM', () => {
  void worker
    .stop()
    .then(() => opened.close())
    .then(() => process.exit(0))
})
process.stdout.write('working\n')
