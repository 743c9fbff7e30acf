-- Owner: server/group-reports. Only disclosure-controlled figures; drafts for the implementer, released ones for HR.
CREATE TABLE group_report (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'checked', 'released', 'refused')),
  floor integer NOT NULL CHECK (floor >= 10),
  method_version text NOT NULL,
  -- hash over the inputs (response ids and questionnaire hashes), so that a report can be computed again and compared
  input_hash text NOT NULL,
  content jsonb NOT NULL,
  content_hash text NOT NULL,
  audit_verdict jsonb NOT NULL,
  computed_at timestamptz NOT NULL,
  released_by uuid,
  released_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign,
  FOREIGN KEY (company_id, released_by) REFERENCES staff_user,
  CHECK ((state = 'released') = (released_at IS NOT NULL)),
  CHECK (released_at IS NULL OR released_by IS NOT NULL)
);
CREATE UNIQUE INDEX group_report_one_live ON group_report (company_id, campaign_id) WHERE state IN ('checked', 'released');
-- everything ever released for a round, cell by cell: the auditor reads it whole. Members are counts and set hashes, never ids.
CREATE TABLE disclosure_ledger (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  report_id uuid NOT NULL,
  cell text NOT NULL,
  -- vault envelope (area stress, subject = campaign, record type ledger): atoms of the cell
  sealed_members bytea NOT NULL,
  respondents integer NOT NULL,
  released_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report
);
CREATE TABLE group_report_recipient (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  report_id uuid NOT NULL,
  user_id uuid NOT NULL,
  -- null: the whole report; else this department and the company only
  department_id uuid,
  named_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE NULLS NOT DISTINCT (company_id, report_id, user_id, department_id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report,
  FOREIGN KEY (company_id, user_id) REFERENCES staff_user
);
-- The only survey figures the turnover job may read: made at closing on the implementer's side, for published departments, released with the report.
CREATE TABLE survey_signal (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  report_id uuid NOT NULL,
  department_id uuid NOT NULL,
  respondents integer NOT NULL CHECK (respondents >= 10),
  multiplier double precision NOT NULL CHECK (multiplier > 0),
  log_multiplier_variance double precision NOT NULL CHECK (log_multiplier_variance >= 0),
  stress_ratio double precision,
  stress_probability double precision,
  stress_low double precision,
  stress_high double precision,
  closed_on date NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, report_id, department_id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report,
  FOREIGN KEY (company_id, department_id) REFERENCES department
);
-- Versioned, never rewritten.
CREATE TABLE turnover_assessment (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  report_id uuid NOT NULL,
  method_version text NOT NULL,
  parameters jsonb NOT NULL,
  input_hash text NOT NULL,
  -- per department: observed, expected, risk, interval, status, reasons; all Disclosed
  content jsonb NOT NULL,
  as_of_on date NOT NULL,
  computed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report
);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['group_report', 'disclosure_ledger', 'group_report_recipient', 'survey_signal', 'turnover_assessment'] LOOP
    EXECUTE format('CALL guard(%L)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON group_report, disclosure_ledger, survey_signal TO hanamichi_analysis;
GRANT UPDATE (state) ON group_report TO hanamichi_analysis;
GRANT SELECT, UPDATE (state, released_by, released_at) ON group_report TO hanamichi_implementer;
GRANT SELECT ON group_report TO hanamichi_clerk, hanamichi_hr, hanamichi_turnover, hanamichi_manager, hanamichi_employee;
GRANT SELECT ON survey_signal TO hanamichi_turnover, hanamichi_implementer;
GRANT SELECT ON disclosure_ledger TO hanamichi_implementer;
GRANT SELECT, INSERT, DELETE ON group_report_recipient TO hanamichi_implementer;
GRANT SELECT ON group_report_recipient TO hanamichi_hr, hanamichi_manager;
GRANT SELECT, INSERT ON turnover_assessment TO hanamichi_turnover;
GRANT SELECT ON turnover_assessment TO hanamichi_hr, hanamichi_implementer;
CREATE POLICY released_only ON group_report AS RESTRICTIVE TO hanamichi_hr, hanamichi_turnover, hanamichi_manager, hanamichi_employee USING (state = 'released');
-- the turnover job and HR see survey figures only of released reports
CREATE POLICY released_only ON survey_signal AS RESTRICTIVE TO hanamichi_turnover USING (
  EXISTS (SELECT FROM group_report g WHERE g.company_id = survey_signal.company_id AND g.id = survey_signal.report_id AND g.state = 'released'));
