import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { generateSync } from 'otplib'
import { chromium, type Browser, type Page } from 'playwright-core'
import type { StaffRole } from '../../server/access/index.ts'
import { signCampaign } from '../../server/campaigns/index.ts'
import { at, plan, tellCampaign, type CampaignDates, type CampaignTold } from '../../server/demo/campaign-story.ts'
import { moveDate, writtenOn } from '../../server/demo/clock.ts'
import { tellLeavings } from '../../server/demo/leavers-story.ts'
import { tellRequests } from '../../server/demo/requests-story.ts'
import { confirmDrafts, importSnapshot, readDepartures } from '../../server/demo/roster-story.ts'
import { acknowledgeSecrecy, foundCompany, staffOf, type DemoCompany } from '../../server/demo/staff.ts'
import { buildStage, type Stage } from '../../server/demo/stage.ts'

// npm run screenshots: tells the demo's story as of the day its roster is written, and writes the pictures of docs/screenshots.
const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots')
const seed = 1
const harder: ReadonlyMap<string, number> = new Map([
  ['D230', 0.9],
  ['D311', 0.8],
  ['D420', -0.4],
])
const largestBytes = 250_000

interface Told {
  stage: Stage
  company: DemoCompany
  campaign: CampaignTold
}

async function tell(stage: Stage): Promise<Told> {
  const say = (words: string) => process.stderr.write(`${words}\n`)
  stage.clock.set(at('2023-10-02'))
  const company = await foundCompany(stage)
  for (const role of ['implementer', 'physician'] as const) await acknowledgeSecrecy(stage, company, role)
  const departures = await readDepartures(0)
  const past = (from: string, until: string) =>
    departures.filter(({ leavingOn }) => leavingOn >= from && leavingOn < until)
  const ask = (dates: CampaignDates) => tellCampaign(stage, company, dates, { seed, harder }, () => undefined)
  const yearOf = (year: number, days: [string, string, string, string, string]): CampaignDates => {
    const [plannedOn, opensOn, closesOn, confirmedOn, reportedOn] = days.map((day) => `${year}-${day}`) as typeof days
    return { name: `${year}年度 ストレスチェック`, year, plannedOn, opensOn, closesOn, confirmedOn, reportedOn }
  }
  for (const year of [2023, 2024]) await importSnapshot(stage, company, year, `${year}-11-01`, 0)
  await confirmDrafts(stage, company, past('2023-11-01', '2024-11-01'))
  await importSnapshot(stage, company, 2025, '2025-11-01', 0)
  await confirmDrafts(stage, company, past('2024-11-01', '2025-11-01'))
  await ask(yearOf(2025, ['11-03', '11-05', '11-14', '11-17', '11-20']))
  say('2025')
  await importSnapshot(stage, company, 2026, '2026-11-01', 0)
  await confirmDrafts(stage, company, past('2025-11-01', '2026-11-01'))
  const campaign = await ask(yearOf(2026, ['11-02', '11-04', '11-13', '11-16', '11-20']))
  await tellRequests(stage, campaign, seed)
  say('2026')
  await tellLeavings(
    stage,
    company,
    { departures: leaving(campaign), fromOn: writtenOn, untilOn: writtenOn, seed },
    () => undefined,
  )
  await openNext(stage, company)
  return { stage, company, campaign }
}

/** Two people who give notice now, so that there is a graduation page and an alumni page to look at. */
const leaving = (campaign: CampaignTold) =>
  campaign.respondents.slice(0, 8).map(({ member }) => ({
    employeeCode: member.employeeCode,
    kind: 'resignation' as const,
    noticeOn: writtenOn,
    lastWorkingOn: moveDate(writtenOn, 25),
    leavingOn: moveDate(writtenOn, 38),
  }))

/** A further campaign that is open now: the landing page and the questions. */
async function openNext(stage: Stage, company: DemoCompany): Promise<void> {
  const { services, clock } = stage
  const { companyId } = company
  const opensOn = moveDate(writtenOn, 1)
  const dates = {
    name: '2026年度 ストレスチェック(追加)',
    year: 2026,
    plannedOn: writtenOn,
    opensOn,
    closesOn: moveDate(opensOn, 13),
  }
  const hr = { role: 'hr', companyId, subjectId: staffOf(company, 'hr').userId } as const
  const implementer = { role: 'implementer', companyId, subjectId: staffOf(company, 'implementer').userId } as const
  const campaignId = await plan(stage, hr, { ...dates, confirmedOn: opensOn, reportedOn: opensOn })
  const signature = {
    userId: implementer.subjectId,
    criteriaMethod: 'conversion',
    reach: undefined,
    requestId: 'screenshots',
  } as const
  await services.database.as(implementer, clock.now(), (db) =>
    signCampaign(db, companyId, campaignId, signature, clock.now()),
  )
  clock.set(at(opensOn, '09:05'))
  await stage.settle()
}

