import { Readable } from 'node:stream'
import { applyImport } from '../../server/roster/apply.ts'
import { importRosterFile } from '../../server/roster/imports.ts'
import type { Remark } from '../../server/roster/remarks.ts'
import type { ImportKind, Outcome } from '../../server/roster/tables.ts'
import type { World } from '../helpers/world.ts'

export const nobody = '00000000-0000-0000-0000-000000000000'

export interface SeenLine {
  line: number
  outcome: Outcome
  remarks: Remark[]
  fields: Record<string, unknown>
}

/** Roster files of one company, as the command line would bring them. */
export function rosterOfCompany(world: World, companyId: string) {
  const bring = (kind: ImportKind, content: string | Buffer | Readable, effectiveOn: string) =>
    importRosterFile(world.services, {
      companyId,
      kind,
      fileName: `${kind}.csv`,
      stream: content instanceof Readable ? content : Readable.from([Buffer.from(content as string)]),
      effectiveOn,
      createdBy: nobody,
    })
  const apply = (importId: string) => applyImport(world.services, { companyId, importId, userId: nobody })
  const lines = async (importId: string): Promise<SeenLine[]> => {
    const { rows } = await world.superuser.query(
      'SELECT line, outcome, remarks, fields FROM roster_import_line WHERE company_id = $1 AND import_id = $2 ORDER BY line',
      [companyId, importId],
    )
    return rows as SeenLine[]
  }
  return {
    bring,
    apply,
    lines,
    /** brings, expects nothing wrong, applies; the outcomes of the lines */
    async take(kind: ImportKind, content: string | Buffer, effectiveOn: string): Promise<Outcome[]> {
      const { importId, wrong } = await bring(kind, content, effectiveOn)
      const seen = await lines(importId)
      if (wrong > 0) throw new Error(JSON.stringify(seen.filter((one) => one.outcome === 'wrong')))
      await apply(importId)
      return seen.map((one) => one.outcome)
    },
    /** brings and tells what is said about each line: `outcome code:field …` */
    async look(kind: ImportKind, content: string | Buffer, effectiveOn: string): Promise<string[]> {
      const { importId } = await bring(kind, content, effectiveOn)
      return (await lines(importId)).map((one) =>
        [one.outcome, ...one.remarks.map((remark) => remark.code + (remark.field ? `:${remark.field}` : ''))].join(' '),
      )
    },
    async employments(): Promise<string[]> {
      const { rows } = await world.superuser.query(
        `SELECT p.employee_code || ' ' || e.kind || ' ' || e.from_on || '/' || coalesce(e.until_on::text, '') || ' ' || d.code || ' ' || w.code || ' '
           || a.from_on || '/' || coalesce(a.until_on::text, '') AS row
         FROM assignment a JOIN employment e ON e.company_id = a.company_id AND e.id = a.employment_id
         JOIN employee p ON p.company_id = e.company_id AND p.id = e.employee_id
         JOIN department d ON d.company_id = a.company_id AND d.id = a.department_id
         JOIN workplace w ON w.company_id = a.company_id AND w.id = a.workplace_id
         WHERE a.company_id = $1 ORDER BY p.employee_code, e.from_on, a.from_on`,
        [companyId],
      )
      return rows.map((one) => one.row as string)
    },
    async departments(): Promise<string[]> {
      const { rows } = await world.superuser.query(
        `SELECT d.code || ' ' || v.name || ' <' || coalesce(p.code, '') || ' ' || v.from_on || '/' || coalesce(v.until_on::text, '') AS row
         FROM department_version v JOIN department d ON d.company_id = v.company_id AND d.id = v.department_id
         LEFT JOIN department p ON p.company_id = v.company_id AND p.id = v.parent_id
         WHERE v.company_id = $1 ORDER BY d.code, v.from_on`,
        [companyId],
      )
      return rows.map((one) => one.row as string)
    },
    /** everything the roster holds of the company, to compare before with after */
    async everything(): Promise<string> {
      const tables = [
        'workplace',
        'department',
        'department_version',
        'department_succession',
        'employee',
        'employment',
        'assignment',
        'personnel_authority',
        'role_grant',
        'audit_entry',
        'job_request',
      ]
      const parts: unknown[] = []
      for (const table of tables) {
        const { rows } = await world.superuser.query(
          `SELECT t::text AS row FROM ${table} t WHERE company_id = $1 ORDER BY id`,
          [companyId],
        )
        parts.push([table, rows.map((one) => one.row as string)])
      }
      return JSON.stringify(parts)
    },
  }
}

export const departmentsCsv = `部署コード,部署名,上位部署コード,開始日,終了日,引継先部署コード
D0,本社,,2020-04-01,,
D1,営業部,D0,2020-04-01,,
D2,製造部,D0,2020-04-01,,
D21,製造一課,D2,2020-04-01,,
`

export const employeesHeader =
  '社員番号,姓,名,性別,生年月日,メールアドレス,部署コード,事業場コード,事業場名,雇用区分,入社日,退職日,配属日,受検対象,紙のPIN,人事権限の範囲'

/** One line of an employees file; what is not said has an ordinary value. */
export function person(code: string, values: Partial<Record<string, string>> = {}): string {
  const cell = (name: string, usual: string) => values[name] ?? usual
  return [
    code,
    cell('family', '架空'),
    cell('given', code),
    cell('sex', '女'),
    cell('birth', '1985-05-05'),
    cell('email', `${code.toLowerCase()}@example.jp`),
    cell('department', 'D1'),
    cell('workplace', 'W1'),
    cell('workplaceName', '本社'),
    cell('kind', '正社員'),
    cell('joined', '2020-04-01'),
    cell('left', ''),
    cell('assigned', ''),
    cell('takes', ''),
    cell('pin', ''),
    cell('authority', ''),
  ].join(',')
}

export const employees = (...lines: string[]): string => `${[employeesHeader, ...lines].join('\n')}\n`
