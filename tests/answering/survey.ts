import {
  identifySubjects,
  listInvitations,
  openCampaign,
  type CampaignPlan,
  type Invitation,
} from '../../server/campaigns/index.ts'
import { mintLink } from '../../server/web/links.ts'
import { asRole, fillCompany, signedCampaign, type TestStaff } from '../campaigns/company.ts'
import { openBrowser, type Browser } from '../helpers/browser.ts'
import type { World } from '../helpers/world.ts'

/** An open campaign and a link for everybody in it. */
export interface Survey {
  company: TestStaff
  campaignId: string
  /** by employee code (E001 …) */
  invitation: (code: string) => Invitation
  /** a fresh link, as the mailer mints it */
  token: (code: string) => Promise<string>
}

/** `publish`: puts questionnaires of the company's own there before the campaign is planned. */
export async function openSurvey(
  world: World,
  changes: Partial<CampaignPlan> = {},
  publish?: (company: TestStaff) => Promise<void>,
): Promise<Survey> {
  const company = await fillCompany(world)
  await publish?.(company)
  const { companyId, companyKey } = company
  const campaignId = await signedCampaign(world, company, changes)
  await openCampaign(world.services, companyId, campaignId, world.clock.now())
  const byEmployment = await asRole(world, 'implementer', companyId, async (db) => {
    const invitations = await listInvitations(db, companyId, campaignId)
    const subjectIds = invitations.map((one) => one.subjectId)
    const identities = await identifySubjects(db, world.services.vault, companyId, subjectIds)
    return new Map(invitations.map((one) => [identities.get(one.subjectId)!.employmentId, one]))
  })
  const invitation = (code: string) => byEmployment.get(company.employment(code))!
  return {
    company,
    campaignId,
    invitation,
    token: (code) =>
      asRole(world, 'mailer', companyId, (db) =>
        mintLink(
          db,
          {
            companyId,
            companyKey,
            kind: 'invitation',
            subjectId: invitation(code).subjectId,
            contextId: invitation(code).id,
            expiresAt: new Date('2027-03-31T00:00:00Z'),
          },
          world.clock.now(),
        ),
      ),
  }
}

/** The code as the page shows it: K7WQ-29TMX-E4HZC. */
export function codeOn(browser: Browser): string {
  const code = /id="personal-code"[^>]*>([0-9A-Z]{4}-[0-9A-Z]{5}-[0-9A-Z]{5})</.exec(browser.html)?.[1]
  if (!code) throw new Error(`no code on ${browser.url} (${browser.status}): ${browser.text.slice(0, 300)}`)
  return code
}

export const lastGroup = (code: string) => code.slice(-5)

/** Opens the link and presses "start"; the code that is shown. */
export async function start(
  world: World,
  token: string,
  browser?: Browser,
): Promise<{ browser: Browser; code: string }> {
  const own = browser ?? openBrowser(await world.app())
  await own.get(`/a/${token}`)
  await own.submit(`/a/${token}/start`)
  return { browser: own, code: codeOn(own) }
}

/** Answers every screen from the first on, option `value` (the rating of work with 70); ends on the review page. */
export async function answerAll(browser: Browser, value = '2', skip: readonly string[] = []): Promise<void> {
  await browser.get('/answer/1')
  while (!browser.url.startsWith('/answer/review')) {
    const form = browser.form(/^\/answer\/\d+$/)
    const values: Record<string, string> = { go: 'next' }
    for (const name of form.names) {
      if (!name.startsWith('a_') || skip.includes(name)) continue
      if (name === 'a_sex') continue
      values[name] = name === 'a_performance' ? '70' : value
    }
    await browser.submit(form.action, values)
    if (browser.status !== 200) throw new Error(`${browser.url}: ${browser.status} ${browser.text.slice(0, 300)}`)
  }
}

export async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}
