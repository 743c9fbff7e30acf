import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

test.each(['statistics', 'groups', 'turnover'])(
  'analysis/%s loads under plain Node, not only under the test runner',
  (room) => {
    const script = `const door = await import('./analysis/${room}/index.ts'); console.log(Object.keys(door).length)`
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    expect(Number(printed.trim())).toBeGreaterThan(3)
  },
)
