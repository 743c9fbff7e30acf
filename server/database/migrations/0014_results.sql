-- Owner: server/results. Scores, need, release, consent, request, consultation.
-- company and campaign are the invitation's: see 0013
CREATE TABLE result (
  company_id uuid NOT NULL,
  -- = invitation id
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  -- vault envelope (area stress, record type result): scales, points, sums, verdict, missing
  sealed bytea NOT NULL,
  scored_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES invitation (company_id, id)
);
-- a named implementer's decision; the verdict never writes it (law N-5)
CREATE TABLE interview_need (
  company_id uuid NOT NULL REFERENCES company,
  -- = invitation id
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  -- vault envelope (area stress, record type need): {needed, note}
  sealed bytea NOT NULL,
  confirmed_by uuid NOT NULL,
  confirmed_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES result (company_id, id),
  FOREIGN KEY (company_id, confirmed_by) REFERENCES staff_user
);
CREATE TABLE notice (
  company_id uuid NOT NULL REFERENCES company,
  -- = invitation id
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  released_by uuid NOT NULL,
  notified_at timestamptz NOT NULL,
  first_viewed_at timestamptz,
  PRIMARY KEY (company_id, id),
  -- notice needs the confirmed need (law N-2, N-5)
  FOREIGN KEY (company_id, id) REFERENCES interview_need (company_id, id)
);
-- consent to give the result to the employer: only after notice, by the person, per campaign (law C-1, C-2)
CREATE TABLE consent (
  company_id uuid NOT NULL REFERENCES company,
  -- = invitation id
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  answer text NOT NULL CHECK (answer IN ('full_result', 'need_only', 'no')),
  text_version text NOT NULL,
  locale text NOT NULL,
  notified_at timestamptz NOT NULL,
  consented_at timestamptz NOT NULL CHECK (consented_at > notified_at),
  withdrawn_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES notice (company_id, id)
);
-- A request has two sides. This one is the person's: it knows the stress subject and no employment. The employer's side is further down.
CREATE TABLE interview_request (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  -- = invitation id; one live request per notice
  invitation_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  -- vault envelope (area stress, record type request): {employerRequestId}, the only way from here to the employer's side
  sealed bytea NOT NULL,
  text_version text NOT NULL,
  locale text NOT NULL,
  -- what the person was told the employer learns, word for word (law I-4)
  told text NOT NULL,
  -- the disclosure was read and ticked (law I-3)
  acknowledged boolean NOT NULL CHECK (acknowledged),
  notified_at timestamptz NOT NULL,
  requested_at timestamptz NOT NULL CHECK (requested_at > notified_at),
  -- later than about a month: accepted and marked (law I-2)
  late boolean NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, invitation_id) REFERENCES notice (company_id, id)
);
CREATE INDEX interview_request_subject ON interview_request (company_id, subject_id);
-- the request itself never changes; what follows are events (law I-4)
CREATE TABLE interview_request_event (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('scheduled', 'interviewed', 'opinion_released', 'withdrawn')),
  at timestamptz NOT NULL,
  by_user_id uuid,
  -- of an interview: the day it was held and how (law I-8)
  held_on date,
  mode text CHECK (mode IN ('in_person', 'online')),
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, request_id) REFERENCES interview_request,
  CHECK ((kind = 'interviewed') = (held_on IS NOT NULL AND mode IS NOT NULL))
);
CREATE INDEX interview_request_event_request ON interview_request_event (company_id, request_id);
-- The employer's side: that somebody asked (law R-7). Random ids and days only, so that no row here is paired with one of the person's side by
-- its id or its moment; whose request it is lies sealed, so that a dump does not even tell who asked.
CREATE TABLE employer_request (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  -- vault envelope (area employer, subject = this id, record type request): {employmentId}
  sealed bytea NOT NULL,
  requested_on date NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign,
  FOREIGN KEY (company_id, workplace_id) REFERENCES workplace
);
-- what the employer learns of its course, and what it did itself
CREATE TABLE employer_request_event (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  request_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('opened_by_hr', 'interviewed', 'opinion_released', 'measures_recorded', 'withdrawn')),
  -- of an interview: the day it was held
  happened_on date NOT NULL,
  -- HR's own acts
  by_user_id uuid,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, request_id) REFERENCES employer_request,
  CHECK ((kind IN ('opened_by_hr', 'measures_recorded')) = (by_user_id IS NOT NULL))
);
CREATE INDEX employer_request_event_request ON employer_request_event (company_id, request_id);
-- a private talk with the physician: no event that the employer can see
CREATE TABLE consultation (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  physician_id uuid NOT NULL,
  -- vault envelope (area stress, record type consultation): {message, howToReach}
  sealed bytea NOT NULL,
  asked_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, subject_id) REFERENCES stress_subject,
  FOREIGN KEY (company_id, physician_id) REFERENCES staff_user
);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['result', 'interview_need', 'notice', 'consent', 'interview_request', 'interview_request_event', 'consultation'] LOOP
    EXECUTE format('CALL guard(%L)', t);
    EXECUTE format('CALL only_own(%L, %L, %L)', t, 'hanamichi_employee', 'subject_id');
  END LOOP;
