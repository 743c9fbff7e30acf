import { auditLedger, type Ledger } from '../../analysis/disclosure/index.ts'
import { newId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import { reportsOf, type AnyHandle } from './tables.ts'

const table = 'disclosure_ledger'
const keyOf = (campaignId: string) => ({ area: 'stress', subjectId: campaignId, recordType: 'ledger' }) as const

/** Writes every cell of a report; who is in a cell (counts of small units among them) lies sealed. */
export async function recordLedger(
  db: AnyHandle,
  vault: Vault,
  of: { companyId: string; campaignId: string; reportId: string },
  ledgers: readonly { population: string; ledger: Ledger }[],
  at: Date,
): Promise<void> {
  const key = keyOf(of.campaignId)
  const ready = await vault.readyKeys(db, of.companyId, [key], at)
  const rows = ledgers.flatMap(({ population, ledger }) =>
    ledger.cells.map((cell) => {
      const id = newId(at)
      const members = cell.atoms.map((atom) => [atom, ledger.atoms.get(atom) ?? 0] as const)
      return {
        company_id: of.companyId,
        id,
        campaign_id: of.campaignId,
        report_id: of.reportId,
        cell: `${population}/${cell.id}`,
        sealed_members: ready.seal(key, { table, rowId: id }, members),
        respondents: members.reduce((sum, [, n]) => sum + n, 0),
        recorded_at: at,
      }
    }),
  )
  for (let start = 0; start < rows.length; start += 2_000)
    await reportsOf(db)
      .insertInto(table)
      .values(rows.slice(start, start + 2_000))
      .execute()
}

/** Opens a report's ledger again, one for each population. */
export async function readLedgers(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  reportId: string,
  floor: number,
): Promise<Ledger[]> {
  const rows = await reportsOf(db)
    .selectFrom(table)
    .select(['id', 'cell', 'sealed_members'])
    .where('company_id', '=', companyId)
    .where('report_id', '=', reportId)
    .orderBy('cell')
    .execute()
  const opened = await vault.openMany<[string, number][]>(
    db,
    companyId,
    rows.map((row) => ({ table, rowId: row.id, sealed: row.sealed_members })),
  )
  const populations = Map.groupBy(
    rows.map((row, index) => ({ cell: row.cell, members: opened[index] })),
    ({ cell }) => cell.slice(0, cell.indexOf('/')),
  )
  return [...populations.values()].map((cells) => {
    const atoms = new Map<string, number>()
    for (const { cell, members } of cells) {
      if (!members) throw new Error(`ledger cell ${cell} cannot be opened`)
      for (const [atom, n] of members) atoms.set(atom, n)
    }
    return {
      floor,
      atoms,
      cells: cells.map(({ cell, members }) => ({ id: cell, atoms: members!.map(([atom]) => atom) })),
    }
  })
}

/**
 * The release gate once more, on what was really recorded: this report by itself, and together with what was released of the same
 * campaign before. Figures of two instruments of the same people are figures on the same people, so the groups of all of them are
 * also looked at as one population: each department with the most people that any figure counts there. A report without a single cell
 * shows nothing and passes.
 */
export async function isLedgerSafe(
  db: AnyHandle,
  vault: Vault,
  of: { companyId: string; reportId: string; releasedBefore: readonly string[] },
  floor: number,
): Promise<boolean> {
  const reports: Ledger[][] = []
  for (const id of [of.reportId, ...of.releasedBefore])
    reports.push(await readLedgers(db, vault, of.companyId, id, floor))
  return [...reports[0]!, joinLedgers(reports.flat(), floor)].every((ledger) => auditLedger(ledger).safe)
}

/** Every group of all ledgers as groups of one population; the same group once. */
export function joinLedgers(ledgers: readonly Ledger[], floor: number): Ledger {
  const atoms = new Map<string, number>()
  const cells = new Map<string, { id: string; atoms: readonly string[] }>()
  for (const ledger of ledgers) {
    for (const [atom, n] of ledger.atoms) atoms.set(atom, Math.max(atoms.get(atom) ?? 0, n))
    for (const cell of ledger.cells) {
      const members = cell.atoms.toSorted()
      cells.set(members.join(' '), { id: members.join(' '), atoms: members })
    }
  }
  return { floor, atoms, cells: [...cells.values()] }
}
