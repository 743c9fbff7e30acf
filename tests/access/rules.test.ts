import { expect, test } from 'vitest'
import { faultOfPassword, hashPassword, verifyPassword } from '../../server/access/passwords.ts'
import { faultsOfQualification, workplacesOverlap } from '../../server/access/rules.ts'
import { decideSlowing, originOf } from '../../server/access/slowing.ts'
import { createTotpSecret, stepOfCode } from '../../server/access/one-time-codes.ts'
import { codeAt } from '../helpers/browser.ts'

const none = { here: 0, origin: 0, account: 0 }

test.each([
  ['nothing failed', 'password', none, false, { refuse: false, waitMilliseconds: 0 }],
  ['four failures here', 'password', { ...none, here: 4 }, false, { refuse: false, waitMilliseconds: 0 }],
  ['five failures here', 'password', { ...none, here: 5 }, false, { refuse: true, waitMilliseconds: 0 }],
  ['five failures here, known device', 'password', { ...none, here: 5 }, true, { refuse: true, waitMilliseconds: 0 }],
  ['an origin that sprays', 'password', { ...none, origin: 50 }, false, { refuse: true, waitMilliseconds: 0 }],
  [
    'the account is attacked elsewhere: only slower',
    'password',
    { ...none, account: 12 },
    false,
    { refuse: false, waitMilliseconds: 1000 },
  ],
  [
    'never slower than three seconds',
    'password',
    { ...none, account: 5000 },
    false,
    { refuse: false, waitMilliseconds: 3000 },
  ],
  ['codes guessed from many places', 'code', { ...none, account: 20 }, false, { refuse: true, waitMilliseconds: 0 }],
  ['… but not on a known device', 'code', { ...none, account: 20 }, true, { refuse: false, waitMilliseconds: 0 }],
] as const)('%s', (_name, step, failed, knownDevice, expected) => {
  expect(decideSlowing(step, failed, knownDevice)).toEqual(expected)
})

test.each([
  ['203.0.113.5', '203.0.113.5'],
  ['::ffff:203.0.113.5', '203.0.113.5'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:0DB8:1:2:aaaa::1', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('the origin of %s is %s', (address, origin) => {
  expect(originOf(address)).toBe(origin)
})

test('a password fits its own hash only, in either way of composing letters', async () => {
  const hash = await hashPassword('がぎぐげご の パスワード')
  expect(await verifyPassword('がぎぐげご の パスワード'.normalize('NFD'), hash)).toBe(true)
  expect(await verifyPassword('がぎぐげご の パスワー', hash)).toBe(false)
  expect(await verifyPassword('anything', undefined)).toBe(false)
  await expect(verifyPassword('x', 'plain text')).rejects.toThrow('argon2id')
  expect(await hashPassword('x')).not.toBe(await hashPassword('x'))
})

test.each([
  ['elevenchars', 'access.errors.passwordShort'],
  ['a'.repeat(201), 'access.errors.passwordLong'],
  ['aaaaaaaaaaaaaaaa', 'access.errors.passwordSimple'],
  ['hanako.kanri@example.jp', 'access.errors.passwordSimple'],
  ['hanako.kanri1', 'access.errors.passwordSimple'],
  ['correct horse battery', undefined],
  ['長い夜の短い夢と朝の光', 'access.errors.passwordShort'],
  ['長い夜の短い夢と朝の光と風', undefined],
])('the password %s breaks %s', (password, fault) => {
  expect(faultOfPassword(password, { email: 'hanako.kanri@example.jp', name: '管理 花子' })).toBe(fault)
})

test('a code fits its step and the two beside it', () => {
  const secret = createTotpSecret()
  const at = new Date('2026-11-02T00:00:15Z')
  const step = Math.floor(at.getTime() / 30_000)
  const after = (seconds: number) => new Date(at.getTime() + seconds * 1000)
  expect(stepOfCode(secret, codeAt(secret, at), at)).toBe(step)
  expect(stepOfCode(secret, codeAt(secret, after(-30)), at)).toBe(step - 1)
  expect(stepOfCode(secret, codeAt(secret, after(30)), at)).toBe(step + 1)
  expect(stepOfCode(secret, codeAt(secret, after(90)), at)).toBeUndefined()
  expect(stepOfCode(secret, codeAt(secret, after(-90)), at)).toBeUndefined()
  expect(
    stepOfCode(
      secret,
      codeAt(secret, at).replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
      at,
    ),
  ).toBe(step)
  for (const typed of ['', '12345', '1234567', 'abcdef', "' OR 1=1"])
    expect(stepOfCode(secret, typed, at)).toBeUndefined()
})

// law R-1: Ordinance on Industrial Safety and Health, art. 52-10
test.each([
  ['a physician', { profession: 'physician' }, []],
  ['a public health nurse', { profession: 'public_health_nurse' }, []],
  ['a psychologist without a course date', { profession: 'certified_psychologist' }, ['courseCompletedOn']],
  ['a psychologist with a course date', { profession: 'certified_psychologist', courseCompletedOn: '2020-01-31' }, []],
  [
    'a dentist whose course lies ahead',
    { profession: 'dentist', courseCompletedOn: '2026-11-03' },
    ['courseCompletedOn'],
  ],
  ['a dentist who claims the exemption', { profession: 'dentist', courseExempt: true }, ['courseExempt']],
  ['an exempt nurse', { profession: 'nurse', courseExempt: true }, []],
  ['an exempt psychiatric social worker', { profession: 'psychiatric_social_worker', courseExempt: true }, []],
  ['nobody in particular', {}, ['profession']],
] as const)('as implementer: %s', (_name, person, fields) => {
  expect(faultsOfQualification({ role: 'implementer', ...person }, '2026-11-02').map((fault) => fault.field)).toEqual(
    fields,
  )
})

test('workplaces overlap when one is every workplace or both are the same', () => {
  expect(workplacesOverlap(undefined, 'a')).toBe(true)
  expect(workplacesOverlap('a', null)).toBe(true)
  expect(workplacesOverlap('a', 'a')).toBe(true)
  expect(workplacesOverlap('a', 'b')).toBe(false)
})
