-- The schema as the migrations leave it. Written by `npm run schema`, compared by tests/database/schema.test.ts; do not edit by hand.

CREATE TABLE alumni_checkin (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  state text NOT NULL,
  invited_on date NOT NULL,
  visibility text,
  sealed_answers bytea,
  submitted_on date,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, member_id) REFERENCES alumni_member(company_id, id) ON DELETE CASCADE,
  CHECK ((state = 'submitted') = (sealed_answers IS NOT NULL AND visibility IS NOT NULL)),
  CHECK (state IN ('invited', 'submitted', 'declined')),
  CHECK (visibility IN ('hr', 'groups_only'))
);
CREATE INDEX alumni_checkin_member ON alumni_checkin (company_id, member_id, invited_on);
-- row-level security: forced
CREATE POLICY backup ON alumni_checkin TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY chosen_readers ON alumni_checkin AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (visibility = 'hr' AND state = 'submitted');
CREATE POLICY company ON alumni_checkin USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_checkin ON alumni_checkin AS RESTRICTIVE TO hanamichi_alumni USING (member_id = (SELECT subject_id())) WITH CHECK (member_id = (SELECT subject_id()));
GRANT SELECT, UPDATE (state, visibility, sealed_answers, submitted_on), DELETE ON alumni_checkin TO hanamichi_alumni;
GRANT SELECT (company_id, id, slug, version, state, invited_on, visibility, sealed_answers, submitted_on) ON alumni_checkin TO hanamichi_analysis, hanamichi_hr;
GRANT SELECT, INSERT ON alumni_checkin TO hanamichi_backup;
GRANT SELECT (company_id, id, member_id, state) ON alumni_checkin TO hanamichi_mailer;
GRANT SELECT (company_id, id, member_id, state, invited_on), INSERT ON alumni_checkin TO hanamichi_scheduler;

CREATE TABLE alumni_checkin_plan (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  is_on boolean NOT NULL,
  every_months integer NOT NULL,
  changed_by uuid NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, changed_by) REFERENCES staff_user(company_id, id),
  CHECK (every_months IN (12, 24)),
  CHECK (id = company_id)
);
-- row-level security: forced
CREATE POLICY backup ON alumni_checkin_plan TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON alumni_checkin_plan USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON alumni_checkin_plan TO hanamichi_alumni, hanamichi_leaver, hanamichi_mailer, hanamichi_scheduler;
GRANT SELECT, INSERT ON alumni_checkin_plan TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON alumni_checkin_plan TO hanamichi_hr;

CREATE TABLE alumni_consent (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  purpose text NOT NULL,
  text_version text NOT NULL,
  shown_text text NOT NULL,
  locale text NOT NULL,
  given_at timestamptz NOT NULL,
  confirmed_at timestamptz,
  withdrawn_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, member_id) REFERENCES alumni_member(company_id, id) ON DELETE CASCADE,
  CHECK (purpose IN ('news', 'openings', 'events', 'projects', 'referrals', 'mentoring', 'checkin', 'directory'))
);
CREATE UNIQUE INDEX alumni_consent_one_live ON alumni_consent (company_id, member_id, purpose) WHERE (withdrawn_at IS NULL);
-- row-level security: forced
CREATE POLICY backup ON alumni_consent TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON alumni_consent USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_consent ON alumni_consent AS RESTRICTIVE TO hanamichi_alumni USING (member_id = (SELECT subject_id())) WITH CHECK (member_id = (SELECT subject_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON alumni_consent TO hanamichi_alumni;
GRANT SELECT, INSERT ON alumni_consent TO hanamichi_backup;
GRANT SELECT ON alumni_consent TO hanamichi_mailer;
GRANT SELECT (company_id, member_id, purpose, confirmed_at, withdrawn_at) ON alumni_consent TO hanamichi_scheduler;

CREATE TABLE alumni_member (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  state text NOT NULL,
  sealed_profile bytea NOT NULL,
  address_hash bytea NOT NULL,
  left_in_year integer NOT NULL,
  joined_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, address_hash),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (state = 'unconfirmed' OR joined_at IS NOT NULL),
  CHECK (state IN ('unconfirmed', 'active', 'paused'))
);
-- row-level security: forced
CREATE POLICY backup ON alumni_member TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON alumni_member USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON alumni_member FOR SELECT TO hanamichi_lookup USING (true);
CREATE POLICY own_member ON alumni_member AS RESTRICTIVE TO hanamichi_alumni USING (id = (SELECT subject_id())) WITH CHECK (id = (SELECT subject_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON alumni_member TO hanamichi_alumni;
GRANT SELECT, INSERT ON alumni_member TO hanamichi_backup;
GRANT SELECT (company_id, id, state, left_in_year, joined_at) ON alumni_member TO hanamichi_hr;
GRANT SELECT (company_id, id, state, address_hash) ON alumni_member TO hanamichi_lookup;
GRANT SELECT ON alumni_member TO hanamichi_mailer;
GRANT SELECT (company_id, id, state, joined_at, created_at) ON alumni_member TO hanamichi_scheduler;

CREATE TABLE assignment (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  department_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, employment_id, from_on),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, department_id) REFERENCES department(company_id, id),
  FOREIGN KEY (company_id, employment_id) REFERENCES employment(company_id, id),
  FOREIGN KEY (company_id, workplace_id) REFERENCES workplace(company_id, id),
  CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE INDEX assignment_department ON assignment (company_id, department_id);
-- row-level security: forced
CREATE POLICY backup ON assignment TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON assignment USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON assignment TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON assignment TO hanamichi_hr;

CREATE TABLE audit_entry (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor_kind text NOT NULL,
  actor_id uuid,
  actor_role text NOT NULL,
  action text NOT NULL,
  subject_area text,
  subject_id uuid,
  reason text NOT NULL,
  object_kind text,
  object_id uuid,
  request_id text NOT NULL,
  PRIMARY KEY (company_id, id),
  CHECK (actor_kind IN ('staff', 'participant', 'leaver', 'alumni', 'system', 'operator')),
  CHECK (subject_area IN ('stress', 'exit', 'alumni', 'staff'))
);
CREATE INDEX audit_entry_object ON audit_entry (company_id, object_id, at) WHERE ((subject_id IS NULL) AND (object_id IS NOT NULL));
CREATE INDEX audit_entry_subject ON audit_entry (company_id, subject_id, at) WHERE (subject_id IS NOT NULL);
-- row-level security: forced
CREATE POLICY backup ON audit_entry TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON audit_entry USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY no_consultations ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_admin USING (action !~~ 'consultation.%');
CREATE POLICY own_acts ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_clerk, hanamichi_hr, hanamichi_implementer, hanamichi_physician USING (actor_id = (SELECT subject_id()));
CREATE POLICY own_alumni ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_alumni USING (subject_id = (SELECT subject_id()));
CREATE POLICY own_employee ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_employee USING (subject_id = (SELECT subject_id()) OR subject_id IS NULL AND (object_kind IN ('employer_request', 'released_opinion')) AND (object_id = ANY ((SELECT employer_ids())::uuid[])));
CREATE POLICY own_leaver ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_leaver USING (subject_id = (SELECT subject_id()));
GRANT SELECT (company_id, id, at, actor_kind, actor_role, action, subject_area, object_kind, request_id), INSERT ON audit_entry TO hanamichi_admin;
GRANT SELECT, INSERT ON audit_entry TO hanamichi_alumni, hanamichi_backup, hanamichi_clerk, hanamichi_employee, hanamichi_hr, hanamichi_implementer, hanamichi_leaver, hanamichi_physician;
GRANT INSERT ON audit_entry TO hanamichi_analysis, hanamichi_jobs, hanamichi_mailer, hanamichi_manager, hanamichi_scheduler, hanamichi_setup, hanamichi_sign_in, hanamichi_turnover;
GRANT SELECT ON audit_entry TO hanamichi_chain;
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE audit_link (
  company_id uuid NOT NULL,
  sequence bigint NOT NULL,
  entry_id uuid NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (company_id, sequence),
  UNIQUE (company_id, entry_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, entry_id) REFERENCES audit_entry(company_id, id),
  CHECK (sequence > 0)
);
-- row-level security: forced
CREATE POLICY backup ON audit_link TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON audit_link USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON audit_link TO hanamichi_admin, hanamichi_employee;
GRANT SELECT, INSERT ON audit_link TO hanamichi_backup, hanamichi_chain;
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON audit_link FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE campaign (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  kind text NOT NULL DEFAULT 'stress_check',
  state text NOT NULL,
  opens_on date NOT NULL,
  closes_on date NOT NULL,
  opens_at timestamptz NOT NULL,
  closes_at timestamptz NOT NULL,
  opened_at timestamptz,
  closed_at timestamptz,
  floor integer NOT NULL DEFAULT 10,
  criteria_method text NOT NULL,
  employer_receives_individual_results boolean NOT NULL DEFAULT false,
  others_may_request_interview boolean NOT NULL DEFAULT false,
  high_stress_share_resolved_on date,
  turnover_risk_purpose boolean NOT NULL DEFAULT true,
  rules_published_on date,
  rules_url text NOT NULL DEFAULT '',
  reminders_maximum integer NOT NULL DEFAULT 2,
  reminder_interval_days integer NOT NULL DEFAULT 5,
  tree_hash text,
  signed_by uuid,
  signed_at timestamptz,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, signed_by) REFERENCES staff_user(company_id, id),
  CHECK ((state IN ('draft', 'prepared')) = (signed_at IS NULL)),
  CHECK (closes_on >= opens_on AND closes_at > opens_at),
  CHECK (criteria_method IN ('simpleSum', 'conversion')),
  CHECK (floor >= 10),
  CHECK (kind = 'stress_check' OR (state <> ALL (ARRAY['need_confirmed', 'results_released'])) AND NOT employer_receives_individual_results AND NOT others_may_request_interview AND NOT turnover_risk_purpose AND high_stress_share_resolved_on IS NULL),
  CHECK (kind IN ('stress_check', 'pulse')),
  CHECK (length(name) >= 1 AND length(name) <= 120),
  CHECK (reminder_interval_days >= 2),
  CHECK (reminders_maximum >= 0 AND reminders_maximum <= 3),
  CHECK (signed_at IS NULL OR signed_by IS NOT NULL AND tree_hash IS NOT NULL),
  CHECK (state IN ('draft', 'prepared', 'signed', 'open', 'closed', 'need_confirmed', 'results_released', 'archived'))
);
-- row-level security: forced
CREATE POLICY backup ON campaign TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY begins ON campaign AS RESTRICTIVE FOR INSERT TO hanamichi_hr WITH CHECK (state = 'draft');
CREATE POLICY company ON campaign USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON campaign FOR SELECT TO hanamichi_lookup USING (true);
CREATE POLICY opens ON campaign AS RESTRICTIVE FOR UPDATE TO hanamichi_scheduler USING (true) WITH CHECK (state IN ('open', 'closed'));
CREATE POLICY plans ON campaign AS RESTRICTIVE FOR UPDATE TO hanamichi_hr USING (true) WITH CHECK (state IN ('draft', 'prepared'));
CREATE POLICY signs ON campaign AS RESTRICTIVE FOR UPDATE TO hanamichi_implementer USING (true) WITH CHECK (state IN ('draft', 'signed', 'need_confirmed', 'results_released'));
GRANT SELECT ON campaign TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_turnover;
GRANT SELECT, INSERT ON campaign TO hanamichi_backup;
GRANT SELECT, INSERT (company_id, id, name, kind, state, opens_on, closes_on, opens_at, closes_at, floor, criteria_method, employer_receives_individual_results, others_may_request_interview, high_stress_share_resolved_on, turnover_risk_purpose, rules_published_on, rules_url, reminders_maximum, reminder_interval_days, created_by, created_at), UPDATE (name, state, opens_on, closes_on, opens_at, closes_at, floor, criteria_method, employer_receives_individual_results, others_may_request_interview, high_stress_share_resolved_on, turnover_risk_purpose, rules_published_on, rules_url, reminders_maximum, reminder_interval_days) ON campaign TO hanamichi_hr;
GRANT SELECT, UPDATE (state, criteria_method, tree_hash, signed_by, signed_at) ON campaign TO hanamichi_implementer;
GRANT SELECT (company_id, id, state, opens_at, closes_at, closed_at) ON campaign TO hanamichi_lookup;
GRANT SELECT, UPDATE (state, opened_at, closed_at) ON campaign TO hanamichi_scheduler;
CREATE TRIGGER signed BEFORE UPDATE ON campaign FOR EACH ROW WHEN (old.signed_at IS NOT NULL AND (new.signed_at IS DISTINCT FROM old.signed_at OR new.signed_by IS DISTINCT FROM old.signed_by OR new.tree_hash IS DISTINCT FROM old.tree_hash OR new.floor IS DISTINCT FROM old.floor OR new.criteria_method IS DISTINCT FROM old.criteria_method OR new.opens_on IS DISTINCT FROM old.opens_on OR new.opens_at IS DISTINCT FROM old.opens_at OR new.employer_receives_individual_results IS DISTINCT FROM old.employer_receives_individual_results OR new.others_may_request_interview IS DISTINCT FROM old.others_may_request_interview OR new.high_stress_share_resolved_on IS DISTINCT FROM old.high_stress_share_resolved_on OR new.turnover_risk_purpose IS DISTINCT FROM old.turnover_risk_purpose)) EXECUTE FUNCTION refuse_change_of_signed();

CREATE TABLE campaign_group (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  department_id uuid NOT NULL,
  parent_department_id uuid,
  name text NOT NULL,
  depth integer NOT NULL,
  merged_into_department_id uuid,
  headcount integer NOT NULL,
  position integer NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, campaign_id, department_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign(company_id, id),
  FOREIGN KEY (company_id, department_id) REFERENCES department(company_id, id),
  CHECK (depth >= 0),
  CHECK (headcount >= 0)
);
-- row-level security: forced
CREATE POLICY backup ON campaign_group TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON campaign_group USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON campaign_group TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_turnover;
GRANT SELECT, INSERT ON campaign_group TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON campaign_group TO hanamichi_hr, hanamichi_implementer;
CREATE TRIGGER signed BEFORE INSERT OR DELETE OR UPDATE ON campaign_group FOR EACH ROW EXECUTE FUNCTION refuse_after_signing();

CREATE TABLE campaign_questionnaire (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  questionnaire_version_id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  position integer NOT NULL,
  wave integer,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, campaign_id, "position"),
  UNIQUE (company_id, campaign_id, slug),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign(company_id, id),
  FOREIGN KEY (company_id, questionnaire_version_id) REFERENCES questionnaire_version(company_id, id),
  CHECK (wave > 0)
);
-- row-level security: forced
CREATE POLICY backup ON campaign_questionnaire TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON campaign_questionnaire USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON campaign_questionnaire TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_implementer, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_turnover;
GRANT SELECT, INSERT ON campaign_questionnaire TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON campaign_questionnaire TO hanamichi_hr;
CREATE TRIGGER signed BEFORE INSERT OR DELETE OR UPDATE ON campaign_questionnaire FOR EACH ROW EXECUTE FUNCTION refuse_after_signing();

