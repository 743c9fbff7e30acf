import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** The long tests alone (.ci/long): large rosters, many mails, long fuzzing. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({ test: { include: ['tests/long/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000 } }),
)
