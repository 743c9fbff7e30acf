-- Owner: server/campaigns (questionnaire_version: server/questionnaires).
CREATE TABLE questionnaire_version (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL CHECK (version > 0),
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
  -- shipped files are read from survey-definitions/; own ones are kept here whole
  source text NOT NULL CHECK (source IN ('shipped', 'own')),
  body text,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, slug, version),
  CHECK ((source = 'own') = (body IS NOT NULL))
);
CALL guard('questionnaire_version');
CALL let_lookup('questionnaire_version', 'company_id, slug, version, hash, source');
GRANT SELECT ON questionnaire_version TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk, hanamichi_physician, hanamichi_hr,
  hanamichi_leaver, hanamichi_analysis, hanamichi_scheduler, hanamichi_admin;
GRANT INSERT ON questionnaire_version TO hanamichi_hr, hanamichi_implementer;
-- for the check at start: is every shipped file that is in use still the one that was published?
CREATE FUNCTION list_questionnaires_in_use() RETURNS TABLE (slug text, version integer, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT DISTINCT q.slug, q.version, q.hash FROM questionnaire_version q WHERE q.source = 'shipped'
$$;
REVOKE ALL ON FUNCTION list_questionnaires_in_use() FROM PUBLIC;
ALTER FUNCTION list_questionnaires_in_use() OWNER TO hanamichi_lookup;

CREATE TABLE campaign (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  -- a pulse asks no stress check: there are no results of persons, so nothing to confirm, release or consent to
  kind text NOT NULL DEFAULT 'stress_check' CHECK (kind IN ('stress_check', 'pulse')),
  state text NOT NULL CHECK (state IN ('draft', 'prepared', 'signed', 'open', 'closed', 'need_confirmed', 'results_released', 'archived')),
  -- first and last day of answering in the company's time zone; instants for the clock to compare
  opens_on date NOT NULL,
  closes_on date NOT NULL,
  opens_at timestamptz NOT NULL,
  closes_at timestamptz NOT NULL,
  opened_at timestamptz,
  closed_at timestamptz,
  -- respondents needed for a figure; a company may ask for more than ten, never less (law G-2)
  floor integer NOT NULL DEFAULT 10 CHECK (floor >= 10),
  -- criteria (law N-6): the method of workplaces that decide nothing of their own; what holds where stands in campaign_workplace
  criteria_method text NOT NULL CHECK (criteria_method IN ('simpleSum', 'conversion')),
  employer_receives_individual_results boolean NOT NULL DEFAULT false,
  others_may_request_interview boolean NOT NULL DEFAULT false,
  -- high-stress shares of groups only after this was resolved (law G-7)
  high_stress_share_resolved_on date,
  -- turnover risk is a purpose of its own and can be left out
  turnover_risk_purpose boolean NOT NULL DEFAULT true,
  -- house rules made known to the workers beforehand (law H-1): when, and where they can be read
  rules_published_on date,
  rules_url text NOT NULL DEFAULT '',
  reminders_maximum integer NOT NULL DEFAULT 2 CHECK (reminders_maximum BETWEEN 0 AND 3),
  reminder_interval_days integer NOT NULL DEFAULT 5 CHECK (reminder_interval_days >= 2),
  tree_hash text,
  signed_by uuid,
  signed_at timestamptz,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, signed_by) REFERENCES staff_user,
  CHECK (closes_on >= opens_on AND closes_at > opens_at),
  CHECK ((state IN ('draft', 'prepared')) = (signed_at IS NULL)),
  CHECK (signed_at IS NULL OR (signed_by IS NOT NULL AND tree_hash IS NOT NULL)),
  CHECK (kind = 'stress_check' OR (state NOT IN ('need_confirmed', 'results_released') AND NOT employer_receives_individual_results
    AND NOT others_may_request_interview AND NOT turnover_risk_purpose AND high_stress_share_resolved_on IS NULL))
);
CALL guard('campaign');
CALL let_lookup('campaign', 'company_id, id, state, opens_at, closes_at, closed_at');