CREATE TABLE campaign_workplace (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  basis text NOT NULL,
  held_on date,
  items jsonb NOT NULL DEFAULT '{}'::jsonb,
  criteria jsonb,
  criteria_decided_on date,
  criteria_decided_by text NOT NULL DEFAULT '',
  criteria_note text NOT NULL DEFAULT '',
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, campaign_id, workplace_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign(company_id, id),
  FOREIGN KEY (company_id, workplace_id) REFERENCES workplace(company_id, id),
  CHECK (basis IN ('committee', 'opinions_heard')),
  CHECK (criteria IS NULL OR ((criteria ->> 'method') IN ('simpleSum', 'conversion')) AND jsonb_typeof(criteria -> 'rules') = 'array'),
  CHECK (length(criteria_decided_by) <= 200),
  CHECK (length(criteria_note) <= 2000)
);
-- row-level security: forced
CREATE POLICY backup ON campaign_workplace TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON campaign_workplace USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON campaign_workplace TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_turnover;
GRANT SELECT, INSERT ON campaign_workplace TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON campaign_workplace TO hanamichi_hr;
GRANT SELECT, UPDATE (criteria, criteria_decided_on, criteria_decided_by, criteria_note) ON campaign_workplace TO hanamichi_implementer;
CREATE TRIGGER signed BEFORE INSERT OR DELETE OR UPDATE ON campaign_workplace FOR EACH ROW EXECUTE FUNCTION refuse_after_signing();

CREATE TABLE company (
  company_id uuid NOT NULL,
  key text NOT NULL,
  name text NOT NULL,
  locale text NOT NULL,
  time_zone text NOT NULL,
  leaving_word text NOT NULL DEFAULT 'graduation',
  mail_sender_name text NOT NULL,
  postal_address text NOT NULL DEFAULT '',
  contact_email text NOT NULL DEFAULT '',
  contact_phone text NOT NULL DEFAULT '',
  help_line text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id),
  UNIQUE (key),
  CHECK (key ~ '^[0-9a-hjkmnp-tv-z]{6}$'),
  CHECK (leaving_word IN ('graduation', 'leaving')),
  CHECK (length(name) >= 1 AND length(name) <= 200),
  CHECK (locale IN ('ja', 'en', 'ja-simple'))
);
-- row-level security: forced
CREATE POLICY backup ON company TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON company USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON company FOR SELECT TO hanamichi_lookup USING (true);
GRANT SELECT, UPDATE (name, locale, time_zone, leaving_word, mail_sender_name, postal_address, contact_email, contact_phone, help_line) ON company TO hanamichi_admin, hanamichi_hr;
GRANT SELECT ON company TO hanamichi_alumni, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_implementer, hanamichi_jobs, hanamichi_leaver, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_sign_in, hanamichi_turnover;
GRANT SELECT, INSERT ON company TO hanamichi_backup, hanamichi_setup;
GRANT SELECT (company_id, key, name, locale, time_zone) ON company TO hanamichi_lookup;

CREATE TABLE company_key (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  wrapped bytea NOT NULL,
  wrapping_key_check bytea NOT NULL,
  created_at timestamptz NOT NULL,
  retired_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id)
);
-- row-level security: forced
CREATE POLICY backup ON company_key TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON company_key USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON company_key FOR SELECT TO hanamichi_lookup USING (true);
GRANT SELECT, INSERT ON company_key TO hanamichi_backup;
GRANT SELECT (company_id, id, wrapped, wrapping_key_check, created_at, retired_at) ON company_key TO hanamichi_lookup;
GRANT INSERT ON company_key TO hanamichi_setup;

CREATE TABLE consent (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  answer text NOT NULL,
  text_version text NOT NULL,
  locale text NOT NULL,
  notified_at timestamptz NOT NULL,
  consented_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, id) REFERENCES notice(company_id, id),
  CHECK (answer IN ('full_result', 'need_only', 'no')),
  CHECK (consented_at > notified_at)
);
-- row-level security: forced
CREATE POLICY agreed ON consent AS RESTRICTIVE FOR SELECT TO hanamichi_implementer USING (answer <> 'no' AND withdrawn_at IS NULL);
CREATE POLICY backup ON consent TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON consent USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON consent AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON consent TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON consent TO hanamichi_employee;
GRANT SELECT ON consent TO hanamichi_implementer;

CREATE TABLE consultation (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  physician_id uuid NOT NULL,
  sealed bytea NOT NULL,
  asked_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, physician_id) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, subject_id) REFERENCES stress_subject(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON consultation TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY chosen_physician ON consultation AS RESTRICTIVE TO hanamichi_physician USING (physician_id = (SELECT subject_id()));
CREATE POLICY company ON consultation USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON consultation AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON consultation TO hanamichi_backup, hanamichi_employee;
GRANT SELECT, UPDATE (closed_at) ON consultation TO hanamichi_physician;

CREATE TABLE criteria_trial (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  previous_campaign_id uuid NOT NULL,
  ordinal smallint NOT NULL,
  criteria jsonb NOT NULL,
  criteria_hash text NOT NULL,
  figures jsonb,
  asked_by uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  computed_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, previous_campaign_id, criteria_hash),
  UNIQUE (company_id, previous_campaign_id, ordinal),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, asked_by) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign(company_id, id),
  FOREIGN KEY (company_id, previous_campaign_id) REFERENCES campaign(company_id, id),
  CHECK ((figures IS NULL) = (computed_at IS NULL)),
  CHECK (criteria_hash ~ '^[0-9a-f]{64}$'),
  CHECK (ordinal >= 1 AND ordinal <= 5)
);
-- row-level security: forced
CREATE POLICY backup ON criteria_trial TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON criteria_trial USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY once ON criteria_trial AS RESTRICTIVE FOR UPDATE TO hanamichi_analysis USING (figures IS NULL) WITH CHECK (figures IS NOT NULL);
GRANT SELECT, UPDATE (figures, computed_at) ON criteria_trial TO hanamichi_analysis;
GRANT SELECT, INSERT ON criteria_trial TO hanamichi_backup;
GRANT SELECT, INSERT (company_id, id, campaign_id, previous_campaign_id, ordinal, criteria, criteria_hash, asked_by, asked_at) ON criteria_trial TO hanamichi_implementer;

CREATE TABLE data_key (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  area text NOT NULL,
  subject_id uuid NOT NULL,
  record_type text NOT NULL,
  company_key_id uuid NOT NULL,
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, area, subject_id, record_type),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, company_key_id) REFERENCES company_key(company_id, id),
  CHECK (area IN ('staff', 'stress', 'exit', 'alumni', 'employer'))
);
-- row-level security: forced
CREATE POLICY alumni_keys_hr ON data_key AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (area <> 'alumni' OR record_type = 'return' AND (EXISTS ( SELECT FROM return_request r WHERE r.company_id = data_key.company_id AND r.member_id = data_key.subject_id)) OR (EXISTS ( SELECT FROM alumni_checkin c WHERE c.company_id = data_key.company_id AND ('checkin:' || c.id) = data_key.record_type AND c.visibility = 'hr' AND c.state = 'submitted')));
CREATE POLICY area_admin ON data_key AS RESTRICTIVE TO hanamichi_admin USING (area = 'staff');
CREATE POLICY area_alumni ON data_key AS RESTRICTIVE TO hanamichi_alumni USING (area = 'alumni' AND subject_id = (SELECT subject_id()));
CREATE POLICY area_analysis ON data_key AS RESTRICTIVE TO hanamichi_analysis USING (area = 'stress' AND ((record_type IN ('result', 'snapshot', 'ledger')) OR record_type ~~ 'answers:%') OR area = 'exit' AND (record_type IN ('answers', 'followup')) OR area = 'alumni' AND record_type ~~ 'checkin:%');
CREATE POLICY area_clerk ON data_key AS RESTRICTIVE TO hanamichi_clerk USING (area = 'stress' AND (record_type <> ALL (ARRAY['note', 'opinion', 'consultation', 'draft', 'request'])));
CREATE POLICY area_employee ON data_key AS RESTRICTIVE TO hanamichi_employee USING ((area IN ('stress', 'employer')) AND (area = 'stress' AND subject_id = (SELECT subject_id()) OR area = 'employer' AND record_type = 'request' AND (subject_id = ANY ((SELECT employer_ids())::uuid[]))));
CREATE POLICY area_hr ON data_key AS RESTRICTIVE TO hanamichi_hr USING (area IN ('exit', 'alumni', 'employer')) WITH CHECK ((area IN ('exit', 'alumni')) OR area = 'employer' AND record_type = 'measure');
CREATE POLICY area_implementer ON data_key AS RESTRICTIVE TO hanamichi_implementer USING (area = 'stress' AND (record_type <> ALL (ARRAY['note', 'opinion', 'consultation', 'draft', 'request'])));
CREATE POLICY area_leaver ON data_key AS RESTRICTIVE TO hanamichi_leaver USING (area = 'exit' AND subject_id = (SELECT subject_id())) WITH CHECK (area = 'alumni' OR area = 'exit' AND subject_id = (SELECT subject_id()));
CREATE POLICY area_mailer ON data_key AS RESTRICTIVE TO hanamichi_mailer USING (record_type IN ('identity', 'contact', 'profile'));
CREATE POLICY area_physician ON data_key AS RESTRICTIVE TO hanamichi_physician USING (area = 'stress' AND record_type <> 'draft' OR area = 'employer' AND record_type = 'opinion' AND (subject_id = ANY ((SELECT employer_ids())::uuid[])));
CREATE POLICY area_scheduler ON data_key AS RESTRICTIVE TO hanamichi_scheduler USING (record_type IN ('identity', 'snapshot'));
CREATE POLICY area_setup ON data_key AS RESTRICTIVE TO hanamichi_setup USING (area = 'staff');
CREATE POLICY area_sign_in ON data_key AS RESTRICTIVE TO hanamichi_sign_in USING (area = 'staff');
CREATE POLICY asked ON data_key AS RESTRICTIVE TO hanamichi_physician USING (area = 'employer' OR (EXISTS ( SELECT FROM interview_request r WHERE r.company_id = data_key.company_id AND r.subject_id = data_key.subject_id)) OR (EXISTS ( SELECT FROM consultation c WHERE c.company_id = data_key.company_id AND c.subject_id = data_key.subject_id AND c.physician_id = (SELECT subject_id()))));
CREATE POLICY backup ON data_key TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY chosen_readers ON data_key AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (area <> 'exit' OR record_type = 'identity' OR record_type = 'answers' AND (EXISTS ( SELECT FROM exit_interview i WHERE i.company_id = data_key.company_id AND i.id = data_key.subject_id AND i.visibility = 'hr' AND i.state = 'submitted')) OR record_type = 'followup' AND (EXISTS ( SELECT FROM exit_followup f WHERE f.company_id = data_key.company_id AND f.id = data_key.subject_id AND f.visibility = 'hr' AND f.state = 'submitted')) OR record_type = 'contact' AND (EXISTS ( SELECT FROM private_contact p WHERE p.company_id = data_key.company_id AND p.id = data_key.subject_id AND p.hr_may_read)));
CREATE POLICY company ON data_key USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY only_stress ON data_key AS RESTRICTIVE FOR DELETE TO hanamichi_employee USING (area = 'stress');
CREATE POLICY opened ON data_key AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (area <> 'employer' OR (EXISTS ( SELECT FROM interview_request_for_employer r WHERE r.company_id = data_key.company_id AND r.id = data_key.subject_id AND r.opened)));
GRANT SELECT, INSERT ON data_key TO hanamichi_admin, hanamichi_analysis, hanamichi_backup, hanamichi_clerk, hanamichi_hr, hanamichi_implementer, hanamichi_mailer, hanamichi_physician, hanamichi_scheduler, hanamichi_setup, hanamichi_sign_in;
GRANT SELECT, INSERT, DELETE ON data_key TO hanamichi_alumni, hanamichi_employee, hanamichi_leaver;

