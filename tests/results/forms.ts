import { closeCampaign } from '../../server/campaigns/index.ts'
import { lastGroup, openSurvey, start, type Survey } from '../answering/survey.ts'
import type { Browser } from '../helpers/browser.ts'
import type { World } from '../helpers/world.ts'
import { releaseAll, type Person, type Surveyed } from './people.ts'

/** What somebody chooses, item by item; null leaves it out. */
export type Choose = (item: string) => number | null

/** A campaign of one form, answered through its own screens by these people (by employee code), closed and released. */
export async function releasedForm(
  world: World,
  slug: string,
  people: readonly { code: string; choose: Choose }[],
): Promise<{ company: Surveyed; survey: Survey; person: (code: string) => Person }> {
  world.clock.set('2026-11-02T00:00:00.000Z')
  const survey = await openSurvey(world, { questionnaires: [{ slug, version: 1 }] })
  const { companyId } = survey.company
  for (const { code, choose } of people) await answer(world, await survey.token(code), choose)
  const answered = people.map(({ code }): Person => {
    const { id, subjectId } = survey.invitation(code)
    const employmentId = survey.company.employment(code)
    return { invitationId: id, subjectId, employmentId, employeeCode: code, name: code, kind: 'ordinary' }
  })
  world.clock.set('2026-11-21T00:30:00.000Z')
  await closeCampaign(world.services, companyId, survey.campaignId, world.clock.now())
  const company: Surveyed = {
    ...survey.company,
    campaignId: survey.campaignId,
    physicianId: '',
    otherPhysicianId: '',
    clerkId: '',
    people: answered,
    of: () => answered[0]!,
  }
  await releaseAll(world, company)
  return { company, survey, person: (code) => answered.find((one) => one.employeeCode === code)! }
}

async function answer(world: World, token: string, choose: Choose): Promise<void> {
  const { browser, code } = await start(world, token)
  await browser.get('/answer/1')
  while (!browser.url.startsWith('/answer/review')) await fillScreen(browser, choose)
  await browser.submit('/answer/submit', { code: lastGroup(code) })
  if (browser.url !== '/answer/submitted') throw new Error(`${browser.url}: ${browser.text.slice(0, 300)}`)
}

async function fillScreen(browser: Browser, choose: Choose): Promise<void> {
  const form = browser.form(/^\/answer\/\d+$/)
  const values: Record<string, string> = { go: 'next' }
  for (const name of form.names) {
    const chosen = name.startsWith('a_') ? choose(name.slice(2)) : null
    if (chosen !== null) values[name] = String(chosen)
  }
  await browser.submit(form.action, values)
  if (browser.status !== 200) throw new Error(`${browser.url}: ${browser.status} ${browser.text.slice(0, 300)}`)
}

/** `usual` but for these items. */
export const choosing =
  (usual: number, others: Readonly<Record<string, number | null>>): Choose =>
  (item) =>
    item in others ? others[item]! : usual

/** The row of a table that begins with these words, as cells. */
export function rowOf(browser: Browser, heading: string): string[] {
  const rows = [...browser.html.matchAll(/<tr><th scope="row">(.*?)<\/tr>/gs)].map(([, row]) =>
    row!.split(/<\/t[hd]>/).map((cell) =>
      cell
        .replaceAll(/<[^>]+>/g, '')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    ),
  )
  const found = rows.find(([first]) => first!.startsWith(heading))
  if (!found) throw new Error(`no row ${heading}`)
  return found.slice(0, -1)
}

// A: 4+4+4 (q1 to q3 turned) + 4+4+4 = 24 everywhere but in the calm one
const heavyWork = { q1: 1, q2: 1, q3: 1, q8: 4, q9: 4, q10: 4 }

/** Four people of the 23 items, at and beside the thresholds of its criteria (B ≥ 31; A + C ≥ 39 with B ≥ 23). */
export const peopleOf23 = [
  // B: 8 × 3 + 7 = 31 (rule ア by one point), C: 6 × 1 = 6
  {
    code: 'E002',
    choose: choosing(3, { ...heavyWork, q33: 2, q44: 3, q46: 2, q47: 1, q48: 1, q50: 1, q51: 1, q53: 1, q54: 1 }),
  },
  // B: 10 × 2 + 3 = 23, A + C: 24 + 15 = 39 (rule イ by one point each)
  { code: 'E004', choose: choosing(2, { ...heavyWork, q46: 3, q47: 3, q48: 3, q50: 3 }) },
  // the same with B = 22
  { code: 'E006', choose: choosing(2, { ...heavyWork, q47: 3, q48: 3, q50: 3 }) },
  // loss of appetite not answered
  { code: 'E008', choose: choosing(2, { q44: null }) },
]

// items that weigh most when 1 is chosen (survey-definitions/stress-check-57/1.yaml)
const turned = new Set([1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 15, 18, 19, 20])
const further: Readonly<Record<number, number>> = { 59: 4, 60: 1, 61: 3, 68: 1, 76: 3, 79: 1 }

/** One woman of the 80 items: the heaviest answer to each of the first 57, 2 to the rest but for six. */
export const peopleOf80 = [
  {
    code: 'E002',
    choose: (item: string) => {
      const no = Number(item.slice(1))
      if (no <= 57) return turned.has(no) ? 1 : 4
      return further[no] ?? 2
    },
  },
]
