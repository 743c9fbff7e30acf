-- Owner: server/audit. Append-only by privilege and by trigger; requests append unchained rows, one job chains them.
CREATE TABLE audit_entry (
  -- no key to the company: every request of everybody would lock its one row; the policy admits no other id
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'participant', 'leaver', 'alumni', 'system', 'operator')),
  actor_id uuid,
  actor_role text NOT NULL,
  action text NOT NULL,
  -- whose record; the subject id of that area, never a roster id
  subject_area text CHECK (subject_area IN ('stress', 'exit', 'alumni', 'staff')),
  subject_id uuid,
  -- why: a key of the text catalogue, or the directing implementer; never a value of a record
  reason text NOT NULL,
  object_kind text,
  object_id uuid,
  request_id text NOT NULL,
  PRIMARY KEY (company_id, id)
);
CREATE INDEX audit_entry_subject ON audit_entry (company_id, subject_id, at) WHERE subject_id IS NOT NULL;
-- acts of those who know a request and not its subject (HR): receipts find them by the request
CREATE INDEX audit_entry_object ON audit_entry (company_id, object_id, at) WHERE subject_id IS NULL AND object_id IS NOT NULL;
CALL guard('audit_entry');
GRANT INSERT ON audit_entry TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr,
  hanamichi_manager, hanamichi_leaver, hanamichi_alumni, hanamichi_admin, hanamichi_setup, hanamichi_sign_in, hanamichi_mailer,
  hanamichi_jobs, hanamichi_scheduler, hanamichi_analysis, hanamichi_turnover;
-- a person reads the receipts of the own record (which those are: 0014); the chain job reads all; staff read their own acts; the administrator the structure
GRANT SELECT ON audit_entry TO hanamichi_employee, hanamichi_alumni, hanamichi_leaver, hanamichi_chain;
GRANT SELECT ON audit_entry TO hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr;
GRANT SELECT (company_id, id, at, actor_kind, actor_role, action, subject_area, object_kind, request_id) ON audit_entry TO hanamichi_admin;
CREATE POLICY own_leaver ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_leaver USING (subject_id = (SELECT subject_id()));
CREATE POLICY own_alumni ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_alumni USING (subject_id = (SELECT subject_id()));
CREATE POLICY own_acts ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr
  USING (actor_id = (SELECT subject_id()));

-- not even how often somebody consulted the physician in private
CREATE POLICY no_consultations ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_admin USING (action NOT LIKE 'consultation.%');

CREATE TABLE audit_link (
  company_id uuid NOT NULL REFERENCES company,
  sequence bigint NOT NULL CHECK (sequence > 0),
  entry_id uuid NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (company_id, sequence),
  UNIQUE (company_id, entry_id),
  FOREIGN KEY (company_id, entry_id) REFERENCES audit_entry
);
CALL guard('audit_link');
GRANT SELECT, INSERT ON audit_link TO hanamichi_chain;
GRANT SELECT ON audit_link TO hanamichi_admin, hanamichi_employee;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this table is append-only' USING ERRCODE = 'HA001';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_link FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
