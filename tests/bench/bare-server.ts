import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import compress from '@fastify/compress'
import Fastify from 'fastify'
import { Pool } from 'pg'

/**
 * The yardstick of the questionnaire page: the least a server can do for it. It looks the session up, opens the same role
 * transaction and sends the same bytes; it renders nothing, opens nothing, checks nothing else.
 * Arguments: database URL, file with the page, `compressed` to answer with the encoding that is asked for.
 */
const [databaseUrl, pageFile, encoding] = process.argv.slice(2)
const page = readFileSync(pageFile!)
const pool = new Pool({ connectionString: databaseUrl!, max: 6, options: '-c search_path=hanamichi' })
const app = Fastify({ logger: false })
if (encoding === 'compressed') await app.register(compress, { threshold: 1024 })

app.get('/answer/1', async (request, reply) => {
  const cookie = /hanamichi_participant=([0-9a-z]{6})\.([\w-]+)/.exec(request.headers.cookie ?? '')
  const now = new Date()
  const found = await pool.query<{ company_id: string; subject_id: string }>({
    name: 'session',
    text: 'SELECT * FROM find_session($1, $2, $3)',
    values: [
      cookie?.[1],
      createHash('sha256')
        .update(cookie?.[2] ?? '')
        .digest(),
      now,
    ],
  })
  const session = found.rows[0]
  if (!session) return reply.code(401).send()
  const client = await pool.connect()
  try {
    await client.query(
      `BEGIN; SELECT set_config('role','hanamichi_employee',true), set_config('app.company_id','${session.company_id}',true), set_config('app.subject_id','${session.subject_id}',true), set_config('app.now','${now.toISOString()}',true)`,
    )
    await client.query('COMMIT')
  } finally {
    client.release()
  }
  return reply.type('text/html; charset=utf-8').send(page)
})

const address = await app.listen({ port: 0, host: '127.0.0.1' })
process.stdout.write(`${address}\n`)
