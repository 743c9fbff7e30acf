import { recordAudit } from '../audit/index.ts'
import type { Identity } from '../web/sessions.ts'
import { openSession, revokeSessions } from '../web/sessions.ts'
import { decideAttempt, fitsVerifier, readTypedCode } from './personal-code.ts'
import { bindCode, keepAttempts, type StoredCode } from './queries.ts'
import type { AnyHandle } from './tables.ts'

/** What typing a code came to. A wrong one is counted, so the caller commits and only then says so. */
export type CodeOutcome = 'right' | 'wrong' | 'resting'

/** Looks at a typed code (its row is locked) and keeps count of the wrong ones. */
export async function tryCode(
  db: AnyHandle,
  of: { companyId: string; invitationId: string },
  stored: StoredCode,
  typed: { text: string; heldGroups: string | undefined },
  at: Date,
): Promise<CodeOutcome> {
  const read = readTypedCode(typed.text, typed.heldGroups)
  const isRight = read !== undefined && fitsVerifier(read.code, stored.verifier)
  const { outcome, after } = decideAttempt(stored, { isRight, isWhole: read?.isWhole ?? false }, at)
  if (after.failedAttempts !== stored.failedAttempts || after.lockedUntil?.getTime() !== stored.lockedUntil?.getTime())
    await keepAttempts(db, of.companyId, of.invitationId, after)
  return outcome
}

/**
 * The code was proven: binds it where it was not, and gives the browser a new session of strength `code` in the place of
 * the old one, so that a cookie somebody saw before opens nothing more. Returns the new cookie.
 */
export async function proveCode(
  db: AnyHandle,
  identity: Identity,
  invitationId: string,
  requestId: string,
  at: Date,
): Promise<string> {
  const { companyId, companyKey, subjectId } = identity
  await bindCode(db, companyId, invitationId, at)
  await revokeSessions(db, companyId, { subjectId, sessionId: identity.sessionId }, at)
  const { cookie } = await openSession(
    db,
    { companyId, companyKey, kind: 'participant', subjectId, contextId: invitationId, strength: 'code' },
    at,
  )
  await recordAudit(db, companyId, at, {
    actorKind: 'participant',
    actorId: subjectId,
    actorRole: 'employee',
    action: 'personal_code.proven',
    subjectArea: 'stress',
    subjectId,
    reason: 'answering.reason.own',
    objectKind: 'invitation',
    objectId: invitationId,
    requestId,
  })
  return cookie
}
