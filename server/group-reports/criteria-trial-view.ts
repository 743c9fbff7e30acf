import * as z from 'zod'
import { fromStored, type CountBand, type Disclosed } from '../../analysis/disclosure/index.ts'
import type { CriteriaRule } from '../../analysis/scoring/index.ts'
import { criteriaLines } from '../campaigns/index.ts'
import type { Texts } from '../web/texts.ts'
import type { TrialDesk } from './criteria-trial-ask.ts'
import { mostTrials, type Trial } from './criteria-trial-queries.ts'

const band = z.strictObject({ atLeast: z.int().min(0), atMost: z.int().min(0).nullable() })
const moved = z.strictObject({ in: z.unknown(), out: z.unknown() })
const storedTrial = z.strictObject({
  whole: moved,
  workplaces: z.array(z.strictObject({ workplaceId: z.string(), moved })),
  restBy: z.string().nullable(),
})

/** The page of trials: what would be asked now, and every answer there is of the campaign before. */
export function trialView(
  desk: TrialDesk,
  names: ReadonlyMap<string, string>,
  texts: Texts,
  locale: string,
): Record<string, unknown> {
  const text = (key: string, params?: Record<string, string | number>) =>
    texts.text(locale, `campaigns.trial.${key}`, params)
  const { campaign, previous, trials, criteria, criteriaHash } = desk
  const known = trials.find((one) => one.criteriaHash === criteriaHash)
  const base = `/implementer/campaigns/${campaign.id}`
  const lines = (of: readonly { workplaceId: string; method: string; rules: readonly CriteriaRule[] }[]) =>
    criteriaLines(of, names, texts, locale)
  return {
    campaignName: campaign.name,
    home: base,
    criteriaHref: `${base}/criteria`,
    action: `${base}/criteria/trial`,
    previousName: previous?.name ?? '',
    previousClosesOn: previous?.closesOn ?? '',
    proposed: lines(criteria),
    mayAsk: previous !== undefined && known === undefined && trials.length < mostTrials,
    usedUp: known === undefined && trials.length >= mostTrials,
    left: text('left', { count: mostTrials - trials.length, most: mostTrials }),
    waiting: known !== undefined && known.figures === null,
    progressAddress: `${base}/criteria/trial/progress`,
    progressWords: text('waiting'),
    floor: previous?.floor ?? campaign.floor,
    answers: trials
      .filter(({ figures }) => figures !== null)
      .toReversed()
      .map((trial) => ({
        answerTitle: text(trial === known ? 'answerNow' : 'answer', { number: trial.ordinal }),
        // said above already for the criteria as they stand
        criteriaLines:
          trial === known
            ? []
            : lines(Object.entries(trial.criteria).map(([workplaceId, one]) => ({ workplaceId, ...one }))),
        ...answerTable(trial, names, texts, locale),
      })),
  }
}

function answerTable(
  trial: Trial,
  names: ReadonlyMap<string, string>,
  texts: Texts,
  locale: string,
): Record<string, unknown> {
  const text = (key: string, params?: Record<string, string | number>) =>
    texts.text(locale, `campaigns.trial.${key}`, params)
  const { whole, workplaces, restBy } = storedTrial.parse(trial.figures)
  const cell = (stored: unknown) => {
    const figure: Disclosed<CountBand> = fromStored(stored, (value) => band.parse(value))
    if (figure.kind === 'withheld') return { numeric: true, withheld: true }
    const { atLeast, atMost } = figure.value
    if (atMost === null) return { numeric: true, text: text('orMore', { people: atLeast }) }
    if (atLeast === 0) return { numeric: true, text: text('under', { people: atMost + 1 }) }
    return { numeric: true, text: text('between', { low: atLeast, high: atMost }) }
  }
  const row = (name: string, of: { in: unknown; out: unknown }) => ({
    cells: [{ heading: true, text: name }, cell(of.in), cell(of.out)],
  })
  const told = new Set(workplaces.map(({ workplaceId }) => workplaceId))
  const several = Object.keys(trial.criteria).some((id) => id !== restBy && !told.has(id))
  return {
    answerColumns: [
      { label: text('who') },
      { label: text('in'), numeric: true },
      { label: text('out'), numeric: true },
    ],
    answerRows: [
      row(text('whole'), whole),
      ...workplaces.map(({ workplaceId, moved }) => row(names.get(workplaceId) ?? '', moved)),
    ],
    restWords: restBy !== null && several ? text('rest', { workplace: names.get(restBy) ?? '' }) : '',
  }
}
