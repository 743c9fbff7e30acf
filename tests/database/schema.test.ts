import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createWorld } from '../helpers/world.ts'
import { schemaFile } from './renew-schema.ts'
import { writeSchema } from './schema-text.ts'

test('schema.sql is what the migrations leave; `npm run schema` renews it', async () => {
  const world = await createWorld()
  try {
    const text = await writeSchema(world.superuser)
    // a snapshot of nothing would be no snapshot
    expect(text).toContain('CREATE TABLE invitation (')
    expect(text).toBe(await readFile(schemaFile, 'utf8'))
    // any difference shows: a column more, a privilege less, another body of a function
    for (const change of [
      'ALTER TABLE invitation ADD COLUMN another text',
      'REVOKE SELECT ON invitation FROM hanamichi_clerk',
      'ALTER TABLE invitation NO FORCE ROW LEVEL SECURITY',
      'ALTER POLICY company ON invitation USING (true)',
      'DROP INDEX invitation_subject',
      'ALTER FUNCTION find_company(text) SECURITY INVOKER',
      'GRANT SELECT (state) ON invitation TO hanamichi_hr',
    ]) {
      await world.superuser.query('BEGIN')
      await world.superuser.query(change)
      expect(await writeSchema(world.superuser), change).not.toBe(text)
      await world.superuser.query('ROLLBACK')
    }
  } finally {
    await world.close()
  }
})
