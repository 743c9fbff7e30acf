import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import fastifyStatic from '@fastify/static'
import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { addPreviewRoutes, type PreviewedFile } from '../answering/index.ts'
import { wholeLocaleOf, type Locale } from '../locales.ts'
import { createPageServices } from '../open-services.ts'
import { addPages } from '../web/pages.ts'
import { placed, readDefinitionFile } from './definition-file.ts'

/** Nothing but this process's own pages, and those in a frame of its own. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'"

/** `questionnaire preview FILE`: the questionnaire as people will see it, on this computer only, until it is stopped. */
export async function previewQuestionnaire(
  path: string,
  options: { port: number; language: Locale | undefined },
): Promise<void> {
  const first = await readDefinitionFile(path).catch((error: unknown) => {
    process.stderr.write(`hanamichi: ${(error as Error).message}\n`)
    process.exitCode = 2
  })
  if (!first) return
  const { language } = options
  if (language && first.version && !(wholeLocaleOf(language) in first.version.definition.languages)) {
    const known = Object.keys(first.version.definition.languages).join(', ')
    process.stderr.write(`hanamichi: ${basename(path)} has no words in "${language}", only in ${known}\n`)
    process.exitCode = 2
    return
  }
  const app = await buildPreview(path, language)
  const address = await app.listen({ host: '127.0.0.1', port: options.port })
  process.stdout.write(`${address}/ shows ${basename(path)}; it follows the file until you press Ctrl+C\n`)
  for (const fault of first.faults ?? []) process.stderr.write(`${placed(fault)}\n`)
  const stop = () => {
    app.server.closeAllConnections()
    void app.close()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** The preview as an application that does not listen yet. */
export async function buildPreview(path: string, language?: Locale): Promise<FastifyInstance> {
  const app = Fastify({ logger: false })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  const services = { ...createPageServices(), config: { baseUrl: 'http://127.0.0.1' } }
  await app.register(cookie)
  await app.register(formbody)
  await app.register(fastifyStatic, {
    root: join(import.meta.dirname, '..', '..', 'templates', 'static'),
    prefix: '/static/',
  })
  // other sites may name this address too; they get nothing
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('content-security-policy', policy)
    if (/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) done()
    else reply.code(421).send()
  })
  // nothing here is worth a forged form: answers to a draft, in memory
  app.decorateReply('generateCsrf', () => '')
  addPages(app, services)
  addPreviewRoutes(app, services, { file: basename(path), read: () => readAnew(path), language })
  return app
}

const known = new Map<string, { content: string; file: PreviewedFile }>()

/** Reads the file; what was read before with the same content is the same version. */
async function readAnew(path: string): Promise<PreviewedFile> {
  try {
    const content = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    const before = known.get(path)
    if (before?.content === content) return before.file
    const file = await readDefinitionFile(path)
    known.set(path, { content, file })
    return file
  } catch (error) {
    // an editor that is writing it anew this moment, or a file that is gone
    const message = (error as Error).message
    return {
      faults: [
        { file: basename(path), line: 1, column: 1, path: '', code: 'yaml', message, params: { reason: message } },
      ],
    }
  }
}
