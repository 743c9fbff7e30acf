import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startEmbedded } from '../../server/database/embedded.ts'

test('the log of the embedded engine names the fault, never the row it was about', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hanamichi-log-'))
  // as root, the database runs as another system user, who must be able to get in
  await chmod(folder, 0o755)
  const engine = await startEmbedded({ dataDir: join(folder, 'data'), throwAway: true })
  const client = new Client({ connectionString: engine.superuserUrl })
  try {
    await client.connect()
    await client.query('CREATE TABLE person (code text UNIQUE, name text CHECK (length(name) < 8), email text)')
    await client.query("INSERT INTO person VALUES ('E77', '架空', 'hidden@example.jp')")
    const insert = 'INSERT INTO person VALUES ($1, $2, $3)'
    await expect(client.query(insert, ['E77', '架空', 'hidden@example.jp'])).rejects.toThrow(/unique/)
    await expect(client.query(insert, ['E78', '秘密の長い名前です', 'hidden@example.jp'])).rejects.toThrow(/check/)
    const log = await readFile(join(folder, 'data', 'postgresql.log'), 'utf8')
    expect(log).toContain('violates unique constraint "person_code_key"')
    expect(log).toContain('violates check constraint "person_name_check"')
    expect(log).not.toMatch(/E77|E78|架空|秘密|hidden/)
  } finally {
    await client.end()
    await engine.stop()
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)
