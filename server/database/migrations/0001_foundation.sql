-- Conventions for every table (checked by tests/architecture):
--   primary key (company_id, id), id a UUIDv7 made by the application (a random UUIDv4 where the time would join two sides: 0014); every unique constraint contains company_id;
--   forced row-level security by guard(); no DEFAULT now(): time is passed in (hanamichi.clock());
--   instants end in _at, dates in _on; foreign keys are composite.

CREATE FUNCTION company_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.company_id', true), '')::uuid;
CREATE FUNCTION subject_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.subject_id', true), '')::uuid;
-- Ids of the employer's side (0014) that this transaction has read in sealed values: random, nowhere in clear beside a person, so whoever can name
-- one has opened the seal. A person's and a physician's role reaches those rows and no others.
CREATE FUNCTION employer_ids() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(nullif(current_setting('app.employer_ids', true), ''), '{}')::uuid[];
-- What a session is about (invitation, departure); set where a transaction begins with one.
CREATE FUNCTION context_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.context_id', true), '')::uuid;
-- The application's clock, set at the start of each transaction. Policies and functions use it, never now().
CREATE FUNCTION clock() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.now', true), '')::timestamptz;

-- Puts the wall around a table: row-level security, forced, rows of the current company only; the backup role reads all.
CREATE PROCEDURE guard(guarded regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
  EXECUTE format('CREATE POLICY company ON %s USING (company_id = hanamichi.company_id()) WITH CHECK (company_id = hanamichi.company_id())', guarded);
  EXECUTE format('CREATE POLICY backup ON %s TO hanamichi_backup USING (true) WITH CHECK (true)', guarded);
  EXECUTE format('GRANT SELECT, INSERT ON %s TO hanamichi_backup', guarded);
END $$;

-- A restrictive policy on top of the company's: this role reaches only rows whose column equals app.subject_id.
CREATE PROCEDURE only_own(guarded regclass, role_name name, column_name name) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY %I ON %s AS RESTRICTIVE TO %I USING (%I = hanamichi.subject_id()) WITH CHECK (%I = hanamichi.subject_id())',
    'own_' || role_name, guarded, role_name, column_name, column_name);
END $$;

-- The look-up functions' owner sees the columns it is granted, in every company (it is asked before the company is known).
CREATE PROCEDURE let_lookup(guarded regclass, columns text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY lookup ON %s FOR SELECT TO hanamichi_lookup USING (true)', guarded);
  EXECUTE format('GRANT SELECT (%s) ON %s TO hanamichi_lookup', columns, guarded);
END $$;

REVOKE ALL ON PROCEDURE guard(regclass), only_own(regclass, name, name), let_lookup(regclass, text) FROM PUBLIC;

GRANT USAGE ON SCHEMA hanamichi TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr,
  hanamichi_manager, hanamichi_leaver, hanamichi_alumni, hanamichi_admin, hanamichi_setup, hanamichi_sign_in, hanamichi_mailer,
  hanamichi_jobs, hanamichi_scheduler, hanamichi_analysis, hanamichi_turnover, hanamichi_chain, hanamichi_backup, hanamichi_lookup;
GRANT CREATE ON SCHEMA hanamichi TO hanamichi_lookup;

CREATE TABLE company (
  company_id uuid PRIMARY KEY,
  -- short key in every link and in the sign-in address: one node is found without a global index
  key text NOT NULL UNIQUE CHECK (key ~ '^[0-9a-hjkmnp-tv-z]{6}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  locale text NOT NULL CHECK (locale IN ('ja', 'en', 'ja-simple')),
  time_zone text NOT NULL,
  -- what leaving is called on pages: 卒業 or 退職; neutral kinds always say 退職
  leaving_word text NOT NULL DEFAULT 'graduation' CHECK (leaving_word IN ('graduation', 'leaving')),
  mail_sender_name text NOT NULL,
  postal_address text NOT NULL DEFAULT '',
  contact_email text NOT NULL DEFAULT '',
  contact_phone text NOT NULL DEFAULT '',
  help_line text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL
);
CALL guard('company');
CALL let_lookup('company', 'company_id, key, name, locale, time_zone');
GRANT SELECT ON company TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr,
  hanamichi_manager, hanamichi_leaver, hanamichi_alumni, hanamichi_admin, hanamichi_setup, hanamichi_sign_in, hanamichi_mailer,
  hanamichi_jobs, hanamichi_scheduler, hanamichi_analysis, hanamichi_turnover;
GRANT INSERT ON company TO hanamichi_setup;
-- never the key, which stands in every link
GRANT UPDATE (name, locale, time_zone, leaving_word, mail_sender_name, postal_address, contact_email, contact_phone, help_line) ON company
  TO hanamichi_admin, hanamichi_hr;

-- Company by its key, or the only company when there is just one (then `/` needs no key).
CREATE FUNCTION find_company(wanted text) RETURNS TABLE (company_id uuid, key text, name text, locale text, time_zone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT c.company_id, c.key, c.name, c.locale, c.time_zone FROM company c
  WHERE c.key = wanted OR (wanted IS NULL AND (SELECT count(*) FROM company) = 1)
$$;
REVOKE ALL ON FUNCTION find_company(text) FROM PUBLIC;
ALTER FUNCTION find_company(text) OWNER TO hanamichi_lookup;

-- All companies, for processes that look for due work. Ids and keys only.
CREATE FUNCTION list_companies() RETURNS TABLE (company_id uuid, key text, name text, locale text, time_zone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT c.company_id, c.key, c.name, c.locale, c.time_zone FROM company c ORDER BY c.company_id
$$;
REVOKE ALL ON FUNCTION list_companies() FROM PUBLIC;
ALTER FUNCTION list_companies() OWNER TO hanamichi_lookup;
