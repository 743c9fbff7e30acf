-- Owner: server/questionnaires (questionnaire_version stands in 0012: campaigns name it). A company's own questionnaire while it is being made, and
-- who made, attested, reviewed and published it. No person who answers stands here.
CREATE TABLE questionnaire_draft (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  slug text NOT NULL CHECK (slug ~ '^[a-z][a-z0-9-]{1,62}$'),
  version integer NOT NULL CHECK (version BETWEEN 1 AND 9999),
  -- the definition as text (YAML), as far as it is written; what is published is this text and its hash
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 400000),
  -- raised by every change: two tabs that saved at once are told apart
  revision integer NOT NULL CHECK (revision > 0),
  origin text NOT NULL CHECK (origin IN ('form', 'file', 'version')),
  state text NOT NULL CHECK (state IN ('draft', 'in_review', 'approved', 'refused', 'published')),
  -- what of a file in another format could not be taken along: [{where, what}]
  not_carried jsonb NOT NULL DEFAULT '[]',
  -- a licensed instrument: whose leave, and who attested for the company that it has it
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
  -- SHA-256 of the very text that the implementer said yes to
  approved_hash text CHECK (approved_hash ~ '^[0-9a-f]{64}$'),
  published_by uuid,
  published_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, slug, version),
  FOREIGN KEY (company_id, created_by) REFERENCES staff_user,
  FOREIGN KEY (company_id, changed_by) REFERENCES staff_user,
  FOREIGN KEY (company_id, licence_attested_by) REFERENCES staff_user,
  FOREIGN KEY (company_id, sent_by) REFERENCES staff_user,
  FOREIGN KEY (company_id, reviewed_by) REFERENCES staff_user,
  FOREIGN KEY (company_id, published_by) REFERENCES staff_user,
  CHECK ((licence_name IS NULL) = (licence_attested_by IS NULL) AND (licence_name IS NULL) = (licence_attested_at IS NULL)),
  CHECK ((reviewed_at IS NULL) = (reviewed_by IS NULL)),
  CHECK ((state = 'published') = (published_at IS NOT NULL)),
  CHECK (state NOT IN ('approved', 'published') OR (approved_hash IS NOT NULL AND reviewed_at IS NOT NULL))
);
CALL guard('questionnaire_draft');
-- HR writes and publishes, the implementer reads and reviews: HR cannot write a review, nor the implementer a question
GRANT SELECT, DELETE ON questionnaire_draft TO hanamichi_hr;
GRANT INSERT (company_id, id, slug, version, body, revision, origin, state, not_carried, licence_name, licence_attested_by, licence_attested_at, created_by, created_at,
  changed_by, changed_at) ON questionnaire_draft TO hanamichi_hr;
GRANT UPDATE (slug, version, body, revision, state, licence_name, licence_attested_by, licence_attested_at, changed_by, changed_at, sent_by, sent_at,
  published_by, published_at) ON questionnaire_draft TO hanamichi_hr;
GRANT SELECT, UPDATE (state, reviewed_by, reviewed_at, review_words, approved_hash) ON questionnaire_draft TO hanamichi_implementer;
CREATE POLICY begins ON questionnaire_draft AS RESTRICTIVE FOR INSERT TO hanamichi_hr WITH CHECK (state = 'draft');
CREATE POLICY writes ON questionnaire_draft AS RESTRICTIVE FOR UPDATE TO hanamichi_hr
  USING (state <> 'published') WITH CHECK (state IN ('draft', 'in_review', 'published'));
CREATE POLICY discards ON questionnaire_draft AS RESTRICTIVE FOR DELETE TO hanamichi_hr USING (state <> 'published');
CREATE POLICY reviews ON questionnaire_draft AS RESTRICTIVE FOR UPDATE TO hanamichi_implementer
  USING (state = 'in_review') WITH CHECK (state IN ('approved', 'refused') AND reviewed_by = (SELECT subject_id()));
-- What a company publishes of its own is, letter for letter, what an implementer said yes to. The check stands in the database: whoever writes code for
-- HR's role cannot go round it.
CREATE POLICY reviewed ON questionnaire_version AS RESTRICTIVE FOR INSERT TO hanamichi_hr, hanamichi_implementer WITH CHECK (
  source = 'shipped' OR EXISTS (
    SELECT FROM questionnaire_draft d WHERE d.company_id = questionnaire_version.company_id AND d.slug = questionnaire_version.slug
      AND d.version = questionnaire_version.version AND d.state IN ('approved', 'published') AND d.approved_hash = questionnaire_version.hash
      AND encode(sha256(convert_to(questionnaire_version.body, 'UTF8')), 'hex') = questionnaire_version.hash
  )
);
