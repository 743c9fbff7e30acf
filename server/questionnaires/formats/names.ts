import type { NotCarried } from './draft.ts'
import { said } from './remarks.ts'

const longest = 56

/**
 * Gives each thing of a foreign file an id of our format: letters, digits and `_`, beginning with a letter, each once.
 * What had to be changed is noted. Example: `1.2 mood?` becomes `q1_2_mood`; a name without any Latin letter or digit `q1`, `q2` ….
 */
export function nameMaker(
  notes: NotCarried[],
  taken: readonly string[] = [],
): (wanted: string, where: string) => string {
  const used = new Set(taken)
  let unnamed = 0
  return (wanted, where) => {
    let name = identifierOf(wanted)
    if (name === '') {
      do name = `q${++unnamed}`
      while (used.has(name))
    }
    const free = unused(name, used)
    if (free !== wanted) notes.push({ where, ...said('called', { wanted: short(wanted), name: free }) })
    used.add(free)
    return free
  }
}

function unused(name: string, used: ReadonlySet<string>): string {
  let free = name
  for (let count = 2; used.has(free); count++) free = `${name}_${count}`
  return free
}

/** What of a name can stand in an id; empty when nothing can. */
export function identifierOf(text: string): string {
  const plain = text
    .slice(0, 200)
    .normalize('NFKC')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
  if (plain === '') return ''
  return (/^[A-Za-z]/.test(plain) ? plain : `q${plain}`).slice(0, longest)
}

/** A slug of our format. Example: `Team Pulse_2026` gives `team-pulse-2026`; a name without Latin letters `imported`. */
export function slugOf(text: string): string {
  const plain = text
    .slice(0, 200)
    .normalize('NFKC')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '')
  return plain.length < 2 ? 'imported' : plain
}

/** A whole number of at least 1 in a version; 1 where there is none. Example: `2026.1` gives 2026. */
export function versionOf(text: unknown): number {
  const found = /^\D*(\d{1,9})/.exec(String(typeof text === 'string' || typeof text === 'number' ? text : ''))?.[1]
  return Math.max(1, Number(found ?? 1))
}

/** Enough of foreign words to find them again. */
export function short(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
