import { auditLedger } from './audit.ts'
import type { AuditOptions } from './audit.ts'
import { respondentsOf } from './ledger.ts'
import type { Ledger, LedgerCell } from './ledger.ts'

/**
 * Adds candidate cells to a ledger one by one, in the order given, and refuses each that would be under the floor or
 * make a small group derivable. Because adding a cell never makes an unsafe ledger safe, one pass is enough. The
 * result is maximal for that order, not the greatest possible.
 *
 * @returns the kept ledger and the refused cells; when released cells alone are unsafe, every candidate is refused
 * @example cells P, P.m, P.f, c, d, d.m … of two departments where c has 4 women: all cuts of c and d are refused
 */
export function keepSafeCells(
  ledger: Ledger,
  candidates: readonly LedgerCell[],
  options: AuditOptions = {},
): { readonly kept: Ledger; readonly refused: readonly LedgerCell[] } {
  const all = { ...ledger, cells: [...ledger.cells, ...candidates] }
  if (auditLedger(all, options).safe) return { kept: all, refused: [] }
  let kept = ledger
  const refused: LedgerCell[] = []
  for (const candidate of candidates) {
    const next = { ...kept, cells: [...kept.cells, candidate] }
    if (respondentsOf(ledger, candidate) >= ledger.floor && auditLedger(next, options).safe) kept = next
    else refused.push(candidate)
  }
  return { kept, refused }
}
