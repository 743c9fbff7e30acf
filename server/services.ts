import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import type { Database } from './database/connection.ts'
import type { Vault } from './vault/index.ts'
import type { Renderer } from './web/render.ts'
import type { Texts } from './web/texts.ts'

/** What every capability may use. Made once by the composition root, passed by hand; nothing here is a global. */
export interface Services {
  config: Config
  clock: Clock
  database: Database
  vault: Vault
  texts: Texts
  renderer: Renderer
}
