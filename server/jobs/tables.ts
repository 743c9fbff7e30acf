export interface JobRequestTable {
  company_id: string
  id: string
  name: string
  object_id: string
  start_after: Date
  created_at: Date
}

export interface JobProgressTable {
  company_id: string
  id: string
  name: string
  object_id: string
  audience: string
  done: number
  total: number
  state: 'waiting' | 'running' | 'done' | 'failed'
  problem: string | null
  updated_at: Date
}

export interface JobTables {
  job_request: JobRequestTable
  job_progress: JobProgressTable
}
