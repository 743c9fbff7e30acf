-- Owner: server/roster. Dated workplaces, departments, employments, assignments; imports with a preview.
CREATE TABLE workplace (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  -- law S-2: the number that decides about 50 is counted otherwise than those who take the check
  headcount_for_50 integer CHECK (headcount_for_50 >= 0),
  -- counted at the last import of people, or given in the file because the company counts otherwise
  headcount_source text NOT NULL DEFAULT 'roster' CHECK (headcount_source IN ('roster', 'given')),
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, code),
  CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE TABLE department (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, code)
);
-- name and parent of a department between two dates (until_on is the last day; null: still)
CREATE TABLE department_version (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  department_id uuid NOT NULL,
  name text NOT NULL,
  parent_id uuid,
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, department_id, from_on),
  FOREIGN KEY (company_id, department_id) REFERENCES department,
  FOREIGN KEY (company_id, parent_id) REFERENCES department,
  CHECK (until_on IS NULL OR until_on >= from_on),
  CHECK (parent_id <> department_id)
);
-- where a department's people went: merge (many to one), split (one to many), so that any year can be read on any chart
CREATE TABLE department_succession (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  predecessor_id uuid NOT NULL,
  successor_id uuid NOT NULL,
  on_date date NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, predecessor_id, successor_id),
  FOREIGN KEY (company_id, predecessor_id) REFERENCES department,
  FOREIGN KEY (company_id, successor_id) REFERENCES department
);
CREATE TABLE employee (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  employee_code text NOT NULL,
  family_name text NOT NULL,
  given_name text NOT NULL,
  -- null: not told; then the person is asked when answering, never guessed
  sex text CHECK (sex IN ('male', 'female')),
  birth_on date,
  email text CHECK (email = lower(email)),
  -- two people on one address: only with a PIN handed over on paper (law N-4); hash only
  paper_pin_hash text,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, employee_code)
);
CREATE INDEX employee_email ON employee (company_id, email);
CREATE TABLE employment (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  employee_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('regular', 'fixed_term', 'part_time', 'dispatched', 'officer')),
  from_on date NOT NULL,
  until_on date,
  -- law S-3: no fixed term or a year and more, three quarters of weekly hours; as the roster tells it
  takes_stress_check boolean NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, employee_id, from_on),
  FOREIGN KEY (company_id, employee_id) REFERENCES employee,
  CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE TABLE assignment (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  department_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, employment_id, from_on),
  FOREIGN KEY (company_id, employment_id) REFERENCES employment,
  FOREIGN KEY (company_id, department_id) REFERENCES department,
  FOREIGN KEY (company_id, workplace_id) REFERENCES workplace,
  CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE INDEX assignment_department ON assignment (company_id, department_id);

CREATE TABLE roster_import (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('departments', 'employees')),
  state text NOT NULL CHECK (state IN ('reading', 'previewed', 'applied', 'discarded', 'failed')),
  file_name text NOT NULL,
  file_hash bytea NOT NULL,
  encoding text NOT NULL,
  -- the day whose state the file tells
  effective_on date NOT NULL,
  lines integer NOT NULL DEFAULT 0,
  counts jsonb NOT NULL DEFAULT '{}',
  -- fields the header names (a column that is absent changes nothing), headings nobody knows
  columns text[] NOT NULL DEFAULT '{}',
  ignored_columns text[] NOT NULL DEFAULT '{}',
  -- imports applied before the comparison was made: when there are more by now, it no longer holds
  applied_before integer NOT NULL DEFAULT 0,
  -- why the file could not be read: {code, params}
  problem jsonb,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  applied_at timestamptz,
  PRIMARY KEY (company_id, id)
);
CREATE TABLE roster_import_line (
  company_id uuid NOT NULL REFERENCES company,
  import_id uuid NOT NULL,
  line integer NOT NULL CHECK (line > 0),
  outcome text NOT NULL CHECK (outcome IN ('added', 'changed', 'moved', 'ended', 'unchanged', 'wrong')),
  -- parsed fields of the line (roster data, as HR gave it)
  fields jsonb NOT NULL,
  -- what differs, or which field is wrong and why: text keys with parameters
  remarks jsonb NOT NULL DEFAULT '[]',
  -- ids that applying the line would use, made by the application (person, employment, assignment)
  ids uuid[] NOT NULL DEFAULT '{}',
  -- what applying the line does; empty: nothing
  plan jsonb NOT NULL DEFAULT '{}',
  PRIMARY KEY (company_id, import_id, line),
  FOREIGN KEY (company_id, import_id) REFERENCES roster_import ON DELETE CASCADE
);

