-- Owner: server/group-reports. What criteria would have found in the campaign before: asked by the implementer before signing, answered in
-- bands only. Five different questions about one campaign's results, whoever asks for which plan: more would feel their way to single sums.
CREATE TABLE criteria_trial (
  company_id uuid NOT NULL REFERENCES company,
  id uuid NOT NULL,
  -- the plan it was asked for, and the campaign whose results answer
  campaign_id uuid NOT NULL,
  previous_campaign_id uuid NOT NULL,
  ordinal smallint NOT NULL CHECK (ordinal BETWEEN 1 AND 5),
  -- {workplace id: {method, rules}}; the same question again is the same row
  criteria jsonb NOT NULL,
  criteria_hash text NOT NULL CHECK (criteria_hash ~ '^[0-9a-f]{64}$'),
  -- disclosure-controlled bands; null until computed
  figures jsonb,
  asked_by uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  computed_at timestamptz,
  PRIMARY KEY (company_id, id),
  UNIQUE (company_id, previous_campaign_id, ordinal),
  UNIQUE (company_id, previous_campaign_id, criteria_hash),
  FOREIGN KEY (company_id, campaign_id) REFERENCES campaign,
  FOREIGN KEY (company_id, previous_campaign_id) REFERENCES campaign,
  FOREIGN KEY (company_id, asked_by) REFERENCES staff_user,
  CHECK ((figures IS NULL) = (computed_at IS NULL))
);
CALL guard('criteria_trial');
GRANT SELECT, INSERT (company_id, id, campaign_id, previous_campaign_id, ordinal, criteria, criteria_hash, asked_by, asked_at) ON criteria_trial TO hanamichi_implementer;
GRANT SELECT, UPDATE (figures, computed_at) ON criteria_trial TO hanamichi_analysis;
-- answered once: never a second answer to the same question
CREATE POLICY once ON criteria_trial AS RESTRICTIVE FOR UPDATE TO hanamichi_analysis USING (figures IS NULL) WITH CHECK (figures IS NOT NULL);
