import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { generateSync } from 'otplib'
import {
  createStaffUser,
  grantRole,
  setPasswordAndTotp,
  type NewGrant,
  type StaffRole,
} from '../../server/access/index.ts'
import type { TestCompany, World } from './world.ts'

/** A form as it stands on a page. `fields` are the successful controls: hidden ones (with `_csrf` and `form_id`), typed values, what is chosen. */
export interface PageForm {
  action: string
  method: 'get' | 'post'
  fields: [name: string, value: string][]
  /** names of all controls, chosen or not */
  names: string[]
  /** values a radio group, a group of boxes or a list offers */
  choices: (name: string) => string[]
  /** buttons that carry a value: `next=back` */
  buttons: { name: string; value: string; text: string; formaction: string | undefined }[]
}

/** What a person gives to a form; undefined takes a control out (an unticked box), a list ticks several. */
export type FormValues = Record<string, string | readonly string[] | undefined>

export interface Upload {
  field: string
  fileName: string
  content: Buffer | string
  type?: string
}

/** A person's browser over `app.inject`: keeps cookies, follows redirects, sends forms with their hidden fields. Runs no script. */
export interface Browser {
  readonly status: number
  /** address of the page that stands now, after redirects */
  readonly url: string
  readonly html: string
  readonly headers: Record<string, string | string[] | number | undefined>
  /** what a person reads in <main>: tags away, entities decoded, white space folded */
  readonly text: string
  readonly title: string
  readonly raw: Buffer
  cookies: Map<string, string>
  get: (url: string, headers?: Record<string, string>) => Promise<Browser>
  /** A POST with the hidden fields of the current page's first posting form (its `_csrf` fits every route); `values` may overwrite them. */
  post: (url: string, values?: FormValues) => Promise<Browser>
  /** A POST of exactly these fields: to try what a page does not offer (no `_csrf`, an invented option). */
  postBare: (url: string, values?: FormValues, headers?: Record<string, string>) => Promise<Browser>
  /** Forms of the current page. */
  forms: () => PageForm[]
  /** The form with this action (path without query, or a pattern). @throws when there is none */
  form: (action: string | RegExp) => PageForm
  /** Sends a form of the page as a person would; `values` over what stands in it. A value of a button goes into `values` too. */
  submit: (action: string | RegExp, values?: FormValues) => Promise<Browser>
  /** Sends a form with a file (multipart). */
  upload: (action: string | RegExp, file: Upload, values?: FormValues) => Promise<Browser>
  links: () => { href: string; text: string }[]
  /** Follows the first link whose words contain `text` (or match). @throws when there is none */
  follow: (text: string | RegExp) => Promise<Browser>
  /** Messages at fields, as the error summary lists them. */
  errors: () => string[]
}

