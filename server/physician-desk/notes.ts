import type { Vault } from '../vault/index.ts'
import { Problem } from '../web/problems.ts'
import { deskOf, type AnyHandle } from './tables.ts'

const keyOf = (subjectId: string) => ({ area: 'stress', subjectId, recordType: 'note' }) as const

/** The physician's own notes on a request or a consultation (role physician); empty when none, also when another physician wrote some. */
export async function readNote(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  id: string,
): Promise<{ text: string; savedAt: Date | null }> {
  const row = await deskOf(db)
    .selectFrom('interview_note')
    .select(['sealed', 'saved_at'])
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) return { text: '', savedAt: null }
  const [note] = await vault.openMany<{ text: string }>(db, companyId, [
    { table: 'interview_note', rowId: id, sealed: row.sealed },
  ])
  if (!note) throw new Problem('record_destroyed')
  return { text: note.text, savedAt: row.saved_at }
}

/** Keeps the notes, sealed; only their author ever reads them. @throws {Problem} conflict when another physician holds notes on it */
export async function saveNote(
  db: AnyHandle,
  vault: Vault,
  of: { companyId: string; id: string; subjectId: string; authorId: string },
  text: string,
  at: Date,
): Promise<void> {
  const sealed = await vault.seal(
    db,
    of.companyId,
    keyOf(of.subjectId),
    { table: 'interview_note', rowId: of.id },
    { text },
    at,
  )
  const updated = await deskOf(db)
    .updateTable('interview_note')
    .set({ sealed, saved_at: at })
    .where('company_id', '=', of.companyId)
    .where('id', '=', of.id)
    .executeTakeFirst()
  if (updated.numUpdatedRows === 1n) return
  await deskOf(db)
    .insertInto('interview_note')
    .values({
      company_id: of.companyId,
      id: of.id,
      subject_id: of.subjectId,
      author_id: of.authorId,
      sealed,
      saved_at: at,
    })
    .execute()
}