-- lines that take an address away from somebody, found again for the notice to it
CREATE INDEX roster_import_line_address ON roster_import_line (company_id, import_id, (ids[1])) WHERE remarks @> '[{"code": "address_changed"}]';

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['workplace', 'department', 'department_version', 'department_succession', 'employee', 'employment', 'assignment', 'roster_import', 'roster_import_line'] LOOP
    EXECUTE format('CALL guard(%L)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I TO hanamichi_hr', t);
  END LOOP;
END $$;
GRANT DELETE ON roster_import_line, roster_import TO hanamichi_hr;
-- structure without people
GRANT SELECT ON workplace, department, department_version, department_succession TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk,
  hanamichi_physician, hanamichi_manager, hanamichi_admin, hanamichi_setup, hanamichi_scheduler, hanamichi_analysis, hanamichi_turnover,
  hanamichi_leaver, hanamichi_mailer, hanamichi_sign_in;

-- What the roster publishes to other capabilities: one row per assignment, with its dates. Runs with its owner's rights (company policy holds),
-- so a role needs no grant on the tables beneath. Grants name who may read names and addresses at all.
CREATE VIEW roster_assignment WITH (security_barrier) AS
  SELECT a.company_id, a.id AS assignment_id, e.id AS employment_id, p.id AS employee_id, p.employee_code, p.family_name, p.given_name, p.email,
    p.sex, p.birth_on, p.paper_pin_hash, e.kind AS employment_kind, e.takes_stress_check, e.from_on AS employed_from_on, e.until_on AS employed_until_on,
    a.department_id, a.workplace_id, a.from_on AS assigned_from_on, a.until_on AS assigned_until_on
  FROM assignment a
  JOIN employment e ON e.company_id = a.company_id AND e.id = a.employment_id
  JOIN employee p ON p.company_id = e.company_id AND p.id = e.employee_id;
GRANT SELECT ON roster_assignment TO hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr, hanamichi_mailer, hanamichi_scheduler;

-- The same without any name, code or address: what analysis and turnover may see of movements.
CREATE VIEW roster_movement WITH (security_barrier) AS
  SELECT company_id, employment_id, sex, birth_on, employment_kind, employed_from_on, employed_until_on, department_id, workplace_id,
    assigned_from_on, assigned_until_on
  FROM roster_assignment;
GRANT SELECT ON roster_movement TO hanamichi_turnover, hanamichi_analysis, hanamichi_hr, hanamichi_implementer, hanamichi_clerk;

-- Structure for those above the roster (access): names of units, and where a department's people work, without the people.
CREATE VIEW roster_workplace WITH (security_barrier) AS
  SELECT company_id, id AS workplace_id, code, name, from_on, until_on FROM workplace;
CREATE VIEW roster_department WITH (security_barrier) AS
  SELECT d.company_id, d.id AS department_id, d.code, v.name, v.parent_id, v.from_on, v.until_on
  FROM department d JOIN department_version v ON v.company_id = d.company_id AND v.department_id = d.id;
CREATE VIEW roster_place WITH (security_barrier) AS
  SELECT company_id, department_id, workplace_id, from_on, until_on FROM assignment;
-- Addresses of those with personnel authority, and of nobody else: whoever grants a role finds them also where the account names no employee code (law R-2).
CREATE VIEW roster_authority_address WITH (security_barrier) AS
  SELECT DISTINCT p.company_id, p.email, p.employee_code FROM employee p
  JOIN personnel_authority_holder a ON a.company_id = p.company_id AND a.employee_code = p.employee_code
  WHERE p.email IS NOT NULL;
GRANT SELECT ON roster_authority_address TO hanamichi_admin, hanamichi_setup;
GRANT SELECT ON roster_workplace, roster_department, roster_place TO hanamichi_admin, hanamichi_setup, hanamichi_sign_in, hanamichi_hr, hanamichi_implementer;

-- Addresses that an applied import took out of use, for the one notice that goes there: no person, no new address. Nothing is kept for it: the
-- preview's own remark tells it. notice_id is the first of the line's ids, which a person who is known already does not use.
CREATE VIEW roster_former_address WITH (security_barrier) AS
  SELECT l.company_id, l.import_id, l.ids[1] AS notice_id, r.remark -> 'params' ->> 'before' AS address, i.applied_at
  FROM roster_import_line l JOIN roster_import i ON i.company_id = l.company_id AND i.id = l.import_id AND i.state = 'applied'
  CROSS JOIN LATERAL jsonb_array_elements(l.remarks) AS r (remark)
  WHERE l.remarks @> '[{"code": "address_changed"}]' AND r.remark ->> 'code' = 'address_changed';
GRANT SELECT ON roster_former_address TO hanamichi_mailer;
