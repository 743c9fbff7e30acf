import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { jsonSchemaTransform, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import type { DeclaredRoute } from '../../server/app.ts'
import { cookieOf } from '../../server/web/audience.ts'

/** An answer that is no success, to whoever accepts JSON (server/web/pages.ts). */
export const problemSchema = {
  type: 'object',
  properties: {
    type: { type: 'string', const: 'about:blank' },
    title: { type: 'string', description: 'code of the problem' },
    status: { type: 'integer' },
    requestId: { type: 'string', description: 'as it stands in the log' },
  },
  required: ['type', 'title', 'status', 'requestId'],
  additionalProperties: false,
}

const kindOf = (audience: string) =>
  ({ participant: 'participant', participant_with_code: 'participant', leaver: 'leaver', alumni: 'alumni' })[
    audience
  ] ?? 'staff'

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
  components: Record<string, unknown>
}

/** OpenAPI 3.1 of the routes that answer JSON, from the schemas by which they validate and serialise. All others are pages and forms. */
export async function writeOpenApi(routes: readonly DeclaredRoute[]): Promise<string> {
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Hanamichi', version: '1', description: 'Routes that answer JSON. Sessions are cookies.' },
      components: {
        securitySchemes: Object.fromEntries(
          Object.entries(cookieOf).map(([kind, name]) => [
            kind,
            { type: 'apiKey' as const, in: 'cookie' as const, name },
          ]),
        ),
      },
    },
    transform: jsonSchemaTransform,
  })
  for (const { method, url, audience, schema } of routes) {
    if (!schema?.response || method === 'HEAD') continue
    const security = audience === 'public' ? [] : [{ [kindOf(audience)]: [] }]
    app.route({
      method,
      url,
      schema: { ...schema, tags: [audience], security },
      handler: async () => undefined,
    })
  }
  await app.ready()
  const document = app.swagger() as unknown as Document
  await app.close()
  for (const operations of Object.values(document.paths))
    for (const operation of Object.values(operations))
      operation.responses['default'] = {
        description: 'A problem, where the request accepts application/json',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }
  document.components['schemas'] = { Problem: problemSchema }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
