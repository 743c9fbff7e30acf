/** Failed attempts that still count when somebody tries to sign in. */
export interface FailedAttempts {
  /** this account from this origin, last 15 minutes */
  here: number
  /** any account from this origin, last 15 minutes */
  origin: number
  /** this account from anywhere, last hour */
  account: number
}

export const windowSeconds = { origin: 15 * 60, account: 60 * 60 }

export const mostFailures = { here: 5, origin: 50, codeAnywhere: 20 }

/**
 * Guessing is refused where it comes from; elsewhere the account only answers later, so that nobody can lock another person out by
 * failing in their name. A device that signed in before is an origin of its own (OWASP "device cookies"), even behind a shared address.
 * Codes of six digits are few: whoever knows the password already is stopped after 20 wrong codes an hour, except on a known device.
 * Example: 10 failures elsewhere wait 0.25 s, 12 wait 1 s, 14 and more 3 s.
 */
export function decideSlowing(
  step: 'password' | 'code',
  failed: FailedAttempts,
  knownDevice: boolean,
): { refuse: boolean; waitMilliseconds: number } {
  const refuse =
    failed.here >= mostFailures.here ||
    (!knownDevice && failed.origin >= mostFailures.origin) ||
    (!knownDevice && step === 'code' && failed.account >= mostFailures.codeAnywhere)
  const beyond = failed.account - 10
  return { refuse, waitMilliseconds: refuse || step === 'code' || beyond < 0 ? 0 : Math.min(3_000, 250 * 2 ** beyond) }
}

/** What counts as one origin: an IPv4 address, or the network half (/64) of an IPv6 address, of which one person has billions. */
export function originOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped) return mapped[1]!
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const before = head.split(':').filter(Boolean)
  const after = address.includes('::') ? tail.split(':').filter(Boolean) : []
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map((part) => part.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':')
}
