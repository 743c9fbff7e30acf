import { recordAudit } from '../audit/index.ts'
import { newId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import { Problem } from '../web/problems.ts'
import { resultsOf, type AnyHandle } from './tables.ts'

/** What a person writes to the physician; sealed. */
export interface ConsultationMessage {
  message: string
  howToReach: string
}

/** A private talk: no request, no event, nothing that the employer's side can see. */
export interface Consultation {
  id: string
  subjectId: string
  physicianId: string
  askedAt: Date
  closedAt: Date | undefined
  sealed: Buffer
}

const keyOf = (subjectId: string) => ({ area: 'stress', subjectId, recordType: 'consultation' }) as const

/** A person writes to a physician of their choice (role employee). No mail leaves: even its moment would tell. */
export async function askConsultation(
  db: AnyHandle,
  vault: Vault,
  of: { companyId: string; subjectId: string; physicianId: string; requestId: string },
  message: ConsultationMessage,
  at: Date,
): Promise<string> {
  const id = newId(at)
  await resultsOf(db)
    .insertInto('consultation')
    .values({
      company_id: of.companyId,
      id,
      subject_id: of.subjectId,
      physician_id: of.physicianId,
      sealed: await vault.seal(
        db,
        of.companyId,
        keyOf(of.subjectId),
        { table: 'consultation', rowId: id },
        message,
        at,
      ),
      asked_at: at,
      closed_at: null,
    })
    .execute()
  await recordAudit(db, of.companyId, at, {
    actorKind: 'participant',
    actorId: of.subjectId,
    actorRole: 'employee',
    action: 'consultation.asked',
    subjectArea: 'stress',
    subjectId: of.subjectId,
    reason: 'results.reason.ownConsultation',
    objectKind: 'consultation',
    objectId: id,
    requestId: of.requestId,
  })
  return id
}

/** Open ones first, then the newest: the person's own (role employee), or those this physician was chosen for (role physician). */
export async function listConsultations(db: AnyHandle, companyId: string): Promise<Consultation[]> {
  const rows = await resultsOf(db)
    .selectFrom('consultation')
    .selectAll()
    .where('company_id', '=', companyId)
    .orderBy('asked_at', 'desc')
    .execute()
  const all = rows.map((row) => ({
    id: row.id,
    subjectId: row.subject_id,
    physicianId: row.physician_id,
    askedAt: row.asked_at,
    closedAt: row.closed_at ?? undefined,
    sealed: row.sealed,
  }))
  return [...all.filter((one) => !one.closedAt), ...all.filter((one) => one.closedAt)]
}

/** What the person wrote in consultations that are open (role employee: the own ones); those whose key is gone are left out. */
export async function ownMessages(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  consultations: readonly Consultation[],
): Promise<string[]> {
  const open = consultations.filter((one) => !one.closedAt)
  const messages = await vault.openMany<ConsultationMessage>(
    db,
    companyId,
    open.map((one) => ({ table: 'consultation', rowId: one.id, sealed: one.sealed })),
  )
  return messages.flatMap((one) => (one ? [one.message, one.howToReach] : []))
}

/** Opens one (role physician: the chosen one). The caller writes the audit row. @throws {Problem} not_found */
export async function openConsultation(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  consultationId: string,
): Promise<Consultation & ConsultationMessage> {
  const consultation = (await listConsultations(db, companyId)).find((one) => one.id === consultationId)
  if (!consultation) throw new Problem('not_found')
  const [message] = await vault.openMany<ConsultationMessage>(db, companyId, [
    { table: 'consultation', rowId: consultation.id, sealed: consultation.sealed },
  ])
  if (!message) throw new Problem('record_destroyed')
  return { ...consultation, ...message }
}

/** The physician marks it as dealt with. */
export async function closeConsultation(
  db: AnyHandle,
  companyId: string,
  consultationId: string,
  at: Date,
): Promise<void> {
  await resultsOf(db)
    .updateTable('consultation')
    .set({ closed_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', consultationId)
    .where('closed_at', 'is', null)
    .execute()
}