CREATE TABLE deletion_certificate (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  number text NOT NULL,
  area text NOT NULL,
  record_types jsonb NOT NULL,
  keys_destroyed integer NOT NULL,
  deleted_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, number),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (area IN ('alumni', 'exit', 'stress'))
);
-- row-level security: forced
CREATE POLICY backup ON deletion_certificate TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON deletion_certificate USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON deletion_certificate TO hanamichi_admin;
GRANT SELECT, INSERT ON deletion_certificate TO hanamichi_alumni, hanamichi_backup;

CREATE TABLE department (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  code text NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, code),
  FOREIGN KEY (company_id) REFERENCES company(company_id)
);
-- row-level security: forced
CREATE POLICY backup ON department TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON department USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON department TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_implementer, hanamichi_leaver, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_setup, hanamichi_sign_in, hanamichi_turnover;
GRANT SELECT, INSERT ON department TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON department TO hanamichi_hr;

CREATE TABLE department_succession (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  predecessor_id uuid NOT NULL,
  successor_id uuid NOT NULL,
  on_date date NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, predecessor_id, successor_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, predecessor_id) REFERENCES department(company_id, id),
  FOREIGN KEY (company_id, successor_id) REFERENCES department(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON department_succession TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON department_succession USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON department_succession TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_implementer, hanamichi_leaver, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_setup, hanamichi_sign_in, hanamichi_turnover;
GRANT SELECT, INSERT ON department_succession TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON department_succession TO hanamichi_hr;

CREATE TABLE department_version (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  department_id uuid NOT NULL,
  name text NOT NULL,
  parent_id uuid,
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, department_id, from_on),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, department_id) REFERENCES department(company_id, id),
  FOREIGN KEY (company_id, parent_id) REFERENCES department(company_id, id),
  CHECK (parent_id <> department_id),
  CHECK (until_on IS NULL OR until_on >= from_on)
);
-- row-level security: forced
CREATE POLICY backup ON department_version TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON department_version USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON department_version TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_implementer, hanamichi_leaver, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_setup, hanamichi_sign_in, hanamichi_turnover;
GRANT SELECT, INSERT ON department_version TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON department_version TO hanamichi_hr;

CREATE TABLE departure (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  state text NOT NULL,
  kind text,
  notice_on date,
  last_working_on date,
  leaving_on date NOT NULL,
  source text NOT NULL,
  confirmed_by uuid,
  confirmed_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK ((state = 'confirmed') = (kind IS NOT NULL AND confirmed_at IS NOT NULL)),
  CHECK (kind IN ('resignation', 'retirement', 'transfer_out', 'end_of_term', 'non_renewal', 'dismissal', 'encouraged', 'redundancy', 'leave_expired', 'illness', 'death')),
  CHECK (last_working_on IS NULL OR last_working_on <= leaving_on),
  CHECK (notice_on IS NULL OR notice_on <= leaving_on),
  CHECK (source IN ('roster', 'hr')),
  CHECK (state IN ('draft', 'confirmed', 'cancelled'))
);
CREATE INDEX departure_leaving_on ON departure (company_id, leaving_on) WHERE (state <> 'cancelled');
CREATE UNIQUE INDEX departure_one_live ON departure (company_id, employment_id) WHERE (state <> 'cancelled');
-- row-level security: forced
CREATE POLICY backup ON departure TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON departure USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON departure TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON departure TO hanamichi_hr;
GRANT SELECT (company_id, id, state, kind, notice_on, last_working_on, leaving_on) ON departure TO hanamichi_leaver;
GRANT SELECT ON departure TO hanamichi_mailer, hanamichi_scheduler;

CREATE TABLE disclosure_ledger (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  report_id uuid NOT NULL,
  cell text NOT NULL,
  sealed_members bytea NOT NULL,
  respondents integer NOT NULL,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, report_id, cell),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON disclosure_ledger TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON disclosure_ledger USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON disclosure_ledger TO hanamichi_analysis, hanamichi_backup;
GRANT SELECT ON disclosure_ledger TO hanamichi_implementer;

CREATE TABLE employee (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  employee_code text NOT NULL,
  family_name text NOT NULL,
  given_name text NOT NULL,
  sex text,
  birth_on date,
  email text,
  paper_pin_hash text,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, employee_code),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (email = lower(email)),
  CHECK (sex IN ('male', 'female'))
);
CREATE INDEX employee_email ON employee (company_id, email);
-- row-level security: forced
CREATE POLICY backup ON employee TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON employee USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON employee TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON employee TO hanamichi_hr;

CREATE TABLE employer_request (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  sealed bytea NOT NULL,
  requested_on date NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign(company_id, id),
  FOREIGN KEY (company_id, workplace_id) REFERENCES workplace(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON employer_request TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON employer_request USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY named ON employer_request AS RESTRICTIVE TO hanamichi_employee USING (id = ANY ((SELECT employer_ids())::uuid[])) WITH CHECK (id = ANY ((SELECT employer_ids())::uuid[]));
GRANT SELECT, INSERT ON employer_request TO hanamichi_backup;
GRANT INSERT ON employer_request TO hanamichi_employee;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON employer_request FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE employer_request_event (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  kind text NOT NULL,
  happened_on date NOT NULL,
  by_user_id uuid,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, request_id) REFERENCES employer_request(company_id, id),
  CHECK ((kind IN ('opened_by_hr', 'measures_recorded')) = (by_user_id IS NOT NULL)),
  CHECK (kind IN ('opened_by_hr', 'interviewed', 'opinion_released', 'measures_recorded', 'withdrawn'))
);
CREATE INDEX employer_request_event_request ON employer_request_event (company_id, request_id);
-- row-level security: forced
CREATE POLICY backup ON employer_request_event TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON employer_request_event USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY named ON employer_request_event AS RESTRICTIVE TO hanamichi_employee, hanamichi_physician USING (request_id = ANY ((SELECT employer_ids())::uuid[])) WITH CHECK (request_id = ANY ((SELECT employer_ids())::uuid[]));
CREATE POLICY only_interview ON employer_request_event AS RESTRICTIVE FOR INSERT TO hanamichi_physician WITH CHECK (kind IN ('interviewed', 'opinion_released'));
CREATE POLICY only_withdrawal ON employer_request_event AS RESTRICTIVE FOR INSERT TO hanamichi_employee WITH CHECK (kind = 'withdrawn');
GRANT SELECT, INSERT ON employer_request_event TO hanamichi_backup, hanamichi_employee, hanamichi_physician;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON employer_request_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE employment (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  employee_id uuid NOT NULL,
  kind text NOT NULL,
  from_on date NOT NULL,
  until_on date,
  takes_stress_check boolean NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, employee_id, from_on),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, employee_id) REFERENCES employee(company_id, id),
  CHECK (kind IN ('regular', 'fixed_term', 'part_time', 'dispatched', 'officer')),
  CHECK (until_on IS NULL OR until_on >= from_on)
);
-- row-level security: forced
CREATE POLICY backup ON employment TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON employment USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON employment TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON employment TO hanamichi_hr;

CREATE TABLE exit_followup (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  state text NOT NULL,
  department_id uuid NOT NULL,
  agreed_on date NOT NULL,
  text_version text NOT NULL,
  due_on date NOT NULL,
  visibility text,
  sealed_answers bytea,
  submitted_on date,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, id) REFERENCES exit_subject(company_id, id),
  CHECK ((state = 'submitted') = (sealed_answers IS NOT NULL AND visibility IS NOT NULL)),
  CHECK (state IN ('waiting', 'invited', 'submitted', 'declined')),
  CHECK (visibility IN ('hr', 'groups_only'))
);
CREATE INDEX exit_followup_due_on ON exit_followup (company_id, due_on);
-- row-level security: forced
CREATE POLICY backup ON exit_followup TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY chosen_readers ON exit_followup AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (visibility = 'hr' AND state = 'submitted');
CREATE POLICY company ON exit_followup USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_leaver ON exit_followup AS RESTRICTIVE TO hanamichi_leaver USING (id = subject_id()) WITH CHECK (id = subject_id());
GRANT SELECT ON exit_followup TO hanamichi_analysis, hanamichi_hr;
GRANT SELECT, INSERT ON exit_followup TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE (state, visibility, sealed_answers, submitted_on), DELETE ON exit_followup TO hanamichi_leaver;
GRANT SELECT (company_id, id, state, due_on) ON exit_followup TO hanamichi_mailer;
GRANT SELECT (company_id, id, state, due_on), UPDATE (state, due_on) ON exit_followup TO hanamichi_scheduler;

CREATE TABLE exit_interview (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  state text NOT NULL,
  department_id uuid NOT NULL,
  due_on date NOT NULL,
  visibility text,
  sealed_answers bytea,
  submitted_on date,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, id) REFERENCES exit_subject(company_id, id),
  CHECK ((state = 'submitted') = (sealed_answers IS NOT NULL AND visibility IS NOT NULL)),
  CHECK (state IN ('waiting', 'invited', 'submitted', 'declined')),
  CHECK (visibility IN ('hr', 'groups_only'))
);
CREATE INDEX exit_interview_due_on ON exit_interview (company_id, due_on) WHERE (state = 'waiting');
-- row-level security: forced
CREATE POLICY backup ON exit_interview TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY chosen_readers ON exit_interview AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (visibility = 'hr' AND state = 'submitted');
CREATE POLICY company ON exit_interview USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_leaver ON exit_interview AS RESTRICTIVE TO hanamichi_leaver USING (id = subject_id()) WITH CHECK (id = subject_id());
GRANT SELECT ON exit_interview TO hanamichi_analysis;
GRANT SELECT, INSERT ON exit_interview TO hanamichi_backup, hanamichi_hr;
GRANT SELECT, UPDATE (state, visibility, sealed_answers, submitted_on) ON exit_interview TO hanamichi_leaver;
GRANT SELECT (company_id, id, state, due_on) ON exit_interview TO hanamichi_mailer;
GRANT SELECT (company_id, id, state, due_on), UPDATE (state, due_on) ON exit_interview TO hanamichi_scheduler;

