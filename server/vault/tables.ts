export interface CompanyKeyTable {
  company_id: string
  id: string
  wrapped: Buffer
  wrapping_key_check: Buffer
  created_at: Date
  retired_at: Date | null
}

export interface DataKeyTable {
  company_id: string
  id: string
  area: string
  subject_id: string
  record_type: string
  company_key_id: string
  wrapped: Buffer
  created_at: Date
}

export interface VaultTables {
  company_key: CompanyKeyTable
  data_key: DataKeyTable
}
