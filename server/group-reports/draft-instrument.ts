import {
  discloseDistribution,
  discloseFigure,
  discloseMean,
  discloseShare,
  mapDisclosed,
  roundTo,
  toStored,
  type DisclosedFigure,
  type DisclosurePlan,
  type DistributionFigure,
  type PublishedGroup,
} from '../../analysis/disclosure/index.ts'
import { levelsOf, type MeanMeasure, type SpreadMeasure } from '../../analysis/groups/index.ts'
import { recommendationScore } from '../../analysis/scoring/index.ts'
import { meanInterval, pairedDifferenceInterval } from '../../analysis/statistics/index.ts'
import { frameGroups } from './assemble-groups.ts'
import type { AuditedFigure } from './audit-report.ts'
import { intervalOf, none } from './figure-values.ts'
import type { StoredInstrument } from './instrument-content.ts'
import type { InstrumentInput } from './report-input.ts'

export interface InstrumentDraft {
  content: StoredInstrument
  /** what the auditor is to look at, together with the figures of everything else the same people were asked */
  audited: readonly AuditedFigure[]
}

/**
 * The report of one instrument beside the stress check. Pure: the same input gives the same content.
 *
 * The plan is the campaign's: no group appears here that does not appear elsewhere, so that nobody can be singled out between two
 * instruments. Each figure has its own people (those who answered it) and passes under their own counts.
 */
