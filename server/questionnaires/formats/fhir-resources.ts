import * as z from 'zod'

/**
 * The parts of HL7 FHIR R4 (4.0.1) that questionnaires and their answers use, as far as we read and write them. Other
 * elements of a resource are let through unread. Source: https://hl7.org/fhir/R4/questionnaire.html and
 * https://hl7.org/fhir/R4/questionnaireresponse.html.
 */

const words = z.string().max(1_000_000)
const code = z.string().max(200)

const value = {
  valueString: words.optional(),
  valueMarkdown: words.optional(),
  valueCode: code.optional(),
  valueBoolean: z.boolean().optional(),
  valueInteger: z.int().optional(),
  valueDecimal: z.number().optional(),
  valueDate: z.string().max(40).optional(),
}
const coding: z.ZodType<Coding> = z.looseObject({
  get extension() {
    return z.array(extension).optional()
  },
  system: z.string().max(2_000).optional(),
  code: code.optional(),
  display: words.optional(),
  get _display() {
    return element.optional()
  },
})
const extension: z.ZodType<Extension> = z.looseObject({
  url: z.string().max(2_000),
  ...value,
  get valueCoding() {
    return coding.optional()
  },
  valueCodeableConcept: z
    .looseObject({
      get coding() {
        return z.array(coding).optional()
      },
    })
    .optional(),
  get extension() {
    return z.array(extension).optional()
  },
})
const element: z.ZodType<FhirElement> = z.looseObject({ extension: z.array(extension).optional() })

const answerOption = z.looseObject({
  extension: z.array(extension).optional(),
  valueInteger: z.int().optional(),
  valueString: words.optional(),
  valueDate: z.string().max(40).optional(),
  valueCoding: coding.optional(),
})
const enableWhen = z.looseObject({
  question: z.string().max(1_000),
  operator: z.enum(['exists', '=', '!=', '>', '<', '>=', '<=']),
  answerBoolean: z.boolean().optional(),
  answerInteger: z.int().optional(),
  answerDecimal: z.number().optional(),
  answerString: words.optional(),
  answerCoding: coding.optional(),
})
const questionnaireItem: z.ZodType<QuestionnaireItem> = z.looseObject({
  extension: z.array(extension).optional(),
  linkId: z.string().min(1).max(1_000),
  type: z.string().max(40),
  text: words.optional(),
  _text: element.optional(),
  prefix: words.optional(),
  code: z.array(coding).optional(),
  required: z.boolean().optional(),
  repeats: z.boolean().optional(),
  maxLength: z.int().optional(),
  enableWhen: z.array(enableWhen).optional(),
  enableBehavior: z.enum(['all', 'any']).optional(),
  answerValueSet: z.string().max(2_000).optional(),
  answerOption: z.array(answerOption).optional(),
  get item() {
    return z.array(questionnaireItem).optional()
  },
})

const concepts = z
  .array(z.looseObject({ code, display: words.optional(), extension: z.array(extension).optional() }))
  .optional()

/** A list of options that came along with a Questionnaire. */
export const valueSetResource = z.looseObject({
  resourceType: z.literal('ValueSet'),
  compose: z.looseObject({ include: z.array(z.looseObject({ concept: concepts })).optional() }).optional(),
  expansion: z.looseObject({ contains: concepts }).optional(),
})

export const questionnaireResource = z.looseObject({
  resourceType: z.literal('Questionnaire'),
  id: z.string().max(64).optional(),
  language: z.string().max(40).optional(),
  extension: z.array(extension).optional(),
  contained: z.array(z.looseObject({ resourceType: z.string(), id: z.string().optional() })).optional(),
  url: z.string().max(2_000).optional(),
  version: z.string().max(200).optional(),
  name: z.string().max(300).optional(),
  title: words.optional(),
  _title: element.optional(),
  status: z.enum(['draft', 'active', 'retired', 'unknown']),
  publisher: words.optional(),
  description: words.optional(),
  _description: element.optional(),
  contact: z.array(z.looseObject({ name: words.optional(), _name: element.optional() })).optional(),
  copyright: words.optional(),
  _copyright: element.optional(),
  item: z.array(questionnaireItem).optional(),
})

const answer: z.ZodType<ResponseAnswer> = z.looseObject({
  valueBoolean: z.boolean().optional(),
  valueInteger: z.int().optional(),
  valueDecimal: z.number().optional(),
  valueString: words.optional(),
  valueDate: z.string().max(40).optional(),
  valueCoding: coding.optional(),
  get item() {
    return z.array(responseItem).optional()
  },
})
const responseItem: z.ZodType<ResponseItem> = z.looseObject({
  linkId: z.string().min(1).max(1_000),
  answer: z.array(answer).optional(),
  get item() {
    return z.array(responseItem).optional()
  },
})

export const responseResource = z.looseObject({
  resourceType: z.literal('QuestionnaireResponse'),
  contained: z
    .array(
      z.looseObject({
        resourceType: z.string(),
        id: z.string().optional(),
        gender: z.string().optional(),
        identifier: z.array(z.looseObject({ value: z.string().optional() })).optional(),
      }),
    )
    .optional(),
  questionnaire: z.string().max(2_000).optional(),
  status: z.enum(['in-progress', 'completed', 'amended', 'entered-in-error', 'stopped']),
  subject: z
    .looseObject({
      reference: z.string().optional(),
      identifier: z.looseObject({ value: z.string().optional() }).optional(),
    })
    .optional(),
  item: z.array(responseItem).optional(),
})

export const bundleResource = z.looseObject({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.looseObject({ resource: z.unknown() })).optional(),
})

export interface Coding {
  extension?: Extension[] | undefined
  system?: string | undefined
  code?: string | undefined
  display?: string | undefined
  _display?: FhirElement | undefined
}
export interface FhirElement {
  extension?: Extension[] | undefined
}
export interface Extension {
  url: string
  extension?: Extension[] | undefined
  valueString?: string | undefined
  valueMarkdown?: string | undefined
  valueCode?: string | undefined
  valueBoolean?: boolean | undefined
  valueInteger?: number | undefined
  valueDecimal?: number | undefined
  valueDate?: string | undefined
  valueCoding?: Coding | undefined
  valueCodeableConcept?: { coding?: Coding[] | undefined } | undefined
}
export type AnswerOption = z.infer<typeof answerOption>
export type EnableWhen = z.infer<typeof enableWhen>
export interface QuestionnaireItem {
  extension?: Extension[] | undefined
  linkId: string
  type: string
  text?: string | undefined
  _text?: FhirElement | undefined
  prefix?: string | undefined
  code?: Coding[] | undefined
  required?: boolean | undefined
  repeats?: boolean | undefined
  maxLength?: number | undefined
  enableWhen?: EnableWhen[] | undefined
  enableBehavior?: 'all' | 'any' | undefined
  answerValueSet?: string | undefined
  answerOption?: AnswerOption[] | undefined
  item?: QuestionnaireItem[] | undefined
}
export type FhirQuestionnaire = z.infer<typeof questionnaireResource>
export interface ResponseAnswer {
  valueBoolean?: boolean | undefined
  valueInteger?: number | undefined
  valueDecimal?: number | undefined
  valueString?: string | undefined
  valueDate?: string | undefined
  valueCoding?: Coding | undefined
  item?: ResponseItem[] | undefined
}
export interface ResponseItem {
  text?: string | undefined
  linkId: string
  answer?: ResponseAnswer[] | undefined
  item?: ResponseItem[] | undefined
}
export type FhirResponse = z.infer<typeof responseResource>