END $$;
CALL guard('employer_request');
CALL guard('employer_request_event');
GRANT SELECT, INSERT ON result TO hanamichi_employee;
GRANT SELECT ON result TO hanamichi_implementer, hanamichi_clerk, hanamichi_analysis;
GRANT INSERT ON result TO hanamichi_clerk;
GRANT SELECT ON interview_need TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk, hanamichi_physician;
GRANT INSERT ON interview_need TO hanamichi_implementer;
GRANT SELECT ON notice TO hanamichi_employee, hanamichi_implementer, hanamichi_clerk;
GRANT INSERT ON notice TO hanamichi_implementer;
GRANT UPDATE (first_viewed_at) ON notice TO hanamichi_employee;
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON consent TO hanamichi_employee;
-- the implementer hands over what was agreed to; refusals stay with the person (law C-3)
GRANT SELECT ON consent TO hanamichi_implementer;
CREATE POLICY agreed ON consent AS RESTRICTIVE FOR SELECT TO hanamichi_implementer USING (answer <> 'no' AND withdrawn_at IS NULL);
GRANT SELECT, INSERT ON interview_request TO hanamichi_employee;
GRANT SELECT, INSERT ON interview_request_event TO hanamichi_employee;
GRANT SELECT ON interview_request, interview_request_event TO hanamichi_implementer, hanamichi_clerk, hanamichi_physician;
GRANT INSERT ON interview_request_event TO hanamichi_physician;
CREATE POLICY only_withdrawal ON interview_request_event AS RESTRICTIVE FOR INSERT TO hanamichi_employee WITH CHECK (kind = 'withdrawn');
CREATE POLICY only_interview ON interview_request_event AS RESTRICTIVE FOR INSERT TO hanamichi_physician
  WITH CHECK (kind IN ('scheduled', 'interviewed', 'opinion_released') AND by_user_id = (SELECT subject_id()));
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON interview_request FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON interview_request_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- the employer's side is written in the same transaction by those who can open the seal that names it, and by nobody else
GRANT INSERT ON employer_request TO hanamichi_employee;
GRANT SELECT, INSERT ON employer_request_event TO hanamichi_employee, hanamichi_physician;
CREATE POLICY named ON employer_request AS RESTRICTIVE TO hanamichi_employee
  USING (id = ANY ((SELECT employer_ids())::uuid[])) WITH CHECK (id = ANY ((SELECT employer_ids())::uuid[]));
CREATE POLICY named ON employer_request_event AS RESTRICTIVE TO hanamichi_employee, hanamichi_physician
  USING (request_id = ANY ((SELECT employer_ids())::uuid[])) WITH CHECK (request_id = ANY ((SELECT employer_ids())::uuid[]));
CREATE POLICY only_withdrawal ON employer_request_event AS RESTRICTIVE FOR INSERT TO hanamichi_employee WITH CHECK (kind = 'withdrawn');
CREATE POLICY only_interview ON employer_request_event AS RESTRICTIVE FOR INSERT TO hanamichi_physician
  WITH CHECK (kind IN ('interviewed', 'opinion_released'));
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON employer_request FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON employer_request_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
GRANT SELECT, INSERT ON consultation TO hanamichi_employee;
GRANT SELECT, UPDATE (closed_at) ON consultation TO hanamichi_physician;
CREATE POLICY chosen_physician ON consultation AS RESTRICTIVE TO hanamichi_physician USING (physician_id = (SELECT subject_id()));
-- the physician reads the result of those who asked, or who consult them, and of nobody else
GRANT SELECT ON result TO hanamichi_physician;
CREATE POLICY asked ON result AS RESTRICTIVE TO hanamichi_physician USING (
  EXISTS (SELECT FROM interview_request r WHERE r.company_id = result.company_id AND r.invitation_id = result.id
    AND NOT EXISTS (SELECT FROM interview_request_event e WHERE e.company_id = r.company_id AND e.request_id = r.id AND e.kind = 'withdrawn')));