/** Opens a browser of one person. Several of them are several people. */
export function openBrowser(app: FastifyInstance, origin: { remoteAddress?: string; language?: string } = {}): Browser {
  let status = 0
  let url = '/'
  let raw: Buffer = Buffer.alloc(0)
  let html = ''
  let headers: Browser['headers'] = {}
  const cookies = new Map<string, string>()

  async function send(
    method: 'GET' | 'POST',
    to: string,
    payload?: Buffer | string,
    extra: Record<string, string> = {},
  ): Promise<void> {
    let request = { method, to: new URL(to, `http://localhost${url}`), payload, extra }
    for (let hops = 0; hops < 10; hops++) {
      const path = request.to.pathname + request.to.search
      const answer = await app.inject({
        method: request.method,
        url: path,
        remoteAddress: origin.remoteAddress ?? '127.0.0.1',
        headers: {
          accept: 'text/html',
          'accept-language': origin.language ?? 'ja',
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...request.extra,
        },
        ...(request.payload === undefined ? {} : { payload: request.payload }),
      })
      for (const cookie of answer.cookies) {
        const gone =
          cookie.maxAge === 0 || (cookie.expires !== undefined && cookie.expires.getTime() <= 0) || cookie.value === ''
        if (gone) cookies.delete(cookie.name)
        else cookies.set(cookie.name, encodeURIComponent(cookie.value))
      }
      url = path
      status = answer.statusCode
      raw = answer.rawPayload
      html = answer.body
      headers = answer.headers
      const location = answer.headers.location
      if (status < 300 || status >= 400 || location === undefined) return
      request = { method: 'GET', to: new URL(location, request.to), payload: undefined, extra: {} }
    }
    throw new Error(`too many redirects, last ${url}`)
  }

  const encode = (fields: readonly [string, string][]) => new URLSearchParams(fields as [string, string][]).toString()
  const urlencoded = { 'content-type': 'application/x-www-form-urlencoded' }

  const browser: Browser = {
    get status() {
      return status
    },
    get url() {
      return url
    },
    get html() {
      return html
    },
    get headers() {
      return headers
    },
    get raw() {
      return raw
    },
    get text() {
      return textOf(/<main\b[^>]*>([\s\S]*?)<\/main>/.exec(html)?.[1] ?? html)
    },
    get title() {
      return textOf(/<title>([\s\S]*?)<\/title>/.exec(html)?.[1] ?? '')
    },
    cookies,
    async get(to, extra = {}) {
      await send('GET', to, undefined, extra)
      return browser
    },
    async post(to, values = {}) {
      const hidden =
        browser
          .forms()
          .find((form) => form.method === 'post')
          ?.fields.filter(([name]) => name === '_csrf' || name === 'form_id') ?? []
      await send('POST', to, encode(merge(hidden, values)), urlencoded)
      return browser
    },
    async postBare(to, values = {}, extra = {}) {
      await send('POST', to, encode(merge([], values)), { ...urlencoded, ...extra })
      return browser
    },
    forms: () => formsOf(html),
    form(action) {
      const found = browser.forms().find((form) => fits(form.action.split('?')[0]!, action))
      if (!found)
        throw new Error(
          `no form for ${String(action)} on ${url} (${status}); forms: ${browser
            .forms()
            .map((form) => form.action)
            .join(', ')}\n${browser.text.slice(0, 800)}`,
        )
      return found
    },
    async submit(action, values = {}) {
      const form = browser.form(action)
      checkNames(form, values)
      const pressed = form.buttons.find((button) => button.formaction && values[button.name] === button.value)
      const fields = merge(form.fields, values)
      const to = pressed?.formaction ?? (form.action || url)
      if (form.method === 'get') await send('GET', `${to}?${encode(fields)}`)
      else await send('POST', to, encode(fields), urlencoded)
      return browser
    },
    async upload(action, file, values = {}) {
      const form = browser.form(action)
      checkNames(form, values)
      const fields = merge(
        form.fields.filter(([name]) => name !== file.field),
        values,
      )
      const boundary = '----hanamichi-test-boundary'
      const parts = fields.map(([name, value]) =>
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
      )
      parts.push(
        Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.fileName}"\r\nContent-Type: ${file.type ?? 'text/csv'}\r\n\r\n`,
        ),
        Buffer.from(file.content as string),
        Buffer.from(`\r\n--${boundary}--\r\n`),
      )
      await send('POST', form.action || url, Buffer.concat(parts), {
        'content-type': `multipart/form-data; boundary=${boundary}`,
      })
      return browser
    },
    links: () =>
      [...html.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)].map(([, attributes, inner]) => ({
        href: attribute(attributes!, 'href') ?? '',
        text: textOf(inner!),
      })),
    async follow(text) {
      const link = browser
        .links()
        .find((one) => (typeof text === 'string' ? one.text.includes(text) : text.test(one.text)))
      if (!link)
        throw new Error(
          `no link "${String(text)}" on ${url}; links: ${browser
            .links()
            .map((one) => one.text)
            .join(' | ')}`,
        )
      return browser.get(link.href)
    },
    errors: () => {
      const summary = /<div class="error-summary"[\s\S]*?<\/ul>/.exec(html)?.[0] ?? ''
      return [...summary.matchAll(/<li>([\s\S]*?)<\/li>/g)].map(([, inner]) => textOf(inner!))
    },
  }
  return browser
}

