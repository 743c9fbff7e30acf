-- Owner: server/web. Sessions, links and the memory of repeated POSTs: all state of a request lives here, so any process may serve it.
CREATE TABLE session (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('staff', 'participant', 'leaver', 'alumni')),
  -- the id that row-level security compares (staff user, stress subject, exit subject, alumni member)
  subject_id uuid NOT NULL,
  -- what the session is about (invitation, departure); null for staff and alumni
  context_id uuid,
  -- how it was proven: link (may only begin), code (personal code), password (second factor still missing), full
  strength text NOT NULL CHECK (strength IN ('link', 'code', 'password', 'full')),
  secret_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  idle_seconds integer NOT NULL CHECK (idle_seconds > 0),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, secret_hash)
);
CREATE INDEX session_subject ON session (company_id, subject_id);
CALL guard('session');
CALL let_lookup('session', 'company_id, id, kind, subject_id, context_id, strength, secret_hash, last_seen_at, idle_seconds, expires_at, revoked_at');
GRANT SELECT, INSERT, UPDATE ON session TO hanamichi_sign_in, hanamichi_employee, hanamichi_leaver, hanamichi_alumni;
GRANT SELECT (company_id, id, kind, subject_id, created_at, last_seen_at, expires_at, revoked_at), UPDATE (revoked_at, last_seen_at) ON session
  TO hanamichi_admin, hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr, hanamichi_manager, hanamichi_jobs;
-- ended sessions are forgotten after a day
GRANT DELETE ON session TO hanamichi_jobs;
CALL only_own('session', 'hanamichi_employee', 'subject_id');
CALL only_own('session', 'hanamichi_leaver', 'subject_id');
CALL only_own('session', 'hanamichi_alumni', 'subject_id');
-- when somebody read the own result, consulted the physician, walked the leaver's page or came to the pool is nothing that staff may see
CREATE POLICY only_staff ON session AS RESTRICTIVE TO hanamichi_sign_in, hanamichi_hr, hanamichi_manager, hanamichi_admin, hanamichi_physician,
  hanamichi_implementer USING (kind = 'staff');
-- who resets a personal code ends what it opened
CREATE POLICY staff_and_participants ON session AS RESTRICTIVE TO hanamichi_clerk USING (kind IN ('staff', 'participant'));

CREATE FUNCTION find_session(wanted_key text, wanted_hash bytea, at timestamptz)
RETURNS TABLE (company_id uuid, company_key text, company_name text, company_locale text, time_zone text,
  id uuid, kind text, subject_id uuid, context_id uuid, strength text, last_seen_at timestamptz)
-- asked by every request: plpgsql keeps the plan, a function in sql makes it anew at each call
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT c.company_id, c.key, c.name, c.locale, c.time_zone, s.id, s.kind, s.subject_id, s.context_id, s.strength, s.last_seen_at
  FROM company c JOIN session s ON s.company_id = c.company_id
  WHERE c.key = wanted_key AND s.secret_hash = wanted_hash AND s.revoked_at IS NULL AND s.expires_at > at
    AND s.last_seen_at + make_interval(secs => s.idle_seconds) > at;
END $$;
REVOKE ALL ON FUNCTION find_session(text, bytea, timestamptz) FROM PUBLIC;
ALTER FUNCTION find_session(text, bytea, timestamptz) OWNER TO hanamichi_lookup;

-- Links in mails and on slips. Only the hash is kept; minting again (a reminder) adds a row, earlier links stay good.
CREATE TABLE link_token (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('invitation', 'graduation', 'exit_interview', 'exit_followup', 'private_contact', 'alumni_confirmation', 'alumni', 'alumni_checkin', 'alumni_refusal', 'staff_invitation')),
  subject_id uuid NOT NULL,
  context_id uuid NOT NULL,
  hash bytea NOT NULL,
  minted_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, hash)
);
CREATE INDEX link_token_context ON link_token (company_id, context_id);
CALL guard('link_token');
CALL let_lookup('link_token', 'company_id, id, kind, subject_id, context_id, hash, expires_at, revoked_at');
-- a link is minted where it leaves: in a mail, or (clerk) on a slip
GRANT INSERT ON link_token TO hanamichi_mailer, hanamichi_clerk;
GRANT SELECT (company_id, id, kind, subject_id, context_id, expires_at, revoked_at), UPDATE (revoked_at) ON link_token
  TO hanamichi_clerk, hanamichi_hr, hanamichi_admin, hanamichi_alumni, hanamichi_sign_in;
-- each sees and ends links of its own kind only: how many links a person of another area has tells who was reminded, or who gave an address
CREATE POLICY kind_clerk ON link_token AS RESTRICTIVE TO hanamichi_clerk USING (kind = 'invitation');
CREATE POLICY kind_hr ON link_token AS RESTRICTIVE TO hanamichi_hr USING (kind = 'graduation');
CREATE POLICY kind_staff ON link_token AS RESTRICTIVE TO hanamichi_admin, hanamichi_sign_in USING (kind = 'staff_invitation');
CALL only_own('link_token', 'hanamichi_alumni', 'subject_id');

CREATE FUNCTION find_link(wanted_key text, wanted_hash bytea)
RETURNS TABLE (company_id uuid, company_key text, company_name text, company_locale text, time_zone text,
  kind text, subject_id uuid, context_id uuid, expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT c.company_id, c.key, c.name, c.locale, c.time_zone, t.kind, t.subject_id, t.context_id, t.expires_at, t.revoked_at
  FROM company c JOIN link_token t ON t.company_id = c.company_id
  WHERE c.key = wanted_key AND t.hash = wanted_hash
$$;
REVOKE ALL ON FUNCTION find_link(text, bytea) FROM PUBLIC;
ALTER FUNCTION find_link(text, bytea) OWNER TO hanamichi_lookup;

-- A POST that a person may repeat: the form carries an id; the second time the first answer is given again.
CREATE TABLE repeated_post (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  -- who sent it: another person's form id is another row's business
  subject_id uuid NOT NULL,
  route text NOT NULL,
  location text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, subject_id, id)
);
CREATE INDEX repeated_post_created_at ON repeated_post (company_id, created_at);
CALL guard('repeated_post');
GRANT SELECT, INSERT ON repeated_post TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr,
  hanamichi_manager, hanamichi_leaver, hanamichi_alumni, hanamichi_admin;
GRANT SELECT, DELETE ON repeated_post TO hanamichi_jobs;
CALL only_own('repeated_post', 'hanamichi_employee', 'subject_id');
CALL only_own('repeated_post', 'hanamichi_leaver', 'subject_id');
CALL only_own('repeated_post', 'hanamichi_alumni', 'subject_id');
CREATE POLICY own_staff ON repeated_post AS RESTRICTIVE TO hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr, hanamichi_manager, hanamichi_admin
  USING (subject_id = (SELECT subject_id())) WITH CHECK (subject_id = (SELECT subject_id()));