async function shoot(page: Page, name: string, height: number): Promise<void> {
  const path = join(folder, `${name}.png`)
  const width = page.viewportSize()!.width
  await page.setViewportSize({ width, height })
  await page.screenshot({ path })
  const { size } = await stat(path)
  process.stderr.write(`${name} ${Math.round(size / 1000)} kB\n`)
  if (size > largestBytes) throw new Error(`${name}.png has ${size} bytes`)
}

async function employeePages(browser: Browser, { stage, campaign }: Told): Promise<void> {
  const context = () =>
    browser.newContext({ viewport: { width: 360, height: 900 }, deviceScaleFactor: 1.5, locale: 'ja' })
  const person = campaign.respondents.at(-1)!.member.email!
  const answering = await (await context()).newPage()
  await answering.goto(stage.mailbox.linkTo(person, '/a/')!)
  await shoot(answering, 'landing', 1000)
  await answering.click('main form button')
  await answering.click('main a.button')
  for (const [item, option] of Object.entries({ a_q1: 2, a_q2: 3, a_q3: 1 }))
    await answering.check(`input[name="${item}"][value="${option}"]`)
  await shoot(answering, 'questionnaire', 1000)

  const needed = campaign.respondents.find((one) => campaign.needed.has(one.member.employeeCode))!
  const result = await (await context()).newPage()
  const notice = stage.mailbox.to(needed.member.email!).findLast((mail) => mail.subject.includes('結果'))
  await result.goto(/https?:\/\/\S+\/a\/\S+/.exec(notice!.text)![0])
  await result.click('main form button')
  await result.fill('input[name="code"]', needed.code)
  await result.click('main form button')
  await shoot(result, 'result', 1400)
}

async function leaverPages(browser: Browser, { stage, campaign }: Told): Promise<void> {
  const context = () =>
    browser.newContext({ viewport: { width: 360, height: 900 }, deviceScaleFactor: 1.5, locale: 'ja' })
  const members = campaign.respondents.slice(0, 8).map(({ member }) => member)
  const walk = await (await context()).newPage()
  await walk.goto(stage.mailbox.linkTo(members[0]!.email!, '/g/')!)
  await walk.click('main form button')
  await shoot(walk, 'graduation', 1400)

  const addresses = members.map((member) => `watashi-${member.employeeCode.toLowerCase()}@example.net`)
  const joined = addresses.find((address) => stage.mailbox.linkTo(address, '/alumni/confirm/'))
  if (!joined) throw new Error('nobody joined the alumni')
  const home = await (await context()).newPage()
  await home.goto(stage.mailbox.linkTo(joined, '/alumni/confirm/')!)
  await home.check('input[name="confirm"]')
  await home.click('main form button')
  await home.goto(`${stage.baseUrl}/alumni`)
  await shoot(home, 'alumni', 1200)
}

async function deskPages(browser: Browser, { stage, company }: Told): Promise<void> {
  const signIn = async (role: StaffRole): Promise<Page> => {
    const one = staffOf(company, role)
    stage.clock.set(new Date(stage.clock.now().getTime() + 31_000))
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'ja' })).newPage()
    await page.goto(`${stage.baseUrl}/c/${company.key}/sign-in`)
    await page.fill('input[name="email"]', one.email)
    await page.fill('input[name="password"]', one.password)
    await page.click('main form button')
    const epoch = Math.floor(stage.clock.now().getTime() / 1000)
    await page.fill('input[name="code"]', generateSync({ secret: one.totpSecret, epoch }))
    await page.click('main form button')
    await page.waitForLoadState('load')
    return page
  }
  const hr = await signIn('hr')
  await hr.goto(`${stage.baseUrl}/hr/reports`)
  await hr.click('main table a')
  await hr.waitForLoadState('load')
  await shoot(hr, 'report', 1150)
  await hr.click('main table a:has-text("組立課")')
  await hr.waitForLoadState('load')
  await shoot(hr, 'department', 1150)
  const physician = await signIn('physician')
  await physician.goto(`${stage.baseUrl}/physician`)
  await physician.click('main table a')
  await physician.waitForLoadState('load')
  await shoot(physician, 'physician', 1000)
}

await mkdir(folder, { recursive: true })
const stage = await buildStage(0)
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
})
try {
  const told = await tell(stage)
  await employeePages(browser, told)
  await leaverPages(browser, told)
  await deskPages(browser, told)
} finally {
  await browser.close()
  await stage.close()
}
