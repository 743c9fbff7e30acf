import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

const run = promisify(execFile)
const cli = join(import.meta.dirname, '../../server/cli.ts')

/** The real command with nothing set: neither help nor a wrong option needs a database. */
async function hanamichi(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, [cli, ...args], { env: { PATH: process.env['PATH'] ?? '' } })
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

describe('the command line', () => {
  test.each(['serve', 'worker', 'migrate', 'demo', 'score', 'import-roster', 'backup', 'restore'])(
    '%s --help says how it is used and what it does',
    async (command) => {
      const { code, out, err } = await hanamichi(command, '--help')
      expect([code, err]).toEqual([0, ''])
      expect(out).toMatch(new RegExp(`^Usage: hanamichi ${command} `))
      // a sentence on what it is for, between the usage and the options
      expect(out.split('\n\n')[1]?.length).toBeGreaterThan(20)
      expect(out).not.toContain('undefined')
    },
  )

  test.each([
    ['a command that is not there', ['dance'], "unknown command 'dance'"],
    ['a port that is none', ['serve', '--port', '70000'], 'a whole number from 0 to 65535'],
    [
      'a day that does not exist',
      ['import-roster', 'x.csv', '--kind', 'employees', '--effective-on', '2026-02-31'],
      'looks like 2026-11-01',
    ],
    [
      'a kind that is none',
      ['import-roster', 'x.csv', '--kind', 'people', '--effective-on', '2026-11-01'],
      'departments or',
    ],
    ['no questionnaire', ['score'], '--questionnaire'],
    ['no file', ['backup'], "missing required argument 'file'"],
  ])('%s: said, with how it is used, and nothing begun', async (_what, args, says) => {
    const { code, out, err } = await hanamichi(...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(says)
    expect(err).toContain('Usage: hanamichi')
  })
})
