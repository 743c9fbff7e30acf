import { testKilledWorker } from './worker-killed.ts'

testKilledWorker(300, 120)