CREATE TABLE exit_subject (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  departure_lookup bytea NOT NULL,
  sealed_identity bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, departure_lookup),
  FOREIGN KEY (company_id) REFERENCES company(company_id)
);
-- row-level security: forced
CREATE POLICY backup ON exit_subject TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON exit_subject USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_leaver ON exit_subject AS RESTRICTIVE TO hanamichi_leaver USING (id = subject_id()) WITH CHECK (id = subject_id());
GRANT SELECT, INSERT ON exit_subject TO hanamichi_backup, hanamichi_hr;
GRANT SELECT ON exit_subject TO hanamichi_leaver, hanamichi_mailer, hanamichi_scheduler;

CREATE TABLE graduation_step (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  departure_id uuid NOT NULL,
  step text NOT NULL,
  actor text NOT NULL,
  due_on date,
  done_at timestamptz,
  done_by text,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, departure_id, step),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, departure_id) REFERENCES departure(company_id, id),
  CHECK (actor IN ('leaver', 'hr')),
  CHECK (done_by IN ('leaver', 'hr'))
);
-- row-level security: forced
CREATE POLICY backup ON graduation_step TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON graduation_step USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON graduation_step TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON graduation_step TO hanamichi_hr;
GRANT SELECT, UPDATE (done_at, done_by) ON graduation_step TO hanamichi_leaver;

CREATE TABLE group_report (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  slug text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  floor integer NOT NULL,
  method_version text NOT NULL,
  input_hash text NOT NULL,
  content jsonb NOT NULL,
  content_hash text NOT NULL,
  audit_verdict jsonb NOT NULL,
  computed_at timestamptz NOT NULL,
  released_by uuid,
  released_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign(company_id, id),
  FOREIGN KEY (company_id, released_by) REFERENCES staff_user(company_id, id),
  CHECK ((state <> ALL (ARRAY['checked', 'released'])) OR (audit_verdict -> 'safe')::boolean),
  CHECK ((state = 'released') = (released_at IS NOT NULL)),
  CHECK (floor >= 10),
  CHECK (kind IN ('statutory', 'beside')),
  CHECK (released_at IS NULL OR released_by IS NOT NULL),
  CHECK (state IN ('checked', 'released', 'refused', 'superseded'))
);
CREATE INDEX group_report_campaign ON group_report (company_id, campaign_id);
CREATE UNIQUE INDEX group_report_one_live ON group_report (company_id, campaign_id, slug) WHERE (state IN ('checked', 'released'));
-- row-level security: forced
CREATE POLICY backup ON group_report TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON group_report USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY released_only ON group_report AS RESTRICTIVE TO hanamichi_hr, hanamichi_turnover USING (state = 'released');
GRANT SELECT, INSERT, UPDATE (state) ON group_report TO hanamichi_analysis;
GRANT SELECT, INSERT ON group_report TO hanamichi_backup;
GRANT SELECT ON group_report TO hanamichi_clerk, hanamichi_hr, hanamichi_turnover;
GRANT SELECT, UPDATE (state, released_by, released_at) ON group_report TO hanamichi_implementer;
CREATE TRIGGER released BEFORE DELETE OR UPDATE ON group_report FOR EACH ROW WHEN (old.state = 'released') EXECUTE FUNCTION refuse_change_of_released();

CREATE TABLE group_report_pay (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  report_id uuid NOT NULL,
  group_id text NOT NULL,
  yen integer NOT NULL,
  period text NOT NULL,
  people integer NOT NULL,
  entered_by uuid NOT NULL,
  entered_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, report_id, group_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, entered_by) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report(company_id, id),
  CHECK (people >= 1 AND people <= 10000000),
  CHECK (period IN ('month', 'year')),
  CHECK (yen >= 1 AND yen <= 1000000000)
);
-- row-level security: forced
CREATE POLICY backup ON group_report_pay TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON group_report_pay USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON group_report_pay TO hanamichi_backup;
GRANT SELECT, INSERT, DELETE ON group_report_pay TO hanamichi_hr;

CREATE TABLE group_report_recipient (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  report_id uuid NOT NULL,
  user_id uuid NOT NULL,
  department_id uuid,
  named_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE NULLS NOT DISTINCT (company_id, report_id, user_id, department_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report(company_id, id),
  FOREIGN KEY (company_id, user_id) REFERENCES staff_user(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON group_report_recipient TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON group_report_recipient USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON group_report_recipient TO hanamichi_backup;
GRANT SELECT ON group_report_recipient TO hanamichi_hr;
GRANT SELECT, INSERT, DELETE ON group_report_recipient TO hanamichi_implementer;

CREATE TABLE interview_need (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  sealed bytea NOT NULL,
  confirmed_by uuid NOT NULL,
  confirmed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, confirmed_by) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES result(company_id, id)
);
-- row-level security: forced
CREATE POLICY asked ON interview_need AS RESTRICTIVE TO hanamichi_physician USING ((EXISTS ( SELECT FROM interview_request r WHERE r.company_id = interview_need.company_id AND r.invitation_id = interview_need.id AND NOT (EXISTS ( SELECT FROM interview_request_event e WHERE e.company_id = r.company_id AND e.request_id = r.id AND e.kind = 'withdrawn')))));
CREATE POLICY backup ON interview_need TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON interview_need USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON interview_need AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON interview_need TO hanamichi_backup, hanamichi_implementer;
GRANT SELECT ON interview_need TO hanamichi_clerk, hanamichi_employee, hanamichi_physician;

CREATE TABLE interview_note (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  author_id uuid NOT NULL,
  sealed bytea NOT NULL,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, author_id) REFERENCES staff_user(company_id, id)
);
-- row-level security: forced
CREATE POLICY author ON interview_note AS RESTRICTIVE TO hanamichi_physician USING (author_id = (SELECT subject_id()));
CREATE POLICY backup ON interview_note TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON interview_note USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON interview_note TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE (sealed, saved_at) ON interview_note TO hanamichi_physician;

CREATE TABLE interview_request (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  invitation_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  sealed bytea NOT NULL,
  text_version text NOT NULL,
  locale text NOT NULL,
  told text NOT NULL,
  acknowledged boolean NOT NULL,
  notified_at timestamptz NOT NULL,
  requested_at timestamptz NOT NULL,
  late boolean NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, invitation_id) REFERENCES notice(company_id, id),
  CHECK (acknowledged),
  CHECK (requested_at > notified_at)
);
CREATE INDEX interview_request_subject ON interview_request (company_id, subject_id);
-- row-level security: forced
CREATE POLICY backup ON interview_request TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON interview_request USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON interview_request AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON interview_request TO hanamichi_backup, hanamichi_employee;
GRANT SELECT ON interview_request TO hanamichi_clerk, hanamichi_implementer, hanamichi_physician;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON interview_request FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE interview_request_event (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  by_user_id uuid,
  held_on date,
  mode text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, request_id) REFERENCES interview_request(company_id, id),
  CHECK ((kind = 'interviewed') = (held_on IS NOT NULL AND mode IS NOT NULL)),
  CHECK (kind IN ('scheduled', 'interviewed', 'opinion_released', 'withdrawn')),
  CHECK (mode IN ('in_person', 'online'))
);
CREATE INDEX interview_request_event_request ON interview_request_event (company_id, request_id);
-- row-level security: forced
CREATE POLICY backup ON interview_request_event TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON interview_request_event USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY only_interview ON interview_request_event AS RESTRICTIVE FOR INSERT TO hanamichi_physician WITH CHECK ((kind IN ('scheduled', 'interviewed', 'opinion_released')) AND by_user_id = (SELECT subject_id()));
CREATE POLICY only_withdrawal ON interview_request_event AS RESTRICTIVE FOR INSERT TO hanamichi_employee WITH CHECK (kind = 'withdrawn');
CREATE POLICY own_hanamichi_employee ON interview_request_event AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON interview_request_event TO hanamichi_backup, hanamichi_employee, hanamichi_physician;
GRANT SELECT ON interview_request_event TO hanamichi_clerk, hanamichi_implementer;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON interview_request_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE invitation (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  department_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  state text NOT NULL,
  sealed_snapshot bytea NOT NULL,
  needs_paper_pin boolean NOT NULL DEFAULT false,
  reminders_sent integer NOT NULL DEFAULT 0,
  last_reminded_at timestamptz,
  submitted_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, campaign_id, subject_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign(company_id, id),
  FOREIGN KEY (company_id, department_id) REFERENCES department(company_id, id),
  FOREIGN KEY (company_id, subject_id) REFERENCES stress_subject(company_id, id),
  FOREIGN KEY (company_id, workplace_id) REFERENCES workplace(company_id, id),
  CHECK ((state = 'submitted') = (submitted_at IS NOT NULL)),
  CHECK (reminders_sent >= 0),
  CHECK (state IN ('invited', 'started', 'submitted', 'declined'))
) WITH (fillfactor=80);
CREATE INDEX invitation_subject ON invitation (company_id, subject_id);
-- row-level security: forced
CREATE POLICY backup ON invitation TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON invitation USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON invitation AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT ON invitation TO hanamichi_analysis, hanamichi_implementer, hanamichi_mailer;
GRANT SELECT, INSERT ON invitation TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE (state, submitted_at) ON invitation TO hanamichi_clerk;
GRANT SELECT, UPDATE (state, submitted_at) ON invitation TO hanamichi_employee;
GRANT SELECT, INSERT, UPDATE (reminders_sent, last_reminded_at) ON invitation TO hanamichi_scheduler;

CREATE TABLE job_progress (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  object_id uuid NOT NULL,
  audience text NOT NULL,
  done integer NOT NULL,
  total integer NOT NULL,
  state text NOT NULL,
  problem text,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (done >= 0),
  CHECK (state IN ('waiting', 'running', 'done', 'failed')),
  CHECK (total >= 0)
);
-- row-level security: forced
CREATE POLICY backup ON job_progress TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON job_progress USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT, UPDATE ON job_progress TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_hr, hanamichi_implementer, hanamichi_jobs, hanamichi_mailer, hanamichi_physician, hanamichi_scheduler, hanamichi_turnover;
GRANT SELECT, INSERT ON job_progress TO hanamichi_backup;

CREATE TABLE job_request (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  object_id uuid NOT NULL,
  start_after timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id)
);
-- row-level security: forced
CREATE POLICY backup ON job_request TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON job_request USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY relay ON job_request TO hanamichi_jobs USING (true) WITH CHECK (true);
GRANT INSERT ON job_request TO hanamichi_admin, hanamichi_alumni, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_hr, hanamichi_implementer, hanamichi_leaver, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_setup;
GRANT SELECT, INSERT ON job_request TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON job_request TO hanamichi_jobs;

