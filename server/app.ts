import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import formbody from '@fastify/formbody'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import Fastify, { LogController, type FastifyInstance, type FastifySchema, type RouteOptions } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { capabilities } from './capabilities.ts'
import type { Services } from './services.ts'
import { addHealth } from './web/health.ts'
import { addPages } from './web/pages.ts'
import { addProtectiveHeaders } from './web/protective-headers.ts'

/** One line of the route table: what tests and the documentation of who may do what are made from. */
export interface DeclaredRoute {
  method: string
  url: string
  audience: string
  /** what the route says of itself: docs/openapi.json is made from those that say what they answer */
  schema: FastifySchema | undefined
}

declare module 'fastify' {
  interface FastifyInstance {
    declaredRoutes: DeclaredRoute[]
  }
}

/**
 * Builds the web application from services; never listens by itself. Each request of a capability goes through its audience's guard.
 * `logTo`: where log lines go instead of the console.
 */
export async function buildApp(
  services: Services,
  logTo?: { write: (line: string) => void },
): Promise<FastifyInstance> {
  const { config } = services
  const secure = config.baseUrl.startsWith('https:')
  const app = Fastify({
    logger: { level: config.logLevel, serializers, ...(logTo && { stream: logTo }) },
    genReqId: () => randomUUID(),
    // one proxy: what it added itself, last; what a visitor wrote into the header before it counts for nothing
    trustProxy: config.trustProxy ? (_address, hop) => hop < 1 : false,
    // an address that is none: the page of those that do not exist, and nothing of the address on it
    frameworkErrors: (_error, _request, reply) => {
      reply.raw.writeHead(302, { location: '/not-found', 'cache-control': 'no-store' }).end()
    },
    bodyLimit: 256 * 1024,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: 100 },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)

  // answers only: nobody has a reason to send us anything packed
  await app.register(compress, { threshold: 1024, globalDecompression: false })
  await app.register(cookie)
  await app.register(formbody, { bodyLimit: 256 * 1024 })
  await app.register(multipart, { limits: { fileSize: 60 * 1024 * 1024, files: 1, fields: 20, fieldSize: 64 * 1024 } })
  await app.register(csrf, {
    // lax: a link opened from a mail must find the secret of a form that is open in another tab, or that form expires
    cookieOpts: { path: '/', httpOnly: true, sameSite: 'lax', secure },
    getToken: (request) => {
      const body = request.body as { _csrf?: unknown } | undefined
      const value = body?._csrf
      if (typeof value === 'string') return value
      // multipart bodies carry fields as objects
      const field = (value as { value?: unknown } | undefined)?.value
      return typeof field === 'string' ? field : ((request.headers['x-csrf-token'] as string | undefined) ?? undefined)
    },
  })
  await addProtectiveHeaders(app, secure)
  await app.register(rateLimit, { global: false })
  await app.register(fastifyStatic, {
    root: join(import.meta.dirname, '..', 'templates', 'static'),
    prefix: '/static/',
    cacheControl: true,
    maxAge: '365d',
    immutable: true,
  })

  // one line a request; the route's pattern, never its address: that may hold a token
  app.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
    done()
  })

  const declared: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    declared.push(route)
  })
  addPages(app, services)
  addHealth(app, services)
  for (const capability of capabilities) await capability(app, services)
  app.decorate('declaredRoutes', [])
  app.addHook('onReady', async () => {
    app.declaredRoutes = tableOf(declared)
  })
  return app
}

// faults that plugins log by themselves: no message, which may quote an address or a value
const serializers = {
  err: ({ name, code, stack }: { name: string; code?: unknown; stack?: string }) => ({
    type: name,
    message: '',
    stack: (stack ?? '')
      .split('\n')
      .filter((line) => line.trimStart().startsWith('at '))
      .join('\n'),
    ...(typeof code === 'string' && { code }),
  }),
}

/** @throws when a route has no declared audience: a forgotten guard must not start */
function tableOf(routes: readonly RouteOptions[]): DeclaredRoute[] {
  return routes.flatMap((route) => {
    const audience = route.config?.audience
    if (!audience) throw new Error(`route ${String(route.method)} ${route.url} declares no audience`)
    return [route.method].flat().map((method) => ({ method, url: route.url, audience, schema: route.schema }))
  })
}
