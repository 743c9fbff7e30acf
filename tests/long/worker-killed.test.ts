import { testKilledWorker } from '../faults/worker-killed.ts'

testKilledWorker(2_000, 700)