CREATE TABLE link_token (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  context_id uuid NOT NULL,
  hash bytea NOT NULL,
  minted_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, hash),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (kind IN ('invitation', 'graduation', 'exit_interview', 'exit_followup', 'private_contact', 'alumni_confirmation', 'alumni', 'alumni_checkin', 'alumni_refusal', 'staff_invitation'))
);
CREATE INDEX link_token_context ON link_token (company_id, context_id);
-- row-level security: forced
CREATE POLICY backup ON link_token TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON link_token USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY kind_clerk ON link_token AS RESTRICTIVE TO hanamichi_clerk USING (kind = 'invitation');
CREATE POLICY kind_hr ON link_token AS RESTRICTIVE TO hanamichi_hr USING (kind = 'graduation');
CREATE POLICY kind_scheduler ON link_token AS RESTRICTIVE TO hanamichi_scheduler USING (kind = 'exit_interview');
CREATE POLICY kind_staff ON link_token AS RESTRICTIVE TO hanamichi_admin, hanamichi_sign_in USING (kind = 'staff_invitation');
CREATE POLICY lookup ON link_token FOR SELECT TO hanamichi_lookup USING (true);
CREATE POLICY own_hanamichi_alumni ON link_token AS RESTRICTIVE TO hanamichi_alumni USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT (company_id, id, kind, subject_id, context_id, expires_at, revoked_at), UPDATE (revoked_at) ON link_token TO hanamichi_admin, hanamichi_alumni, hanamichi_hr, hanamichi_sign_in;
GRANT SELECT, INSERT ON link_token TO hanamichi_backup;
GRANT SELECT (company_id, id, kind, subject_id, context_id, expires_at, revoked_at), INSERT, UPDATE (revoked_at) ON link_token TO hanamichi_clerk;
GRANT SELECT (company_id, id, kind, subject_id, context_id, hash, expires_at, revoked_at) ON link_token TO hanamichi_lookup;
GRANT INSERT ON link_token TO hanamichi_mailer;
GRANT SELECT (company_id, kind, context_id, revoked_at), UPDATE (revoked_at) ON link_token TO hanamichi_scheduler;

CREATE TABLE mail_message (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  mail_class text NOT NULL,
  template text NOT NULL,
  area text NOT NULL,
  subject_id uuid NOT NULL,
  context_id uuid NOT NULL,
  batch_id uuid NOT NULL,
  due_at timestamptz NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  claimed_by uuid,
  claimed_until timestamptz,
  accepted_at timestamptz,
  last_reply_code integer,
  last_failure text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, batch_id, template, subject_id, context_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (area IN ('staff', 'stress', 'exit', 'alumni')),
  CHECK (last_failure IN ('permanent', 'transient', 'unreachable', 'timeout', 'no_address', 'blocked')),
  CHECK (mail_class IN ('statutory', 'survey', 'alumni_news', 'account')),
  CHECK (state IN ('queued', 'sending', 'accepted', 'failed', 'cancelled'))
);
CREATE INDEX mail_message_due ON mail_message (company_id, next_attempt_at) WHERE (state IN ('queued', 'sending'));
-- row-level security: forced
CREATE POLICY area_admin ON mail_message AS RESTRICTIVE FOR SELECT TO hanamichi_admin USING (area = 'staff');
CREATE POLICY area_hr ON mail_message AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (area IN ('exit', 'staff'));
CREATE POLICY area_stress ON mail_message AS RESTRICTIVE TO hanamichi_clerk, hanamichi_implementer USING (area = 'stress');
CREATE POLICY backup ON mail_message TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON mail_message USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON mail_message FOR SELECT TO hanamichi_lookup USING (true);
CREATE POLICY not_of_leavers ON mail_message AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (template <> ALL (ARRAY['graduations.dates-changed', 'graduations.exit-interview', 'graduations.exit-followup', 'graduations.private-contact', 'graduations.contact-confirmed']));
GRANT SELECT (company_id, id, mail_class, template, area, batch_id, state, created_at), INSERT ON mail_message TO hanamichi_admin, hanamichi_hr;
GRANT INSERT ON mail_message TO hanamichi_alumni, hanamichi_employee, hanamichi_jobs, hanamichi_leaver, hanamichi_physician, hanamichi_setup;
GRANT SELECT, INSERT ON mail_message TO hanamichi_backup, hanamichi_implementer;
GRANT SELECT, INSERT, UPDATE (state) ON mail_message TO hanamichi_clerk, hanamichi_scheduler;
GRANT SELECT (company_id, due_at, state, next_attempt_at, claimed_until) ON mail_message TO hanamichi_lookup;
GRANT SELECT, INSERT, UPDATE ON mail_message TO hanamichi_mailer;

CREATE TABLE mail_suppression (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  address_hash bytea NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, address_hash),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (reason IN ('refused', 'permanent_bounce', 'complaint', 'deleted'))
);
-- row-level security: forced
CREATE POLICY backup ON mail_suppression TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON mail_suppression USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON mail_suppression TO hanamichi_alumni, hanamichi_backup, hanamichi_leaver, hanamichi_mailer;

CREATE TABLE measure (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  opinion_id uuid NOT NULL,
  sealed bytea NOT NULL,
  from_on date NOT NULL,
  until_on date,
  review_on date NOT NULL,
  person_heard_on date NOT NULL,
  decided_by uuid NOT NULL,
  decided_on date NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, opinion_id) REFERENCES released_opinion(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON measure TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON measure USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON measure TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE (until_on, review_on) ON measure TO hanamichi_hr;

CREATE TABLE migration (
  number integer NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL,
  PRIMARY KEY (number)
);
-- row-level security: off

CREATE TABLE notice (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  released_by uuid NOT NULL,
  notified_at timestamptz NOT NULL,
  first_viewed_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, id) REFERENCES interview_need(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON notice TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON notice USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON notice AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON notice TO hanamichi_backup, hanamichi_implementer;
GRANT SELECT ON notice TO hanamichi_clerk;
GRANT SELECT, UPDATE (first_viewed_at) ON notice TO hanamichi_employee;

CREATE TABLE opinion (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  author_id uuid NOT NULL,
  sealed bytea NOT NULL,
  explained_to_person_at timestamptz,
  released_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, author_id) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES interview_request(company_id, id),
  CHECK (released_at IS NULL OR explained_to_person_at IS NOT NULL)
);
-- row-level security: forced
CREATE POLICY author ON opinion AS RESTRICTIVE TO hanamichi_physician USING (author_id = (SELECT subject_id()));
CREATE POLICY backup ON opinion TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON opinion USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON opinion AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON opinion TO hanamichi_backup;
GRANT SELECT (company_id, id, subject_id, released_at) ON opinion TO hanamichi_employee;
GRANT SELECT, INSERT, UPDATE (sealed, explained_to_person_at, released_at) ON opinion TO hanamichi_physician;

CREATE TABLE participation (
  company_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  taken boolean NOT NULL,
  as_of_on date NOT NULL,
  PRIMARY KEY (company_id, campaign_id, employment_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON participation TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON participation USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON participation TO hanamichi_backup;
GRANT SELECT ON participation TO hanamichi_hr;
GRANT SELECT (company_id, campaign_id, employment_id) ON participation TO hanamichi_implementer;
GRANT SELECT, INSERT, UPDATE ON participation TO hanamichi_scheduler;

CREATE TABLE personal_code (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  salt bytea NOT NULL,
  code_hash bytea NOT NULL,
  bound_at timestamptz,
  session_id uuid NOT NULL,
  failed_attempts integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES invitation(company_id, id)
) WITH (fillfactor=80);
-- row-level security: forced
CREATE POLICY backup ON personal_code TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON personal_code USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON personal_code AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON personal_code TO hanamichi_backup;
GRANT SELECT (company_id, id, bound_at), DELETE ON personal_code TO hanamichi_clerk;
GRANT SELECT, INSERT, UPDATE ON personal_code TO hanamichi_employee;

CREATE TABLE personnel_authority (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  employee_code text NOT NULL,
  department_id uuid,
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE INDEX personnel_authority_code ON personnel_authority (company_id, employee_code);
-- row-level security: forced
CREATE POLICY backup ON personnel_authority TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON personnel_authority USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON personnel_authority TO hanamichi_admin, hanamichi_implementer, hanamichi_scheduler, hanamichi_setup, hanamichi_sign_in;
GRANT SELECT, INSERT ON personnel_authority TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE (until_on) ON personnel_authority TO hanamichi_hr;

CREATE TABLE private_contact (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  sealed bytea NOT NULL,
  hr_may_read boolean NOT NULL,
  confirmed_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, id) REFERENCES exit_subject(company_id, id)
);
-- row-level security: forced
CREATE POLICY allowed ON private_contact AS RESTRICTIVE TO hanamichi_hr USING (hr_may_read AND confirmed_at IS NOT NULL);
CREATE POLICY backup ON private_contact TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON private_contact USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_leaver ON private_contact AS RESTRICTIVE TO hanamichi_leaver USING (id = subject_id()) WITH CHECK (id = subject_id());
GRANT SELECT, INSERT ON private_contact TO hanamichi_backup;
GRANT SELECT ON private_contact TO hanamichi_hr, hanamichi_mailer;
GRANT SELECT, INSERT, UPDATE ON private_contact TO hanamichi_leaver;

CREATE TABLE questionnaire_draft (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  body text NOT NULL,
  revision integer NOT NULL,
  origin text NOT NULL,
  state text NOT NULL,
  not_carried jsonb NOT NULL DEFAULT '[]'::jsonb,
  licence_name text,
  licence_attested_by uuid,
  licence_attested_at timestamptz,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  changed_by uuid NOT NULL,
  changed_at timestamptz NOT NULL,
  sent_by uuid,
  sent_at timestamptz,
  reviewed_by uuid,
  reviewed_at timestamptz,
  review_words text,
  approved_hash text,
  published_by uuid,
  published_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, slug, version),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, changed_by) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, created_by) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, licence_attested_by) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, published_by) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, reviewed_by) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, sent_by) REFERENCES staff_user(company_id, id),
  CHECK ((licence_name IS NULL) = (licence_attested_by IS NULL) AND (licence_name IS NULL) = (licence_attested_at IS NULL)),
  CHECK ((reviewed_at IS NULL) = (reviewed_by IS NULL)),
  CHECK ((state <> ALL (ARRAY['approved', 'published'])) OR approved_hash IS NOT NULL AND reviewed_at IS NOT NULL),
  CHECK ((state = 'published') = (published_at IS NOT NULL)),
  CHECK (approved_hash ~ '^[0-9a-f]{64}$'),
  CHECK (length(body) >= 1 AND length(body) <= 400000),
  CHECK (origin IN ('form', 'file', 'version')),
  CHECK (revision > 0),
  CHECK (slug ~ '^[a-z][a-z0-9-]{1,62}$'),
  CHECK (state IN ('draft', 'in_review', 'approved', 'refused', 'published')),
  CHECK (version >= 1 AND version <= 9999)
);
-- row-level security: forced
CREATE POLICY backup ON questionnaire_draft TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY begins ON questionnaire_draft AS RESTRICTIVE FOR INSERT TO hanamichi_hr WITH CHECK (state = 'draft');
CREATE POLICY company ON questionnaire_draft USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY discards ON questionnaire_draft AS RESTRICTIVE FOR DELETE TO hanamichi_hr USING (state <> 'published');
CREATE POLICY reviews ON questionnaire_draft AS RESTRICTIVE FOR UPDATE TO hanamichi_implementer USING (state = 'in_review') WITH CHECK ((state IN ('approved', 'refused')) AND reviewed_by = (SELECT subject_id()));
CREATE POLICY writes ON questionnaire_draft AS RESTRICTIVE FOR UPDATE TO hanamichi_hr USING (state <> 'published') WITH CHECK (state IN ('draft', 'in_review', 'published'));
GRANT SELECT, INSERT ON questionnaire_draft TO hanamichi_backup;
GRANT SELECT, INSERT (company_id, id, slug, version, body, revision, origin, state, not_carried, licence_name, licence_attested_by, licence_attested_at, created_by, created_at, changed_by, changed_at), UPDATE (slug, version, body, revision, state, licence_name, licence_attested_by, licence_attested_at, changed_by, changed_at, sent_by, sent_at, published_by, published_at), DELETE ON questionnaire_draft TO hanamichi_hr;
GRANT SELECT, UPDATE (state, reviewed_by, reviewed_at, review_words, approved_hash) ON questionnaire_draft TO hanamichi_implementer;

CREATE TABLE questionnaire_version (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  source text NOT NULL,
  body text,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, slug, version),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK ((source = 'own') = (body IS NOT NULL)),
  CHECK (hash ~ '^[0-9a-f]{64}$'),
  CHECK (source IN ('shipped', 'own')),
  CHECK (version > 0)
);
-- row-level security: forced
CREATE POLICY backup ON questionnaire_version TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON questionnaire_version USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON questionnaire_version FOR SELECT TO hanamichi_lookup USING (true);
CREATE POLICY reviewed ON questionnaire_version AS RESTRICTIVE FOR INSERT TO hanamichi_hr, hanamichi_implementer WITH CHECK (source = 'shipped' OR (EXISTS ( SELECT FROM questionnaire_draft d WHERE d.company_id = questionnaire_version.company_id AND d.slug = questionnaire_version.slug AND d.version = questionnaire_version.version AND (d.state IN ('approved', 'published')) AND d.approved_hash = questionnaire_version.hash AND encode(sha256(convert_to(questionnaire_version.body, 'UTF8'::name)), 'hex') = questionnaire_version.hash)));
GRANT SELECT ON questionnaire_version TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_leaver, hanamichi_manager, hanamichi_physician, hanamichi_scheduler;
GRANT SELECT, INSERT ON questionnaire_version TO hanamichi_backup, hanamichi_hr, hanamichi_implementer;
GRANT SELECT (company_id, slug, version, hash, source) ON questionnaire_version TO hanamichi_lookup;

