import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigFault, readConfig, settings } from '../../server/config.ts'

const operations = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')

test('the table in docs/operations.md lists every setting with its default and meaning, and no other', () => {
  const rows = [...operations.matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$/gm)].map((row) => row.slice(1))
  expect(rows).toEqual(
    settings.map(({ name, default: value, meaning }) => [name, value ? `\`${value}\`` : '(empty)', meaning]),
  )
})

test('wrong settings are named all at once, without repeating an address that may hold a password', () => {
  const wrong = () =>
    readConfig({ PORT: 'eighty', BASE_URL: 'ftp://x', SMTP_URL: 'http://user:secret@mail', LOG_LEVEL: 'loud' })
  expect(wrong).toThrow(ConfigFault)
  try {
    wrong()
  } catch (error) {
    const { faults } = error as ConfigFault
    for (const name of ['PORT', 'BASE_URL', 'SMTP_URL', 'LOG_LEVEL'])
      expect(faults.some((fault) => fault.startsWith(name))).toBe(true)
    expect(faults.join()).not.toContain('secret')
  }
})

test('without any setting the defaults hold', () => {
  expect(readConfig({})).toMatchObject({
    dataDir: './data',
    keyFile: './keys/hanamichi.key',
    port: 3000,
    databaseUrl: undefined,
  })
})
