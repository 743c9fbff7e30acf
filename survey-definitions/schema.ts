import * as z from 'zod'

/**
 * The shape of one questionnaire version, as a person writes it in `<slug>/<version>.yaml`.
 *
 * This file knows shapes only. What a shape cannot say (a scale names a real item, a point table has no hole) is
 * checked by `server/questionnaires/checks.ts`, which reports line and column. Nothing here computes a score: a formula
 * names a method, and each method is one file in `analysis/scoring/`.
 *
 * Published files never change, so what this schema accepts today it must accept for ever: only add.
 */

const languageCode = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'a language code such as ja or en')
const identifier = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'letters, digits and _ only, beginning with a letter')
const words = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(4000)
  .refine((text) => !/<[a-z/!?]/i.test(text), 'plain words only: no HTML tag')

/** The same words in every language of the questionnaire. */
const text = z
  .record(languageCode, words)
  .meta({ id: 'text', description: 'The same words in every language, e.g. {ja: …, en: …}' })

const sourceIds = z
  .array(identifier)
  .min(1)
  .meta({ id: 'sourceIds', description: 'Ids from `sources` at the foot of the file' })

const option = z
  .strictObject({
    value: z
      .union([z.int(), identifier])
      .meta({ description: 'What is stored. An integer where a scale counts it, otherwise a short name' }),
    text,
  })
  .meta({ id: 'option' })

const options = z
  .union([z.array(option).min(2), identifier])
  .meta({ id: 'options', description: 'The options themselves, or the name of a list in `option_sets`' })

const asked = {
  id: identifier,
  text,
  stem: text.optional().meta({ description: 'A lead sentence shared by several items that follow each other' }),
  help: text.optional(),
  required: z.boolean().default(true).meta({ description: 'The review page names it when it has no answer' }),
  skippable: z.boolean().default(true).meta({ description: 'Submitting without it is possible all the same' }),
}

const item = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('single'), ...asked, options: options.optional() }),
  z.strictObject({ type: z.literal('multiple'), ...asked, options: options.optional() }),
  z.strictObject({
    type: z.literal('number'),
    ...asked,
    min: z.number(),
    max: z.number(),
    integer: z.boolean().default(true),
    unit: text.optional(),
  }),
  z.strictObject({
    type: z.literal('rating'),
    ...asked,
    min: z.int(),
    max: z.int(),
    low: text.meta({ description: 'Words beside the lowest number' }),
    high: text.meta({ description: 'Words beside the highest number' }),
  }),
  z.strictObject({ type: z.literal('text'), ...asked, max_length: z.int().min(1).max(10_000) }),
  z.strictObject({ type: z.literal('date'), ...asked }),
])

const section = z.strictObject({
  id: identifier,
  title: text,
  instruction: text.optional(),
  options: options.optional().meta({ description: 'For every choice item of the section that has none of its own' }),
  items: z.array(item).min(1),
})

/** raw = constant + the `plus` answers − the `minus` answers: a plain sum, "15 − (q1+q2+q3)", or both ways mixed. */
const formula = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('sum'),
    constant: z.number().default(0),
    plus: z.array(identifier).default([]),
    minus: z.array(identifier).default([]),
  }),
])

const pointCells = z
  .array(z.union([z.tuple([z.int(), z.int()]), z.null()]))
  .min(2)
  .meta({ description: 'One cell per column, [lowest raw, highest raw]; null is a column the scale never reaches' })

const norm = z.strictObject({
  id: identifier,
  title: text,
  all: z.strictObject({ mean: z.number(), sd: z.number().positive(), n: z.int().positive().optional() }),
  male: z.strictObject({ mean: z.number(), sd: z.number().positive() }).optional(),
  female: z.strictObject({ mean: z.number(), sd: z.number().positive() }).optional(),
  note: words.optional(),
  sources: sourceIds,
})

const scale = z.strictObject({
  id: identifier,
  title: text,
  formula,
  range: z.tuple([z.number(), z.number()]).meta({ description: 'Lowest and highest raw value the formula can give' }),
  polarity: z.enum(['positive', 'negative']).meta({ description: 'positive: a high raw value is good for the person' }),
  point_table: z.strictObject({ male: pointCells, female: pointCells }).optional().meta({
    description: 'Raw value to evaluation point; 1 is the most stress. positive: column, negative: columns+1−column',
  }),
  norms: z.array(norm).optional(),
  sources: sourceIds,
})

