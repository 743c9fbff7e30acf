import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { createWorld, type World } from '../helpers/world.ts'
import { problemSchema, writeOpenApi } from './openapi-text.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

test('docs/openapi.json tells the routes that answer JSON; `npm run openapi` renews it', async () => {
  const app = await world.app()
  await app.ready()
  const text = await writeOpenApi(app.declaredRoutes)
  expect(Object.keys((JSON.parse(text) as { paths: object }).paths)).toContain('/implementer/campaigns/{id}/progress')
  await expect(text).toMatchFileSnapshot('../../docs/openapi.json')
})

test('what is answered is what is told', async () => {
  const app = await world.app()
  await app.ready()
  const headers = { accept: 'application/json' }
  const problem = z.fromJSONSchema(problemSchema as never)
  for (const { method, url, audience, schema } of app.declaredRoutes) {
    if (!schema?.response || method === 'HEAD') continue
    const answer = await app.inject({ method: method as 'GET', url: url.replace(':id', crypto.randomUUID()), headers })
    if (audience === 'public') {
      const told = (schema.response as Record<number, z.ZodType>)[answer.statusCode]
      expect(told?.safeParse(answer.json()).success, url).toBe(true)
    } else {
      expect(answer.headers['content-type'], url).toContain('application/problem+json')
      expect(problem.safeParse(answer.json()).success, url).toBe(true)
      expect(answer.json<{ title: string }>().title).toBe('sign_in_needed')
    }
  }
})
