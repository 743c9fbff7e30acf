/**
 * The same names, as the very strings that objects keep as their keys: those are compared and looked up by address, others
 * letter by letter. Example: `['q1', 'q2']` gives `['q1', 'q2']`. Each name stands once.
 */
export function keysOf(names: readonly string[]): string[] {
  return Object.keys(Object.fromEntries(names.map((name) => [name, 0])))
}
