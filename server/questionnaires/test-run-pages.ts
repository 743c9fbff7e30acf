import { listItems } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'
import { formatNumber, formatPercent } from '../web/formats.ts'
import type { Say } from './editor-fields.ts'
import { inLocale } from './own-questions.ts'
import { sampleFigures } from './sample-report.ts'
import type { MadeUpPerson } from './test-run.ts'

const numeric = true

/** View model of templates/questionnaires/test-run.hbs: every score of every made-up person. */
export function testRunView(
  definition: Questionnaire,
  people: readonly MadeUpPerson[],
  locale: string,
  say: Say,
): Record<string, unknown> {
  const { scales, composites } = definition
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? say('questionnaires.run.empty') : formatNumber(value, locale, 2)
  const bandOf = (id: string, raw: number | undefined) => {
    const band = scales
      .find((scale) => scale.id === id)
      ?.bands?.find(({ from, to }) => raw !== undefined && raw >= from && raw <= to)
    return band ? inLocale(band.title, locale) : ''
  }
  return {
    people: people.length,
    scoreColumns: [
      { label: say('questionnaires.run.person') },
      { label: say('questionnaires.run.answered'), numeric },
      ...[...scales, ...composites].map(({ title }) => ({ label: inLocale(title, locale), numeric })),
    ],
    scoreRows: people.map(({ no, answers, asked, score }) => ({
      cells: [
        { text: say('questionnaires.run.personNo', { no }), heading: true },
        { text: say('questionnaires.run.of', { answered: Object.keys(answers).length, asked: asked.size }), numeric },
        ...scales.map(({ id }) => {
          const raw = score.scales[id]?.raw
          return { text: number(raw), note: bandOf(id, raw), numeric }
        }),
        ...composites.map(({ id }) => ({ text: number(score.composites[id]), numeric })),
      ],
    })),
    hasScales: scales.length + composites.length > 0,
    incomplete: people.filter(({ score }) => score.missing.length > 0).length,
  }
}

/** View model of templates/questionnaires/sample-report.hbs. */
export function sampleView(
  definition: Questionnaire,
  people: readonly MadeUpPerson[],
  locale: string,
  say: Say,
): Record<string, unknown> {
  const figures = sampleFigures(definition, people)
  const number = (value: number | undefined) =>
    value === undefined ? say('questionnaires.run.empty') : formatNumber(value, locale, 2)
  const titles = new Map(
    [...definition.scales, ...definition.composites, ...definition.group_measures].map(({ id, title }) => [
      id,
      inLocale(title, locale),
    ]),
  )
  const asked = new Map(listItems(definition).map((one) => [one.id, one]))
  return {
    people: people.length,
    scaleColumns: ['scale', 'respondents', 'mean', 'lowest', 'highest'].map((key, index) => ({
      label: say(`questionnaires.sample.${key}`),
      ...(index > 0 && { numeric }),
    })),
    scaleRows: [...figures.scales, ...figures.composites].map((scale) => ({
      cells: [
        { text: titles.get(scale.id) ?? scale.id, heading: true },
        { text: String(scale.respondents), numeric },
        { text: number(scale.mean), numeric },
        { text: number(scale.lowest), numeric },
        { text: number(scale.highest), numeric },
      ],
    })),
    bandTables: figures.scales
      .filter(({ bands }) => bands.length > 0)
      .map(({ id, bands, respondents }) => ({
        caption: titles.get(id) ?? id,
        rows: bands.map((band) =>
          shareRow(bandTitle(definition, id, band.id, locale), band.count, respondents, locale),
        ),
      })),
    measureRows: figures.measures.map(({ id, score }) => ({
      key: titles.get(id) ?? id,
      value: score
        ? say('questionnaires.sample.recommendation', {
            promoters: score.promoters,
            passives: score.passives,
            detractors: score.detractors,
            n: score.n,
          })
        : say('questionnaires.run.empty'),
    })),
    shareColumns: [
      { label: say('questionnaires.sample.option') },
      { label: say('questionnaires.sample.count'), numeric },
      { label: say('questionnaires.sample.share'), numeric },
    ],
    itemsShown: figures.items.map((item, index) => {
      const { item: question, options } = asked.get(item.id)!
      return {
        no: index + 1,
        words: inLocale(question.text, locale),
        askedWords: say('questionnaires.sample.asked', { asked: item.asked, answered: item.answered }),
        meanWords: item.mean === undefined ? '' : say('questionnaires.sample.meanOf', { mean: number(item.mean) }),
        neverShown: item.kind === 'words',
        rows: item.counts.map(({ value, count }) => {
          const option = options.find((one) => String(one.value) === value)
          return shareRow(option ? inLocale(option.text, locale) : value, count, item.answered, locale)
        }),
      }
    }),
  }
}

const shareRow = (words: string, count: number, all: number, locale: string) => ({
  cells: [
    { text: words, heading: true },
    { text: String(count), numeric },
    { text: all === 0 ? '–' : formatPercent(count / all, locale, 0), numeric },
  ],
})

const bandTitle = (definition: Questionnaire, scaleId: string, bandId: string, locale: string) =>
  inLocale(definition.scales.find(({ id }) => id === scaleId)?.bands?.find(({ id }) => id === bandId)?.title, locale)
