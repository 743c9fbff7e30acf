import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'

/** What came back, after redirects. */
export interface Answer {
  status: number
  path: string
  html: string
}

/** A person of the demo in front of a browser: keeps cookies, follows redirects, sends forms with their hidden fields, over real HTTP. */
export interface Visitor {
  get: (path: string) => Promise<Answer>
  /** Sends the form of the current page whose action matches, with its hidden and preset fields. */
  submit: (action: string | RegExp, values: Record<string, string | readonly string[]>) => Promise<Answer>
  /** Sends fields to a path together with the hidden fields (`_csrf`, `form_id`) of the page that stands now. */
  post: (path: string, values: Record<string, string | readonly string[]>) => Promise<Answer>
  /** Sends without looking at what comes next: the hidden fields of the page go along, the page stays. @returns where the answer leads, if anywhere */
  send: (path: string, values: Record<string, string | readonly string[]>) => Promise<string | undefined>
  readonly page: Answer
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 })

interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

function send(
  base: URL,
  method: string,
  path: string,
  cookies: Map<string, string>,
  body?: string,
): Promise<RawAnswer> {
  return new Promise((done, fail) => {
    const request = httpRequest(
      {
        agent,
        host: base.hostname,
        port: base.port,
        method,
        path,
        headers: {
          accept: 'text/html',
          'accept-language': 'ja',
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', fail)
        response.on('end', () =>
          done({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        )
      },
    )
    request.on('error', fail)
    request.end(body)
  })
}

const decode = (text: string) =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#x3D;', '=')
    .replaceAll('&amp;', '&')

const attribute = (tag: string, name: string) => {
  const match = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)
  return match ? decode(match[1]!) : undefined
}

/** Fields a browser would send for a form as it stands. */
function fieldsOf(form: string): [string, string][] {
  const fields: [string, string][] = []
  for (const [tag] of form.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(tag, 'name')
    const type = attribute(tag, 'type') ?? 'text'
    if (!name || type === 'submit' || /\sdisabled\b/.test(tag)) continue
    if ((type === 'radio' || type === 'checkbox') && !/\schecked\b/.test(tag)) continue
    fields.push([name, attribute(tag, 'value') ?? (type === 'checkbox' ? 'on' : '')])
  }
  for (const match of form.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g)) {
    const name = attribute(match[1]!, 'name')
    if (name) fields.push([name, decode(match[2]!)])
  }
  for (const match of form.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)) {
    const name = attribute(match[1]!, 'name')
    const options = [...match[2]!.matchAll(/<option\b[^>]*>/g)].map((option) => option[0])
    const chosen = options.find((option) => /\sselected\b/.test(option)) ?? options[0]
    if (name && chosen) fields.push([name, attribute(chosen, 'value') ?? ''])
  }
  return fields
}

function hiddenFields(html: string): [string, string][] {
  const hidden: [string, string][] = []
  for (const name of ['_csrf', 'form_id']) {
    const tag = new RegExp(`<input\\b[^>]*name="${name}"[^>]*>`).exec(html)?.[0]
    const value = tag ? attribute(tag, 'value') : undefined
    if (value !== undefined) hidden.push([name, value])
  }
  return hidden
}

function merge(fields: [string, string][], values: Record<string, string | readonly string[]>): string {
  const body = new URLSearchParams(fields.filter(([name]) => !(name in values)))
  for (const [name, value] of Object.entries(values))
    for (const one of typeof value === 'string' ? [value] : value) body.append(name, one)
  return body.toString()
}

/** Opens a visitor; several are several people. @throws on an answer of 400 or more: the demo's people make no mistakes */
export function openVisitor(baseUrl: string): Visitor {
  const base = new URL(baseUrl)
  const cookies = new Map<string, string>()
  let page: Answer = { status: 0, path: '/', html: '' }

  async function go(method: string, path: string, body?: string): Promise<Answer> {
    for (let hops = 0; hops < 10; hops++) {
      const answer = await send(base, method, path, cookies, body)
      for (const line of answer.headers['set-cookie'] ?? []) {
        const [pair] = line.split(';')
        const at = pair!.indexOf('=')
        const value = pair!.slice(at + 1)
        if (value === '') cookies.delete(pair!.slice(0, at))
        else cookies.set(pair!.slice(0, at), value)
      }
      if (answer.status >= 300 && answer.status < 400 && answer.headers.location) {
        const next = new URL(answer.headers.location, new URL(path, base))
        method = 'GET'
        path = next.pathname + next.search
        body = undefined
        continue
      }
      if (answer.status >= 400) {
        const title = /<h1[^>]*>([\s\S]*?)<\/h1>/.exec(answer.body)?.[1]?.trim()
        throw new Error(
          `${method} ${path.replace(/[0-9a-hjkmnp-tv-z]{26}/, '…')} answered ${answer.status}${title ? ` (${title})` : ''}`,
        )
      }
      page = { status: answer.status, path, html: answer.body }
      return page
    }
    throw new Error(`too many redirects at ${path}`)
  }

  return {
    get page() {
      return page
    },
    get: (path) => go('GET', path),
    submit(action, values) {
      const forms = [...page.html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)]
      const form = forms.find((candidate) => {
        const target = attribute(candidate[1]!, 'action') ?? page.path
        return typeof action === 'string' ? target.split('?')[0] === action : action.test(target)
      })
      if (!form) throw new Error(`the page ${page.path} has no form for ${String(action)}`)
      return go('POST', attribute(form[1]!, 'action') ?? page.path, merge(fieldsOf(form[2]!), values))
    },
    post: (path, values) => go('POST', path, merge(hiddenFields(page.html), values)),
    async send(path, values) {
      const answer = await send(base, 'POST', path, cookies, merge(hiddenFields(page.html), values))
      if (answer.status !== 204 && answer.status !== 303)
        throw new Error(`POST ${path} in the background answered ${answer.status}`)
      return answer.headers.location
    },
  }
}
