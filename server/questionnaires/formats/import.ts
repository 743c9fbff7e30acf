import { ImportError } from './draft.ts'
import { importFhirQuestionnaire } from './fhir-import.ts'
import type { ImportedQuestionnaire } from './finish.ts'
import { isObject, readJson } from './json.ts'
import { importSurvey, isSurvey } from './surveyjs.ts'
import { importXlsForm } from './xlsform.ts'
import { said } from './remarks.ts'

/** Largest file that is looked at, in bytes. */
const largest = 5 * 1024 * 1024

/**
 * A questionnaire of another format as a definition of ours: HL7 FHIR R4 Questionnaire and SurveyJS (both JSON), XLSForm
 * (.xlsx). What it is is seen from its content; the name only helps to name what is made. Pure; never throws for what a file
 * holds, but tells its faults.
 */
export async function importQuestionnaire(bytes: Uint8Array, fileName: string): Promise<ImportedQuestionnaire> {
  try {
    if (bytes.length > largest)
      throw new ImportError('the file', said('too-large', { count: bytes.length, most: largest }))
    if (isArchive(bytes)) {
      // loaded when needed: few servers ever read a workbook
      const { readSheets } = await import('./workbook.ts')
      return importXlsForm(await readSheets(bytes), fileName)
    }
    if (bytes[0] === 0xd0 && bytes[1] === 0xcf) throw new ImportError('the file', said('old-xls'))
    const json = readJson(bytes)
    if (isObject(json) && typeof json['resourceType'] === 'string') {
      if (json['resourceType'] === 'Questionnaire') return importFhirQuestionnaire(json)
      throw new ImportError('resourceType', said('other-resource', { type: json['resourceType'].slice(0, 60) }))
    }
    if (isObject(json) && json['format'] === 1 && 'slug' in json)
      throw new ImportError('the file', said('own-definition'))
    if (isSurvey(json)) return importSurvey(json, fileName)
    throw new ImportError('the file', said('unknown-format'))
  } catch (error) {
    if (error instanceof ImportError) return { faults: error.faults }
    throw error
  }
}

/** Whether a file is a zip archive, as every .xlsx is. */
function isArchive(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 0x03, 0x04].every((byte, index) => bytes[index] === byte)
}
