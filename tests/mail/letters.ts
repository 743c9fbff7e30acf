import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { MailTemplate, NewMail } from '../../server/mail/index.ts'
import type { Services } from '../../server/services.ts'
import { mintLink } from '../../server/web/links.ts'
import { createRenderer } from '../../server/web/render.ts'
import { createTexts } from '../../server/web/texts.ts'

/** The product's templates with one page more, so that mail is tested with its own layout, partials and texts. */
export async function withLetters(services: Services): Promise<{ services: Services; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'hanamichi-letters-'))
  await cp(resolve(import.meta.dirname, '../../templates'), folder, { recursive: true })
  await mkdir(join(folder, 'letters'))
  await writeFile(
    join(folder, 'letters/hello.hbs'),
    '{{#> layouts/mail title=subject}}\n{{> partials/mail-paragraph text=(t "letters.hello" name=name)}}\n{{> partials/mail-link href=link}}\n{{> partials/mail-signature}}\n{{/layouts/mail}}\n',
  )
  await writeFile(
    join(folder, 'letters/hello.txt.hbs'),
    '{{t "letters.hello" name=name}}\n\n{{link}}\n\n{{> partials/mail-signature}}\n',
  )
  const words = { subject: '調査のご案内', hello: '{name} さん、こんにちは。' }
  for (const locale of ['ja', 'en'])
    await writeFile(join(folder, 'locales', locale, 'letters.json'), JSON.stringify(words))
  const texts = createTexts(join(folder, 'locales'))
  return {
    services: { ...services, texts, renderer: createRenderer({ templatesDir: folder, texts, assetVersion: 'test' }) },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export interface Person {
  subjectId: string
  name: string
  address: string
  /** no longer to be mailed */
  done?: boolean
}

/** A template whose addresses come from a list of people; it mints a real link like any other. */
export function letterTo(
  people: ReadonlyMap<string, Person>,
  mailClass: NewMail['mailClass'] = 'survey',
): MailTemplate {
  return {
    name: `letters.${mailClass}`,
    mailClass,
    async prepare({ db, services, company, subjectId, contextId, at }) {
      const person = people.get(subjectId)
      if (!person || person.done) return undefined
      const token = await mintLink(
        db,
        {
          companyId: company.companyId,
          companyKey: company.key,
          kind: mailClass === 'alumni_news' ? 'alumni_refusal' : 'invitation',
          subjectId,
          contextId,
          expiresAt: new Date(at.getTime() + 86_400_000),
        },
        at,
      )
      const address = `${services.config.baseUrl}/a/${token}`
      return {
        to: person.address,
        toName: person.name,
        locale: company.locale,
        subject: 'letters.subject',
        page: 'letters/hello',
        data: { name: person.name, link: address },
        ...(mailClass === 'alumni_news' && { refusalUrl: address }),
      }
    },
  }
}