CREATE POLICY asked ON interview_need AS RESTRICTIVE TO hanamichi_physician USING (
  EXISTS (SELECT FROM interview_request r WHERE r.company_id = interview_need.company_id AND r.invitation_id = interview_need.id
    AND NOT EXISTS (SELECT FROM interview_request_event e WHERE e.company_id = r.company_id AND e.request_id = r.id AND e.kind = 'withdrawn')));
CREATE POLICY asked ON stress_subject AS RESTRICTIVE TO hanamichi_physician USING (
  EXISTS (SELECT FROM interview_request r WHERE r.company_id = stress_subject.company_id AND r.subject_id = stress_subject.id)
  OR EXISTS (SELECT FROM consultation c WHERE c.company_id = stress_subject.company_id AND c.subject_id = stress_subject.id AND c.physician_id = (SELECT subject_id())));
CREATE POLICY asked ON data_key AS RESTRICTIVE TO hanamichi_physician USING (
  area = 'employer' OR EXISTS (SELECT FROM interview_request r WHERE r.company_id = data_key.company_id AND r.subject_id = data_key.subject_id)
  OR EXISTS (SELECT FROM consultation c WHERE c.company_id = data_key.company_id AND c.subject_id = data_key.subject_id AND c.physician_id = (SELECT subject_id())));

-- What the employer reads of a request: that it was made, and once HR has opened it, the seal under which the employment lies (law R-7).
-- Withdrawn ones that HR never opened are gone (law I-5). Owner's rights, company policy holds.
CREATE VIEW interview_request_for_employer WITH (security_barrier) AS
  SELECT r.company_id, r.id, r.workplace_id, r.campaign_id, r.requested_on, r.opened, r.interviewed_on, r.opinion_released, r.withdrawn,
    CASE WHEN r.opened THEN r.sealed END AS sealed
  FROM (
    SELECT q.company_id, q.id, q.workplace_id, q.campaign_id, q.sealed, q.requested_on,
      EXISTS (SELECT FROM employer_request_event e WHERE e.company_id = q.company_id AND e.request_id = q.id AND e.kind = 'opened_by_hr') AS opened,
      (SELECT max(e.happened_on) FROM employer_request_event e WHERE e.company_id = q.company_id AND e.request_id = q.id AND e.kind = 'interviewed') AS interviewed_on,
      EXISTS (SELECT FROM employer_request_event e WHERE e.company_id = q.company_id AND e.request_id = q.id AND e.kind = 'opinion_released') AS opinion_released,
      EXISTS (SELECT FROM employer_request_event e WHERE e.company_id = q.company_id AND e.request_id = q.id AND e.kind = 'withdrawn') AS withdrawn
    FROM employer_request q
  ) r
  WHERE r.opened OR NOT r.withdrawn;
GRANT SELECT ON interview_request_for_employer TO hanamichi_hr;
-- of a request that HR has not opened, no key is there: neither whose it is nor what was said
CREATE POLICY opened ON data_key AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (
  area <> 'employer' OR EXISTS (SELECT FROM interview_request_for_employer r
    WHERE r.company_id = data_key.company_id AND r.id = data_key.subject_id AND r.opened));
-- HR adds its two events without reading the event table; what was withdrawn before is not opened any more
CREATE FUNCTION mark_request(request uuid, event_id uuid, user_id uuid, event_kind text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = hanamichi, pg_temp AS $$
  INSERT INTO employer_request_event (company_id, id, request_id, kind, happened_on, by_user_id)
  SELECT r.company_id, event_id, r.id, event_kind, (hanamichi.clock() AT TIME ZONE c.time_zone)::date, user_id
  FROM employer_request r JOIN company c ON c.company_id = r.company_id
  WHERE r.company_id = hanamichi.company_id() AND r.id = request AND event_kind IN ('opened_by_hr', 'measures_recorded')
    AND user_id = hanamichi.subject_id()
    AND NOT EXISTS (SELECT FROM employer_request_event e WHERE e.company_id = r.company_id AND e.request_id = r.id
      AND (e.kind = event_kind OR (e.kind = 'withdrawn' AND event_kind = 'opened_by_hr')))
$$;
REVOKE ALL ON FUNCTION mark_request(uuid, uuid, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mark_request(uuid, uuid, uuid, text) TO hanamichi_hr;

-- Receipts: what was done to the own record, and what HR did to the employer's side of the own requests. HR knows that side and never its subject;
-- the person names it after opening the own seal.
CREATE POLICY own_employee ON audit_entry AS RESTRICTIVE FOR SELECT TO hanamichi_employee USING (
  subject_id = (SELECT subject_id())
  OR (subject_id IS NULL AND object_kind IN ('employer_request', 'released_opinion') AND object_id = ANY ((SELECT employer_ids())::uuid[])));
