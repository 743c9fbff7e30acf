-- Owner: server/answering. What a person writes: always sealed, one data key per subject and record type.
-- Their company is the invitation's: a key to the company itself would make all who answer at one moment lock one row.
CREATE TABLE personal_code (
  company_id uuid NOT NULL,
  -- = invitation id: one code per person and campaign
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  salt bytea NOT NULL,
  code_hash bytea NOT NULL,
  -- binds when the last group is retyped; until then a start can be started over from the link
  bound_at timestamptz,
  -- until then only the browser that began goes on
  session_id uuid NOT NULL,
  failed_attempts integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES invitation (company_id, id)
) WITH (fillfactor = 80);
CREATE TABLE response_draft (
  company_id uuid NOT NULL,
  -- = invitation id
  id uuid NOT NULL,
  subject_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  -- questionnaires of the sitting, so that a submission fetches every key it needs at once
  slugs text[] NOT NULL,
  -- vault envelope (area stress, record type draft): {what was signed, answers per questionnaire slug, sex}
  sealed bytea NOT NULL,
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  FOREIGN KEY (company_id, id) REFERENCES invitation (company_id, id)
);
CREATE TABLE response (
  company_id uuid NOT NULL,
  id uuid NOT NULL,
  invitation_id uuid NOT NULL,
  campaign_id uuid NOT NULL,
  subject_id uuid NOT NULL,
  -- instruments of one sitting are stored apart: a row each, sealed under its own data key
  slug text NOT NULL,
  version integer NOT NULL,
  hash text NOT NULL,
  provenance text NOT NULL CHECK (provenance IN ('web', 'paper')),
  -- vault envelope (area stress, record type answers:<slug>)
  sealed_answers bytea NOT NULL,
  submitted_at timestamptz NOT NULL,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, invitation_id, slug),
  FOREIGN KEY (company_id, invitation_id) REFERENCES invitation (company_id, id)
);
CREATE INDEX response_draft_campaign ON response_draft (company_id, campaign_id);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['personal_code', 'response_draft', 'response'] LOOP
    EXECUTE format('CALL guard(%L)', t);
    EXECUTE format('CALL only_own(%L, %L, %L)', t, 'hanamichi_employee', 'subject_id');
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON personal_code TO hanamichi_employee;
GRANT SELECT (company_id, id, bound_at), DELETE ON personal_code TO hanamichi_clerk; -- reset, on the implementer's side
GRANT SELECT, INSERT, UPDATE, DELETE ON response_draft TO hanamichi_employee;
-- what was never submitted is forgotten once the campaign is closed
GRANT SELECT (company_id, id, campaign_id), DELETE ON response_draft TO hanamichi_scheduler;
GRANT SELECT, INSERT ON response TO hanamichi_employee;
GRANT SELECT ON response TO hanamichi_implementer, hanamichi_clerk, hanamichi_analysis;
GRANT INSERT ON response TO hanamichi_clerk;