CREATE TABLE campaign_workplace (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  -- law H-1: committee of a workplace of 50 and more; S-5: opinions heard below
  basis text NOT NULL CHECK (basis IN ('committee', 'opinions_heard')),
  held_on date,
  -- the eleven items by their keys, each a text; or how and whose opinions were heard
  items jsonb NOT NULL DEFAULT '{}',
  -- criteria of this workplace: {method, rules, standard: {questionnaire, rules, sources}}. Before signing null: those of the questionnaire,
  -- by the campaign's method. From signing on always there, with the questionnaire's own numbers beside the ones in force.
  criteria jsonb CHECK (criteria IS NULL OR (criteria ->> 'method' IN ('simpleSum', 'conversion') AND jsonb_typeof(criteria -> 'rules') = 'array')),
  criteria_decided_on date,
  -- which committee, or with whom opinions were heard
  criteria_decided_by text NOT NULL DEFAULT '' CHECK (length(criteria_decided_by) <= 200),
  criteria_note text NOT NULL DEFAULT '' CHECK (length(criteria_note) <= 2000),
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, campaign_id, workplace_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign,
  FOREIGN KEY (company_id, workplace_id) REFERENCES workplace
);
CREATE TABLE campaign_questionnaire (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  questionnaire_version_id uuid NOT NULL,
  -- repeated here so that a campaign names what it was signed with even if nothing else is left
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  position integer NOT NULL,
  -- of a questionnaire whose items are asked in turn (rotation): the how manieth time it is; null for all others
  wave integer CHECK (wave > 0),
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, campaign_id, slug),
  UNIQUE (company_id, campaign_id, position),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign,
  FOREIGN KEY (company_id, questionnaire_version_id) REFERENCES questionnaire_version
);
-- the department tree as signed; merged_into: a unit reported together with another (chosen before opening, law G-6)
CREATE TABLE campaign_group (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  department_id uuid NOT NULL,
  parent_department_id uuid,
  name text NOT NULL,
  depth integer NOT NULL CHECK (depth >= 0),
  -- a sibling: the whole unit is reported with it; a department below: only the people attached directly to this one are
  merged_into_department_id uuid,
  -- those who are to be asked and are attached directly to this department, not to one below it
  headcount integer NOT NULL CHECK (headcount >= 0),
  -- order of the drawn tree: parents before their children
  position integer NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, campaign_id, department_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign,
  FOREIGN KEY (company_id, department_id) REFERENCES department
);

-- What was signed stays as it was signed (law N-6, G-6): questionnaires, tree, criteria and floor. Restoring a backup puts rows back as they were.
CREATE FUNCTION refuse_after_signing() RETURNS trigger LANGUAGE plpgsql SET search_path = hanamichi, pg_temp AS $$
BEGIN
  IF current_user <> 'hanamichi_backup' AND EXISTS (
    SELECT FROM campaign c WHERE c.company_id = coalesce(NEW.company_id, OLD.company_id) AND c.id = coalesce(NEW.campaign_id, OLD.campaign_id)
      AND c.state NOT IN ('draft', 'prepared')
  ) THEN
    RAISE EXCEPTION 'a signed campaign keeps what was signed' USING ERRCODE = 'HA002';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER signed BEFORE INSERT OR UPDATE OR DELETE ON campaign_group FOR EACH ROW EXECUTE FUNCTION refuse_after_signing();
CREATE TRIGGER signed BEFORE INSERT OR UPDATE OR DELETE ON campaign_questionnaire FOR EACH ROW EXECUTE FUNCTION refuse_after_signing();
CREATE TRIGGER signed BEFORE INSERT OR UPDATE OR DELETE ON campaign_workplace FOR EACH ROW EXECUTE FUNCTION refuse_after_signing();
CREATE FUNCTION refuse_change_of_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = hanamichi, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a signed campaign keeps what was signed' USING ERRCODE = 'HA002';
END $$;
CREATE TRIGGER signed BEFORE UPDATE ON campaign FOR EACH ROW
  WHEN (OLD.signed_at IS NOT NULL AND (NEW.signed_at, NEW.signed_by, NEW.tree_hash, NEW.floor, NEW.criteria_method, NEW.opens_on, NEW.opens_at,
      NEW.employer_receives_individual_results, NEW.others_may_request_interview, NEW.high_stress_share_resolved_on, NEW.turnover_risk_purpose)
    IS DISTINCT FROM (OLD.signed_at, OLD.signed_by, OLD.tree_hash, OLD.floor, OLD.criteria_method, OLD.opens_on, OLD.opens_at,
      OLD.employer_receives_individual_results, OLD.others_may_request_interview, OLD.high_stress_share_resolved_on, OLD.turnover_risk_purpose))
  EXECUTE FUNCTION refuse_change_of_signed();

