import { findVersion, loadShippedQuestionnaires, ScoreCsvError, scoreCsv } from '../questionnaires/index.ts'

/** `hanamichi score`: CSV on stdin, JSON Lines on stdout. Wrong input: exit 2, line and column on stderr, nothing after it on stdout. */
export async function scoreCommand(wanted: string): Promise<void> {
  const questionnaires = await loadShippedQuestionnaires()
  const found = findVersion(questionnaires, wanted)
  if (!found) {
    const known = questionnaires.map((one) => `${one.slug}@${one.version}`).join(', ')
    process.stderr.write(`hanamichi: there is no questionnaire "${wanted}". There are: ${known}\n`)
    process.exitCode = 2
    return
  }
  try {
    await scoreCsv({ input: process.stdin, output: process.stdout, questionnaire: found.definition })
  } catch (error) {
    if (error instanceof ScoreCsvError) {
      process.stderr.write(`hanamichi: ${error.message}\n`)
      process.exitCode = 2
      return
    }
    // the reader of our output went away (head, less): nothing is wrong
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return
    throw error
  }
}
