import { recordAudit } from '../audit/index.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import { getShipped } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { isDirectBoss } from './bosses.ts'
import { findContact } from './contacts.ts'
import { findInterview, openAnswers, type Interview, type InterviewAnswers } from './interviews.ts'
import { findSubject } from './subjects.ts'
import { exitFollowup, exitInterview, type ExitSurvey } from './surveys.ts'
import type { AnyHandle } from './tables.ts'

interface Opening {
  companyId: string
  departureId: string
  userId: string
  /** the day of asking */
  on: string
}

/** The interview of a departure, where the leaver opened it to HR and the one who asks is not the direct boss. */
async function openedInterview(
  db: AnyHandle,
  services: Services,
  opening: Opening,
  survey: ExitSurvey,
): Promise<Interview | undefined> {
  const { companyId, departureId, userId, on } = opening
  const subjectId = await findSubject(db, services.vault, companyId, departureId)
  const interview = subjectId === undefined ? undefined : await findInterview(db, companyId, subjectId, survey)
  if (!interview || (await isDirectBoss(db, companyId, userId, interview.departmentId, on))) return undefined
  return interview
}

/**
 * What a leaver opened to HR (role hr). The database shows no row otherwise, so "not opened", "not answered" and "declined" look the same.
 */
export async function openedRecords(
  db: AnyHandle,
  services: Services,
  opening: Opening,
): Promise<{ hasInterview: boolean; hasFollowup: boolean; hasContact: boolean }> {
  const { companyId, departureId } = opening
  const subjectId = await findSubject(db, services.vault, companyId, departureId)
  if (!subjectId) return { hasInterview: false, hasFollowup: false, hasContact: false }
  const contact = await findContact(db, services, companyId, subjectId)
  return {
    hasInterview: (await openedInterview(db, services, opening, exitInterview)) !== undefined,
    hasFollowup: (await openedInterview(db, services, opening, exitFollowup)) !== undefined,
    hasContact: contact !== undefined,
  }
}

interface Reader extends Opening {
  requestId: string
}

async function record(db: AnyHandle, reader: Reader, subjectId: string, action: string, at: Date): Promise<void> {
  await recordAudit(db, reader.companyId, at, {
    actorKind: 'staff',
    actorId: reader.userId,
    actorRole: 'hr',
    action,
    subjectArea: 'exit',
    subjectId,
    reason: 'graduations.reason.openedByLeaver',
    requestId: reader.requestId,
  })
}

/** Opens answers that the leaver chose to show HR; one audit row each time. @throws {Problem} not_found in every other case */
export async function readInterviewAsHr(
  db: AnyHandle,
  services: Services,
  reader: Reader,
  at: Date,
  survey: ExitSurvey = exitInterview,
): Promise<{ questionnaire: QuestionnaireVersion; answers: InterviewAnswers; submittedOn: string }> {
  const interview = await openedInterview(db, services, reader, survey)
  if (!interview?.submittedOn) throw new Problem('not_found')
  const answers = await openAnswers(db, services, reader.companyId, interview.subjectId, survey)
  if (!answers) throw new Problem('not_found')
  await record(db, reader, interview.subjectId, `${survey.action}.opened`, at)
  return {
    questionnaire: await getShipped(interview.slug, interview.version),
    answers,
    submittedOn: interview.submittedOn,
  }
}

/** Opens the private address that the leaver lets HR read; one audit row each time. @throws {Problem} not_found otherwise */
export async function readContactAsHr(db: AnyHandle, services: Services, reader: Reader, at: Date): Promise<string> {
  const subjectId = await findSubject(db, services.vault, reader.companyId, reader.departureId)
  const contact = subjectId && (await findContact(db, services, reader.companyId, subjectId))
  if (!contact || !subjectId) throw new Problem('not_found')
  await record(db, reader, subjectId, 'private_contact.opened', at)
  return contact.email
}