-- Who a subject of the stress area is: one sealed row. employment_lookup is a keyed hash, so that the same person is found again.
CREATE TABLE stress_subject (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  employment_lookup bytea NOT NULL,
  -- vault envelope (area stress, record type identity): {employmentId, employeeId}
  sealed_identity bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, employment_lookup)
);
CREATE TABLE invitation (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  -- the group this answer counts in, frozen at opening
  department_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('invited', 'started', 'submitted', 'declined')),
  -- vault envelope (area stress, record type snapshot): {sex, ageBand, tenureBand, employmentKind, locale}
  sealed_snapshot bytea NOT NULL,
  needs_paper_pin boolean NOT NULL DEFAULT false,
  reminders_sent integer NOT NULL DEFAULT 0 CHECK (reminders_sent >= 0),
  last_reminded_at timestamptz,
  submitted_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, campaign_id, subject_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign,
  FOREIGN KEY (company_id, subject_id) REFERENCES stress_subject,
  FOREIGN KEY (company_id, department_id) REFERENCES department,
  FOREIGN KEY (company_id, workplace_id) REFERENCES workplace,
  CHECK ((state = 'submitted') = (submitted_at IS NOT NULL))
) WITH (fillfactor = 80);
-- no index holds the state: a start or a submission then rewrites none of them
CREATE INDEX invitation_subject ON invitation (company_id, subject_id);

