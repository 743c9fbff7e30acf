import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ConfigFault } from './config.ts'
import { isLocale, locales, type Locale } from './locales.ts'

/**
 * The command line. Commands load their parts when they run, so that `--help` and `score` start at once and need no database.
 * Exit codes: 0 done · 1 could not be done (configuration, database) · 2 wrong input.
 */
// what Node made of our files and of the packages is kept beside the packages: the next start takes half as long (without leave to write there, as long as before); `npm start` says so by NODE_COMPILE_CACHE already, which spares it the compiler of TypeScript for this file too
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'hanamichi'))

const version = (
  JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string }
).version

const program = new Command('hanamichi')
  .description(
    'Hanamichi: pulse-and-offboarding survey engine. Settings come from the environment; see docs/operations.md.',
  )
  .version(version)
  .showHelpAfterError()
  // a wrong argument is wrong input like any other
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))

function port(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535')
  return value
}

const scoreExamples = `
One line of input for each (header, then a row):
  stress-check-57     id,sex,q1,q2,…,q57           a,female,1,2,…,4
  stress-check-80     id,sex,q1,q2,…,q80           a,male,1,2,…,3
  stress-check-23     id,q1,q2,q3,q8,…,q54         a,1,2,3,4,…,2     (numbers of the 57-item form)
  presenteeism-spq    id,performance               a,70
  presenteeism-qq     id,days,quantity,quality     a,18,6,5
  recommendation      id,recommend                 a,9
  exit-followup       id,recommend                 a,7
The others have no scales: their lines hold none.`

function isoDate(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  // 31 February would be taken for a day in March
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('a date looks like 2026-11-01')
  return text
}

program
  .command('serve')
  .description('serve the pages; also does the work of `worker` unless --no-worker')
  .option('--port <port>', 'port to listen on (default: PORT)', port)
  .option('--no-worker', 'serve pages only; mails and jobs are done by `hanamichi worker` elsewhere')
  .action(async (options: { port?: number; worker: boolean }) => {
    const { serve } = await import('./commands/serve.ts')
    await serve({ port: options.port, withWorker: options.worker })
  })

program
  .command('worker')
  .description('send mails, open and close campaigns, compute reports; as many as you like may run')
  .action(async () => {
    const { work } = await import('./commands/serve.ts')
    await work()
  })

program
  .command('migrate')
  .description('bring the database to the current schema (done by `serve` for the embedded engine)')
  .action(async () => {
    const { migrateCommand } = await import('./commands/migrate.ts')
    await migrateCommand()
  })

program
  .command('demo')
  .description(
    'a fictional company lives through three campaigns on a database of its own; then everything can be looked at',
  )
  .option('--port <port>', 'port to serve on (default: a free one)', port)
  .option('--once', 'exit 0 after the story instead of serving')
  .option(
    '--seed <number>',
    'seed of the answers; the same seed tells the same story',
    (text) => {
      const seed = Number(text)
      if (!Number.isSafeInteger(seed) || seed < 0) throw new InvalidArgumentError('a seed is a whole number')
      return seed
    },
    1,
  )
  .action(async (options: { port?: number; once?: boolean; seed: number }) => {
    const { demo } = await import('./demo/index.ts')
    await demo({ port: options.port ?? 0, once: options.once ?? false, seed: options.seed })
  })

program
  .command('score')
  .description(
    'score answers: CSV on stdin (id,sex,q1,…), JSON Lines on stdout; wrong input ends with 2 and its line and column',
  )
  .requiredOption('--questionnaire <slug>', 'e.g. stress-check-57, or stress-check-57@1')
  .addHelpText('after', scoreExamples)
  .action(async (options: { questionnaire: string }) => {
    const { scoreCommand } = await import('./commands/score.ts')
    await scoreCommand(options.questionnaire)
  })

const questionnaire = program
  .command('questionnaire')
  .description('questionnaires as data: look at them, check your own')

questionnaire
  .command('list')
  .description('those that ship: slug, version, items, languages, hash')
  .action(async () => {
    const { listQuestionnaires } = await import('./commands/questionnaire.ts')
    await listQuestionnaires()
  })

questionnaire
  .command('check')
  .description('explains every fault of a definition with line and column (exit 2)')
  .argument('<file>', 'YAML; the format is survey-definitions/questionnaire.schema.json')
  .action(async (file: string) => {
    const { checkQuestionnaire } = await import('./commands/questionnaire.ts')
    await checkQuestionnaire(file)
  })

questionnaire
  .command('preview')
  .description(
    'shows it at the size of a phone, as people will see it, with every score; follows the file as you write',
  )
  .argument('<file>', 'a definition; what is wrong with it is shown instead until it is mended')
  .option('--port <port>', 'port to listen on, on this computer only (default: a free one)', port, 0)
  .option('--language <code>', 'ja, en or ja-simple (default: that of the browser)', localeCode)
  .action(async (file: string, options: { port: number; language?: Locale }) => {
    const { previewQuestionnaire } = await import('./commands/preview.ts')
    await previewQuestionnaire(file, { port: options.port, language: options.language })
  })

questionnaire
  .command('publish')
  .description('freezes <slug>/<version>.yaml of a folder of definitions in its frozen.json')
  .argument('<file>', 'a definition that `check` finds nothing wrong with')
  .action(async (file: string) => {
    const { publishQuestionnaire } = await import('./commands/questionnaire.ts')
    await publishQuestionnaire(file)
  })

