import * as fc from 'fast-check'
import type { DepartmentNode } from '../../../analysis/disclosure/index.ts'

/** Small random department trees with people attached anywhere, inner nodes included. */
export function treesOf(options: { readonly nodes: number; readonly direct: number }): fc.Arbitrary<DepartmentNode[]> {
  const node = fc.record({ above: fc.nat(), direct: fc.nat(options.direct) })
  return fc.array(node, { minLength: 1, maxLength: options.nodes }).map((list) =>
    list.map(({ above, direct }, at) => ({
      id: `u${at}`,
      parentId: at === 0 ? null : `u${above % at}`,
      direct,
    })),
  )
}

/** Shorthand: `tree('C', 3, tree('a', 14), tree('b', 11))`: name, people attached directly, units below. */
export function tree(id: string, direct: number, ...below: DepartmentNode[][]): DepartmentNode[] {
  return [
    { id, parentId: null, direct },
    ...below.flatMap((nodes) => nodes.map((node) => ({ ...node, parentId: node.parentId ?? id }))),
  ]
}
