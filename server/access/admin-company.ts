import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { getCompanyDetails, updateCompany } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { once } from '../web/repeated-post.ts'
import { audit } from './admin-acts.ts'
import { wordsOf } from './admin-pages.ts'
import { companyForm, detailsOf, localeOptions, timeZoneOptions } from './company-form.ts'
import { errorsOf, readForm, typedValues, type Fault } from './forms.ts'
import type { AccessTables } from './tables.ts'

/** What the company says about itself in mails and on pages. */
export function addCompanyRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/admin/company', async (request, reply) => showCompany(services, request, reply))

  scope.post('/admin/company', async (request, reply) => {
    const form = readForm(companyForm, request.body)
    if (form.faults) return showCompany(services, request, reply, form.faults)
    return once<AccessTables>(services, request, reply, async (db) => {
      await updateCompany(db, identityOf(request).companyId, detailsOf(form.values))
      await audit(services, request, db, { action: 'company.changed', reason: 'access.audit.company' })
      return '/admin/company?saved=yes'
    })
  })
}

async function showCompany(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  faults: readonly Fault[] = [],
): Promise<FastifyReply> {
  const { companyId } = identityOf(request)
  const words = wordsOf(services, request)
  const details = await asAudience(services, request, async (db) => getCompanyDetails(db, companyId))
  const typed: Record<string, string> = faults.length > 0 ? typedValues(request.body) : { ...details }
  const saved = faults.length === 0 && (request.query as { saved?: unknown }).saved === 'yes'
  return deskPage(
    services,
    request,
    reply,
    'access/company',
    {
      typed,
      companyKey: details.key,
      locales: localeOptions(services, request, typed['locale']),
      timeZones: timeZoneOptions(typed['timeZone']),
      leavingWords: (['graduation', 'leaving'] as const).map((word) => ({
        value: word,
        label: words(`access.company.leaving.${word}`),
        checked: typed['leavingWord'] === word,
      })),
      ...(saved ? { notice: { kind: 'good', text: words('access.company.saved') } } : {}),
      errors: errorsOf(services, request, faults),
    },
    { status: faults.length > 0 ? 400 : 200 },
  )
}