questionnaire
  .command('diff')
  .description('says in words what changed, and whether answers stay comparable')
  .argument('<before>', 'a file, or slug@version of one that ships')
  .argument('<after>', 'the same')
  .action(async (before: string, after: string) => {
    const { diffQuestionnaires } = await import('./commands/questionnaire.ts')
    await diffQuestionnaires(before, after)
  })

function localeCode(text: string): Locale {
  if (!isLocale(text)) throw new InvalidArgumentError(`pages are written in ${locales.join(', ')}`)
  return text
}

questionnaire
  .command('export-texts')
  .description("a translator's file on stdout: every text with room for its translation")
  .argument('<what>', 'a file, or slug@version of one that ships')
  .requiredOption('--language <code>', 'the language to translate into, e.g. en or pt-BR')
  .addOption(new Option('--format <format>', 'csv, or XLIFF 1.2').choices(['csv', 'xliff']).default('csv'))
  .action(async (what: string, { language, format }: { language: string; format: 'csv' | 'xliff' }) => {
    const { exportQuestionnaireTexts } = await import('./commands/questionnaire.ts')
    await exportQuestionnaireTexts(what, language, format)
  })

questionnaire
  .command('import-texts')
  .description('the next version with that language, not validated: YAML on stdout')
  .argument('<what>', 'the file, or slug@version, that the texts were exported from')
  .argument('<translated>', 'the translated file, CSV or XLIFF 1.2')
  .requiredOption('--language <code>', 'the language it was translated into')
  .action(async (what: string, translated: string, { language }: { language: string }) => {
    const { importQuestionnaireTexts } = await import('./commands/questionnaire.ts')
    await importQuestionnaireTexts(what, translated, language)
  })

questionnaire
  .command('export-fhir')
  .description('an HL7 FHIR R4 Questionnaire (JSON) on stdout; `import` makes the same definition of it again')
  .argument('<what>', 'a file, or slug@version of one that ships')
  .action(async (what: string) => {
    const { exportFhir } = await import('./commands/questionnaire-formats.ts')
    await exportFhir(what)
  })

questionnaire
  .command('import')
  .description('a definition (YAML) on stdout from another format; what could not be carried on stderr, with its place')
  .argument('<file>', 'FHIR R4 Questionnaire or SurveyJS survey (JSON), or XLSForm workbook (.xlsx)')
  .action(async (file: string) => {
    const { importForeign } = await import('./commands/questionnaire-formats.ts')
    await importForeign(file)
  })

questionnaire
  .command('export-response')
  .description('answers as a Bundle of FHIR R4 QuestionnaireResponses (JSON) on stdout')
  .argument('<what>', 'a file, or slug@version of one that ships')
  .argument('<csv>', 'answers as for `score`: id,sex,<item ids>; a choice of several as a;b')
  .action(async (what: string, csv: string) => {
    const { exportResponses } = await import('./commands/questionnaire-formats.ts')
    await exportResponses(what, csv)
  })

questionnaire
  .command('import-responses')
  .description('answers as CSV for `score` on stdout')
  .argument('<what>', 'a file, or slug@version of one that ships: the one that was answered')
  .argument('<json>', 'a FHIR R4 Bundle of QuestionnaireResponses, or one alone')
  .action(async (what: string, json: string) => {
    const { importResponses } = await import('./commands/questionnaire-formats.ts')
    await importResponses(what, json)
  })

program
  .command('import-roster')
  .description('preview a roster file against the database; with --apply, apply it when no line is wrong')
  .argument('<file>', 'CSV, UTF-8 or Shift_JIS; see docs/roster.md')
  .requiredOption('--kind <kind>', 'departments or employees', (kind) => {
    if (kind !== 'departments' && kind !== 'employees')
      throw new InvalidArgumentError('kind is departments or employees')
    return kind
  })
  .requiredOption('--effective-on <date>', 'the day whose state the file tells', isoDate)
  .option('--company <key>', 'company key (default: the only company)')
  .option('--apply', 'apply it')
  .action(
    async (
      file: string,
      options: { kind: 'departments' | 'employees'; effectiveOn: string; company?: string; apply?: boolean },
    ) => {
      const { importRoster } = await import('./commands/import-roster.ts')
      await importRoster({
        file,
        kind: options.kind,
        effectiveOn: options.effectiveOn,
        companyKey: options.company,
        apply: options.apply ?? false,
      })
    },
  )

program
  .command('backup')
  .description('write all data to one file; the key file is never in it: keep it elsewhere')
  .argument('<file>', 'e.g. hanamichi-2026-11-23.tar.gz')
  .action(async (file: string) => {
    const { backupCommand } = await import('./commands/backup.ts')
    await backupCommand(file)
  })

program
  .command('restore')
  .description('read a backup into an empty database, all or nothing')
  .argument('<file>', 'a file written by backup')
  .action(async (file: string) => {
    const { restoreCommand } = await import('./commands/backup.ts')
    await restoreCommand(file)
  })

program.parseAsync().catch((error: unknown) => {
  if (error instanceof ConfigFault) process.stderr.write(`${error.message}\n`)
  else if (error instanceof Error)
    process.stderr.write(
      `hanamichi: ${error.message}\n${process.env['LOG_LEVEL'] === 'debug' ? `${error.stack ?? ''}\n` : ''}`,
    )
  else process.stderr.write(`hanamichi: ${String(error)}\n`)
  process.exit(1)
})
