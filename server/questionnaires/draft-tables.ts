import type { ColumnType, Kysely } from 'kysely'
import type { NotCarried } from './formats/draft.ts'

export type { NotCarried }

export type DraftState = 'draft' | 'in_review' | 'approved' | 'refused' | 'published'
export type DraftOrigin = 'form' | 'file' | 'version'

export interface QuestionnaireDraftTable {
  company_id: string
  id: string
  slug: string
  version: number
  body: string
  revision: number
  origin: DraftOrigin
  state: DraftState
  not_carried: ColumnType<NotCarried[], string | undefined, string>
  licence_name: string | null
  licence_attested_by: string | null
  licence_attested_at: Date | null
  created_by: string
  created_at: Date
  changed_by: string
  changed_at: Date
  sent_by: string | null
  sent_at: Date | null
  reviewed_by: string | null
  reviewed_at: Date | null
  review_words: string | null
  approved_hash: string | null
  published_by: string | null
  published_at: Date | null
}

export interface DraftTables {
  questionnaire_draft: QuestionnaireDraftTable
}

// oxlint-disable-next-line typescript/no-explicit-any -- the handle of whoever asks
export type AnyHandle = Kysely<any>
export const draftsIn = (db: AnyHandle) => db as Kysely<DraftTables>
