import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { runServer, runWorker } from '../main.ts'

/** `hanamichi serve` */
export async function serve(options: { port: number | undefined; withWorker: boolean }): Promise<void> {
  const config = readConfig(process.env)
  await runServer({
    config: options.port === undefined ? config : { ...config, port: options.port },
    clock: systemClock,
    withWorker: options.withWorker,
  })
}

/** `hanamichi worker` */
export async function work(): Promise<void> {
  await runWorker({ config: readConfig(process.env), clock: systemClock })
}
