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
-- what the company gets: exactly the fields of the form that the preview showed, at release
CREATE TABLE released_opinion (
  company_id uuid NOT NULL REFERENCES company,
  -- = interview_request id
  id uuid NOT NULL,
  employment_id uuid NOT NULL,
  workplace_id uuid NOT NULL,
  form_version text NOT NULL,
  -- vault envelope (area employer, subject = request, record type opinion): exactly the released fields
  sealed bytea NOT NULL,
  released_by uuid NOT NULL,
  released_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES opinion (company_id, id),
  FOREIGN KEY (company_id, released_by) REFERENCES staff_user
);
CREATE TABLE measure (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  -- a measure without an opinion cannot exist (law B-1)
  opinion_id uuid NOT NULL,
  employment_id uuid NOT NULL,
  -- vault envelope (area employer, subject = request, record type measure): {kind, detail}
  sealed bytea NOT NULL,
  from_on date NOT NULL,
  until_on date,
  review_on date NOT NULL,
  person_heard_on date NOT NULL,
  decided_by uuid NOT NULL,
  decided_at timestamptz NOT NULL,
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
GRANT SELECT, INSERT ON released_opinion TO hanamichi_physician;
GRANT SELECT ON released_opinion TO hanamichi_hr;
-- of a request that HR has not opened, neither the opinion nor its key is there
CREATE POLICY opened ON released_opinion AS RESTRICTIVE TO hanamichi_hr USING (
  EXISTS (SELECT FROM interview_request_for_employer r WHERE r.company_id = released_opinion.company_id AND r.id = released_opinion.id AND r.opened));
CREATE POLICY opened ON data_key AS RESTRICTIVE FOR SELECT TO hanamichi_hr USING (
  area <> 'employer' OR EXISTS (SELECT FROM released_opinion o WHERE o.company_id = data_key.company_id AND o.id = data_key.subject_id));
GRANT SELECT, INSERT, UPDATE (until_on, review_on) ON measure TO hanamichi_hr;
-- the person reads the own released opinion through the request it belongs to
CREATE VIEW own_released_opinion WITH (security_barrier) AS
  SELECT o.company_id, o.id, r.subject_id, o.form_version, o.released_at FROM released_opinion o
  JOIN interview_request r ON r.company_id = o.company_id AND r.id = o.id WHERE r.subject_id = hanamichi.subject_id();
GRANT SELECT ON own_released_opinion TO hanamichi_employee;
