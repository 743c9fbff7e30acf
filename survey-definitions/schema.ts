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
/** Is this a language code, as `languages` of a definition may name one? `en`, `pt-BR`. */
export const isLanguageCode = (text: string): boolean => languageCode.safeParse(text).success

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

/** A condition on answers given before. `all`, `any` and `not` may be nested to any depth. */
const answerTest = z.strictObject({
  item: identifier,
  answered: z.boolean().optional().meta({ description: 'true: it has an answer; false: it has none' }),
  one_of: z
    .array(z.union([z.number(), identifier]))
    .min(1)
    .optional()
    .meta({ description: 'The answer, or one of the answers chosen, is among these values' }),
  at_least: z.number().optional(),
  at_most: z.number().optional(),
})
const allAnswers = z.strictObject({
  get all() {
    return z.array(visibility).min(1)
  },
})
const anyAnswers = z.strictObject({
  get any() {
    return z.array(visibility).min(1)
  },
})
const notAnswers = z.strictObject({
  get not() {
    return visibility
  },
})
const visibility: z.ZodType<Visibility> = z.union([answerTest, allAnswers, anyAnswers, notAnswers]).meta({
  id: 'visibility',
  description: 'When it is asked. Names items that stand before it; an item that is not asked counts as not answered',
})

const option = z
  .strictObject({
    value: z
      .union([z.int(), identifier])
      .meta({ description: 'What is stored. An integer where a scale counts it, otherwise a short name' }),
    text,
    free_text: z
      .strictObject({ id: identifier, max_length: z.int().min(1).max(2_000) })
      .optional()
      .meta({ description: 'A line for own words beside this option; stored under its own id' }),
  })
  .meta({ id: 'option' })

const options = z
  .union([z.array(option).min(2), identifier])
  .meta({ id: 'options', description: 'The options themselves, or the name of a list in `option_sets`' })

/** Kinds of questions. The first five are kept out of a statutory sitting (law N-7). */
export const itemTags = [
  'suicidality',
  'depression_screening',
  'personality',
  'aptitude',
  'consent',
  'workload',
  'control',
  'support',
  'voice',
  'recovery',
] as const

const asked = {
  id: identifier,
  text,
  stem: text.optional().meta({ description: 'A lead sentence shared by several items that follow each other' }),
  help: text.optional(),
  required: z.boolean().default(true).meta({ description: 'The review page names it when it has no answer' }),
  skippable: z.boolean().default(true).meta({ description: 'Submitting without it is possible all the same' }),
  visible_if: visibility.optional(),
  tags: z
    .array(z.enum(itemTags))
    .optional()
    .meta({ description: 'What kind of question it is; some kinds may not stand in a sitting of the stress check' }),
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
  visible_if: visibility.optional(),
  pages: z
    .array(z.array(identifier).min(1))
    .min(1)
    .optional()
    .meta({ description: 'Which items stand on one page; without it pages of about six are made' }),
  items: z.array(item).min(1),
})

/**
 * How a scale is counted. `sum`: constant + the `plus` answers − the `minus` answers, a plain sum, "15 − (q1+q2+q3)", or
 * both ways mixed. The other methods stand beside it in `analysis/scoring/`.
 */
const formula = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('sum'),
    constant: z.number().default(0),
    plus: z.array(identifier).default([]),
    minus: z.array(identifier).default([]),
  }),
  z
    .strictObject({
      method: z.literal('mean'),
      items: z.array(identifier).default([]),
      reverse: z.array(identifier).default([]),
    })
    .meta({ description: 'Mean of the answers; those in `reverse` count lowest+highest−answer' }),
  z
    .strictObject({
      method: z.literal('quantity-quality'),
      quantity: identifier,
      quality: identifier,
      days: identifier.optional(),
    })
    .meta({ description: '1 − quantity × quality, each as a share of its highest answer; times `days` where given' }),
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

const band = z.strictObject({
  id: identifier,
  title: text,
  from: z.number().meta({ description: 'Lowest raw value of the band' }),
  to: z.number().meta({ description: 'Highest raw value of the band' }),
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
  bands: z
    .array(band)
    .min(2)
    .optional()
    .meta({ description: 'Ranges of the raw value with a name each, lowest first, without overlap' }),
  norms: z.array(norm).optional(),
  sources: sourceIds,
})

/** A mean over scales, or over items as in `mean`. */
const composite = z.strictObject({
  id: identifier,
  title: text,
  formula: z.union([
    z.strictObject({ method: z.literal('mean'), scales: z.array(identifier).min(2) }),
    z.strictObject({
      method: z.literal('mean'),
      items: z.array(identifier).default([]),
      reverse: z.array(identifier).default([]),
    }),
  ]),
  polarity: z.enum(['positive', 'negative']),
  norms: z.array(norm).optional(),
  sources: sourceIds,
})

const reference = z.string().regex(/^[a-z][a-z0-9-]{1,62}@[1-9]\d*$/, 'a questionnaire and its version, slug@1')

const itemLink = z.strictObject({
  item: identifier,
  of: reference,
  their_item: identifier,
})
const scaleLink = z.strictObject({
  items: z.array(identifier).min(1),
  of: reference,
  their_scale: identifier,
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
    point_scales: z.array(scale).min(1).optional().meta({
      description: 'Where criteria and chart count otherwise than `scales` does: the scales they are counted with',
    }),
    composites: z.array(composite).default([]),
    criteria: z.array(criterion).default([]),
    methods_not_offered: z
      .array(z.strictObject({ method: z.enum(['simple-sum', 'conversion']), reason: text, sources: sourceIds }))
      .default([])
      .meta({ description: 'Methods of the criteria that exist elsewhere and are not offered here, and why' }),
    judgement_chart: z
      .strictObject({ load: identifier, control: identifier, supervisor: identifier, coworker: identifier })
      .optional()
      .meta({ description: 'Scales that are the four axes of the job stress judgement chart' }),
    group_measures: z.array(measure).default([]),
    same_items: z.array(itemLink).default([]).meta({
      description:
        'Items that are the same question as one of another version or instrument. Nothing else is compared over time',
    }),
    related_scales: z
      .array(scaleLink)
      .default([])
      .meta({ description: 'Items of ours that watch over a scale of another instrument between its waves' }),
    rotation: z
      .array(z.array(identifier).min(1))
      .min(2)
      .optional()
      .meta({ description: 'Items asked in the first wave, in the second, … and then from the first again' }),
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
export type Composite = Questionnaire['composites'][number]
export type AnswerTest = z.infer<typeof answerTest>
export type Visibility = AnswerTest | { all: Visibility[] } | { any: Visibility[] } | { not: Visibility }
export type Comparison = z.infer<typeof comparison>
export type Condition = Comparison | { all: Condition[] } | { any: Condition[] }

/** JSON Schema of a definition file, for completion in editors; written to `questionnaire.schema.json`. */
export function questionnaireJsonSchema(): object {
  return z.toJSONSchema(questionnaireSchema, { io: 'input' })
}
