import { isAbsolute, relative, resolve } from 'node:path'
import { z } from 'zod'

/**
 * The only reader of the environment. Every setting, its default and its meaning stands in {@link settings};
 * the table in docs/operations.md is checked against it by a test.
 */
export const settings = [
  {
    name: 'DATA_DIR',
    default: './data',
    meaning: 'Folder of the embedded database, used when DATABASE_URL is not set.',
  },
  {
    name: 'KEY_FILE',
    default: './keys/hanamichi.key',
    meaning: 'File with the outer key (64 hexadecimal digits). Made at set-up when missing. Never inside DATA_DIR.',
  },
  {
    name: 'DATABASE_URL',
    default: '',
    meaning:
      'PostgreSQL 15 or newer, runtime login (LOGIN NOINHERIT, owner of nothing). Empty: embedded PostgreSQL in DATA_DIR.',
  },
  {
    name: 'MIGRATION_DATABASE_URL',
    default: '',
    meaning:
      'The same database with the owner login (CREATEROLE NOINHERIT). Needed by `migrate`, `backup` and `restore` when DATABASE_URL is set.',
  },
  { name: 'DATABASE_POOL', default: '16', meaning: 'Connections one process holds at most.' },
  {
    name: 'BASE_URL',
    default: 'http://localhost:3000',
    meaning: 'Address people use, as it stands in links. Never taken from a request.',
  },
  { name: 'HOST', default: '127.0.0.1', meaning: 'Address the server listens on.' },
  { name: 'PORT', default: '3000', meaning: 'Port the server listens on.' },
  {
    name: 'SMTP_URL',
    default: '',
    meaning:
      'Mail server, smtp:// or smtps:// with user and password. Empty: mails wait in the queue, nothing is lost.',
  },
  { name: 'MAIL_FROM', default: '', meaning: 'Sender address of all mails; needed with SMTP_URL.' },
  {
    name: 'MAIL_PER_SECOND',
    default: '',
    meaning: 'Mails one process sends per second at most. Empty: as fast as the mail server takes them.',
  },
  { name: 'LOG_LEVEL', default: 'info', meaning: 'fatal, error, warn, info, debug or silent.' },
  { name: 'TRUST_PROXY', default: 'no', meaning: 'yes behind a reverse proxy that sets X-Forwarded-For.' },
] as const

const port = z.coerce.number().int().min(0).max(65535)

const schema = z.object({
  DATA_DIR: z.string().min(1),
  KEY_FILE: z.string().min(1),
  DATABASE_URL: z.union([z.literal(''), z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')]),
  MIGRATION_DATABASE_URL: z.union([
    z.literal(''),
    z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://'),
  ]),
  DATABASE_POOL: z.coerce.number().int().min(4).max(200),
  BASE_URL: z.url({ protocol: /^https?$/, message: 'must be an http:// or https:// address' }),
  HOST: z.string().min(1),
  PORT: port,
  SMTP_URL: z
    .string()
    .refine(
      (text) => text === '' || (/^smtps?:\/\//.test(text) && Boolean(URL.parse(text)?.hostname)),
      'must be smtp:// or smtps:// with the name of a server, and a port from 0 to 65535 where one is given',
    ),
  MAIL_FROM: z.union([z.literal(''), z.email('must be a mail address')]),
  MAIL_PER_SECOND: z.string().regex(/^$|^[1-9]\d{0,3}$/, 'must be a whole number from 1 to 9999'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']),
  TRUST_PROXY: z.enum(['yes', 'no']),
})

/** What two settings must have in common; asked also where one of them is wrong by itself, so that all faults are named at once. */
function faultsTogether(input: Record<string, string>): string[] {
  const faults: string[] = []
  if (input['SMTP_URL'] && !input['MAIL_FROM']) faults.push('MAIL_FROM is needed when SMTP_URL is set')
  if (input['MIGRATION_DATABASE_URL'] && !input['DATABASE_URL'])
    faults.push('DATABASE_URL is needed when MIGRATION_DATABASE_URL is set')
  // as they are written; openKey() looks again, through links
  const { KEY_FILE: keyFile = '', DATA_DIR: dataDir = '' } = input
  const path = relative(resolve(dataDir), resolve(keyFile))
  if (!input['DATABASE_URL'] && !path.startsWith('..') && !isAbsolute(path))
    faults.push(
      `KEY_FILE (${keyFile}) lies inside DATA_DIR (${dataDir}): whoever copies the data would have the key with them. Choose a place outside.`,
    )
  return faults
}

export interface Config {
  dataDir: string
  keyFile: string
  databaseUrl: string | undefined
  migrationDatabaseUrl: string | undefined
  databasePool: number
  /** without a trailing slash */
  baseUrl: string
  host: string
  port: number
  smtpUrl: string | undefined
  mailFrom: string | undefined
  /** no limit when undefined */
  mailPerSecond: number | undefined
  logLevel: string
  trustProxy: boolean
}

/** Wrong configuration: one sentence per fault, all at once. */
export class ConfigFault extends Error {
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(`configuration: ${faults.length} fault(s)\n${faults.map((fault) => `  - ${fault}`).join('\n')}`)
    this.name = 'ConfigFault'
    this.faults = faults
  }
}

/** Reads and checks the whole configuration. @throws {ConfigFault} naming every fault */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const input: Record<string, string> = {}
  for (const setting of settings) input[setting.name] = environment[setting.name]?.trim() || setting.default
  const parsed = schema.safeParse(input)
  const faults = [
    ...(parsed.error?.issues ?? []).map(
      (issue) => `${String(issue.path[0])} ${issue.message} (it is "${shown(String(issue.path[0]), input)}")`,
    ),
    ...faultsTogether(input),
  ]
  if (!parsed.success || faults.length > 0) throw new ConfigFault(faults)
  const value = parsed.data
  return {
    dataDir: value.DATA_DIR,
    keyFile: value.KEY_FILE,
    databaseUrl: value.DATABASE_URL || undefined,
    migrationDatabaseUrl: value.MIGRATION_DATABASE_URL || undefined,
    databasePool: value.DATABASE_POOL,
    baseUrl: value.BASE_URL.replace(/\/+$/, ''),
    host: value.HOST,
    port: value.PORT,
    smtpUrl: value.SMTP_URL || undefined,
    mailFrom: value.MAIL_FROM || undefined,
    mailPerSecond: value.MAIL_PER_SECOND ? Number(value.MAIL_PER_SECOND) : undefined,
    logLevel: value.LOG_LEVEL,
    trustProxy: value.TRUST_PROXY === 'yes',
  }
}

// addresses may carry passwords: say the name, not the value
function shown(name: string, input: Record<string, string>): string {
  return name.endsWith('_URL') && name !== 'BASE_URL' ? '…' : (input[name] ?? '')
}
