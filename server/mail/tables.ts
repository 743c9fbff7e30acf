export interface MailMessageTable {
  company_id: string
  id: string
  mail_class: string
  template: string
  area: string
  subject_id: string
  context_id: string
  batch_id: string
  due_at: Date
  state: string
  attempts: number
  next_attempt_at: Date
  claimed_by: string | null
  claimed_until: Date | null
  accepted_at: Date | null
  last_reply_code: number | null
  last_failure: string | null
  created_at: Date
}

export interface MailSuppressionTable {
  company_id: string
  id: string
  address_hash: Buffer
  reason: string
  created_at: Date
}

export interface MailTables {
  mail_message: MailMessageTable
  mail_suppression: MailSuppressionTable
}