export interface StaffOptions extends Partial<Omit<NewGrant, 'companyId' | 'userId' | 'role'>> {
  displayName?: string
  email?: string
  employeeCode?: string
  /** false: the duty of secrecy is left unacknowledged */
  acknowledge?: boolean
  remoteAddress?: string
  language?: string
}

export interface SignedIn {
  browser: Browser
  userId: string
  email: string
  password: string
  totpSecret: string
}

/** The code an authenticator app shows at an instant. */
export function codeAt(totpSecret: string, at: Date): string {
  return generateSync({ secret: totpSecret, epoch: Math.floor(at.getTime() / 1000) })
}

/** Makes a member of staff with one role through the doors; nobody is signed in yet. An implementer is a physician unless told otherwise. */
export async function createStaff(
  world: World,
  company: TestCompany,
  role: StaffRole,
  options: StaffOptions = {},
): Promise<Omit<SignedIn, 'browser'>> {
  const {
    email = `${role}-${randomUUID().slice(0, 8)}@example.jp`,
    displayName = `試験 ${role}`,
    employeeCode,
  } = options
  const { workplaceId, departmentId, profession = role === 'implementer' ? 'physician' : undefined } = options
  const { courseCompletedOn, courseExempt, isRepresentative, directedBy } = options
  const { companyId } = company
  const at = world.clock.now()
  const userId = await world.services.database.as<unknown, string>({ role: 'setup', companyId }, at, async (db) => {
    const id = await createStaffUser(db, { companyId, email, displayName, employeeCode }, at)
    const terms = {
      workplaceId,
      departmentId,
      profession,
      courseCompletedOn,
      courseExempt,
      isRepresentative,
      directedBy,
    }
    await grantRole(db, { companyId, userId: id, role, ...terms }, at)
    return id
  })
  const password = `correct horse ${userId.slice(-6)}`
  const { totpSecret } = await setPasswordAndTotp(world.services, { companyId, userId, password }, at)
  return { userId, email, password, totpSecret }
}

/** Goes through the real sign-in pages: password, then the code of this instant (each code works once: advance the clock before a second time). */
export async function signIn(
  browser: Browser,
  world: World,
  company: TestCompany,
  person: { email: string; password: string; totpSecret: string },
): Promise<Browser> {
  await browser.get(`/c/${company.companyKey}/sign-in`)
  await browser.submit(`/c/${company.companyKey}/sign-in`, { email: person.email, password: person.password })
  await browser.submit('/sign-in/code', { code: codeAt(person.totpSecret, world.clock.now()) })
  if (browser.status !== 200 && !(browser.status === 404 && !browser.url.startsWith('/sign-in')))
    throw new Error(`sign-in ended at ${browser.url} with ${browser.status}: ${browser.text}`)
  return browser
}

/**
 * A member of staff with one role, signed in through the real pages in a browser of their own; the duty of secrecy is acknowledged on its
 * page where the role needs it. `manager` needs `departmentId`.
 */
export async function signInAs(
  world: World,
  company: TestCompany,
  role: StaffRole,
  options: StaffOptions = {},
): Promise<SignedIn> {
  const person = await createStaff(world, company, role, options)
  const { remoteAddress, language } = options
  const browser = openBrowser(await world.app(), {
    ...(remoteAddress ? { remoteAddress } : {}),
    ...(language ? { language } : {}),
  })
  await signIn(browser, world, company, person)
  if (browser.url === '/staff/secrecy' && options.acknowledge !== false)
    await browser.submit('/staff/secrecy', { agreed: 'yes' })
  return { browser, ...person }
}

