import type { ImportKind } from './tables.ts'

/** A column of a roster file: our field, the headings it may carry (compared after NFKC, without blanks, any case), whether the file needs it. */
export interface Column {
  field: string
  headings: readonly string[]
  required: boolean
}

const column = (field: string, required: boolean, ...headings: string[]): Column => ({
  field,
  required,
  headings: [field, ...headings].map(plain),
})

/** Columns of the two kinds of files, as documented in docs/roster.md (compared by a test). The first Japanese heading is the one we write. */
export const columns: Record<ImportKind, readonly Column[]> = {
  departments: [
    column('department_code', true, '部署コード', '部門コード', '組織コード', 'code'),
    column('department_name', true, '部署名', '部門名', '組織名', 'name'),
    column('parent_code', true, '上位部署コード', '親部署コード', '上位組織コード', 'parent'),
    column('from_on', false, '開始日', '適用開始日', 'from'),
    column('until_on', false, '終了日', '廃止日', 'until'),
    column('successor_codes', false, '引継先部署コード', '統合先部署コード', 'successors'),
  ],
  employees: [
    column('employee_code', true, '社員番号', '従業員番号', '社員コード', 'code'),
    column('family_name', true, '姓', '氏', 'last_name'),
    column('given_name', true, '名', 'first_name'),
    column('sex', false, '性別', 'gender'),
    column('birth_on', false, '生年月日', 'birth_date'),
    column('email', false, 'メールアドレス', 'メール', 'mail'),
    column('department_code', true, '部署コード', '部門コード', '所属コード'),
    column('workplace_code', true, '事業場コード'),
    column('workplace_name', false, '事業場名'),
    column('employment_kind', true, '雇用区分', '雇用形態'),
    column('joined_on', true, '入社日', '雇用開始日'),
    column('left_on', false, '退職日', '雇用終了日'),
    column('assigned_on', false, '配属日', '発令日', '異動日'),
    column('takes_stress_check', false, '受検対象', 'ストレスチェック対象'),
    column('paper_pin', false, '紙のpin', 'pin', '暗証番号'),
    column('authority_over', false, '人事権限の範囲', '人事権限'),
  ],
}

function plain(heading: string): string {
  return heading.normalize('NFKC').replaceAll(/[\s_]/g, '').toLowerCase()
}

/** Where each known column stands in a header. */
export interface Header {
  /** field → place of its cell */
  places: ReadonlyMap<string, number>
  width: number
  /** headings nobody knows: ignored, and said so */
  ignored: string[]
  missing: string[]
  twice: string[]
}

/** Finds the columns of a header, in any order, Japanese or English. Example: ['社員番号', 'Mail'] → employee_code 0, email 1. */
export function readHeader(kind: ImportKind, cells: readonly string[]): Header {
  const places = new Map<string, number>()
  const ignored: string[] = []
  const twice: string[] = []
  for (const [place, cell] of cells.entries()) {
    const found = columns[kind].find((one) => one.headings.includes(plain(cell)))
    if (!found) {
      if (cell.trim() !== '') ignored.push(cell.trim().slice(0, 40))
    } else if (places.has(found.field)) twice.push(found.field)
    else places.set(found.field, place)
  }
  const missing = columns[kind].filter((one) => one.required && !places.has(one.field)).map((one) => one.field)
  return { places, width: cells.length, ignored: ignored.slice(0, 20), missing, twice }
}
