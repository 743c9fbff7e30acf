-- Cluster-wide roles. Idempotent; run by `migrate` before the numbered files, because roles outlive one database.
-- Request roles hold the grants; the runtime login may only SET ROLE to them (NOINHERIT), owns nothing and reads nothing by itself.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY[
    -- people
    'hanamichi_employee', 'hanamichi_implementer', 'hanamichi_clerk', 'hanamichi_physician', 'hanamichi_hr',
    'hanamichi_manager', 'hanamichi_leaver', 'hanamichi_alumni', 'hanamichi_admin',
    -- work without a person: first set-up, sign-in, mail, jobs, closing-time analysis, turnover (no stress grants), audit chain
    'hanamichi_setup', 'hanamichi_sign_in', 'hanamichi_mailer', 'hanamichi_jobs', 'hanamichi_scheduler', 'hanamichi_analysis',
    'hanamichi_turnover', 'hanamichi_chain', 'hanamichi_backup',
    -- owner of the SECURITY DEFINER look-ups; nobody may SET ROLE to it
    'hanamichi_lookup'
  ] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', role_name);
      EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- two databases migrated at the same moment
      END;
    END IF;
  END LOOP;
  -- the owner gives functions to hanamichi_lookup and backs up as hanamichi_backup; it needs no other role
  FOREACH role_name IN ARRAY ARRAY['hanamichi_lookup', 'hanamichi_backup'] LOOP
    -- always: since PostgreSQL 16 the creator is a member that may administer but not SET ROLE
    BEGIN
      EXECUTE format('GRANT %I TO %I', role_name, current_user);
    EXCEPTION WHEN unique_violation OR internal_error THEN NULL;
    END;
  END LOOP;
END $$;
