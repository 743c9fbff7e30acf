-- Owner: server/vault. Keys only ever wrapped: company key by the key outside the database, data key by the company key.
CREATE TABLE company_key (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  wrapped bytea NOT NULL,
  -- HMAC of a constant under the outer key: tells a changed key from a damaged row, reveals nothing
  wrapping_key_check bytea NOT NULL,
  created_at timestamptz NOT NULL,
  retired_at timestamptz,
  PRIMARY KEY (company_id, id)
);
CALL guard('company_key');
CALL let_lookup('company_key', 'company_id, id, wrapped, wrapping_key_check, created_at, retired_at');
GRANT INSERT ON company_key TO hanamichi_setup;

-- One data key per subject and record type: deleting a row shreds that person's records of that type.
CREATE TABLE data_key (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  -- employer: who asked, what a physician gave the company, and what it decided; subject is the employer's side of a request, never the person
  area text NOT NULL CHECK (area IN ('staff', 'stress', 'exit', 'alumni', 'employer')),
  subject_id uuid NOT NULL,
  record_type text NOT NULL,
  company_key_id uuid NOT NULL,
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, area, subject_id, record_type),
  FOREIGN KEY (company_id, company_key_id) REFERENCES company_key
);
CALL guard('data_key');
GRANT SELECT, INSERT ON data_key TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr,
  hanamichi_leaver, hanamichi_alumni, hanamichi_admin, hanamichi_setup, hanamichi_sign_in, hanamichi_mailer, hanamichi_analysis, hanamichi_scheduler;
-- a person's own role destroys the own keys, no desk anybody's
GRANT DELETE ON data_key TO hanamichi_employee, hanamichi_leaver, hanamichi_alumni;
-- Who may hold which area's keys, and of which record type. HR never holds a stress key; exit keys only where the leaver's choice opens them (0017).
-- the areas stand by themselves too: without them the index would be of no use to a statement that names none
CREATE POLICY area_employee ON data_key AS RESTRICTIVE TO hanamichi_employee USING (area IN ('stress', 'employer') AND (
  (area = 'stress' AND subject_id = (SELECT subject_id()))
  OR (area = 'employer' AND record_type = 'request' AND subject_id = ANY ((SELECT employer_ids())::uuid[]))));
-- what the company was told is not untold by a key
CREATE POLICY only_stress ON data_key AS RESTRICTIVE FOR DELETE TO hanamichi_employee USING (area = 'stress');
CREATE POLICY area_implementer ON data_key AS RESTRICTIVE TO hanamichi_implementer
  USING (area = 'stress' AND record_type NOT IN ('note', 'opinion', 'consultation', 'draft', 'request'));
CREATE POLICY area_clerk ON data_key AS RESTRICTIVE TO hanamichi_clerk
  USING (area = 'stress' AND record_type NOT IN ('note', 'opinion', 'consultation', 'draft', 'request'));
CREATE POLICY area_physician ON data_key AS RESTRICTIVE TO hanamichi_physician
  USING ((area = 'stress' AND record_type <> 'draft')
    OR (area = 'employer' AND record_type = 'opinion' AND subject_id = ANY ((SELECT employer_ids())::uuid[])));
CREATE POLICY area_hr ON data_key AS RESTRICTIVE TO hanamichi_hr USING (area IN ('exit', 'alumni', 'employer'))
  WITH CHECK (area IN ('exit', 'alumni') OR (area = 'employer' AND record_type = 'measure'));
CREATE POLICY area_leaver ON data_key AS RESTRICTIVE TO hanamichi_leaver
  USING (area = 'exit' AND subject_id = (SELECT subject_id())) WITH CHECK (area = 'alumni' OR (area = 'exit' AND subject_id = (SELECT subject_id())));
CREATE POLICY area_alumni ON data_key AS RESTRICTIVE TO hanamichi_alumni USING (area = 'alumni' AND subject_id = (SELECT subject_id()));
CREATE POLICY area_admin ON data_key AS RESTRICTIVE TO hanamichi_admin USING (area = 'staff');
CREATE POLICY area_setup ON data_key AS RESTRICTIVE TO hanamichi_setup USING (area = 'staff');
CREATE POLICY area_sign_in ON data_key AS RESTRICTIVE TO hanamichi_sign_in USING (area = 'staff');
CREATE POLICY area_analysis ON data_key AS RESTRICTIVE TO hanamichi_analysis USING ((area = 'stress' AND (record_type IN ('result', 'snapshot', 'ledger') OR record_type LIKE 'answers:%')) OR (area = 'exit' AND record_type IN ('answers', 'followup'))
  OR (area = 'alumni' AND record_type LIKE 'checkin:%'));
CREATE POLICY area_mailer ON data_key AS RESTRICTIVE TO hanamichi_mailer USING (record_type IN ('identity', 'contact', 'profile'));
CREATE POLICY area_scheduler ON data_key AS RESTRICTIVE TO hanamichi_scheduler USING (record_type IN ('identity', 'snapshot'));

CREATE FUNCTION find_company_keys(wanted uuid) RETURNS TABLE (id uuid, wrapped bytea, wrapping_key_check bytea, retired_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT k.id, k.wrapped, k.wrapping_key_check, k.retired_at FROM company_key k WHERE k.company_id = wanted ORDER BY k.created_at DESC
$$;
REVOKE ALL ON FUNCTION find_company_keys(uuid) FROM PUBLIC;
ALTER FUNCTION find_company_keys(uuid) OWNER TO hanamichi_lookup;

-- For the check at start: does the key outside the database fit the keys inside?
CREATE FUNCTION list_wrapping_key_checks() RETURNS TABLE (wrapping_key_check bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT DISTINCT k.wrapping_key_check FROM company_key k WHERE k.retired_at IS NULL
$$;
REVOKE ALL ON FUNCTION list_wrapping_key_checks() FROM PUBLIC;
ALTER FUNCTION list_wrapping_key_checks() OWNER TO hanamichi_lookup;
