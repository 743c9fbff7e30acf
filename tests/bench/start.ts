import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { dateIn } from '../../server/clock.ts'
import { startEmbedded } from '../../server/database/embedded.ts'
import { migrate } from '../../server/database/migrate.ts'
import { openSurvey } from '../answering/survey.ts'
import { openWorld } from '../helpers/world.ts'
import { residentMegabytes, startServer } from './stage.ts'

export interface Starts {
  /** from the command to a person's page, milliseconds, each start */
  firstPageMs: number[]
  /** resident memory of the idle process with its worker, megabytes */
  idleMegabytes: number
}

/** `serve` with the embedded engine on a data folder that holds a company with an open campaign; nothing runs before. */
export async function measureStarts(rounds: number): Promise<Starts> {
  const folder = await mkdtemp(join(tmpdir(), 'hanamichi-bench-start-'))
  // as root, the database runs as another system user, who must be able to get in
  await chmod(folder, 0o755)
  const dataDir = join(folder, 'data')
  const engine = await startEmbedded({ dataDir })
  await migrate(engine.ownerUrl, 'hanamichi_runtime', new Date())
  const world = await openWorld({
    superuserUrl: engine.urlFor('postgres', 'hanamichi'),
    ownerUrl: engine.ownerUrl,
    runtimeUrl: engine.runtimeUrl,
    remove: async () => {},
  })
  const now = new Date()
  world.clock.set(now)
  const survey = await openSurvey(world, {
    opensOn: dateIn('Asia/Tokyo', now),
    closesOn: dateIn('Asia/Tokyo', new Date(now.getTime() + 20 * 86_400_000)),
  })
  const path = `/a/${await survey.token('E001')}`
  const keyFile = join(folder, 'outer.key')
  await writeFile(keyFile, `${world.keyText}\n`, { mode: 0o600 })
  await world.close()
  await engine.stop()

  const starts: Starts = { firstPageMs: [], idleMegabytes: 0 }
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    const server = await startServer([], { DATA_DIR: dataDir, KEY_FILE: keyFile })
    const page = await fetch(`${server.url}${path}`)
    await page.text()
    if (page.status !== 200) throw new Error(`the first page answered ${page.status}`)
    starts.firstPageMs.push(performance.now() - began)
    if (round === rounds - 1) {
      await sleep(8_000)
      starts.idleMegabytes = residentMegabytes(server.child.pid!)
    }
    await server.end()
  }
  await rm(folder, { recursive: true, force: true })
  return starts
}
