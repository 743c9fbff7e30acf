-- Owner: server/graduations. Departures, the leaving walk, the exit interview. Nothing here shares a key with the stress area.
CREATE TABLE departure (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'confirmed', 'cancelled')),
  -- null while draft: HR confirms the kind; the kind decides tone and steps (law E-7)
  kind text CHECK (kind IN ('resignation', 'retirement', 'transfer_out', 'end_of_term', 'non_renewal', 'dismissal', 'encouraged', 'redundancy', 'leave_expired', 'illness', 'death')),
  notice_on date,
  last_working_on date,
  leaving_on date NOT NULL,
  source text NOT NULL CHECK (source IN ('roster', 'hr')),
  confirmed_by uuid,
  confirmed_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  CHECK ((state = 'confirmed') = (kind IS NOT NULL AND confirmed_at IS NOT NULL)),
  CHECK (last_working_on IS NULL OR last_working_on <= leaving_on),
  CHECK (notice_on IS NULL OR notice_on <= leaving_on)
);
CREATE UNIQUE INDEX departure_one_live ON departure (company_id, employment_id) WHERE state <> 'cancelled';
-- Who a subject of the exit area is: one sealed row; keyed hash to find it again from the departure.
CREATE TABLE exit_subject (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  departure_lookup bytea NOT NULL,
  -- vault envelope (area exit, record type identity): {departureId, employmentId, name}; nothing else joins a departure and its subject
  sealed_identity bytea NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, departure_lookup)
);
CREATE TABLE exit_interview (
  company_id uuid NOT NULL REFERENCES company,
  -- = exit subject id
  id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'invited', 'submitted', 'declined')),
  -- where it counts as a group figure: the department held 30 days before leaving
  department_id uuid NOT NULL,
  due_on date NOT NULL,
  -- chosen by the leaver at the start
  visibility text CHECK (visibility IN ('hr', 'groups_only')),
  -- vault envelope (area exit, record type answers)
  sealed_answers bytea,
  submitted_on date,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES exit_subject (company_id, id),
  CHECK ((state = 'submitted') = (sealed_answers IS NOT NULL AND visibility IS NOT NULL))
);
-- Asked once more some months later, of those who agreed: the row is the agreement. Answers apart from those at leaving, under a key of their own.
CREATE TABLE exit_followup (
  company_id uuid NOT NULL REFERENCES company,
  -- = exit subject id
  id uuid NOT NULL,
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'invited', 'submitted', 'declined')),
  -- where it counts as a group figure: as what was said at leaving
  department_id uuid NOT NULL,
  -- when the person said yes, and to which wording of the sentence
  agreed_on date NOT NULL,
  text_version text NOT NULL,
  due_on date NOT NULL,
  visibility text CHECK (visibility IN ('hr', 'groups_only')),
  -- vault envelope (area exit, record type followup)
  sealed_answers bytea,
  submitted_on date,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES exit_subject (company_id, id),
  CHECK ((state = 'submitted') = (sealed_answers IS NOT NULL AND visibility IS NOT NULL))
);
-- told and confirmed by the leaver; HR reads it only if the leaver allows it
CREATE TABLE private_contact (
  company_id uuid NOT NULL REFERENCES company,
  -- = exit subject id
  id uuid NOT NULL,
  -- vault envelope (area exit, record type contact): {email, version}; a link confirms only the version it was made for
  sealed bytea NOT NULL,
  hr_may_read boolean NOT NULL,
  confirmed_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES exit_subject (company_id, id)
);
CREATE TABLE graduation_step (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  departure_id uuid NOT NULL,
  -- key of the step catalogue (rules in data)
  step text NOT NULL,
  actor text NOT NULL CHECK (actor IN ('leaver', 'hr')),
  due_on date,
  done_at timestamptz,
  done_by text CHECK (done_by IN ('leaver', 'hr')),
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, departure_id, step),
  FOREIGN KEY (company_id, departure_id) REFERENCES departure
);
CREATE INDEX departure_leaving_on ON departure (company_id, leaving_on) WHERE state <> 'cancelled';
CREATE INDEX exit_interview_due_on ON exit_interview (company_id, due_on) WHERE state = 'waiting';
CREATE INDEX exit_followup_due_on ON exit_followup (company_id, due_on);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['departure', 'exit_subject', 'exit_interview', 'exit_followup', 'private_contact', 'graduation_step'] LOOP
    EXECUTE format('CALL guard(%L)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON departure TO hanamichi_hr;
GRANT SELECT ON departure TO hanamichi_mailer, hanamichi_scheduler;
-- not whose it is: a leaver finds the own one by the sealed identity
GRANT SELECT (company_id, id, state, kind, notice_on, last_working_on, leaving_on) ON departure TO hanamichi_leaver;
GRANT SELECT, INSERT ON exit_subject TO hanamichi_hr;
GRANT SELECT ON exit_subject TO hanamichi_mailer, hanamichi_scheduler, hanamichi_leaver;
CALL only_own('exit_subject', 'hanamichi_leaver', 'id');
GRANT SELECT, INSERT ON exit_interview TO hanamichi_hr;
-- HR reads an interview only where the leaver chose so and has sent it. Of all others no row is seen, in whatever state:
-- a row that vanished on answering would tell that somebody answered
CREATE POLICY chosen_readers ON exit_interview AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (visibility = 'hr' AND state = 'submitted');
GRANT SELECT, UPDATE (state, visibility, sealed_answers, submitted_on) ON exit_interview TO hanamichi_leaver;
CALL only_own('exit_interview', 'hanamichi_leaver', 'id');
GRANT SELECT (company_id, id, state, due_on), UPDATE (state, due_on) ON exit_interview TO hanamichi_scheduler;
GRANT SELECT (company_id, id, state, due_on) ON exit_interview TO hanamichi_mailer;
GRANT SELECT ON exit_interview TO hanamichi_analysis;
-- the agreement is the leaver's own act: HR writes none and sees none
GRANT SELECT, INSERT, UPDATE (state, visibility, sealed_answers, submitted_on), DELETE ON exit_followup TO hanamichi_leaver;
CALL only_own('exit_followup', 'hanamichi_leaver', 'id');
GRANT SELECT ON exit_followup TO hanamichi_hr;
CREATE POLICY chosen_readers ON exit_followup AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (visibility = 'hr' AND state = 'submitted');
GRANT SELECT (company_id, id, state, due_on), UPDATE (state, due_on) ON exit_followup TO hanamichi_scheduler;
GRANT SELECT (company_id, id, state, due_on) ON exit_followup TO hanamichi_mailer;
GRANT SELECT ON exit_followup TO hanamichi_analysis;
GRANT SELECT, INSERT, UPDATE ON private_contact TO hanamichi_leaver;
CALL only_own('private_contact', 'hanamichi_leaver', 'id');
GRANT SELECT ON private_contact TO hanamichi_hr, hanamichi_mailer;
CREATE POLICY allowed ON private_contact AS RESTRICTIVE TO hanamichi_hr USING (hr_may_read AND confirmed_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE ON graduation_step TO hanamichi_hr;
GRANT SELECT, UPDATE (done_at, done_by) ON graduation_step TO hanamichi_leaver;
-- HR holds exit keys only of those who let HR read
CREATE POLICY chosen_readers ON data_key AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (
  area <> 'exit' OR record_type = 'identity'
  OR (record_type = 'answers' AND EXISTS (SELECT FROM exit_interview i WHERE i.company_id = data_key.company_id AND i.id = data_key.subject_id AND i.visibility = 'hr' AND i.state = 'submitted'))
  OR (record_type = 'followup' AND EXISTS (SELECT FROM exit_followup f WHERE f.company_id = data_key.company_id AND f.id = data_key.subject_id AND f.visibility = 'hr' AND f.state = 'submitted'))
  OR (record_type = 'contact' AND EXISTS (SELECT FROM private_contact p WHERE p.company_id = data_key.company_id AND p.id = data_key.subject_id AND p.hr_may_read)));
-- nor do mails tell HR whether somebody answered, gave an address or came (links and sessions: 0004)
CREATE POLICY not_of_leavers ON mail_message AS RESTRICTIVE FOR SELECT TO hanamichi_hr
  USING (template NOT IN ('graduations.dates-changed', 'graduations.exit-interview', 'graduations.exit-followup', 'graduations.private-contact', 'graduations.contact-confirmed'));
-- when a leaving date comes nearer, the interview's links that would outlive the company mailbox end; HR could not even see them
GRANT SELECT (company_id, kind, context_id, revoked_at), UPDATE (revoked_at) ON link_token TO hanamichi_scheduler;
CREATE POLICY kind_scheduler ON link_token AS RESTRICTIVE TO hanamichi_scheduler USING (kind = 'exit_interview');

-- What turnover risk may see of departures: voluntary or not, and when. No name, no reason.
CREATE VIEW departure_fact WITH (security_barrier) AS
  SELECT company_id, employment_id, leaving_on, kind = 'resignation' AS voluntary FROM departure WHERE state = 'confirmed';
GRANT SELECT ON departure_fact TO hanamichi_turnover, hanamichi_hr;
