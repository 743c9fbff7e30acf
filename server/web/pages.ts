import { randomUUID } from 'node:crypto'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type { Services } from '../services.ts'
import { isLocale, wholeLocaleOf, type Locale } from '../locales.ts'
import { localesOfAddress } from './languages.ts'
import { Problem, problemOfSystemError } from './problems.ts'
import type { Filling, Shell } from './shell.ts'

declare module 'fastify' {
  interface FastifyReply {
    /**
     * Sends a page: templates/<page>.hbs in the person's language, with `csrf` and a fresh `formId` for its forms.
     * `data.timeZone` wins over the session's company.
     */
    page: (
      page: string,
      data: Record<string, unknown>,
      options?: { status?: number; timeZone?: string },
    ) => Promise<FastifyReply>
    /** The same from a shell with the holes `csrf` and `formId` (see shell.ts) and others that `fillings` are for. */
    pageFrom: (shell: Shell, fillings: Record<string, Filling>) => Promise<FastifyReply>
  }
}

/** What pages are made with. */
export type PageServices = Pick<Services, 'texts' | 'renderer'> & { config: Pick<Services['config'], 'baseUrl'> }

const localeCookie = 'hanamichi_locale'

const askedIn = (request: FastifyRequest) => (request.query as { lang?: unknown } | undefined)?.lang

/** The language that was asked for last, else that of the browser; where the page is not written in it, the one it is a form of. */
function pickLocale(request: FastifyRequest): Locale {
  const asked = askedIn(request) ?? request.cookies[localeCookie]
  if (isLocale(asked)) return request.locales.includes(asked) ? asked : wholeLocaleOf(asked)
  const accepted = request.headers['accept-language'] ?? ''
  return /^\s*en\b/i.test(accepted) ? 'en' : 'ja'
}

/** Rendering, language and the one place that turns errors into answers. */
export function addPages(app: FastifyInstance, services: PageServices): void {
  app.decorateRequest('identity', undefined)
  app.decorateRequest('locale', 'ja')
  app.decorateRequest('locales', undefined as unknown as [])
  app.decorateRequest('staffName', undefined)
  app.decorateRequest('heldRoles', undefined as unknown as [])

  const secure = services.config.baseUrl.startsWith('https:')
  app.addHook('onRequest', (request, reply, done) => {
    request.locales = localesOfAddress(request.url)
    request.locale = pickLocale(request)
    request.heldRoles = []
    const asked = askedIn(request)
    if (isLocale(asked))
      reply.setCookie(localeCookie, asked, { path: '/', sameSite: 'lax', httpOnly: true, secure, maxAge: 31_536_000 })
    done()
  })
  app.addHook('onSend', (request, reply, _payload, done) => {
    if (!request.url.startsWith('/static/')) reply.header('cache-control', 'no-store')
    done()
  })

  app.decorateReply('page', async function (this: FastifyReply, page, data, options = {}) {
    const { request } = this
    const html = services.renderer.render(page, {
      locale: request.locale,
      locales: request.locales,
      timeZone: options.timeZone ?? request.identity?.timeZone ?? 'Asia/Tokyo',
      data: {
        companyName: request.identity?.companyName ?? '',
        ...data,
        csrf: this.generateCsrf(),
        formId: randomUUID(),
      },
    })
    return this.code(options.status ?? 200)
      .type('text/html; charset=utf-8')
      .send(html)
  })

  app.decorateReply('pageFrom', async function (this: FastifyReply, shell, fillings) {
    const page = shell.complete({ ...fillings, csrf: this.generateCsrf(), formId: randomUUID() })
    return this.type('text/html; charset=utf-8').send(page)
  })

  app.setNotFoundHandler(async (request, reply) => sendProblem(request, reply, new Problem('not_found')))
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemOf(error as FastifyError)
    if (problem.status >= 500) {
      // name, code and stack only: messages of the database may quote values
      request.log.error(
        {
          requestId: request.id,
          code: (error as FastifyError).code,
          name: (error as Error).name,
          stack: stackOf(error),
        },
        problem.code,
      )
    }
    return sendProblem(request, reply, problem)
  })
}

function stackOf(error: unknown): string | undefined {
  const stack = (error as Error).stack
  if (!stack) return undefined
  // without the message
  return stack
    .split('\n')
    .filter((line) => line.trimStart().startsWith('at '))
    .slice(0, 12)
    .join('\n')
}

function problemOf(error: FastifyError): Problem {
  if (error instanceof Problem) return error
  const database = problemOfSystemError(error)
  if (database) return database
  if (hasZodFastifySchemaValidationErrors(error)) return new Problem('invalid_input')
  // the plugin answers by itself instead of calling back
  if (error.code === 'FST_CSRF_MISSING_SECRET' || error.code === 'FST_CSRF_INVALID_TOKEN')
    return new Problem('form_expired')
  if (error.statusCode === 413) return new Problem('too_large')
  if (error.statusCode === 429) return new Problem('too_many_requests')
  if (error.statusCode === 415 || error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Problem('unsupported_file')
  if (error.statusCode !== undefined && error.statusCode < 500) return new Problem('invalid_input')
  return new Problem('unexpected')
}

async function sendProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): Promise<FastifyReply> {
  if ((request.headers.accept ?? '').includes('application/json'))
    return reply
      .code(problem.status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title: problem.code, status: problem.status, requestId: request.id })
  // a desk that waits for the duty of secrecy: the page where it is acknowledged leads back to the desk
  if (problem.code === 'secrecy_not_acknowledged' && request.method === 'GET') return reply.redirect('/staff/secrecy')
  return reply.page(
    'web/problem',
    {
      code: problem.code,
      titleKey: `problem.${problem.code}.title`,
      bodyKey: `problem.${problem.code}.body`,
      actionKey: `problem.${problem.code}.action`,
      requestId: request.id,
      fields: problem.fields,
      signInHref: problem.code === 'sign_in_needed' && isForStaff(request) ? '/sign-in' : undefined,
    },
    { status: problem.status },
  )
}

const staffRooms: readonly string[] = ['staff', 'hr', 'implementer', 'clerk', 'physician', 'manager', 'admin']

function isForStaff(request: FastifyRequest): boolean {
  const { config, url } = request.routeOptions
  return staffRooms.includes(config.audience ?? '') || (url ?? '').startsWith('/sign-in')
}
