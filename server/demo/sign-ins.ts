import { generateSync } from 'otplib'
import type { StaffRole } from '../access/index.ts'

export interface DemoStaff {
  userId: string
  role: StaffRole
  name: string
  email: string
  password: string
  totpSecret: string
}

/** What each member of staff signs in with at a moment, and for how many more seconds the six digits hold. */
export function signInRows(
  staff: readonly DemoStaff[],
  at: Date,
): { rows: (Pick<DemoStaff, 'role' | 'email' | 'password'> & { code: string })[]; secondsLeft: number } {
  const epoch = Math.floor(at.getTime() / 1000)
  const rows = staff.map(({ role, email, password, totpSecret }) => ({
    role,
    email,
    password,
    code: generateSync({ secret: totpSecret, epoch }),
  }))
  // RFC 6238: a new code every 30 seconds
  return { rows, secondsLeft: 30 - (epoch % 30) }
}
