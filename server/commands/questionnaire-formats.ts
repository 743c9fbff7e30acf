import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { exportFhirBundle, importFhirBundle } from '../questionnaires/formats/fhir-bundle.ts'
import { exportFhirQuestionnaire } from '../questionnaires/formats/fhir-export.ts'
import { importQuestionnaire } from '../questionnaires/formats/import.ts'
import { readAnswersCsv, writeAnswersCsv } from '../questionnaires/formats/responses-csv.ts'
import { fail, open } from './questionnaire.ts'

/** Answers of a hundred thousand people are about a hundred megabytes as FHIR. */
const mostBytes = 400_000_000

/** The bytes of a file; explains what is wrong and gives undefined. */
async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(path)
    if (size <= mostBytes) return await readFile(path)
    fail([`hanamichi: ${path} has ${size} bytes, more than ${mostBytes}; split it`])
  } catch (error) {
    fail([`hanamichi: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); mend the path`])
  }
  return undefined
}

const told = (file: string) => (fault: { where: string; what: string }) =>
  `${basename(file)}: ${fault.where}: ${fault.what}`

/** `questionnaire export-fhir WHAT`: an HL7 FHIR R4 Questionnaire on stdout. */
export async function exportFhir(wanted: string): Promise<void> {
  const found = await open(wanted)
  if (found) process.stdout.write(`${JSON.stringify(exportFhirQuestionnaire(found.definition), null, 2)}\n`)
}

/** `questionnaire import FILE`: FHIR, SurveyJS or XLSForm; a definition on stdout, what could not be carried on stderr. */
export async function importForeign(file: string): Promise<void> {
  const bytes = await read(file)
  if (!bytes) return
  const made = await importQuestionnaire(bytes, basename(file))
  if (made.faults) {
    fail(made.faults.map(told(file)))
    return
  }
  for (const one of made.notCarried) process.stderr.write(`${told(file)(one)}\n`)
  process.stdout.write(made.yaml)
}

/** `questionnaire export-response WHAT CSV`: a Bundle of FHIR QuestionnaireResponses on stdout. */
export async function exportResponses(wanted: string, file: string): Promise<void> {
  const found = await open(wanted)
  const bytes = found && (await read(file))
  if (!bytes) return
  let csv: string
  try {
    csv = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    fail([`${basename(file)}:1:1: not UTF-8; save the file as UTF-8`])
    return
  }
  const { responders, ignored, faults } = readAnswersCsv(found.definition, csv)
  if (faults) {
    fail(faults.map(({ line, column, message }) => `${basename(file)}:${line}:${column}: ${message}`))
    return
  }
  for (const name of ignored)
    process.stderr.write(
      `${basename(file)}: the column "${name.slice(0, 80)}" is no item of the questionnaire and is left out\n`,
    )
  for (const piece of exportFhirBundle(found.definition, responders)) process.stdout.write(piece)
}

/** `questionnaire import-responses WHAT FILE`: a Bundle, or one QuestionnaireResponse, as the CSV of `score` on stdout. */
export async function importResponses(wanted: string, file: string): Promise<void> {
  const found = await open(wanted)
  const bytes = found && (await read(file))
  if (!bytes) return
  const { responders, faults } = importFhirBundle(found.definition, bytes)
  if (faults) fail(faults.map(told(file)))
  else process.stdout.write(writeAnswersCsv(found.definition, responders))
}
