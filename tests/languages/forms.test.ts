import { afterAll, beforeAll, expect, test } from 'vitest'
import { getShipped } from '../../server/questionnaires/index.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { peopleOf23, peopleOf80, releasedForm } from '../results/forms.ts'
import { browserOfPerson } from '../results/people.ts'
import { expectEnglish, expectReadings, namesOf } from './pages.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

test.each([
  ['stress-check-23', peopleOf23],
  ['stress-check-80', peopleOf80],
] as const)('the result of %s, on the screen and for printing', async (slug, people) => {
  const form = await releasedForm(world, slug, people.slice(0, 1))
  const names = await namesOf(world, form.company.companyId)
  const browser = await browserOfPerson(world, form.company, form.person(people[0]!.code))
  // a work is cited by the title it has
  const cited = Object.values((await getShipped(slug, 1)).definition.sources).map(({ title }) => title)
  for (const address of ['/result', '/result/print']) {
    expectReadings(await browser.get(`${address}?lang=ja-simple`), names)
    expectEnglish(await browser.get(`${address}?lang=en`), [...names, ...cited])
    expect(browser.status).toBe(200)
  }
})
