/** Rows of results' tables, as other files of this capability name them. */
export interface ResultTable {
  company_id: string
  /** = invitation id */
  id: string
  campaign_id: string
  subject_id: string
  /** vault envelope of a {@link StoredResult} (area stress, record type result) */
  sealed: Buffer
  scored_at: Date
}

/** Columns this capability reads of its notice when it only asks whether a result was released. */
export interface NoticeTable {
  company_id: string
  /** = invitation id */
  id: string
  campaign_id: string
  subject_id: string
  released_by: string
  notified_at: Date
  first_viewed_at: Date | null
}

export interface StoreTables {
  result: ResultTable
  notice: NoticeTable
}
