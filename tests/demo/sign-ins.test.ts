import { expect, test } from 'vitest'
import { signInRows } from '../../server/demo/sign-ins.ts'

// RFC 6238, appendix B: the secret "12345678901234567890" (here in base32), SHA-1; of its eight digits the last six
const person = {
  userId: 'u1',
  role: 'hr' as const,
  name: '架空 人事',
  email: 'hr@hanamichi-demo.example.jp',
  password: 'p',
  totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
}

test.each([
  [59, '287082', 1],
  [1_111_111_109, '081804', 1],
  [1_111_111_111, '050471', 29],
  [1_234_567_890, '005924', 30],
])('at %i s after 1970 the page shows %s for %i more seconds', (second, code, secondsLeft) => {
  expect(signInRows([person], new Date(second * 1000))).toEqual({
    rows: [{ role: 'hr', email: person.email, password: 'p', code }],
    secondsLeft,
  })
})