/** Decodes the entities our pages write. */
export function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|lt|gt|quot|nbsp));/gi, (_all, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex as string, 16))
    if (decimal) return String.fromCodePoint(Number(decimal))
    return { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' }[(name as string).toLowerCase()]!
  })
}

/** Words of a piece of HTML. */
export function textOf(html: string): string {
  const bare = html.replaceAll(/<(script|style|svg)\b[\s\S]*?<\/\1>/g, ' ').replaceAll(/<[^>]*>/g, ' ')
  return decodeEntities(bare).replaceAll(/\s+/g, ' ').trim()
}

function attribute(tag: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}(?:="([^"]*)")?(?=[\\s/>]|$)`).exec(tag)
  return match ? decodeEntities(match[1] ?? '') : undefined
}

function formsOf(html: string): PageForm[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, head, inner]) => {
    const form = controlsOf(inner!)
    const method = (attribute(head!, 'method') ?? 'get').toLowerCase() === 'post' ? 'post' : 'get'
    return { action: attribute(head!, 'action') ?? '', method, ...form }
  })
}

function controlsOf(inner: string): Omit<PageForm, 'action' | 'method'> {
  const fields: [string, string][] = []
  const names: string[] = []
  const offered = new Map<string, string[]>()
  const buttons: PageForm['buttons'] = []
  const offer = (name: string, value: string) => offered.set(name, [...(offered.get(name) ?? []), value])
  const controls =
    /<input\b([^>]*)>|<textarea\b([^>]*)>([\s\S]*?)<\/textarea>|<select\b([^>]*)>([\s\S]*?)<\/select>|<button\b([^>]*)>([\s\S]*?)<\/button>/g
  for (const [, input, textarea, typed, select, options, button, label] of inner.matchAll(controls)) {
    const tag = input ?? textarea ?? select ?? button ?? ''
    const name = attribute(tag, 'name')
    if (name === undefined || attribute(tag, 'disabled') !== undefined) continue
    if (button !== undefined) {
      buttons.push({
        name,
        value: attribute(tag, 'value') ?? '',
        text: textOf(label!),
        formaction: attribute(tag, 'formaction'),
      })
      names.push(name)
      continue
    }
    names.push(name)
    if (textarea !== undefined) fields.push([name, decodeEntities(typed!)])
    else if (select !== undefined) {
      const all = [...options!.matchAll(/<option\b([^>]*)>([\s\S]*?)<\/option>/g)].map(([, head, text]) => ({
        value: attribute(head!, 'value') ?? textOf(text!),
        selected: attribute(head!, 'selected') !== undefined,
      }))
      for (const one of all) offer(name, one.value)
      const chosen = all.find((one) => one.selected) ?? all[0]
      if (chosen) fields.push([name, chosen.value])
    } else {
      const type = attribute(tag, 'type') ?? 'text'
      const value = attribute(tag, 'value') ?? (type === 'checkbox' || type === 'radio' ? 'on' : '')
      if (type === 'checkbox' || type === 'radio') {
        offer(name, value)
        if (attribute(tag, 'checked') !== undefined) fields.push([name, value])
      } else if (type !== 'submit' && type !== 'file') fields.push([name, value])
    }
  }
  return { fields, names: [...new Set(names)], choices: (name) => offered.get(name) ?? [], buttons }
}

function fits(action: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? action === wanted : wanted.test(action)
}

// a misspelt field in a test would else silently test nothing
function checkNames(form: PageForm, values: FormValues): void {
  const unknown = Object.keys(values).filter((name) => !form.names.includes(name))
  if (unknown.length > 0)
    throw new Error(`the form ${form.action} has no ${unknown.join(', ')}; it has ${form.names.join(', ')}`)
}

function merge(fields: readonly [string, string][], values: FormValues): [string, string][] {
  const kept = fields.filter(([name]) => !Object.hasOwn(values, name))
  const given = Object.entries(values).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [value].flat().map((one) => [name, one]),
  )
  return [...kept, ...given]
}
