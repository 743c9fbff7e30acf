import type { Tree } from './tree.ts'

/**
 * What every residual of the chosen set must reach.
 *
 * `masses[m][v]` is an amount held by the people attached directly to node v; a residual is allowed when all its
 * amounts are 0 or every amount m reaches `caps[m]`. One mass (respondents, cap k) gives the floor rule; respondents,
 * points above the lowest and points below the highest value give floor and extreme-value rule together.
 */
export type ResidualRule = { readonly masses: readonly (readonly number[])[]; readonly caps: readonly number[] }

type Best = { readonly value: number; readonly count: number; readonly mask: bigint }

/**
 * The best set of nodes to publish: greatest total weight among the sets whose every residual satisfies the rule.
 *
 * Dynamic programme over the tree; the state handed up is the unpublished residue, each amount capped (a residue at the
 * cap stays allowed whatever joins it). O(nodes · states²), states ≤ ∏(cap+1). Equal totals: more nodes first, then the
 * set with the smallest id of those in which two sets differ (the lexicographically smaller sorted id list), so the
 * answer depends neither on the input order nor, in its size, on the names.
 * Safety theorem for nested sets: the derivable groups are exactly the unions of residuals (they are disjoint, and
 * published totals are a unitriangular map of them), so residuals of 0 or ≥ k are necessary and sufficient.
 *
 * @param weights whole number ≥ 1 per node, in the tree's order; `may` says which nodes are candidates
 * @example company 71 = A 40 + B 25 + D 6, k = 10 → company and A (B would leave 6)
 */
export function chooseSafeSet(
  tree: Tree,
  rule: ResidualRule,
  weights: readonly number[],
  may: (at: number) => boolean,
): Set<number> {
  const { encode, add } = residueCodes(rule.caps)
  const full = encode(rule.caps)
  const bits = idBits(tree)
  const tables: Map<number, Best>[] = tree.ids.map((_, at) => {
    const direct = encode(rule.masses.map((mass) => mass[at]!))
    return new Map([[direct, { value: 0, count: 0, mask: 0n }]])
  })
  const chosen = new Set<number>()
  for (let at = tree.ids.length - 1; at >= 0; at--) {
    const table = tables[at]!
    if (may(at)) publish(table, full, weights[at]!, bits[at]!)
    const above = tree.parent[at]!
    if (above === -1) {
      const mask = [...table.values()].reduce((best, next) => (better(next, best) ? next : best)).mask
      for (let i = at; i < tree.end[at]!; i++) if ((mask & bits[i]!) !== 0n) chosen.add(i)
    } else {
      tables[above] = join(tables[above]!, table, add)
      tables[at] = new Map()
    }
  }
  return chosen
}

/** Adds the choice "publish this node" where the residue below it is nothing or enough. */
function publish(table: Map<number, Best>, full: number, weight: number, bit: bigint): void {
  const nothing = table.get(0)
  // residue 0 without a published node below: nobody is here at all, and a total of nobody is never published
  const complete = nothing !== undefined && nothing.count > 0 ? nothing : undefined
  const enough = table.get(full)
  const base = complete !== undefined && (enough === undefined || better(complete, enough)) ? complete : enough
  if (base === undefined) return
  keep(table, 0, { value: base.value + weight, count: base.count + 1, mask: base.mask | bit })
}

function join(left: Map<number, Best>, right: Map<number, Best>, add: (a: number, b: number) => number) {
  const joined = new Map<number, Best>()
  for (const [a, one] of left) {
    for (const [b, other] of right) {
      const code = add(a, b)
      const value = one.value + other.value
      const now = joined.get(code)
      if (now !== undefined && now.value > value) continue // spares the long mask
      keep(joined, code, { value, count: one.count + other.count, mask: one.mask | other.mask })
    }
  }
  return joined
}

function keep(table: Map<number, Best>, code: number, candidate: Best): void {
  const now = table.get(code)
  if (now === undefined || better(candidate, now)) table.set(code, candidate)
}

function better(a: Best, b: Best): boolean {
  if (a.value !== b.value) return a.value > b.value
  if (a.count !== b.count) return a.count > b.count
  return a.mask > b.mask
}

/** One bit per node, the highest for the smallest id: the greater mask holds the smallest id in which two differ. */
function idBits(tree: Tree): bigint[] {
  const order = tree.ids.map((_, at) => at).sort((a, b) => (tree.ids[a]! < tree.ids[b]! ? -1 : 1))
  const bits: bigint[] = []
  for (const [rank, at] of order.entries()) bits[at] = 1n << BigInt(order.length - 1 - rank)
  return bits
}

/** Capped residues as mixed-radix numbers: 0 is "nobody", the code of the caps is "enough". */
function residueCodes(caps: readonly number[]) {
  const encode = (amounts: readonly number[]) =>
    caps.reduce((code, cap, m) => code * (cap + 1) + Math.min(amounts[m]!, cap), 0)
  const add = (a: number, b: number) => {
    let code = 0
    let place = 1
    for (let m = caps.length - 1; m >= 0; m--) {
      const radix = caps[m]! + 1
      code += Math.min((a % radix) + (b % radix), caps[m]!) * place
      a = Math.floor(a / radix)
      b = Math.floor(b / radix)
      place *= radix
    }
    return code
  }
  return { encode, add }
}

/**
 * Weights of the design: n · (1 + 0.1 · depth), times ten to stay whole (deeper units say more to those who act);
 * a must-publish node outweighs all ordinary ones together.
 */
export function publishingWeights(tree: Tree, totals: readonly number[]): number[] {
  const ordinary = totals.map((n, at) => n * (10 + tree.depth[at]!))
  const beyond = 1 + ordinary.reduce((sum, weight) => sum + weight, 0)
  return ordinary.map((weight, at) => (tree.mustPublish[at] === true ? weight + beyond : weight))
}