CREATE TABLE released_opinion (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  form_version text NOT NULL,
  sealed bytea NOT NULL,
  released_by uuid NOT NULL,
  released_on date NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, id) REFERENCES employer_request(company_id, id),
  FOREIGN KEY (company_id, released_by) REFERENCES staff_user(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON released_opinion TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON released_opinion USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY named ON released_opinion AS RESTRICTIVE TO hanamichi_physician USING (id = ANY ((SELECT employer_ids())::uuid[])) WITH CHECK ((id = ANY ((SELECT employer_ids())::uuid[])) AND released_by = (SELECT subject_id()));
CREATE POLICY opened ON released_opinion AS RESTRICTIVE TO hanamichi_hr USING ((EXISTS ( SELECT FROM interview_request_for_employer r WHERE r.company_id = released_opinion.company_id AND r.id = released_opinion.id AND r.opened)));
GRANT SELECT, INSERT ON released_opinion TO hanamichi_backup;
GRANT SELECT ON released_opinion TO hanamichi_hr;
GRANT INSERT ON released_opinion TO hanamichi_physician;

CREATE TABLE repeated_post (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  route text NOT NULL,
  location text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, subject_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id)
);
CREATE INDEX repeated_post_created_at ON repeated_post (company_id, created_at);
-- row-level security: forced
CREATE POLICY backup ON repeated_post TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON repeated_post USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_alumni ON repeated_post AS RESTRICTIVE TO hanamichi_alumni USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
CREATE POLICY own_hanamichi_employee ON repeated_post AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
CREATE POLICY own_hanamichi_leaver ON repeated_post AS RESTRICTIVE TO hanamichi_leaver USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
CREATE POLICY own_staff ON repeated_post AS RESTRICTIVE TO hanamichi_admin, hanamichi_clerk, hanamichi_hr, hanamichi_implementer, hanamichi_manager, hanamichi_physician USING (subject_id = (SELECT subject_id())) WITH CHECK (subject_id = (SELECT subject_id()));
GRANT SELECT, INSERT ON repeated_post TO hanamichi_admin, hanamichi_alumni, hanamichi_backup, hanamichi_clerk, hanamichi_employee, hanamichi_hr, hanamichi_implementer, hanamichi_leaver, hanamichi_manager, hanamichi_physician;
GRANT SELECT, DELETE ON repeated_post TO hanamichi_jobs;

CREATE TABLE response (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  invitation_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  provenance text NOT NULL,
  sealed_answers bytea NOT NULL,
  submitted_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, invitation_id, slug),
  FOREIGN KEY (company_id, invitation_id) REFERENCES invitation(company_id, id),
  CHECK (provenance IN ('web', 'paper'))
);
-- row-level security: forced
CREATE POLICY backup ON response TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON response USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON response AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT ON response TO hanamichi_analysis, hanamichi_implementer;
GRANT SELECT, INSERT ON response TO hanamichi_backup, hanamichi_clerk, hanamichi_employee;

CREATE TABLE response_draft (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  slugs text[] NOT NULL,
  sealed bytea NOT NULL,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES invitation(company_id, id)
);
CREATE INDEX response_draft_campaign ON response_draft (company_id, campaign_id);
-- row-level security: forced
CREATE POLICY backup ON response_draft TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON response_draft USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON response_draft AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT, INSERT ON response_draft TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON response_draft TO hanamichi_employee;
GRANT SELECT (company_id, id, campaign_id), DELETE ON response_draft TO hanamichi_scheduler;

CREATE TABLE result (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  sealed bytea NOT NULL,
  scored_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES invitation(company_id, id)
);
-- row-level security: forced
CREATE POLICY asked ON result AS RESTRICTIVE TO hanamichi_physician USING ((EXISTS ( SELECT FROM interview_request r WHERE r.company_id = result.company_id AND r.invitation_id = result.id AND NOT (EXISTS ( SELECT FROM interview_request_event e WHERE e.company_id = r.company_id AND e.request_id = r.id AND e.kind = 'withdrawn')))));
CREATE POLICY backup ON result TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON result USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON result AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
GRANT SELECT ON result TO hanamichi_analysis, hanamichi_implementer, hanamichi_physician;
GRANT SELECT, INSERT ON result TO hanamichi_backup, hanamichi_clerk, hanamichi_employee;

CREATE TABLE return_request (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  member_id uuid NOT NULL,
  contact_user_id uuid NOT NULL,
  sealed bytea NOT NULL,
  state text NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, contact_user_id) REFERENCES staff_user(company_id, id),
  FOREIGN KEY (company_id, member_id) REFERENCES alumni_member(company_id, id) ON DELETE CASCADE,
  CHECK (state IN ('received', 'screened', 'talk', 'offer', 'no', 'withdrawn'))
);
-- row-level security: forced
CREATE POLICY backup ON return_request TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY chosen_contact ON return_request AS RESTRICTIVE TO hanamichi_hr USING (contact_user_id = (SELECT subject_id()));
CREATE POLICY company ON return_request USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_request ON return_request AS RESTRICTIVE TO hanamichi_alumni USING (member_id = (SELECT subject_id())) WITH CHECK (member_id = (SELECT subject_id()));
GRANT SELECT, INSERT, UPDATE (state) ON return_request TO hanamichi_alumni;
GRANT SELECT, INSERT ON return_request TO hanamichi_backup;
GRANT SELECT, UPDATE (state) ON return_request TO hanamichi_hr;

CREATE TABLE role_grant (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  role text NOT NULL,
  workplace_id uuid,
  department_id uuid,
  profession text,
  course_completed_on date,
  course_exempt boolean NOT NULL DEFAULT false,
  is_representative boolean NOT NULL DEFAULT false,
  directed_by uuid,
  secrecy_acknowledged_at timestamptz,
  granted_by uuid,
  granted_at timestamptz NOT NULL,
  revoked_at timestamptz,
  revoked_reason text,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, user_id) REFERENCES staff_user(company_id, id),
  CHECK (NOT course_exempt OR (profession IN ('nurse', 'psychiatric_social_worker'))),
  CHECK (profession IN ('physician', 'public_health_nurse', 'dentist', 'nurse', 'psychiatric_social_worker', 'certified_psychologist')),
  CHECK (role <> 'implementer' OR (profession IN ('physician', 'public_health_nurse')) OR course_completed_on IS NOT NULL OR course_exempt),
  CHECK (role <> 'implementer' OR profession IS NOT NULL),
  CHECK (role <> 'manager' OR department_id IS NOT NULL),
  CHECK (role IN ('admin', 'hr', 'implementer', 'clerk', 'physician', 'manager'))
);
CREATE INDEX role_grant_user ON role_grant (company_id, user_id) WHERE (revoked_at IS NULL);
-- row-level security: forced
CREATE POLICY backup ON role_grant TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON role_grant USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON role_grant FOR SELECT TO hanamichi_lookup USING (true);
CREATE POLICY one_way ON role_grant AS RESTRICTIVE FOR UPDATE TO hanamichi_admin, hanamichi_hr USING (revoked_at IS NULL) WITH CHECK (revoked_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (revoked_at, revoked_reason) ON role_grant TO hanamichi_admin;
GRANT SELECT ON role_grant TO hanamichi_alumni, hanamichi_clerk, hanamichi_employee, hanamichi_implementer, hanamichi_jobs, hanamichi_leaver, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler;
GRANT SELECT, INSERT ON role_grant TO hanamichi_backup, hanamichi_setup;
GRANT SELECT, UPDATE (revoked_at, revoked_reason) ON role_grant TO hanamichi_hr;
GRANT SELECT (company_id, id, user_id, role, workplace_id, department_id, secrecy_acknowledged_at, revoked_at) ON role_grant TO hanamichi_lookup;
GRANT SELECT, UPDATE (secrecy_acknowledged_at) ON role_grant TO hanamichi_sign_in;

CREATE TABLE roster_import (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  file_name text NOT NULL,
  file_hash bytea NOT NULL,
  encoding text NOT NULL,
  effective_on date NOT NULL,
  lines integer NOT NULL DEFAULT 0,
  counts jsonb NOT NULL DEFAULT '{}'::jsonb,
  columns text[] NOT NULL DEFAULT '{}'[],
  ignored_columns text[] NOT NULL DEFAULT '{}'[],
  applied_before integer NOT NULL DEFAULT 0,
  problem jsonb,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  applied_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (kind IN ('departments', 'employees')),
  CHECK (state IN ('reading', 'previewed', 'applied', 'discarded', 'failed'))
);
-- row-level security: forced
CREATE POLICY backup ON roster_import TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON roster_import USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON roster_import TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON roster_import TO hanamichi_hr;

CREATE TABLE roster_import_line (
  company_id uuid NOT NULL,
  import_id uuid NOT NULL,
  line integer NOT NULL,
  outcome text NOT NULL,
  fields jsonb NOT NULL,
  remarks jsonb NOT NULL DEFAULT '[]'::jsonb,
  ids uuid[] NOT NULL DEFAULT '{}'::uuid[],
  plan jsonb NOT NULL DEFAULT '{}'::jsonb,
  PRIMARY KEY (company_id, import_id, line),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, import_id) REFERENCES roster_import(company_id, id) ON DELETE CASCADE,
  CHECK (line > 0),
  CHECK (outcome IN ('added', 'changed', 'moved', 'ended', 'unchanged', 'wrong'))
);
CREATE INDEX roster_import_line_address ON roster_import_line (company_id, import_id, (ids[1])) WHERE (remarks @> '[{"code": "address_changed"}]'::jsonb);
-- row-level security: forced
CREATE POLICY backup ON roster_import_line TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON roster_import_line USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON roster_import_line TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE, DELETE ON roster_import_line TO hanamichi_hr;

CREATE TABLE session (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  subject_id uuid NOT NULL,
  context_id uuid,
  strength text NOT NULL,
  secret_hash bytea NOT NULL,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  idle_seconds integer NOT NULL,
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, secret_hash),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (idle_seconds > 0),
  CHECK (kind IN ('staff', 'participant', 'leaver', 'alumni')),
  CHECK (strength IN ('link', 'code', 'password', 'full'))
);
CREATE INDEX session_subject ON session (company_id, subject_id);
-- row-level security: forced
CREATE POLICY backup ON session TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON session USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON session FOR SELECT TO hanamichi_lookup USING (true);
CREATE POLICY only_staff ON session AS RESTRICTIVE TO hanamichi_admin, hanamichi_hr, hanamichi_implementer, hanamichi_manager, hanamichi_physician, hanamichi_sign_in USING (kind = 'staff');
CREATE POLICY own_hanamichi_alumni ON session AS RESTRICTIVE TO hanamichi_alumni USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
CREATE POLICY own_hanamichi_employee ON session AS RESTRICTIVE TO hanamichi_employee USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
CREATE POLICY own_hanamichi_leaver ON session AS RESTRICTIVE TO hanamichi_leaver USING (subject_id = subject_id()) WITH CHECK (subject_id = subject_id());
CREATE POLICY staff_and_participants ON session AS RESTRICTIVE TO hanamichi_clerk USING (kind IN ('staff', 'participant'));
GRANT SELECT (company_id, id, kind, subject_id, created_at, last_seen_at, expires_at, revoked_at), UPDATE (last_seen_at, revoked_at) ON session TO hanamichi_admin, hanamichi_clerk, hanamichi_hr, hanamichi_implementer, hanamichi_manager, hanamichi_physician;
GRANT SELECT, INSERT, UPDATE ON session TO hanamichi_alumni, hanamichi_employee, hanamichi_leaver, hanamichi_sign_in;
GRANT SELECT, INSERT ON session TO hanamichi_backup;
GRANT SELECT (company_id, id, kind, subject_id, created_at, last_seen_at, expires_at, revoked_at), UPDATE (last_seen_at, revoked_at), DELETE ON session TO hanamichi_jobs;
GRANT SELECT (company_id, id, kind, subject_id, context_id, strength, secret_hash, last_seen_at, idle_seconds, expires_at, revoked_at) ON session TO hanamichi_lookup;

