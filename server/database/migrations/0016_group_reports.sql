-- Owner: server/group-reports. Only disclosure-controlled figures; checked ones for the implementer, released ones for HR.
CREATE TABLE group_report (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  -- the instrument it is about: the stress check, or one that was asked beside it (or without one) and has a report of its own
  slug text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('statutory', 'beside')),
  -- checked: safe, waits for the implementer; refused: the auditor found an exposure, so no figure was kept; superseded: computed anew before release
  state text NOT NULL CHECK (state IN ('checked', 'released', 'refused', 'superseded')),
  floor integer NOT NULL CHECK (floor >= 10),
  method_version text NOT NULL,
  -- hash over the inputs (tree, answers as scored, questionnaires), so that a report can be computed again and compared
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
  CHECK (released_at IS NULL OR released_by IS NOT NULL),
  CHECK (state NOT IN ('checked', 'released') OR (audit_verdict -> 'safe')::boolean)
);
CREATE UNIQUE INDEX group_report_one_live ON group_report (company_id, campaign_id, slug) WHERE state IN ('checked', 'released');
CREATE INDEX group_report_campaign ON group_report (company_id, campaign_id);
-- Every cell of a report: the auditor reads it whole before a release. It counts as released when its report is.
CREATE TABLE disclosure_ledger (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  report_id uuid NOT NULL,
  -- <population>/<group>: figures with the same respondents are one population
  cell text NOT NULL,
  -- vault envelope (area stress, subject = campaign, record type ledger): atoms of the cell with their respondents
  sealed_members bytea NOT NULL,
  respondents integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, report_id, cell),
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
-- What HR says a group is paid, to put lost work into money; whole yen for one person and month or year. No survey figure.
CREATE TABLE group_report_pay (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  report_id uuid NOT NULL,
  -- a group of the report: its company's node or a department
  group_id text NOT NULL,
  yen integer NOT NULL CHECK (yen BETWEEN 1 AND 1000000000),
  period text NOT NULL CHECK (period IN ('month', 'year')),
  people integer NOT NULL CHECK (people BETWEEN 1 AND 10000000),
  entered_by uuid NOT NULL,
  entered_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, report_id, group_id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report,
  FOREIGN KEY (company_id, entered_by) REFERENCES staff_user
);
-- The only survey figures the turnover job may read: made with the report, for published departments, of use once it is released.
CREATE TABLE survey_signal (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  report_id uuid NOT NULL,
  department_id uuid NOT NULL,
  respondents integer NOT NULL CHECK (respondents >= 10),
  -- why the survey is not used, or 'used'; then multiplier is 1
  use text NOT NULL CHECK (use IN ('used', 'tooFew', 'lowResponse')),
  multiplier double precision NOT NULL CHECK (multiplier > 0),
  log_multiplier_variance double precision NOT NULL CHECK (log_multiplier_variance >= 0),
  response_rate double precision,
  -- stress signal and its tip-over, as analysis/turnover makes them; null where not used
  stress jsonb,
  tip_over jsonb NOT NULL,
  kappa double precision NOT NULL,
  parameters text NOT NULL,
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
  -- the same inputs again are the same assessment
  UNIQUE (company_id, report_id, input_hash),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report
);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['group_report', 'disclosure_ledger', 'group_report_recipient', 'group_report_pay', 'survey_signal', 'turnover_assessment'] LOOP
    EXECUTE format('CALL guard(%L)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON group_report, disclosure_ledger, survey_signal TO hanamichi_analysis;
GRANT UPDATE (state) ON group_report TO hanamichi_analysis;
GRANT SELECT, UPDATE (state, released_by, released_at) ON group_report TO hanamichi_implementer;
GRANT SELECT ON group_report TO hanamichi_clerk, hanamichi_hr, hanamichi_turnover;
GRANT SELECT ON survey_signal TO hanamichi_turnover, hanamichi_implementer;
GRANT SELECT ON disclosure_ledger TO hanamichi_implementer;
GRANT SELECT, INSERT, DELETE ON group_report_recipient TO hanamichi_implementer;
GRANT SELECT ON group_report_recipient TO hanamichi_hr;
GRANT SELECT, INSERT, DELETE ON group_report_pay TO hanamichi_hr;
GRANT SELECT, INSERT ON turnover_assessment TO hanamichi_turnover;
GRANT SELECT ON turnover_assessment TO hanamichi_hr, hanamichi_implementer;
CREATE POLICY released_only ON group_report AS RESTRICTIVE TO hanamichi_hr, hanamichi_turnover USING (state = 'released');
-- the turnover job sees survey figures only of released reports
CREATE POLICY released_only ON survey_signal AS RESTRICTIVE TO hanamichi_turnover USING (
  EXISTS (SELECT FROM group_report g WHERE g.company_id = survey_signal.company_id AND g.id = survey_signal.report_id AND g.state = 'released'));

-- A released report stays as it is: a late answer counts in the next campaign.
CREATE FUNCTION refuse_change_of_released() RETURNS trigger LANGUAGE plpgsql SET search_path = hanamichi, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a released report stays as it is' USING ERRCODE = 'HA003';
END $$;
CREATE TRIGGER released BEFORE UPDATE OR DELETE ON group_report FOR EACH ROW WHEN (OLD.state = 'released') EXECUTE FUNCTION refuse_change_of_released();

-- All that a manager's role reaches: of released reports they were named for, the company's part and the own department's. Owner's rights,
-- company policy holds; no other department's part can be asked for.
CREATE VIEW group_report_for_manager WITH (security_barrier) AS
  SELECT g.company_id, g.id AS report_id, g.campaign_id, g.slug, g.kind, g.floor, g.method_version, g.content_hash, g.released_at, r.department_id,
    g.content - 'groups' AS frame,
    jsonb_path_query_first(g.content, '$.groups[*] ? (@.kind == "company")') AS company_part,
    jsonb_path_query_first(g.content, '$.groups[*] ? (@.kind == "department" && @.id == $wanted)', jsonb_build_object('wanted', r.department_id::text)) AS department_part
  FROM group_report g JOIN group_report_recipient r ON r.company_id = g.company_id AND r.report_id = g.id
  WHERE g.state = 'released' AND r.department_id IS NOT NULL AND r.user_id = (SELECT subject_id());
GRANT SELECT ON group_report_for_manager TO hanamichi_manager;
-- the words of a company's own questionnaire, for that page
GRANT SELECT ON questionnaire_version TO hanamichi_manager;
