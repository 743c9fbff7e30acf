-- Owner: server/physician-desk. Private notes and the released opinion are two things.
CREATE TABLE interview_note (
  company_id uuid NOT NULL REFERENCES company,
  -- = interview_request or consultation id
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  author_id uuid NOT NULL,
  -- vault envelope (area stress, record type note)
  sealed bytea NOT NULL,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, author_id) REFERENCES staff_user
);
CREATE TABLE opinion (
  company_id uuid NOT NULL REFERENCES company,
  -- = interview_request id
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  author_id uuid NOT NULL,
  -- vault envelope (area stress, record type opinion): the report-and-opinion form (law P-2)
  sealed bytea NOT NULL,
  explained_to_person_at timestamptz,
  released_at timestamptz,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES interview_request (company_id, id),
  FOREIGN KEY (company_id, author_id) REFERENCES staff_user,
  CHECK (released_at IS NULL OR explained_to_person_at IS NOT NULL)
);
-- what the company gets: exactly the fields of the form that the preview showed, at release. Employer's side (0014): days only, no person
CREATE TABLE released_opinion (
  company_id uuid NOT NULL REFERENCES company,
  -- = employer_request id
  id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  form_version text NOT NULL,
  -- vault envelope (area employer, subject = this id, record type opinion): exactly the released fields
  sealed bytea NOT NULL,
  released_by uuid NOT NULL,
  released_on date NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES employer_request (company_id, id),
  FOREIGN KEY (company_id, released_by) REFERENCES staff_user
);
CREATE TABLE measure (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  -- a measure without an opinion cannot exist (law B-1)
  opinion_id uuid NOT NULL,
  -- vault envelope (area employer, subject = opinion_id, record type measure): {kind, detail}
  sealed bytea NOT NULL,
  from_on date NOT NULL,
  until_on date,
  review_on date NOT NULL,
  person_heard_on date NOT NULL,
  decided_by uuid NOT NULL,
  decided_on date NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, opinion_id) REFERENCES released_opinion (company_id, id)
);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['interview_note', 'opinion', 'released_opinion', 'measure'] LOOP
    EXECUTE format('CALL guard(%L)', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE (sealed, saved_at) ON interview_note TO hanamichi_physician;
CREATE POLICY author ON interview_note AS RESTRICTIVE TO hanamichi_physician USING (author_id = (SELECT subject_id()));
GRANT SELECT, INSERT, UPDATE (sealed, explained_to_person_at, released_at) ON opinion TO hanamichi_physician;
CREATE POLICY author ON opinion AS RESTRICTIVE TO hanamichi_physician USING (author_id = (SELECT subject_id()));
GRANT SELECT (company_id, id, subject_id, released_at) ON opinion TO hanamichi_employee;
CALL only_own('opinion', 'hanamichi_employee', 'subject_id');
-- the physician gives it to the employer's side that the request's seal names, and does not read there
GRANT INSERT ON released_opinion TO hanamichi_physician;
CREATE POLICY named ON released_opinion AS RESTRICTIVE TO hanamichi_physician
  USING (id = ANY ((SELECT employer_ids())::uuid[])) WITH CHECK (id = ANY ((SELECT employer_ids())::uuid[]) AND released_by = (SELECT subject_id()));
GRANT SELECT ON released_opinion TO hanamichi_hr;
-- of a request that HR has not opened, the opinion is not there (nor its key: 0014)
CREATE POLICY opened ON released_opinion AS RESTRICTIVE TO hanamichi_hr USING (
  EXISTS (SELECT FROM interview_request_for_employer r WHERE r.company_id = released_opinion.company_id AND r.id = released_opinion.id AND r.opened));
GRANT SELECT, INSERT, UPDATE (until_on, review_on) ON measure TO hanamichi_hr;
-- the person sees that the own opinion left, and when
CREATE VIEW own_released_opinion WITH (security_barrier) AS
  SELECT o.company_id, o.id, o.subject_id, o.released_at FROM opinion o
  WHERE o.subject_id = hanamichi.subject_id() AND o.released_at IS NOT NULL;
GRANT SELECT ON own_released_opinion TO hanamichi_employee;