CREATE TABLE setup_confirmation (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  what text NOT NULL,
  confirmed_by uuid NOT NULL,
  confirmed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, confirmed_by) REFERENCES staff_user(company_id, id),
  CHECK (what = 'key_backup')
);
-- row-level security: forced
CREATE POLICY backup ON setup_confirmation TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON setup_confirmation USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON setup_confirmation TO hanamichi_admin, hanamichi_backup;
GRANT SELECT ON setup_confirmation TO hanamichi_sign_in;

CREATE TABLE sign_in_attempt (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  account_hash bytea NOT NULL,
  origin_hash bytea NOT NULL,
  at timestamptz NOT NULL,
  succeeded boolean NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id) REFERENCES company(company_id)
);
CREATE INDEX sign_in_attempt_account ON sign_in_attempt (company_id, account_hash, at);
CREATE INDEX sign_in_attempt_origin ON sign_in_attempt (company_id, origin_hash, at);
-- row-level security: forced
CREATE POLICY backup ON sign_in_attempt TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON sign_in_attempt USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON sign_in_attempt TO hanamichi_backup;
GRANT SELECT, DELETE ON sign_in_attempt TO hanamichi_jobs;
GRANT SELECT, INSERT, UPDATE (succeeded) ON sign_in_attempt TO hanamichi_sign_in;

CREATE TABLE staff_user (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  email text NOT NULL,
  display_name text NOT NULL,
  employee_code text,
  password_hash text,
  totp_sealed bytea,
  totp_confirmed_at timestamptz,
  totp_last_step bigint,
  created_at timestamptz NOT NULL,
  disabled_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, email),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (email = lower(email) AND length(email) <= 254)
);
-- row-level security: forced
CREATE POLICY backup ON staff_user TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON staff_user USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY lookup ON staff_user FOR SELECT TO hanamichi_lookup USING (true);
GRANT SELECT (company_id, id, email, display_name, employee_code, totp_confirmed_at, created_at, disabled_at), INSERT, UPDATE (display_name, employee_code, password_hash, totp_sealed, totp_confirmed_at, disabled_at) ON staff_user TO hanamichi_admin;
GRANT SELECT (company_id, id, display_name, disabled_at) ON staff_user TO hanamichi_alumni, hanamichi_employee, hanamichi_leaver;
GRANT SELECT, INSERT ON staff_user TO hanamichi_backup, hanamichi_setup;
GRANT SELECT (company_id, id, email, display_name, employee_code, disabled_at) ON staff_user TO hanamichi_clerk, hanamichi_hr, hanamichi_implementer, hanamichi_jobs, hanamichi_physician, hanamichi_scheduler;
GRANT SELECT (company_id, id, email, display_name, disabled_at) ON staff_user TO hanamichi_lookup;
GRANT SELECT (company_id, id, email, display_name, employee_code, totp_confirmed_at, disabled_at) ON staff_user TO hanamichi_mailer;
GRANT SELECT, UPDATE ON staff_user TO hanamichi_sign_in;

CREATE TABLE stress_subject (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  employment_lookup bytea NOT NULL,
  sealed_identity bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, employment_lookup),
  FOREIGN KEY (company_id) REFERENCES company(company_id)
);
-- row-level security: forced
CREATE POLICY asked ON stress_subject AS RESTRICTIVE TO hanamichi_physician USING ((EXISTS ( SELECT FROM interview_request r WHERE r.company_id = stress_subject.company_id AND r.subject_id = stress_subject.id)) OR (EXISTS ( SELECT FROM consultation c WHERE c.company_id = stress_subject.company_id AND c.subject_id = stress_subject.id AND c.physician_id = (SELECT subject_id()))));
CREATE POLICY backup ON stress_subject TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON stress_subject USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY own_hanamichi_employee ON stress_subject AS RESTRICTIVE TO hanamichi_employee USING (id = subject_id()) WITH CHECK (id = subject_id());
GRANT SELECT ON stress_subject TO hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_implementer, hanamichi_mailer, hanamichi_physician;
GRANT SELECT, INSERT ON stress_subject TO hanamichi_backup, hanamichi_scheduler;

CREATE TABLE survey_signal (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  report_id uuid NOT NULL,
  department_id uuid NOT NULL,
  respondents integer NOT NULL,
  use text NOT NULL,
  multiplier double precision NOT NULL,
  log_multiplier_variance double precision NOT NULL,
  response_rate double precision,
  stress jsonb,
  tip_over jsonb NOT NULL,
  kappa double precision NOT NULL,
  parameters text NOT NULL,
  closed_on date NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, report_id, department_id),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, department_id) REFERENCES department(company_id, id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report(company_id, id),
  CHECK (log_multiplier_variance >= 0::double precision),
  CHECK (multiplier > 0::double precision),
  CHECK (respondents >= 10),
  CHECK (use IN ('used', 'tooFew', 'lowResponse'))
);
-- row-level security: forced
CREATE POLICY backup ON survey_signal TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON survey_signal USING (company_id = company_id()) WITH CHECK (company_id = company_id());
CREATE POLICY released_only ON survey_signal AS RESTRICTIVE TO hanamichi_turnover USING ((EXISTS ( SELECT FROM group_report g WHERE g.company_id = survey_signal.company_id AND g.id = survey_signal.report_id AND g.state = 'released')));
GRANT SELECT, INSERT ON survey_signal TO hanamichi_analysis, hanamichi_backup;
GRANT SELECT ON survey_signal TO hanamichi_implementer, hanamichi_turnover;

CREATE TABLE turnover_assessment (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  report_id uuid NOT NULL,
  method_version text NOT NULL,
  parameters jsonb NOT NULL,
  input_hash text NOT NULL,
  content jsonb NOT NULL,
  as_of_on date NOT NULL,
  computed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, report_id, input_hash),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  FOREIGN KEY (company_id, report_id) REFERENCES group_report(company_id, id)
);
-- row-level security: forced
CREATE POLICY backup ON turnover_assessment TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON turnover_assessment USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT, INSERT ON turnover_assessment TO hanamichi_backup, hanamichi_turnover;
GRANT SELECT ON turnover_assessment TO hanamichi_hr, hanamichi_implementer;

CREATE TABLE workplace (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  code text NOT NULL,
  name text NOT NULL,
  headcount_for_50 integer,
  headcount_source text NOT NULL DEFAULT 'roster',
  from_on date NOT NULL,
  until_on date,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, code),
  FOREIGN KEY (company_id) REFERENCES company(company_id),
  CHECK (headcount_for_50 >= 0),
  CHECK (headcount_source IN ('roster', 'given')),
  CHECK (until_on IS NULL OR until_on >= from_on)
);
-- row-level security: forced
CREATE POLICY backup ON workplace TO hanamichi_backup USING (true) WITH CHECK (true);
CREATE POLICY company ON workplace USING (company_id = company_id()) WITH CHECK (company_id = company_id());
GRANT SELECT ON workplace TO hanamichi_admin, hanamichi_analysis, hanamichi_clerk, hanamichi_employee, hanamichi_implementer, hanamichi_leaver, hanamichi_mailer, hanamichi_manager, hanamichi_physician, hanamichi_scheduler, hanamichi_setup, hanamichi_sign_in, hanamichi_turnover;
GRANT SELECT, INSERT ON workplace TO hanamichi_backup;
GRANT SELECT, INSERT, UPDATE ON workplace TO hanamichi_hr;

CREATE VIEW departure_fact WITH (security_barrier=true) AS
 SELECT company_id,
    employment_id,
    leaving_on,
    kind = 'resignation' AS voluntary
   FROM departure
  WHERE state = 'confirmed';
-- owner hanamichi_owner
GRANT SELECT ON departure_fact TO hanamichi_hr, hanamichi_turnover;

CREATE VIEW group_report_for_manager WITH (security_barrier=true) AS
 SELECT g.company_id,
    g.id AS report_id,
    g.campaign_id,
    g.slug,
    g.kind,
    g.floor,
    g.method_version,
    g.content_hash,
    g.released_at,
    r.department_id,
    g.content - 'groups' AS frame,
    jsonb_path_query_first(g.content, '$."groups"[*]?(@."kind" == "company")'::jsonpath) AS company_part,
    jsonb_path_query_first(g.content, '$."groups"[*]?(@."kind" == "department" && @."id" == $"wanted")'::jsonpath, jsonb_build_object('wanted', r.department_id::text)) AS department_part
   FROM group_report g
     JOIN group_report_recipient r ON r.company_id = g.company_id AND r.report_id = g.id
  WHERE g.state = 'released' AND r.department_id IS NOT NULL AND r.user_id = (SELECT subject_id());
-- owner hanamichi_owner
GRANT SELECT ON group_report_for_manager TO hanamichi_manager;

CREATE VIEW interview_request_for_employer WITH (security_barrier=true) AS
 SELECT company_id,
    id,
    workplace_id,
    campaign_id,
    requested_on,
    opened,
    interviewed_on,
    opinion_released,
    withdrawn,
        CASE
            WHEN opened THEN sealed
            ELSE NULL::bytea
        END AS sealed
   FROM ( SELECT q.company_id,
            q.id,
            q.workplace_id,
            q.campaign_id,
            q.sealed,
            q.requested_on,
            (EXISTS ( SELECT
                   FROM employer_request_event e
                  WHERE e.company_id = q.company_id AND e.request_id = q.id AND e.kind = 'opened_by_hr')) AS opened,
            ( SELECT max(e.happened_on) AS max
                   FROM employer_request_event e
                  WHERE e.company_id = q.company_id AND e.request_id = q.id AND e.kind = 'interviewed') AS interviewed_on,
            (EXISTS ( SELECT
                   FROM employer_request_event e
                  WHERE e.company_id = q.company_id AND e.request_id = q.id AND e.kind = 'opinion_released')) AS opinion_released,
            (EXISTS ( SELECT
                   FROM employer_request_event e
                  WHERE e.company_id = q.company_id AND e.request_id = q.id AND e.kind = 'withdrawn')) AS withdrawn
           FROM employer_request q) r
  WHERE opened OR NOT withdrawn;
-- owner hanamichi_owner
GRANT SELECT ON interview_request_for_employer TO hanamichi_hr;

CREATE VIEW own_released_opinion WITH (security_barrier=true) AS
 SELECT company_id,
    id,
    subject_id,
    released_at
   FROM opinion o
  WHERE subject_id = subject_id() AND released_at IS NOT NULL;
-- owner hanamichi_owner
GRANT SELECT ON own_released_opinion TO hanamichi_employee;

CREATE VIEW personnel_authority_holder WITH (security_barrier=true) AS
 SELECT DISTINCT company_id,
    employee_code
   FROM personnel_authority;
-- owner hanamichi_owner

CREATE VIEW roster_assignment WITH (security_barrier=true) AS
 SELECT a.company_id,
    a.id AS assignment_id,
    e.id AS employment_id,
    p.id AS employee_id,
    p.employee_code,
    p.family_name,
    p.given_name,
    p.email,
    p.sex,
    p.birth_on,
    p.paper_pin_hash,
    e.kind AS employment_kind,
    e.takes_stress_check,
    e.from_on AS employed_from_on,
    e.until_on AS employed_until_on,
    a.department_id,
    a.workplace_id,
    a.from_on AS assigned_from_on,
    a.until_on AS assigned_until_on
   FROM assignment a
     JOIN employment e ON e.company_id = a.company_id AND e.id = a.employment_id
     JOIN employee p ON p.company_id = e.company_id AND p.id = e.employee_id;
-- owner hanamichi_owner
GRANT SELECT ON roster_assignment TO hanamichi_clerk, hanamichi_hr, hanamichi_implementer, hanamichi_mailer, hanamichi_physician, hanamichi_scheduler;

