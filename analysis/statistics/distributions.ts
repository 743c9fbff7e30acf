// jstat is CommonJS whose exports Node cannot list, so only its default import works under plain Node; test runners are more
// lenient. This file is the one place that imports it.
import jstat from 'jstat'

/** jstat's distributions, as declared in jstat.d.ts. */
export const { jStat } = jstat
