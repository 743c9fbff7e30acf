import { expect, test } from 'vitest'
import { campaignWorkplaces, createCampaign, prepareCampaign } from '../../server/campaigns/index.ts'
import { committeeItems, opinionItems } from '../../server/campaigns/rules.ts'
import { computeGroupReport, releaseReport } from '../../server/group-reports/index.ts'
import { newId } from '../../server/ids.ts'
import { asRole, fillCompany, runCampaign, staffCookie, type TestCompany } from '../group-reports/company.ts'
import { desk, describeInChromium, openSite, phone, type Site, type Visit } from '../helpers/chromium.ts'

async function visitOf(site: Site, company: TestCompany, userId: string, width: number, locale = 'ja'): Promise<Visit> {
  const visit = await site.open({ width, locale })
  const value = await staffCookie(site.world, company, userId)
  await visit.page.context().addCookies([{ name: 'hanamichi_staff', value, url: site.baseUrl }])
  return visit
}

/** A head office and a plant; last year everybody answered and the report was released. */
async function lastYear(site: Site): Promise<{ company: TestCompany; workplaceIds: string[] }> {
  const { world } = site
  const company = await fillCompany(
    world,
    [
      { code: 'S', name: '本社', people: 26 },
      { code: 'M', name: '組立課', people: 24 },
    ],
    'S',
  )
  const { companyId, userIds } = company
  const plant = newId(world.clock.now())
  await world.superuser.query(
    "INSERT INTO workplace (company_id, id, code, name, headcount_for_50, from_on) VALUES ($1, $2, 'W2', '工場', 61, '2015-04-01')",
    [companyId, plant],
  )
  await world.superuser.query(
    'UPDATE assignment SET workplace_id = $2 WHERE company_id = $1 AND department_id = ANY ($3::uuid[])',
    [companyId, plant, [company.departmentId('M')]],
  )
  const workplaceIds = [company.workplaceId, plant]
  const campaignId = await runCampaign(world, company, { year: 2025, workplaceIds })
  const at = world.clock.now()
  const { reportId } = await computeGroupReport(world.services, companyId, campaignId, at)
  const recipients = [{ userId: userIds.hr, departmentId: null }]
  const release = { companyId, reportId, userId: userIds.implementer, recipients, requestId: 'test' }
  await asRole(
    world,
    'implementer',
    companyId,
    (db) => releaseReport(world.services, db, release, at),
    userIds.implementer,
  )
  return { company, workplaceIds }
}

async function preparedPlan({ world }: Site, company: TestCompany, workplaceIds: string[]): Promise<string> {
  const { companyId, userIds } = company
  const at = world.clock.now()
  return asRole(world, 'hr', companyId, async (db) => {
    const campaignId = await createCampaign(
      db,
      companyId,
      {
        name: '2026年度ストレスチェック',
        opensOn: '2026-11-02',
        closesOn: '2026-11-20',
        questionnaires: [{ slug: 'stress-check-57', version: 1 }],
        workplaceIds,
        criteriaMethod: 'simpleSum',
        floor: 10,
        employerReceivesIndividualResults: false,
        othersMayRequestInterview: false,
        turnoverRiskPurpose: false,
        remindersMaximum: 0,
        reminderIntervalDays: 5,
      },
      userIds.hr,
      at,
    )
    const workplaces = (await campaignWorkplaces(db, companyId, campaignId)).map(({ workplaceId, basis }) => ({
      workplaceId,
      heldOn: '2025-11-20',
      items: Object.fromEntries(
        (basis === 'committee' ? committeeItems : opinionItems).map((one) => [one, '審議した']),
      ),
    }))
    const rest = { rulesPublishedOn: '2025-11-21', rulesUrl: '', highStressShareResolvedOn: null }
    await prepareCampaign(db, companyId, campaignId, { workplaces, ...rest }, at)
    return campaignId
  })
}

describeInChromium('criteria by workplace', () => {
  test('HR proposes them, the implementer tries them on last year’s results, decides and signs', async () => {
    const site = await openSite('2025-10-01T00:00:00Z')
    try {
      const { company, workplaceIds } = await lastYear(site)
      const id = await preparedPlan(site, company, workplaceIds)
      const first = (workplace: string) => `number.${workplace}.simpleSum.1-1`

      const hr = await visitOf(site, company, company.userIds.hr, phone)
      await hr.go(`/hr/campaigns/${id}`)
      await hr.click(`a[href$="/criteria"]`)
      await hr.look('criteria-hr')
      await hr.fill(first(workplaceIds[1]!), '700')
      await hr.press('campaigns.criteria.save')
      await hr.fill(first(workplaceIds[1]!), '70')
      await hr.fill(`decidedBy.${workplaceIds[1]!}`, '工場衛生委員会')
      await hr.press('campaigns.criteria.save')
      expect(await hr.heading()).toBe('2026年度ストレスチェック')
      await hr.close()

      const implementer = await visitOf(site, company, company.userIds.implementer, desk)
      await implementer.go(`/implementer/campaigns/${id}`)
      await implementer.look('criteria-sign')
      await implementer.press('campaigns.criteria.toTrial')
      await implementer.press('campaigns.trial.ask')
      await site.settle()
      await implementer.go(`/implementer/campaigns/${id}/criteria/trial`)
      await implementer.look('criteria-trial')
      expect(await implementer.text()).toContain(implementer.say('campaigns.trial.answerNow', { number: 1 }))
      await implementer.press('campaigns.trial.change')
      await implementer.press('campaigns.criteria.save')
      await implementer.choose('criteriaMethod', 'simpleSum')
      await implementer.choose('confirmed')
      await implementer.press('campaigns.sign.button')
      expect(await implementer.text()).toContain(implementer.say('campaigns.deskState.signed'))
      await implementer.close()

      const english = await visitOf(site, company, company.userIds.implementer, desk, 'en')
      const other = await preparedPlan(site, company, workplaceIds)
      await english.go(`/implementer/campaigns/${other}/criteria/trial`)
      await english.look('criteria-trial-en')
      await english.close()
    } finally {
      await site.close()
    }
  }, 60_000)
})
