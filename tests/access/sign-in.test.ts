import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInAs } from '../helpers/browser.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'

let world: World
let company: TestCompany

beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
})
afterAll(async () => world.close())

test('password and code lead to the only desk', async () => {
  const { browser } = await signInAs(world, company, 'physician')
  expect(browser.url).toBe('/physician')
  await browser.get('/staff')
  expect(browser.status).toBe(200)
  expect(browser.text).toContain('面接指導医')
})