CREATE VIEW roster_authority_address WITH (security_barrier=true) AS
 SELECT DISTINCT p.company_id,
    p.email,
    p.employee_code
   FROM employee p
     JOIN personnel_authority_holder a ON a.company_id = p.company_id AND a.employee_code = p.employee_code
  WHERE p.email IS NOT NULL;
-- owner hanamichi_owner
GRANT SELECT ON roster_authority_address TO hanamichi_admin, hanamichi_setup;

CREATE VIEW roster_department WITH (security_barrier=true) AS
 SELECT d.company_id,
    d.id AS department_id,
    d.code,
    v.name,
    v.parent_id,
    v.from_on,
    v.until_on
   FROM department d
     JOIN department_version v ON v.company_id = d.company_id AND v.department_id = d.id;
-- owner hanamichi_owner
GRANT SELECT ON roster_department TO hanamichi_admin, hanamichi_hr, hanamichi_implementer, hanamichi_setup, hanamichi_sign_in;

CREATE VIEW roster_former_address WITH (security_barrier=true) AS
 SELECT l.company_id,
    l.import_id,
    l.ids[1] AS notice_id,
    (r.remark -> 'params') ->> 'before' AS address,
    i.applied_at
   FROM roster_import_line l
     JOIN roster_import i ON i.company_id = l.company_id AND i.id = l.import_id AND i.state = 'applied'
     CROSS JOIN LATERAL jsonb_array_elements(l.remarks) r(remark)
  WHERE l.remarks @> '[{"code": "address_changed"}]'::jsonb AND (r.remark ->> 'code') = 'address_changed';
-- owner hanamichi_owner
GRANT SELECT ON roster_former_address TO hanamichi_mailer;

CREATE VIEW roster_movement WITH (security_barrier=true) AS
 SELECT company_id,
    employment_id,
    sex,
    birth_on,
    employment_kind,
    employed_from_on,
    employed_until_on,
    department_id,
    workplace_id,
    assigned_from_on,
    assigned_until_on
   FROM roster_assignment;
-- owner hanamichi_owner
GRANT SELECT ON roster_movement TO hanamichi_analysis, hanamichi_clerk, hanamichi_hr, hanamichi_implementer, hanamichi_turnover;

CREATE VIEW roster_place WITH (security_barrier=true) AS
 SELECT company_id,
    department_id,
    workplace_id,
    from_on,
    until_on
   FROM assignment;
-- owner hanamichi_owner
GRANT SELECT ON roster_place TO hanamichi_admin, hanamichi_hr, hanamichi_implementer, hanamichi_setup, hanamichi_sign_in;

CREATE VIEW roster_workplace WITH (security_barrier=true) AS
 SELECT company_id,
    id AS workplace_id,
    code,
    name,
    from_on,
    until_on
   FROM workplace;
-- owner hanamichi_owner
GRANT SELECT ON roster_workplace TO hanamichi_admin, hanamichi_hr, hanamichi_implementer, hanamichi_setup, hanamichi_sign_in;

CREATE FUNCTION clock() RETURNS timestamp with time zone LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (NULLIF(current_setting('app.now'::text, true), ''::text))::timestamp with time zone;
-- owner hanamichi_owner; called by PUBLIC

CREATE FUNCTION company_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (NULLIF(current_setting('app.company_id'::text, true), ''::text))::uuid;
-- owner hanamichi_owner; called by PUBLIC

CREATE FUNCTION context_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (NULLIF(current_setting('app.context_id'::text, true), ''::text))::uuid;
-- owner hanamichi_owner; called by PUBLIC

CREATE FUNCTION employer_ids() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (COALESCE(NULLIF(current_setting('app.employer_ids'::text, true), ''::text), '{}'::text))::uuid[];
-- owner hanamichi_owner; called by PUBLIC

CREATE FUNCTION find_alumni_member(wanted_company uuid, wanted_hash bytea) RETURNS TABLE(id uuid, state text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT m.id, m.state FROM alumni_member m WHERE m.company_id = wanted_company AND m.address_hash = wanted_hash
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION find_company(wanted text) RETURNS TABLE(company_id uuid, key text, name text, locale text, time_zone text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT c.company_id, c.key, c.name, c.locale, c.time_zone FROM company c
  WHERE c.key = wanted OR (wanted IS NULL AND (SELECT count(*) FROM company) = 1)
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION find_company_keys(wanted uuid) RETURNS TABLE(id uuid, wrapped bytea, wrapping_key_check bytea, retired_at timestamp with time zone) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT k.id, k.wrapped, k.wrapping_key_check, k.retired_at FROM company_key k WHERE k.company_id = wanted ORDER BY k.created_at DESC
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION find_link(wanted_key text, wanted_hash bytea) RETURNS TABLE(company_id uuid, company_key text, company_name text, company_locale text, time_zone text, kind text, subject_id uuid, context_id uuid, expires_at timestamp with time zone, revoked_at timestamp with time zone) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT c.company_id, c.key, c.name, c.locale, c.time_zone, t.kind, t.subject_id, t.context_id, t.expires_at, t.revoked_at
  FROM company c JOIN link_token t ON t.company_id = c.company_id
  WHERE c.key = wanted_key AND t.hash = wanted_hash
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION find_session(wanted_key text, wanted_hash bytea, at timestamp with time zone) RETURNS TABLE(company_id uuid, company_key text, company_name text, company_locale text, time_zone text, id uuid, kind text, subject_id uuid, context_id uuid, strength text, last_seen_at timestamp with time zone) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT c.company_id, c.key, c.name, c.locale, c.time_zone, s.id, s.kind, s.subject_id, s.context_id, s.strength, s.last_seen_at
  FROM company c JOIN session s ON s.company_id = c.company_id
  WHERE c.key = wanted_key AND s.secret_hash = wanted_hash AND s.revoked_at IS NULL AND s.expires_at > at
    AND s.last_seen_at + make_interval(secs => s.idle_seconds) > at;
END $$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION find_staff_roles(wanted_company uuid, wanted_user uuid) RETURNS TABLE(id uuid, role text, workplace_id uuid, department_id uuid, acknowledged boolean, display_name text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT g.id, g.role, g.workplace_id, g.department_id, g.secrecy_acknowledged_at IS NOT NULL, u.display_name
  FROM role_grant g JOIN staff_user u ON u.company_id = g.company_id AND u.id = g.user_id
  WHERE g.company_id = wanted_company AND g.user_id = wanted_user AND g.revoked_at IS NULL AND u.disabled_at IS NULL
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE PROCEDURE guard(IN guarded regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
  EXECUTE format('CREATE POLICY company ON %s USING (company_id = hanamichi.company_id()) WITH CHECK (company_id = hanamichi.company_id())', guarded);
  EXECUTE format('CREATE POLICY backup ON %s TO hanamichi_backup USING (true) WITH CHECK (true)', guarded);
  EXECUTE format('GRANT SELECT, INSERT ON %s TO hanamichi_backup', guarded);
END $$;
-- owner hanamichi_owner; called by nobody else

CREATE PROCEDURE let_lookup(IN guarded regclass, IN columns text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY lookup ON %s FOR SELECT TO hanamichi_lookup USING (true)', guarded);
  EXECUTE format('GRANT SELECT (%s) ON %s TO hanamichi_lookup', columns, guarded);
END $$;
-- owner hanamichi_owner; called by nobody else

CREATE FUNCTION list_companies() RETURNS TABLE(company_id uuid, key text, name text, locale text, time_zone text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT c.company_id, c.key, c.name, c.locale, c.time_zone FROM company c ORDER BY c.company_id
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION list_companies_with_due_mail(at timestamp with time zone) RETURNS TABLE(company_id uuid) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT DISTINCT m.company_id FROM mail_message m
  WHERE (m.state = 'queued' AND m.next_attempt_at <= at) OR (m.state = 'sending' AND m.claimed_until < at)
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION list_due_campaigns(at timestamp with time zone) RETURNS TABLE(company_id uuid, campaign_id uuid, due text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT c.company_id, c.id, CASE WHEN c.state = 'signed' THEN 'open' ELSE 'close' END FROM campaign c
  WHERE (c.state = 'signed' AND c.opens_at <= at) OR (c.state = 'open' AND c.closes_at <= at)
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION list_questionnaires_in_use() RETURNS TABLE(slug text, version integer, hash text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT DISTINCT q.slug, q.version, q.hash FROM questionnaire_version q WHERE q.source = 'shipped'
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION list_running_campaigns(at timestamp with time zone) RETURNS TABLE(company_id uuid, campaign_id uuid, time_zone text, is_open boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT c.company_id, c.id, f.time_zone, c.state = 'open' FROM campaign c JOIN company f ON f.company_id = c.company_id
  WHERE c.state = 'open' OR (c.closed_at IS NOT NULL AND c.closed_at > at - interval '3 days')
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION list_wrapping_key_checks() RETURNS TABLE(wrapping_key_check bytea) LANGUAGE sql STABLE SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  SELECT DISTINCT k.wrapping_key_check FROM company_key k WHERE k.retired_at IS NULL
$$;
-- owner hanamichi_lookup; called by hanamichi_runtime

CREATE FUNCTION mark_request(request uuid, event_id uuid, user_id uuid, event_kind text) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path=hanamichi, pg_temp AS $$
  INSERT INTO employer_request_event (company_id, id, request_id, kind, happened_on, by_user_id)
  SELECT r.company_id, event_id, r.id, event_kind, (hanamichi.clock() AT TIME ZONE c.time_zone)::date, user_id
  FROM employer_request r JOIN company c ON c.company_id = r.company_id
  WHERE r.company_id = hanamichi.company_id() AND r.id = request AND event_kind IN ('opened_by_hr', 'measures_recorded')
    AND user_id = hanamichi.subject_id()
    AND NOT EXISTS (SELECT FROM employer_request_event e WHERE e.company_id = r.company_id AND e.request_id = r.id
      AND (e.kind = event_kind OR (e.kind = 'withdrawn' AND event_kind = 'opened_by_hr')))
$$;
-- owner hanamichi_owner; called by hanamichi_hr

CREATE PROCEDURE only_own(IN guarded regclass, IN role_name name, IN column_name name) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY %I ON %s AS RESTRICTIVE TO %I USING (%I = hanamichi.subject_id()) WITH CHECK (%I = hanamichi.subject_id())',
    'own_' || role_name, guarded, role_name, column_name, column_name);
END $$;
-- owner hanamichi_owner; called by nobody else

CREATE FUNCTION refuse_after_signing() RETURNS trigger LANGUAGE plpgsql SET search_path=hanamichi, pg_temp AS $$
BEGIN
  IF current_user <> 'hanamichi_backup' AND EXISTS (
    SELECT FROM campaign c WHERE c.company_id = coalesce(NEW.company_id, OLD.company_id) AND c.id = coalesce(NEW.campaign_id, OLD.campaign_id)
      AND c.state NOT IN ('draft', 'prepared')
  ) THEN
    RAISE EXCEPTION 'a signed campaign keeps what was signed' USING ERRCODE = 'HA002';
  END IF;
  RETURN coalesce(NEW, OLD);
END $$;
-- owner hanamichi_owner; called by PUBLIC

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this table is append-only' USING ERRCODE = 'HA001';
END $$;
-- owner hanamichi_owner; called by PUBLIC

CREATE FUNCTION refuse_change_of_released() RETURNS trigger LANGUAGE plpgsql SET search_path=hanamichi, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a released report stays as it is' USING ERRCODE = 'HA003';
END $$;
-- owner hanamichi_owner; called by PUBLIC

CREATE FUNCTION refuse_change_of_signed() RETURNS trigger LANGUAGE plpgsql SET search_path=hanamichi, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a signed campaign keeps what was signed' USING ERRCODE = 'HA002';
END $$;
-- owner hanamichi_owner; called by PUBLIC

CREATE FUNCTION refuse_unless(done boolean) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF done THEN RETURN done; END IF;
  RAISE EXCEPTION 'this step is not possible any more' USING ERRCODE = 'HA002';
END $$;
-- owner hanamichi_owner; called by hanamichi_employee

CREATE FUNCTION subject_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (NULLIF(current_setting('app.subject_id'::text, true), ''::text))::uuid;
-- owner hanamichi_owner; called by PUBLIC
