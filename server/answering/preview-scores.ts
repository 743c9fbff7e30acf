import { pointScalesOf, type Score, type ScaleScores, type Verdict } from '../../analysis/scoring/index.ts'
import type { Criterion, Questionnaire, Scale } from '../../survey-definitions/schema.ts'
import { formatNumber } from '../web/formats.ts'
import type { Words } from '../web/words.ts'

interface Cell {
  text: string
  heading?: boolean
  numeric?: boolean
  note?: string
}

/** A table as templates/partials/table.hbs takes it. */
interface Table {
  caption: string
  columns: { label: string; numeric?: boolean }[]
  rows: { cells: Cell[] }[]
}

/** Everything that answers came to, for whoever wrote the questionnaire: each scale, each composite, each verdict. */
export interface ScoresView {
  tables: Table[]
  verdicts: { title: string; rows: { key: string; value: string }[] }[]
  /** there is nothing to be counted in this questionnaire */
  nothing: boolean
}

const dash = '–'

/** Shows a score whole: nothing is rounded further than four decimals, as the scoring command prints it. */
export function scoresView(definition: Questionnaire, score: Score, words: Words): ScoresView {
  const { say, read } = words
  const number = (value: number | null | undefined) =>
    value === null || value === undefined
      ? dash
      : formatNumber(Math.round(value * 1e4) / 1e4, words.locale, places(value))
  const tables: Table[] = []
  const addScales = (caption: string, scales: readonly Scale[], scores: ScaleScores) => {
    if (scales.length > 0) tables.push(scaleTable(say(caption), scales, scores, words, number))
  }
  addScales('preview.scores.scales', definition.scales, score.scales)
  if (definition.point_scales) addScales('preview.scores.pointScales', pointScalesOf(definition), score.pointScales)
  if (definition.composites.length > 0)
    tables.push({
      caption: say('preview.scores.composites'),
      columns: [{ label: say('preview.scores.composite') }, { label: say('preview.scores.value'), numeric: true }],
      rows: definition.composites.map(({ id, title }) => ({
        cells: [
          { heading: true, text: `${read(title)} (${id})` },
          { numeric: true, text: number(score.composites[id]) },
        ],
      })),
    })
  const verdicts = definition.criteria.map((criterion) => ({
    title: read(criterion.title),
    rows: verdictRows(criterion, criterion.method === 'simple-sum' ? score.simpleSum : score.conversion, words),
  }))
  return { tables, verdicts, nothing: tables.length === 0 && verdicts.length === 0 }
}

/** Decimals of a value, at most four. Example: 7/3 has four, 2.5 one, 11 none. */
function places(value: number): number {
  return (String(Math.round(value * 1e4) / 1e4).split('.')[1] ?? '').length
}

function scaleTable(
  caption: string,
  scales: readonly Scale[],
  scores: ScaleScores,
  { say, read }: Words,
  number: (value: number | null | undefined) => string,
): Table {
  const hasPoints = scales.some((scale) => scale.point_table)
  const hasBands = scales.some((scale) => scale.bands)
  return {
    caption,
    columns: [
      { label: say('preview.scores.scale') },
      { label: say('preview.scores.raw'), numeric: true },
      ...(hasPoints ? [{ label: say('preview.scores.point'), numeric: true }] : []),
      ...(hasBands ? [{ label: say('preview.scores.band') }] : []),
    ],
    rows: scales.map((scale) => {
      const one = scores[scale.id]
      const [low, high] = scale.range.map(number)
      const band = one && scale.bands?.find(({ from, to }) => one.raw >= from && one.raw <= to)
      return {
        cells: [
          { heading: true, text: read(scale.title), note: `${scale.id} ${low}–${high}` },
          { numeric: true, text: number(one?.raw) },
          ...(hasPoints ? [{ numeric: true, text: number(one?.point) }] : []),
          ...(hasBands ? [{ text: band ? read(band.title) : dash }] : []),
        ],
      }
    }),
  }
}

function verdictRows(
  criterion: Criterion,
  verdict: Verdict | null,
  { say, read, locale }: Words,
): { key: string; value: string }[] {
  if (!verdict) return [{ key: say('preview.scores.verdict'), value: say('preview.scores.noVerdict') }]
  const rules = criterion.rules.filter(({ id }) => verdict.rulesMet.includes(id))
  const met = rules.map(({ id, title }) => (title ? `${id} ${read(title)}` : id)).join(', ')
  return [
    ...Object.entries(verdict.totals).map(([id, total]) => ({ key: id, value: formatNumber(total, locale) })),
    {
      key: say('preview.scores.verdict'),
      value: verdict.highStress ? say('preview.scores.high', { rules: met }) : say('preview.scores.notHigh'),
    },
  ]
}
