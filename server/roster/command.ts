import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { findCompany } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { applyImport } from './apply.ts'
import { RosterFileFault } from './file-fault.ts'
import { listAbsent, listLines, type Counts } from './import-queries.ts'
import { importRosterFile, type OnProgress } from './imports.ts'
import { describeFault, describeRemarks } from './pages.ts'
import type { AnyHandle, ImportKind } from './tables.ts'

export interface ImportRosterCommand {
  services: Services
  /** undefined: the only company */
  companyKey?: string | undefined
  kind: ImportKind
  file: string
  effectiveOn: string
  apply: boolean
  locale?: 'ja' | 'en'
  onProgress?: OnProgress
}

export interface ImportRosterSummary {
  /** 0: previewed or applied; 2: the file or a line of it is wrong, nothing was applied */
  exitCode: 0 | 2
  /** finished lines to print */
  lines: string[]
}

const nobody = '00000000-0000-0000-0000-000000000000'
/** Lines of each kind that are spelled out. */
const mostShown = 20

/** The command `import-roster`: previews a file, applies it when asked to and when nothing is wrong. Returns what to print. */
export async function importRosterCommand(command: ImportRosterCommand): Promise<ImportRosterSummary> {
  const { services, kind, effectiveOn } = command
  const locale = command.locale ?? 'en'
  const text = (key: string, params: Record<string, string | number> = {}) => services.texts.text(locale, key, params)
  const company = await findCompany(services.database, command.companyKey)
  if (!company) return { exitCode: 2, lines: [text('roster.command.noCompany')] }
  const { companyId } = company
  try {
    // opened before the import begins: a file that is not there is said at once, not by a stream nobody listens to yet
    const file = await open(command.file)
    const previewed = await importRosterFile(
      services,
      {
        companyId,
        kind,
        fileName: basename(command.file),
        stream: file.createReadStream(),
        effectiveOn,
        createdBy: nobody,
      },
      command.onProgress,
    )
    const { importId, counts, wrong } = previewed
    const lines = await services.database.as({ role: 'hr', companyId }, services.clock.now(), async (db) => {
      const handle = db as AnyHandle
      const faulty = await listLines(handle, companyId, importId, { show: 'wrong', from: 0, most: mostShown })
      const absent = await listAbsent(handle, companyId, { importId, kind, effectiveOn }, mostShown)
      return [
        `${company.name} · ${basename(command.file)} · ${effectiveOn}`,
        ...describeCounts(counts, text),
        ...faulty.flatMap((line) =>
          describeRemarks(services.texts, locale, line.remarks, true).map((one) =>
            text('roster.command.line', { line: line.line, text: one }),
          ),
        ),
        ...(counts.absent > 0
          ? [text('roster.command.absent', { names: absent.map((one) => `${one.code} ${one.name}`).join(', ') })]
          : []),
      ]
    })
    if (wrong > 0) return { exitCode: 2, lines: [...lines, text('roster.command.wrong')] }
    if (!command.apply) return { exitCode: 0, lines: [...lines, text('roster.command.previewed')] }
    const applied = await applyImport(services, { companyId, importId, userId: nobody, requestId: 'command-line' })
    const revoked = applied.revoked.length
    return {
      exitCode: 0,
      lines: [
        ...lines,
        text('roster.command.applied'),
        ...(revoked > 0 ? [text('roster.command.revoked', { count: revoked })] : []),
      ],
    }
  } catch (error) {
    if (error instanceof RosterFileFault) return { exitCode: 2, lines: [describeFault(services.texts, locale, error)] }
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'EISDIR')
      return { exitCode: 2, lines: [text('roster.command.noFile', { file: command.file })] }
    if (error instanceof Problem && error.code === 'conflict')
      return { exitCode: 2, lines: [text('roster.apply.stale')] }
    throw error
  }
}

function describeCounts(counts: Counts, text: (key: string) => string): string[] {
  const order = ['added', 'changed', 'moved', 'ended', 'unchanged', 'wrong', 'absent'] as const
  return order.map((one) => `${String(counts[one]).padStart(8)}  ${text(`roster.outcome.${one}`)}`)
}
