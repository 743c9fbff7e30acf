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

test.each([
  ['a mail server without a name', { SMTP_URL: 'smtp://', MAIL_FROM: 'a@example.jp' }, ['SMTP_URL']],
  ['a port that no mail server has', { SMTP_URL: 'smtp://mail.example.jp:99999' }, ['SMTP_URL', 'MAIL_FROM']],
  ['a key beside the data', { DATA_DIR: '/srv/data', KEY_FILE: '/srv/data/keys/k', PORT: 'x' }, ['PORT', 'KEY_FILE']],
  [
    'an owner without a runtime login',
    { MIGRATION_DATABASE_URL: 'postgresql://o@h/d', TRUST_PROXY: 'maybe' },
    ['TRUST_PROXY', 'DATABASE_URL'],
  ],
] as const)('%s is named beside what else is wrong', (_what, environment, names) => {
  let faults: readonly string[] = []
  try {
    readConfig(environment)
  } catch (error) {
    faults = (error as ConfigFault).faults
  }
  expect(faults.map((fault) => fault.split(' ')[0])).toEqual(names)
})

test('a key beside the data folder, and one whose folder only begins alike, are where they should be', () => {
  for (const KEY_FILE of ['/srv/keys/k', '/srv/data-keys/k'])
    expect(readConfig({ DATA_DIR: '/srv/data', KEY_FILE })).toMatchObject({ keyFile: KEY_FILE })
})

test('without any setting the defaults hold', () => {
  expect(readConfig({})).toMatchObject({
    dataDir: './data',
    keyFile: './keys/hanamichi.key',
    port: 3000,
    databaseUrl: undefined,
  })
})