export function draftInstrument(plan: DisclosurePlan, input: InstrumentInput): InstrumentDraft {
  const { measures, people } = input
  const slug = input.questionnaire.slug
  const audited: AuditedFigure[] = []
  const keep = <T>(name: string, counts: ReadonlyMap<string, number>, figure: DisclosedFigure<T>) => {
    audited.push({ name: `${slug}/${name}`, counts, figure })
    return figure
  }
  const everybody = countBy(people)
  const sumOver = (group: PublishedGroup, of: ReadonlyMap<string, number>) =>
    group.members.reduce((sum, id) => sum + (of.get(id) ?? 0), 0)
  const response = keep(
    'response',
    everybody,
    discloseFigure(plan, {
      counts: everybody,
      value: (group, n) => {
        const invited = sumOver(group, input.invited)
        return { respondents: n, invited, rate: invited > 0 ? roundTo(n / invited, 2) : null }
      },
    }),
  )
  const means = measures.means.map((measure) => [measure.id, discloseMeasure(measure)] as const)
  const spreads = measures.spreads.map((measure) => [measure.id, discloseSpread(measure)] as const)
  const spreadOf = new Map(spreads)
  const chosen = measures.chosen.map(({ id, options }) => [id, discloseChosen(id, options)] as const)
  const recommendations = measures.recommendations.flatMap((measure) => {
    const spread = measures.spreads.find((one) => one.id === measure.item)
    const told = spreadOf.get(measure.item)
    if (!spread || !told) return []
    return [[measure.id, discloseScore(measure, spread, told.figure)] as const]
  })

  const content: StoredInstrument = {
    format: 1,
    campaign: input.campaign,
    floor: plan.floor,
    questionnaires: [input.questionnaire],
    measures,
    groups: frameGroups(plan, input.tree, (side, frame) => {
      const at = (figure: DisclosedFigure<unknown>) => toStored(figure[side].get(frame.id)!)
      return {
        ...frame,
        figures: { response: at(response) },
        means: Object.fromEntries(
          means.map(([id, { mean, interval }]) => [id, { mean: at(mean), interval: at(interval) }]),
        ),
        spreads: Object.fromEntries(spreads.map(([id, { figure }]) => [id, at(figure)])),
        chosen: Object.fromEntries(
          chosen.map(([id, of]) => [id, Object.fromEntries(of.map(([option, figure]) => [option, at(figure)]))]),
        ),
        recommendations: Object.fromEntries(recommendations.map(([id, figure]) => [id, at(figure)])),
      }
    }),
  }
  return { content, audited }

  function discloseMeasure({ id, unit, range, decimals }: MeanMeasure) {
    const values = people.flatMap(({ atom, figures }) => {
      const value = figures.means[id] ?? null
      return value === null ? [] : [{ atom, value }]
    })
    const counts = countBy(values)
    const sums = new Map<string, number>()
    for (const { atom, value } of values) sums.set(atom, (sums.get(atom) ?? 0) + value)
    const [lowest, highest] = [Math.floor(range[0] * unit), Math.ceil(range[1] * unit)]
    const mean = keep(id, counts, discloseMean(plan, { counts, sums, lowest, highest, unit, decimals }))
    const byAtom = Map.groupBy(values, ({ atom }) => atom)
    const interval = keep(
      `${id}.interval`,
      counts,
      discloseFigure(plan, {
        counts,
        onlyWhere: [mean],
        value: (group) => {
          const own = group.members.flatMap((atom) => (byAtom.get(atom) ?? []).map(({ value }) => value / unit))
          const found = meanInterval(own) ?? none()
          return intervalOf({ lo: Math.max(range[0], found.lo), hi: Math.min(range[1], found.hi) }, decimals)
        },
      }),
    )
    return { mean, interval }
  }

  function discloseSpread(measure: SpreadMeasure) {
    const answers = new Map<string, number[]>()
    const chosenOf = measure.classes.map(() => 0)
    for (const { atom, figures } of people) {
      const at = figures.spreads[measure.id] ?? null
      if (at === null) continue
      const own = answers.get(atom) ?? measure.classes.map(() => 0)
      own[at] = own[at]! + 1
      chosenOf[at] = chosenOf[at]! + 1
      answers.set(atom, own)
    }
    const counts = new Map([...answers].map(([atom, own]) => [atom, own.reduce((sum, n) => sum + n, 0)]))
    const figure = keep(
      `${measure.id}.spread`,
      counts,
      discloseDistribution(plan, {
        answers,
        options: measure.classes.length,
        levels: levelsOf(measure, chosenOf),
      }),
    )
    return { figure, answers, counts }
  }

  function discloseChosen(id: string, options: readonly (string | number)[]) {
    const answered = people.flatMap(({ atom, figures }) => {
      const of = figures.chosen[id] ?? null
      return of === null ? [] : [{ atom, of }]
    })
    const counts = countBy(answered)
    return options.map((option) => {
      const positives = countBy(answered.filter(({ of }) => of.includes(option)))
      return [
        String(option),
        keep(`${id}.${option}`, counts, discloseShare(plan, { counts, positives, resolved: true })),
      ] as const
    })
  }

  /** Promoters and detractors are told where the classes the questionnaire names are told, each by itself. */
  function discloseScore(
    measure: InstrumentInput['measures']['recommendations'][number],
    spread: SpreadMeasure,
    told: DisclosedFigure<DistributionFigure>,
  ) {
    const named = spread.named ?? []
    const isTold = (figure: DistributionFigure) =>
      named.length === 3 &&
      figure.kind === 'exact' &&
      figure.classes.every((one) => named.some((all) => one.options.every((option) => all.includes(option))))
    const gate = mapFigure(told, (figure) => ({ kind: isTold(figure) ? ('exact' as const) : ('atMost' as const) }))
    const answers = people.flatMap(({ atom, figures }) => {
      const at = figures.spreads[measure.item] ?? null
      return at === null ? [] : [{ atom, at }]
    })
    const byAtom = Map.groupBy(answers, ({ atom }) => atom)
    const counts = countBy(answers)
    return keep(
      measure.id,
      counts,
      discloseFigure(plan, {
        counts,
        onlyWhere: [gate],
        value: (group) => {
          const values = group.members.flatMap((atom) =>
            (byAtom.get(atom) ?? []).map(({ at }) => {
              const one = spread.classes[at]!
              return one.kind === 'numbers' ? one.from : Number(one.value)
            }),
          )
          const bands = { promoters: [...measure.promoters], detractors: [...measure.detractors] }
          const found =
            recommendationScore(values, bands as { promoters: [number, number]; detractors: [number, number] }) ??
            none()
          const { lo, hi } = pairedDifferenceInterval(found.promoters, found.detractors, found.n)
          return { score: roundTo(found.score, 0), lo: roundTo(100 * lo, 0), hi: roundTo(100 * hi, 0) }
        },
      }),
    )
  }
}

function mapFigure<T, U>(figure: DisclosedFigure<T>, change: (value: T) => U): DisclosedFigure<U> {
  return {
    departments: new Map([...figure.departments].map(([id, one]) => [id, mapDisclosed(one, change)])),
    rests: new Map([...figure.rests].map(([id, one]) => [id, mapDisclosed(one, change)])),
  }
}

function countBy(rows: readonly { readonly atom: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { atom } of rows) counts.set(atom, (counts.get(atom) ?? 0) + 1)
  return counts
}
