-- Owner: server/access. Staff accounts, roles per workplace, personnel authority.
CREATE TABLE staff_user (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  email text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
  display_name text NOT NULL,
  -- set when this person is also on the roster: then personnel authority found there bars from the implementer's side
  employee_code text,
  password_hash text,
  -- vault envelope (area staff, record type totp)
  totp_sealed bytea,
  totp_confirmed_at timestamptz,
  -- a code is good once
  totp_last_step bigint,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, email)
);
CALL guard('staff_user');
GRANT SELECT, INSERT ON staff_user TO hanamichi_setup;
GRANT SELECT, UPDATE ON staff_user TO hanamichi_sign_in;
GRANT SELECT (company_id, id, email, display_name, employee_code, totp_confirmed_at, created_at, disabled_at), INSERT,
  UPDATE (display_name, employee_code, disabled_at, password_hash, totp_sealed, totp_confirmed_at) ON staff_user TO hanamichi_admin;
GRANT SELECT (company_id, id, email, display_name, employee_code, disabled_at) ON staff_user TO hanamichi_implementer, hanamichi_clerk, hanamichi_physician,
  hanamichi_hr, hanamichi_mailer, hanamichi_jobs, hanamichi_scheduler;
-- names of those whom one may turn to
GRANT SELECT (company_id, id, display_name, disabled_at) ON staff_user TO hanamichi_employee, hanamichi_leaver, hanamichi_alumni;

-- an invitation is no longer wanted once the second factor works
GRANT SELECT (totp_confirmed_at) ON staff_user TO hanamichi_mailer;

CREATE TABLE role_grant (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL CHECK (role IN ('admin', 'hr', 'implementer', 'clerk', 'physician', 'manager')),
  -- null: every workplace
  workplace_id uuid,
  -- the department a manager heads
  department_id uuid,
  -- implementers: who they are by law (law R-1); clerks: who directs them (R-4)
  profession text CHECK (profession IN ('physician', 'public_health_nurse', 'dentist', 'nurse', 'psychiatric_social_worker', 'certified_psychologist')),
  course_completed_on date,
  -- nurses and psychiatric social workers with three years of workers' health work by 2015-11-30 need no course (law R-1)
  course_exempt boolean NOT NULL DEFAULT false,
  is_representative boolean NOT NULL DEFAULT false,
  directed_by uuid,
  -- duty of secrecy (law R-5): without it no individual record opens
  secrecy_acknowledged_at timestamptz,
  granted_by uuid,
  granted_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_reason text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, user_id) REFERENCES staff_user,
  CHECK (role <> 'implementer' OR profession IS NOT NULL),
  CHECK (role <> 'implementer' OR profession IN ('physician', 'public_health_nurse') OR course_completed_on IS NOT NULL OR course_exempt),
  CHECK (NOT course_exempt OR profession IN ('nurse', 'psychiatric_social_worker')),
  CHECK (role <> 'manager' OR department_id IS NOT NULL)
);
CREATE INDEX role_grant_user ON role_grant (company_id, user_id) WHERE revoked_at IS NULL;
CALL guard('role_grant');
GRANT SELECT, INSERT ON role_grant TO hanamichi_setup;
GRANT SELECT, INSERT, UPDATE (revoked_at, revoked_reason) ON role_grant TO hanamichi_admin;
GRANT SELECT, UPDATE (secrecy_acknowledged_at) ON role_grant TO hanamichi_sign_in;
GRANT SELECT ON role_grant TO hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr, hanamichi_manager, hanamichi_employee,
  hanamichi_scheduler, hanamichi_mailer, hanamichi_jobs, hanamichi_leaver, hanamichi_alumni;
-- a roster import that finds personnel authority revokes at once
GRANT UPDATE (revoked_at, revoked_reason) ON role_grant TO hanamichi_hr;
-- a role that was taken away does not come back by an update: it is granted anew, with everything that is asked then
CREATE POLICY one_way ON role_grant AS RESTRICTIVE FOR UPDATE TO hanamichi_hr, hanamichi_admin USING (revoked_at IS NULL) WITH CHECK (revoked_at IS NOT NULL);

-- Direct authority over dismissal, promotion or transfer (law R-2), as the roster tells it.
CREATE TABLE personnel_authority (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  employee_code text NOT NULL,
  -- null: over everyone
  department_id uuid,
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (company_id, id),
  CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE INDEX personnel_authority_code ON personnel_authority (company_id, employee_code);
CALL guard('personnel_authority');
GRANT SELECT, INSERT, UPDATE (until_on) ON personnel_authority TO hanamichi_hr;
GRANT SELECT ON personnel_authority TO hanamichi_admin, hanamichi_setup, hanamichi_sign_in, hanamichi_scheduler, hanamichi_implementer;
-- Published to the roster, for the views it builds on it (no role reads this one itself): who has such authority, over whatever and whenever.
CREATE VIEW personnel_authority_holder WITH (security_barrier) AS
  SELECT DISTINCT company_id, employee_code FROM personnel_authority;

-- What the administrator confirmed at set-up: that the outer key is kept apart from the data.
CREATE TABLE setup_confirmation (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  what text NOT NULL CHECK (what IN ('key_backup')),
  confirmed_by uuid NOT NULL,
  confirmed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, confirmed_by) REFERENCES staff_user
);
CALL guard('setup_confirmation');
GRANT SELECT, INSERT ON setup_confirmation TO hanamichi_admin;
GRANT SELECT ON setup_confirmation TO hanamichi_sign_in;

-- Attempts, to slow guessing without letting anybody lock others out: counted per account and per address, forgotten after a day.
CREATE TABLE sign_in_attempt (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  -- keyed hashes: neither the address tried nor the network address is kept
  account_hash bytea NOT NULL,
  origin_hash bytea NOT NULL,
  at timestamptz NOT NULL,
  succeeded boolean NOT NULL,
  PRIMARY KEY (company_id, id)
);
CREATE INDEX sign_in_attempt_account ON sign_in_attempt (company_id, account_hash, at);
CREATE INDEX sign_in_attempt_origin ON sign_in_attempt (company_id, origin_hash, at);
CALL guard('sign_in_attempt');
-- right after all: the attempts that led there no longer count
GRANT SELECT, INSERT, UPDATE (succeeded) ON sign_in_attempt TO hanamichi_sign_in;
GRANT SELECT, DELETE ON sign_in_attempt TO hanamichi_jobs;

-- Live roles of a signed-in person, asked at every request: a role taken away is gone before the next one.
CALL let_lookup('staff_user', 'company_id, id, email, display_name, disabled_at');
CALL let_lookup('role_grant', 'company_id, id, user_id, role, workplace_id, department_id, secrecy_acknowledged_at, revoked_at');
CREATE FUNCTION find_staff_roles(wanted_company uuid, wanted_user uuid)
RETURNS TABLE (id uuid, role text, workplace_id uuid, department_id uuid, acknowledged boolean, display_name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT g.id, g.role, g.workplace_id, g.department_id, g.secrecy_acknowledged_at IS NOT NULL, u.display_name
  FROM role_grant g JOIN staff_user u ON u.company_id = g.company_id AND u.id = g.user_id
  WHERE g.company_id = wanted_company AND g.user_id = wanted_user AND g.revoked_at IS NULL AND u.disabled_at IS NULL
$$;
REVOKE ALL ON FUNCTION find_staff_roles(uuid, uuid) FROM PUBLIC;
ALTER FUNCTION find_staff_roles(uuid, uuid) OWNER TO hanamichi_lookup;
