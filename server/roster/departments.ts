import { rosterOf, type AnyHandle } from './tables.ts'

/** A department as it stood on a day; `depth` 0 is the top. */
export interface DepartmentNode {
  id: string
  code: string
  name: string
  parentId: string | null
  depth: number
}

/** A workplace on a day. */
export interface Workplace {
  id: string
  code: string
  name: string
  /** the number that decides about 50 (law S-2); null before any import of people */
  headcountFor50: number | null
}

/** Where a department's people went: merged (many to one) or split (one to many). `onDate` is the first day of the successor. */
export interface Succession {
  predecessorId: string
  successorId: string
  onDate: string
}

/**
 * The tree of departments on the day `on`, parents before their children, children by code (the order of a drawn tree).
 * A department whose parent does not hold on that day stands at the top.
 */
export async function departmentTreeOn(db: AnyHandle, companyId: string, on: string): Promise<DepartmentNode[]> {
  const found = await rosterOf(db)
    .selectFrom('department_version')
    .innerJoin('department', (join) =>
      join
        .onRef('department.company_id', '=', 'department_version.company_id')
        .onRef('department.id', '=', 'department_version.department_id'),
    )
    .select(['department.id', 'department.code', 'department_version.name', 'department_version.parent_id'])
    .where('department_version.company_id', '=', companyId)
    .where('department_version.from_on', '<=', on)
    .where((or) => or.or([or('department_version.until_on', 'is', null), or('department_version.until_on', '>=', on)]))
    .orderBy('department.code')
    .execute()
  return orderTree(found.map((row) => ({ id: row.id, code: row.code, name: row.name, parentId: row.parent_id })))
}

/** Parents first, children in the order given; a parent that is not among the nodes makes its child a top. */
export function orderTree<Node extends { id: string; parentId: string | null }>(
  nodes: readonly Node[],
): (Node & { depth: number })[] {
  const known = new Set(nodes.map((node) => node.id))
  const children = new Map<string | null, Node[]>()
  for (const node of nodes) {
    const parent = node.parentId !== null && known.has(node.parentId) ? node.parentId : null
    children.set(parent, [...(children.get(parent) ?? []), node])
  }
  const ordered: (Node & { depth: number })[] = []
  const walk = (parent: string | null, depth: number): void => {
    for (const node of children.get(parent) ?? []) {
      ordered.push({ ...node, parentId: parent, depth })
      walk(node.id, depth + 1)
    }
  }
  walk(null, 0)
  return ordered
}

/** Workplaces that hold on the day `on`, by code. */
export async function workplacesOn(db: AnyHandle, companyId: string, on: string): Promise<Workplace[]> {
  const found = await rosterOf(db)
    .selectFrom('workplace')
    .select(['id', 'code', 'name', 'headcount_for_50'])
    .where('company_id', '=', companyId)
    .where('from_on', '<=', on)
    .where((or) => or.or([or('until_on', 'is', null), or('until_on', '>=', on)]))
    .orderBy('code')
    .execute()
  return found.map((row) => ({ id: row.id, code: row.code, name: row.name, headcountFor50: row.headcount_for_50 }))
}

/** All mergers and splits of the company, by date. */
export async function successions(db: AnyHandle, companyId: string): Promise<Succession[]> {
  const found = await rosterOf(db)
    .selectFrom('department_succession')
    .select(['predecessor_id', 'successor_id', 'on_date'])
    .where('company_id', '=', companyId)
    .orderBy('on_date')
    .orderBy('id')
    .execute()
  return found.map((row) => ({ predecessorId: row.predecessor_id, successorId: row.successor_id, onDate: row.on_date }))
}
