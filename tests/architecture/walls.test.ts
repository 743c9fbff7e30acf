import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

function files(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => join(folder, name))
}

// docs/ARCHITECTURE.md: a room may import the rooms before it
const foundations = ['database', 'vault', 'audit', 'web', 'mail', 'jobs']
const capabilities = [
  'access',
  'roster',
  'questionnaires',
  'campaigns',
  'results',
  'answering',
  'physician-desk',
  'group-reports',
  'graduations',
  'alumni',
  'filings',
]
const composition = [
  'server/app.ts',
  'server/capabilities.ts',
  'server/cli.ts',
  'server/main.ts',
  'server/open-services.ts',
  'server/commands/',
  'server/demo/',
]
const roots = [
  'server/ids.ts',
  'server/random.ts',
  'server/clock.ts',
  'server/locales.ts',
  'server/config.ts',
  'server/services.ts',
  'server/capabilities.ts',
]

interface Import {
  from: string
  to: string
  typeOnly: boolean
}

const imports: Import[] = ['server', 'analysis', 'survey-definitions'].flatMap((folder) =>
  files(folder, '.ts').flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8')
    return [
      ...text.matchAll(
        /(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)|import\s+'(\.[^']+)'/g,
      ),
    ].map((match) => ({
      from,
      to: relative(root, resolve(root, dirname(from), (match[2] ?? match[3] ?? match[4])!)),
      typeOnly: Boolean(match[1]),
    }))
  }),
)

const roomOf = (path: string) => /^server\/([^/]+)\//.exec(path)?.[1]

describe('who may import whom', () => {
  test('analysis imports itself and types of survey-definitions; survey-definitions nothing', () => {
    const wrong = imports.filter(
      (one) =>
        (one.from.startsWith('analysis/') &&
          !one.to.startsWith('analysis/') &&
          !(one.to.startsWith('survey-definitions/') && one.typeOnly)) ||
        (one.from.startsWith('survey-definitions/') && !one.to.startsWith('survey-definitions/')),
    )
    expect(wrong).toEqual([])
  })

  test('foundations know neither capabilities nor analysis, nor foundations after them', () => {
    const wrong = imports.filter((one) => {
      const from = foundations.indexOf(roomOf(one.from) ?? '')
      if (from < 0) return false
      const to = roomOf(one.to)
      if (one.to.startsWith('analysis/')) return true
      if (to && capabilities.includes(to)) return true
      const position = foundations.indexOf(to ?? '')
      return position > from && !one.typeOnly
    })
    expect(wrong).toEqual([])
  })

  test('a capability uses those above it, through the door only', () => {
    const wrong = imports.filter((one) => {
      const from = capabilities.indexOf(roomOf(one.from) ?? '')
      if (from < 0) return false
      const to = roomOf(one.to)
      if (to === roomOf(one.from)) return false
      if (to && capabilities.includes(to)) return capabilities.indexOf(to) >= from || !one.to.endsWith('/index.ts')
      return (
        composition.some((path) => one.to.startsWith(path)) && !(one.to === 'server/capabilities.ts' && one.typeOnly)
      )
    })
    expect(wrong).toEqual([])
  })

  test('every file of server stands in a room that the architecture names', () => {
    const known = new Set([...foundations, ...capabilities, 'commands', 'demo'])
    const lost = files('server', '.ts').filter((path) => {
      const room = roomOf(path)
      return room ? !known.has(room) : !composition.includes(path) && !roots.includes(path)
    })
    expect(lost).toEqual([])
  })
})

const owners = new Map<string, string>()
for (const line of readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8').split('\n')) {
  const match = /^\| ([a-z-]+) \| ([a-z_]+(?:, [a-z_]+)*(?: \(.*\))?) \|$/.exec(line)
  if (match) for (const table of match[2]!.replace(/\(.*\)/, '').split(',')) owners.set(table.trim(), match[1]!)
}

describe('the database', () => {
  const sql = files('server/database/migrations', '.sql')
    .map((path) => readFileSync(join(root, path), 'utf8'))
    .join('\n')
  const tables = [...sql.matchAll(/CREATE TABLE (\w+)/g)].map((match) => match[1]!)

  test('every table has one owner in docs/ARCHITECTURE.md', () => {
    expect(tables.length).toBeGreaterThan(40)
    expect(tables.filter((table) => !owners.has(table))).toEqual([])
  })

  test('a table is named in code only by its owner', () => {
    const wrong: string[] = []
    for (const path of files('server', '.ts')) {
      const room = roomOf(path)
      if (!room) continue
      const text = readFileSync(join(root, path), 'utf8')
      for (const match of text.matchAll(
        /(?:selectFrom|insertInto|updateTable|deleteFrom|(?:inner|left)Join)\(\s*\[?'(\w+)(?: as \w+)?'/g,
      )) {
        const owner = owners.get(match[1]!)
        if (owner && owner !== room) wrong.push(`${path} names ${match[1]} of ${owner}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('a view or function of a migration reads tables of its own owner, or what another one publishes', () => {
    const wrong: string[] = []
    let read = 0
    for (const path of files('server/database/migrations', '.sql')) {
      const text = readFileSync(join(root, path), 'utf8').replace(/--.*$/gm, '')
      const own = new Set([...text.matchAll(/CREATE TABLE (\w+)/g)].map((match) => match[1]!))
      for (const [, name, body] of text.matchAll(
        /CREATE (?:VIEW|FUNCTION) (\w+)([\s\S]*?)(?=\n(?:CREATE|GRANT|REVOKE|ALTER|CALL|DO)\b|$(?![\s\S]))/g,
      ))
        for (const [, table] of body!.matchAll(/\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)/g)) {
          read++
          // the company is everybody's
          if (owners.has(table!) && table !== 'company' && !own.has(table!))
            wrong.push(`${path}: ${name} reads ${table}`)
        }
    }
    expect(read).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  })

  test('time is passed in: no now() or defaults of time in migrations', () => {
    expect(sql.replace(/--.*$/gm, '')).not.toMatch(/\bnow\(\)|current_date|current_timestamp|clock_timestamp/i)
  })
})

test('only the composition root and the two places that name it read the system clock or the environment', () => {
  const wrong: string[] = []
  for (const path of files('server', '.ts')) {
    if (composition.some((root) => path.startsWith(root)) || path === 'server/clock.ts' || path === 'server/config.ts')
      continue
    const text = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    if (/new Date\(\)|Date\.now\(\)|Math\.random\(\)/.test(text)) wrong.push(`${path}: time or chance`)
    if (/(?<![.\w])now\(\)|current_(?:date|time)|(?:clock|statement|transaction)_timestamp|localtime/i.test(text))
      wrong.push(`${path}: time or chance`)
    if (/process\.env/.test(text) && path !== 'server/database/engine.ts') wrong.push(`${path}: environment`)
  }
  expect(wrong).toEqual([])
})

test('every path and script that README and ARCHITECTURE name exists', () => {
  const scripts = Object.keys(
    (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
  )
  const missing: string[] = []
  for (const name of ['README.md', 'docs/ARCHITECTURE.md']) {
    const text = readFileSync(join(root, name), 'utf8')
    for (const match of text.matchAll(
      /`((?:server|analysis|survey-definitions|templates|tests|docs|\.ci)\/[\w./-]*)`/g,
    )) {
      try {
        readdirSync(join(root, match[1]!))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOTDIR') missing.push(`${name}: ${match[1]}`)
      }
    }
    for (const match of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g))
      if (!scripts.includes(match[1]!)) missing.push(`${name}: npm run ${match[1]}`)
  }
  expect(missing).toEqual([])
})