/** A condition on totals. `all` and `any` may be nested to any depth. */
const comparison = z.strictObject({
  sum: z.array(identifier).min(1).meta({ description: 'Ids of totals; they are added' }),
  at_least: z.number().optional(),
  at_most: z.number().optional(),
})
const allOf = z.strictObject({
  get all() {
    return z.array(condition).min(1)
  },
})
const anyOf = z.strictObject({
  get any() {
    return z.array(condition).min(1)
  },
})
const condition: z.ZodType<Condition> = z.union([comparison, allOf, anyOf]).meta({ id: 'condition' })

const rule = z.strictObject({
  id: words,
  title: text.optional(),
  when: condition,
})

const criterionParts = {
  title: text,
  rules: z.array(rule).min(1).meta({ description: 'High stress when any of these rules holds' }),
  note: words.optional(),
  sources: sourceIds,
}

const criterion = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('simple-sum'),
    totals: z
      .array(z.strictObject({ id: identifier, section: identifier, reverse: z.array(identifier).default([]) }))
      .min(1)
      .meta({ description: 'Each adds the answers of a section; those in `reverse` count lowest+highest−answer' }),
    ...criterionParts,
  }),
  z.strictObject({
    method: z.literal('conversion'),
    totals: z
      .array(z.strictObject({ id: identifier, scales: z.array(identifier).min(1) }))
      .min(1)
      .meta({ description: 'Each adds the evaluation points of its scales' }),
    ...criterionParts,
  }),
])

const measure = z.strictObject({
  id: identifier,
  title: text,
  method: z.literal('recommendation'),
  item: identifier,
  promoters: z.tuple([z.int(), z.int()]),
  detractors: z.tuple([z.int(), z.int()]),
  sources: sourceIds,
})

export const questionnaireSchema = z
  .strictObject({
    format: z.literal(1),
    slug: z.string().regex(/^[a-z][a-z0-9-]{1,62}$/, 'small letters, digits and hyphens'),
    version: z.int().min(1),
    kind: z.enum(['statutory', 'presenteeism', 'recommendation', 'pulse', 'exit', 'alumni', 'own']),
    title: text,
    introduction: text.optional(),
    minutes: z.int().min(1).optional().meta({ description: 'About how long answering takes' }),
    developer: text.optional(),
    languages: z.record(
      languageCode,
      z.strictObject({ validated: z.boolean(), note: words.optional(), sources: sourceIds }),
    ),
    option_sets: z.record(identifier, z.array(option).min(2)).default({}),
    sections: z.array(section).min(1),
    point_columns: z
      .array(text)
      .min(2)
      .optional()
      .meta({ description: 'Headings of the point table, lowest raw first' }),
    scales: z.array(scale).default([]),
    criteria: z.array(criterion).default([]),
    judgement_chart: z
      .strictObject({ load: identifier, control: identifier, supervisor: identifier, coworker: identifier })
      .optional()
      .meta({ description: 'Scales that are the four axes of the job stress judgement chart' }),
    group_measures: z.array(measure).default([]),
    notes: z.array(words).default([]),
    sources: z.record(
      identifier,
      z.strictObject({ title: words, url: z.url({ protocol: /^https?$/ }).optional(), licence: words.optional() }),
    ),
    licence: z.strictObject({
      name: words,
      holder: words.optional(),
      attribution: text,
      note: words.optional(),
    }),
  })
  .meta({ id: 'questionnaire', title: 'Questionnaire version' })

export type Questionnaire = z.infer<typeof questionnaireSchema>
export type Text = z.infer<typeof text>
export type Section = Questionnaire['sections'][number]
export type Item = Section['items'][number]
export type Option = z.infer<typeof option>
export type Scale = Questionnaire['scales'][number]
export type Formula = Scale['formula']
export type PointTable = NonNullable<Scale['point_table']>
export type Criterion = Questionnaire['criteria'][number]
export type Rule = Criterion['rules'][number]
export type GroupMeasure = Questionnaire['group_measures'][number]
export type Comparison = z.infer<typeof comparison>
export type Condition = Comparison | { all: Condition[] } | { any: Condition[] }

/** JSON Schema of a definition file, for completion in editors; written to `questionnaire.schema.json`. */
export function questionnaireJsonSchema(): object {
  return z.toJSONSchema(questionnaireSchema, { io: 'input' })
}
