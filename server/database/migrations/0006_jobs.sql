-- Owner: server/jobs. A request writes what is to be done into this outbox within its own transaction (INSERT is all it may do);
-- one relay moves rows into pg-boss in one transaction. So no request role can read a payload, and nothing depends on pg-boss's inner SQL.
CREATE TABLE job_request (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  name text NOT NULL,
  -- ids only
  object_id uuid NOT NULL,
  start_after timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id)
);
CALL guard('job_request');
GRANT INSERT ON job_request TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr,
  hanamichi_manager, hanamichi_leaver, hanamichi_alumni, hanamichi_admin, hanamichi_setup, hanamichi_scheduler, hanamichi_analysis, hanamichi_mailer;
-- UPDATE only for the row locks of the relay
GRANT SELECT, INSERT, UPDATE, DELETE ON job_request TO hanamichi_jobs;
-- the relay serves every company at once
CREATE POLICY relay ON job_request TO hanamichi_jobs USING (true) WITH CHECK (true);

-- Long work a person waits for (an import, a report): how far it is.
CREATE TABLE job_progress (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  name text NOT NULL,
  object_id uuid NOT NULL,
  -- who may watch it: the role that asked
  audience text NOT NULL,
  done integer NOT NULL CHECK (done >= 0),
  total integer NOT NULL CHECK (total >= 0),
  state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  -- a key of the Problem catalogue
  problem text,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id)
);
CALL guard('job_progress');
GRANT SELECT, INSERT, UPDATE ON job_progress TO hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr,
  hanamichi_admin, hanamichi_jobs, hanamichi_scheduler, hanamichi_analysis, hanamichi_turnover, hanamichi_mailer;
