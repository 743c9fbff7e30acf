import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { CompanyDetails } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { locales } from '../locales.ts'
import { withoutReadings } from '../web/readings.ts'

const timeZones = new Set(Intl.supportedValuesOf('timeZone'))
const line = (most: number) => z.string().trim().max(most, 'access.errors.tooLong').default('')

/** What is asked about a company, at set-up and later. */
export const companyFields = {
  name: z.string().trim().min(1, 'access.errors.companyNeeded').max(200, 'access.errors.tooLong'),
  locale: z.enum(locales, 'access.errors.choose'),
  timeZone: z.string().refine((zone) => timeZones.has(zone), 'access.errors.choose'),
  mailSenderName: z.string().trim().min(1, 'access.errors.senderNeeded').max(100, 'access.errors.tooLong'),
  contactEmail: z.email('access.errors.emailWrong').max(254, 'access.errors.tooLong'),
  contactPhone: line(50),
  postalAddress: line(300),
}

export const companyForm = z.object({
  ...companyFields,
  leavingWord: z.enum(['graduation', 'leaving'], 'access.errors.choose'),
  helpLine: line(300),
})

/** The form's values as the company keeps them. */
export function detailsOf(
  values: z.output<z.ZodObject<typeof companyFields>> & Partial<Pick<CompanyDetails, 'leavingWord' | 'helpLine'>>,
): CompanyDetails {
  const { name, locale, timeZone, mailSenderName, contactEmail, contactPhone, postalAddress } = values
  return {
    name,
    locale,
    timeZone,
    mailSenderName,
    contactEmail,
    contactPhone,
    postalAddress,
    leavingWord: values.leavingWord ?? 'graduation',
    helpLine: values.helpLine ?? '',
  }
}

export function localeOptions(
  services: Services,
  request: FastifyRequest,
  chosen: string | undefined,
): { value: string; label: string; selected: boolean }[] {
  return locales.map((locale) => ({
    value: locale,
    label: withoutReadings(services.texts.text(locale, 'web.language.name')),
    selected: locale === (chosen ?? request.locale),
  }))
}

export function timeZoneOptions(chosen: string | undefined): { value: string; label: string; selected: boolean }[] {
  return [...timeZones].map((zone) => ({ value: zone, label: zone, selected: zone === chosen }))
}
