import { defineConfig } from 'vitest/config'

// One suite, two engines: TEST_DATABASE_URL names a running PostgreSQL; without it the suite starts the embedded one.
export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: ['tests/long/**'],
    globalSetup: ['tests/helpers/global-setup.ts'],
    reporters: ['default', './tests/helpers/count-reporter.ts'],
    pool: 'threads',
    // the files of a worker share its modules, which saves a tenth of the time: what a file changes for all, it puts back
    isolate: false,
    // one more than the two processors the suite is measured on: starts, kills and browsers wait a good part of their time
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