-- HR's view of taking part: a boolean as of a day, refreshed once a day by a job; declined looks like silence; never a time.
CREATE TABLE participation (
  company_id uuid NOT NULL REFERENCES company,
  campaign_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  taken boolean NOT NULL,
  as_of_on date NOT NULL,
  PRIMARY KEY (company_id, campaign_id, employment_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign
);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['campaign_workplace', 'campaign_questionnaire', 'campaign_group', 'stress_subject', 'invitation', 'participation'] LOOP
    EXECUTE format('CALL guard(%L)', t);
  END LOOP;
END $$;
GRANT SELECT ON campaign, campaign_workplace, campaign_questionnaire, campaign_group TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk,
  hanamichi_physician, hanamichi_hr, hanamichi_manager, hanamichi_scheduler, hanamichi_analysis, hanamichi_turnover, hanamichi_mailer, hanamichi_admin;
-- HR plans, the implementer signs: HR cannot write a signature
GRANT INSERT (company_id, id, name, kind, state, opens_on, closes_on, opens_at, closes_at, floor, criteria_method, employer_receives_individual_results,
  others_may_request_interview, high_stress_share_resolved_on, turnover_risk_purpose, rules_published_on, rules_url, reminders_maximum,
  reminder_interval_days, created_by, created_at) ON campaign TO hanamichi_hr;
GRANT UPDATE (name, state, opens_on, closes_on, opens_at, closes_at, floor, criteria_method, employer_receives_individual_results,
  others_may_request_interview, high_stress_share_resolved_on, turnover_risk_purpose, rules_published_on, rules_url, reminders_maximum,
  reminder_interval_days) ON campaign TO hanamichi_hr;
GRANT UPDATE (state, criteria_method, signed_by, signed_at, tree_hash) ON campaign TO hanamichi_implementer;
-- who moves a campaign, and from where to where: HR until it is signed, the implementer what is signed and confirmed, the clock what opens and closes
CREATE POLICY begins ON campaign AS RESTRICTIVE FOR INSERT TO hanamichi_hr WITH CHECK (state = 'draft');
CREATE POLICY plans ON campaign AS RESTRICTIVE FOR UPDATE TO hanamichi_hr USING (true) WITH CHECK (state IN ('draft', 'prepared'));
CREATE POLICY signs ON campaign AS RESTRICTIVE FOR UPDATE TO hanamichi_implementer
  USING (true) WITH CHECK (state IN ('draft', 'signed', 'need_confirmed', 'results_released'));
CREATE POLICY opens ON campaign AS RESTRICTIVE FOR UPDATE TO hanamichi_scheduler USING (true) WITH CHECK (state IN ('open', 'closed'));
GRANT INSERT, UPDATE, DELETE ON campaign_workplace, campaign_questionnaire TO hanamichi_hr;
-- HR proposes criteria, the implementer decides them
GRANT UPDATE (criteria, criteria_decided_on, criteria_decided_by, criteria_note) ON campaign_workplace TO hanamichi_implementer;
GRANT INSERT, UPDATE, DELETE ON campaign_group TO hanamichi_hr, hanamichi_implementer;
GRANT UPDATE (state, opened_at, closed_at) ON campaign TO hanamichi_scheduler;
GRANT SELECT, INSERT ON stress_subject TO hanamichi_scheduler;
GRANT SELECT ON stress_subject TO hanamichi_implementer, hanamichi_clerk, hanamichi_mailer, hanamichi_physician, hanamichi_analysis;
GRANT SELECT ON stress_subject TO hanamichi_employee;
CALL only_own('stress_subject', 'hanamichi_employee', 'id');
GRANT SELECT, INSERT, UPDATE (reminders_sent, last_reminded_at) ON invitation TO hanamichi_scheduler;
GRANT SELECT ON invitation TO hanamichi_implementer, hanamichi_clerk, hanamichi_mailer, hanamichi_analysis;
GRANT SELECT, UPDATE (state, submitted_at) ON invitation TO hanamichi_employee;
GRANT INSERT, UPDATE (state, submitted_at) ON invitation TO hanamichi_clerk; -- paper answers, second window
CALL only_own('invitation', 'hanamichi_employee', 'subject_id');
GRANT SELECT ON participation TO hanamichi_hr;
-- who was asked, to count those who joined since
GRANT SELECT (company_id, campaign_id, employment_id) ON participation TO hanamichi_implementer;
GRANT SELECT, INSERT, UPDATE ON participation TO hanamichi_scheduler;
-- For a step whose COMMIT is sent along with it: it cannot wait and see, so it fails where it may not be.
-- It names nothing that a search_path could lead elsewhere, so it sets none: that would cost more than all else it does.
CREATE FUNCTION refuse_unless(done boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF done THEN RETURN done; END IF;
  RAISE EXCEPTION 'this step is not possible any more' USING ERRCODE = 'HA002';
END $$;
REVOKE ALL ON FUNCTION refuse_unless(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refuse_unless(boolean) TO hanamichi_employee;

-- Campaigns whose day has come, over all companies: ids and what is due.
CREATE FUNCTION list_due_campaigns(at timestamptz) RETURNS TABLE (company_id uuid, campaign_id uuid, due text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT c.company_id, c.id, CASE WHEN c.state = 'signed' THEN 'open' ELSE 'close' END FROM campaign c
  WHERE (c.state = 'signed' AND c.opens_at <= at) OR (c.state = 'open' AND c.closes_at <= at)
$$;
REVOKE ALL ON FUNCTION list_due_campaigns(timestamptz) FROM PUBLIC;
ALTER FUNCTION list_due_campaigns(timestamptz) OWNER TO hanamichi_lookup;

-- Campaigns that still move: open, or closed a short while ago (the last day's participation is told the day after).
CREATE FUNCTION list_running_campaigns(at timestamptz) RETURNS TABLE (company_id uuid, campaign_id uuid, time_zone text, is_open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  SELECT c.company_id, c.id, f.time_zone, c.state = 'open' FROM campaign c JOIN company f ON f.company_id = c.company_id
  WHERE c.state = 'open' OR (c.closed_at IS NOT NULL AND c.closed_at > at - interval '3 days')
$$;
REVOKE ALL ON FUNCTION list_running_campaigns(timestamptz) FROM PUBLIC;
ALTER FUNCTION list_running_campaigns(timestamptz) OWNER TO hanamichi_lookup;
