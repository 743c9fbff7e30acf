import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answersForAnalysis } from '../../server/answering/index.ts'
import { dateIn } from '../../server/clock.ts'
import { resultsForAnalysis } from '../../server/results/index.ts'
import { fetchCsrf, prepareSittings, submissionOf } from '../answering/sittings.ts'
import { listOf, openSurvey, type Survey } from '../answering/survey.ts'
import { asRole } from '../campaigns/company.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { post, serveOn, type Reply, type Serving } from './serve-process.ts'
import { absent, standing, whole } from './standing.ts'

const people = 200
let world: World
let survey: Survey
let folder: string
const servers: Serving[] = []

beforeAll(async () => {
  world = await createWorld()
  // the command has no other clock than the system's
  const now = new Date()
  world.clock.set(now)
  const closes = new Date(now.getTime() + 20 * 86_400_000)
  survey = await openSurvey(world, {
    opensOn: dateIn('Asia/Tokyo', now),
    closesOn: dateIn('Asia/Tokyo', closes),
  })
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-killed-'))
})
afterAll(async () => {
  for (const { child } of servers) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

/** Until PostgreSQL has noticed that the client is gone and no transaction of it is left. */
async function settled(): Promise<void> {
  for (;;) {
    const { rows } = await world.superuser.query(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'`,
    )
    if (rows[0].n === 0) return
    await new Promise((wait) => setTimeout(wait, 20))
  }
}

const isAcknowledged = (reply: Reply | undefined) => reply?.status === 303 && reply.location === '/answer/submitted'

test('kill -9 amid 200 concurrent submissions: no acknowledged answer is lost, none is stored twice, the rest is whole or absent and can be sent again', async () => {
  const sittings = await prepareSittings(world, { ...survey.company, campaignId: survey.campaignId }, people)
  const ids = sittings.map((sitting) => sitting.invitationId)
  const first = await serveOn(world, folder)
  servers.push(first)
  const csrf = await fetchCsrf(first.url, sittings[0]!)

  let acknowledgedYet = 0
  const replies = await Promise.all(
    sittings.map(async (sitting) => {
      const reply = await post(first.url, '/answer/submit', submissionOf(sitting, csrf))
      // in the middle: some are answered, sixteen hold a transaction, the others wait for a connection
      if (isAcknowledged(reply) && ++acknowledgedYet === 60) first.child.kill('SIGKILL')
      return reply
    }),
  )
  await first.end('SIGKILL')
  await settled()
  const acknowledged = sittings.filter((_, index) => isAcknowledged(replies[index]))
  const unanswered = sittings.filter((_, index) => replies[index] === undefined)
  expect(
    replies.flatMap((reply) => reply?.status ?? []),
    first.said(),
  ).toEqual(Array(acknowledged.length).fill(303))
  expect(acknowledged.length + unanswered.length).toBe(people)
  expect(acknowledged.length).toBeGreaterThanOrEqual(60)
  expect(unanswered.length).toBeGreaterThan(20)

  const after = await standing(world.superuser, ids)
  expect(acknowledged.filter((one) => after.get(one.invitationId) !== whole)).toEqual([])
  const storedUnanswered = unanswered.filter((one) => after.get(one.invitationId) === whole)
  const left = unanswered.filter((one) => after.get(one.invitationId) === absent)
  expect(storedUnanswered.length + left.length).toBe(unanswered.length)

  // a new process on the same database, which has no company key in memory yet; everybody who saw no thanks presses again, and so does an impatient one who had
  const second = await serveOn(world, folder)
  servers.push(second)
  const again = await Promise.all(
    [...unanswered, ...acknowledged.slice(0, 20)].map((sitting) =>
      post(second.url, '/answer/submit', submissionOf(sitting, csrf)),
    ),
  )
  expect(
    again.filter((reply) => !isAcknowledged(reply)).map((reply) => reply?.status),
    second.said(),
  ).toEqual([])
  expect([...(await standing(world.superuser, ids)).values()]).toEqual(Array(people).fill(whole))

  // and what is stored is what each one wrote
  const { companyId } = survey.company
  await asRole(world, 'analysis', companyId, async (db) => {
    for (const slug of Object.keys(sittings[0]!.answers)) {
      const stored = await answersForAnalysis(db, world.services.vault, companyId, survey.campaignId, slug)
      expect(stored).toHaveLength(people)
      const byInvitation = new Map(stored.map((one) => [one.invitationId, one.answers]))
      for (const sitting of sittings) expect(byInvitation.get(sitting.invitationId)).toEqual(sitting.answers[slug])
    }
    expect(await listOf(resultsForAnalysis(db, world.services.vault, companyId, survey.campaignId))).toHaveLength(
      people,
    )
  })
  expect(await second.end('SIGTERM')).toBe(0)
  console.log(
    `kill -9 amid ${people} submissions: ${acknowledged.length} acknowledged, all stored once; ${unanswered.length} without an answer, ` +
      `of which ${storedUnanswered.length} whole and ${left.length} absent; after sending again ${people} stored once`,
  )
}, 120_000)
