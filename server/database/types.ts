import { types } from 'pg'

/**
 * Calendar dates stay dates: `date` columns come back as 'yyyy-mm-dd' text, never as an instant in some time zone;
 * bigint (sequences, counts) as number, since ours stay far below 2^53. Imported for its effect by every process once.
 */
types.setTypeParser(types.builtins.DATE, (text) => text)
types.setTypeParser(types.builtins.INT8, (text) => Number(text))
