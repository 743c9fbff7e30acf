-- Owner: server/mail. A message names a template and ids; token and text are made when it is sent. Nothing personal is kept here.
CREATE TABLE mail_message (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  mail_class text NOT NULL CHECK (mail_class IN ('statutory', 'survey', 'alumni_news', 'account')),
  -- registered by the owning capability, e.g. campaigns.invitation; the capability finds address and link from the ids
  template text NOT NULL,
  area text NOT NULL CHECK (area IN ('staff', 'stress', 'exit', 'alumni')),
  subject_id uuid NOT NULL,
  context_id uuid NOT NULL,
  -- one campaign step = one batch: same shape, same window for everyone
  batch_id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'failed', 'cancelled')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  -- the process that claimed it; a claim older than its lease is taken over
  claimed_by uuid,
  claimed_until timestamptz,
  accepted_at timestamptz,
  -- SMTP reply code and class only (e.g. 550 permanent): replies may repeat the address
  last_reply_code integer,
  last_failure text CHECK (last_failure IN ('permanent', 'transient', 'unreachable', 'timeout', 'no_address', 'blocked')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, batch_id, template, subject_id, context_id)
);
CREATE INDEX mail_message_due ON mail_message (company_id, next_attempt_at) WHERE state IN ('queued', 'sending');
CALL guard('mail_message');
CALL let_lookup('mail_message', 'company_id, state, next_attempt_at, due_at, claimed_until');
GRANT SELECT, UPDATE, INSERT ON mail_message TO hanamichi_mailer;
GRANT INSERT ON mail_message TO hanamichi_scheduler, hanamichi_hr, hanamichi_clerk, hanamichi_implementer, hanamichi_physician, hanamichi_employee,
  hanamichi_leaver, hanamichi_alumni, hanamichi_admin, hanamichi_setup, hanamichi_jobs;
-- the staff that may look at delivery read state, never a batch that could be split by result (every batch has one shape)
GRANT SELECT ON mail_message TO hanamichi_clerk, hanamichi_implementer, hanamichi_scheduler;
GRANT SELECT (company_id, id, mail_class, template, area, batch_id, state, created_at) ON mail_message TO hanamichi_hr, hanamichi_admin;
CREATE POLICY area_hr ON mail_message AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (area IN ('exit', 'staff'));
CREATE POLICY area_admin ON mail_message AS RESTRICTIVE FOR SELECT TO hanamichi_admin USING (area = 'staff');
CREATE POLICY area_stress ON mail_message AS RESTRICTIVE TO hanamichi_implementer, hanamichi_clerk USING (area = 'stress');
GRANT UPDATE (state) ON mail_message TO hanamichi_scheduler, hanamichi_clerk;

-- Companies that have mail due: ids only.
CREATE FUNCTION list_companies_with_due_mail(at timestamptz) RETURNS TABLE (company_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT DISTINCT m.company_id FROM mail_message m
  WHERE (m.state = 'queued' AND m.next_attempt_at <= at) OR (m.state = 'sending' AND m.claimed_until < at)
$$;
REVOKE ALL ON FUNCTION list_companies_with_due_mail(timestamptz) FROM PUBLIC;
ALTER FUNCTION list_companies_with_due_mail(timestamptz) OWNER TO hanamichi_lookup;

-- Addresses that refused alumni news: keyed hashes, kept when the person is deleted, asked before every sending.
CREATE TABLE mail_suppression (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  address_hash bytea NOT NULL,
  reason text NOT NULL CHECK (reason IN ('refused', 'permanent_bounce', 'complaint', 'deleted')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, address_hash)
);
CALL guard('mail_suppression');
GRANT SELECT, INSERT ON mail_suppression TO hanamichi_mailer, hanamichi_alumni, hanamichi_leaver;
