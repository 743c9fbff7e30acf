import type { MultipartFile } from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'

const uploads = new WeakMap<FastifyRequest, MultipartFile>()

/**
 * Reads the fields that stand before the file of a multipart form, so that the guard after this hook finds `_csrf` in the body; the file
 * itself is not touched until the guard has let the request in. Register before forAudience().
 */
export function readFieldsBeforeFile(app: FastifyInstance): void {
  app.addHook('preHandler', async (request) => {
    if (!request.isMultipart()) return
    const fields: Record<string, string> = {}
    const parts = request.parts()
    for (;;) {
      const next = await parts.next()
      if (next.done) break
      const part = next.value
      if (part.type === 'file') {
        uploads.set(request, part)
        break
      }
      fields[part.fieldname] = String(part.value)
    }
    request.body = fields
  })
  // a file that nobody wanted: let the rest of it run out, so that the connection can be used again
  app.addHook('onResponse', async (request) => {
    uploads.get(request)?.file.resume()
  })
}

/** The file of the form; undefined when none was chosen. */
export function uploadOf(request: FastifyRequest): MultipartFile | undefined {
  const file = uploads.get(request)
  return file && file.filename !== '' ? file : undefined
}
