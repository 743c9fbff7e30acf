-- Owner: server/alumni. Members exist because they said yes; what they wrote is theirs.
CREATE TABLE alumni_member (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('unconfirmed', 'active', 'paused')),
  -- vault envelope (area alumni, record type profile): {name, email, headline, locale} entered by the member
  sealed_profile bytea NOT NULL,
  -- keyed hash of the address: no second membership, checked against suppression
  address_hash bytea NOT NULL,
  left_in_year integer NOT NULL,
  joined_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, address_hash),
  CHECK (state = 'unconfirmed' OR joined_at IS NOT NULL)
);
CREATE TABLE alumni_consent (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('news', 'openings', 'events', 'projects', 'referrals', 'mentoring', 'checkin', 'directory')),
  -- the exact text shown, kept as proof (law M-3)
  text_version text NOT NULL,
  shown_text text NOT NULL,
  locale text NOT NULL,
  given_at timestamptz NOT NULL,
  -- double opt-in: counts only from here
  confirmed_at timestamptz,
  withdrawn_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, member_id) REFERENCES alumni_member ON DELETE CASCADE
);
CREATE UNIQUE INDEX alumni_consent_one_live ON alumni_consent (company_id, member_id, purpose) WHERE withdrawn_at IS NULL;
-- proof that somebody was deleted: no name, no address; the number is told to the member
CREATE TABLE deletion_certificate (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  number text NOT NULL,
  area text NOT NULL CHECK (area IN ('alumni', 'exit', 'stress')),
  record_types jsonb NOT NULL,
  keys_destroyed integer NOT NULL,
  deleted_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, number)
);
CREATE TABLE return_request (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  -- seen by this one person only
  contact_user_id uuid NOT NULL,
  -- vault envelope (area alumni, record type return)
  sealed bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('received', 'screened', 'talk', 'offer', 'no', 'withdrawn')),
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, member_id) REFERENCES alumni_member ON DELETE CASCADE,
  FOREIGN KEY (company_id, contact_user_id) REFERENCES staff_user
);
-- Asking members who chose it how they are: switched on by HR, off where there is no row.
CREATE TABLE alumni_checkin_plan (
  company_id uuid NOT NULL REFERENCES company,
  -- = company id: one row
  id uuid NOT NULL CHECK (id = company_id),
  is_on boolean NOT NULL,
  -- a member is asked once in so many months
  every_months integer NOT NULL CHECK (every_months IN (12, 24)),
  changed_by uuid NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, changed_by) REFERENCES staff_user
);
CREATE TABLE alumni_checkin (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  state text NOT NULL CHECK (state IN ('invited', 'submitted', 'declined')),
  invited_on date NOT NULL,
  -- chosen by the member at the start
  visibility text CHECK (visibility IN ('hr', 'groups_only')),
  -- vault envelope (area alumni, record type checkin:<id>): answers, and the name where HR may read
  sealed_answers bytea,
  submitted_on date,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, member_id) REFERENCES alumni_member ON DELETE CASCADE,
  CHECK ((state = 'submitted') = (sealed_answers IS NOT NULL AND visibility IS NOT NULL))
);
CREATE INDEX alumni_checkin_member ON alumni_checkin (company_id, member_id, invited_on);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['alumni_member', 'alumni_consent', 'deletion_certificate', 'return_request', 'alumni_checkin_plan', 'alumni_checkin'] LOOP
    EXECUTE format('CALL guard(%L)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON alumni_member, alumni_consent TO hanamichi_alumni;
CREATE POLICY own_member ON alumni_member AS RESTRICTIVE TO hanamichi_alumni USING (id = (SELECT subject_id())) WITH CHECK (id = (SELECT subject_id()));
CREATE POLICY own_consent ON alumni_consent AS RESTRICTIVE TO hanamichi_alumni USING (member_id = (SELECT subject_id())) WITH CHECK (member_id = (SELECT subject_id()));
-- who joins from the leaver's page is written by the role alumni under the new id: no statement knows both
GRANT SELECT ON alumni_member, alumni_consent TO hanamichi_mailer;
GRANT SELECT (company_id, id, state, joined_at, created_at) ON alumni_member TO hanamichi_scheduler;
GRANT SELECT (company_id, member_id, purpose, confirmed_at, withdrawn_at) ON alumni_consent TO hanamichi_scheduler;
CALL let_lookup('alumni_member', 'company_id, id, state, address_hash');
GRANT SELECT (company_id, id, state, left_in_year, joined_at) ON alumni_member TO hanamichi_hr;
GRANT INSERT ON deletion_certificate TO hanamichi_alumni;
GRANT SELECT ON deletion_certificate TO hanamichi_admin, hanamichi_alumni;
GRANT SELECT, INSERT, UPDATE (state) ON return_request TO hanamichi_alumni;
CREATE POLICY own_request ON return_request AS RESTRICTIVE TO hanamichi_alumni USING (member_id = (SELECT subject_id())) WITH CHECK (member_id = (SELECT subject_id()));
GRANT SELECT, UPDATE (state) ON return_request TO hanamichi_hr;
CREATE POLICY chosen_contact ON return_request AS RESTRICTIVE TO hanamichi_hr USING (contact_user_id = (SELECT subject_id()));
CREATE POLICY alumni_keys_hr ON data_key AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (
  area <> 'alumni' OR (record_type = 'return' AND EXISTS (SELECT FROM return_request r WHERE r.company_id = data_key.company_id AND r.member_id = data_key.subject_id))
  OR EXISTS (SELECT FROM alumni_checkin c WHERE c.company_id = data_key.company_id AND 'checkin:' || c.id = data_key.record_type AND c.visibility = 'hr' AND c.state = 'submitted'));
GRANT SELECT, INSERT, UPDATE ON alumni_checkin_plan TO hanamichi_hr;
-- the purpose is offered where it is switched on
GRANT SELECT ON alumni_checkin_plan TO hanamichi_alumni, hanamichi_leaver, hanamichi_scheduler, hanamichi_mailer;
GRANT SELECT, UPDATE (state, visibility, sealed_answers, submitted_on), DELETE ON alumni_checkin TO hanamichi_alumni;
CREATE POLICY own_checkin ON alumni_checkin AS RESTRICTIVE TO hanamichi_alumni USING (member_id = (SELECT subject_id())) WITH CHECK (member_id = (SELECT subject_id()));
GRANT SELECT (company_id, id, member_id, state, invited_on), INSERT ON alumni_checkin TO hanamichi_scheduler;
GRANT SELECT (company_id, id, member_id, state) ON alumni_checkin TO hanamichi_mailer;
-- whose it is stands in no column that HR or a figure can read
GRANT SELECT (company_id, id, slug, version, state, invited_on, visibility, sealed_answers, submitted_on) ON alumni_checkin TO hanamichi_hr, hanamichi_analysis;
CREATE POLICY chosen_readers ON alumni_checkin AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (visibility = 'hr' AND state = 'submitted');

-- Coming back by address: the caller holds the keyed hash of an address and learns the member's id, nothing else.
CREATE FUNCTION find_alumni_member(wanted_company uuid, wanted_hash bytea) RETURNS TABLE (id uuid, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT m.id, m.state FROM alumni_member m WHERE m.company_id = wanted_company AND m.address_hash = wanted_hash
$$;
REVOKE ALL ON FUNCTION find_alumni_member(uuid, bytea) FROM PUBLIC;
ALTER FUNCTION find_alumni_member(uuid, bytea) OWNER TO hanamichi_lookup;
