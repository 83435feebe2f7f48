-- Row-level security behind a transaction pooler: one tenant never sees another's rows.
--
-- A template: copy it into your first migration, and replace the tables. It is tried as it stands, on a real
-- PostgreSQL behind a real pgbouncer, by `cambium drill tenancy`; see docs/runbooks/drills.md.
--
-- Run it as the role that owns the tables, past the pooler, as migrations do:
--
--     psql "$DATABASE_DIRECT_URL" -v ON_ERROR_STOP=1 -v application=restartix -f row-level-security.sql
--
-- The five rules
--
-- 1. The tenant is set with SET LOCAL, or with set_tenant() below, inside the transaction that reads or writes.
--    A plain SET stays on the server connection, and the next client that draws it has your tenant.
-- 2. Every table with a tenant has ENABLE and FORCE. Without FORCE the policies do not bind the owner.
-- 3. Nobody who serves requests is a superuser, has BYPASSRLS, owns the tables, or is a member of who does.
-- 4. A view says security_invoker = true (PostgreSQL 15). Otherwise it reads with its owner's rights.
-- 5. A function is SECURITY INVOKER, the default. A materialized view has no policies: let nobody read one.

\if :{?application}
\else
  \set application restartix
\endif

BEGIN;

-- Roles
--
-- A deployment of Cambium makes both of them; elsewhere it takes, as the master user:
--
--     CREATE ROLE restartix_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '...';
--     CREATE ROLE restartix       LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '...';
--     GRANT CONNECT, CREATE ON DATABASE restartix TO restartix_owner;
--     GRANT CONNECT ON DATABASE restartix TO restartix;
--     REVOKE ALL ON DATABASE restartix FROM PUBLIC;   -- with TEMPORARY: a temporary table outlives its client
--     ALTER SCHEMA public OWNER TO restartix_owner;
--
-- Here they are only examined, since a policy binds nobody who may bypass it.

SELECT set_config('cambium.application', :'application', true);

DO $$
DECLARE
  application text := current_setting('cambium.application');
  powerful text;
BEGIN
  SELECT string_agg(rolname, ', ') INTO powerful
    FROM pg_roles WHERE rolname IN (application, current_user) AND (rolsuper OR rolbypassrls);
  IF powerful IS NOT NULL THEN
    RAISE EXCEPTION '% must be neither superuser nor BYPASSRLS: no policy would bind it', powerful;
  END IF;
  IF pg_has_role(application, current_user, 'MEMBER') THEN
    RAISE EXCEPTION '% must not be a member of %, whose tables these are', application, current_user;
  END IF;
END
$$;

-- The tenant of this transaction
--
-- current_setting(..., true) is NULL where nobody ever set it, and '' on a server connection on which somebody
-- did, once that transaction has ended. nullif makes them one: without it the cast fails now and then, on
-- whichever connection the pooler draws. Text that is no uuid is an error: better no rows than the wrong ones.

CREATE FUNCTION current_tenant() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.current_tenant', true), '')::uuid;

-- The same as SET LOCAL, for drivers that send parameters apart from the statement. Outside of a transaction it
-- holds for its own statement only, and what follows sees no rows.

CREATE FUNCTION set_tenant(tenant uuid) RETURNS void
  LANGUAGE sql
  BEGIN ATOMIC
    SELECT set_config('app.current_tenant', tenant::text, true);
  END;

-- Tables: two as an example

CREATE TABLE tenant (
  id   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL
);

CREATE TABLE note (
  tenant_id uuid   NOT NULL DEFAULT current_tenant() REFERENCES tenant,
  id        bigint GENERATED ALWAYS AS IDENTITY,
  answers   bigint,
  body      text   NOT NULL,
  -- The tenant comes first in every key. Foreign keys and unique constraints look past policies: with the id
  -- alone, a note could answer another tenant's, and a refused value would tell that somebody else has it.
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, answers) REFERENCES note
);

-- Policies: no FOR and no WITH CHECK, so that USING guards what is read and what is written

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON tenant USING (id = (SELECT current_tenant()));

ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON note USING (tenant_id = (SELECT current_tenant()));

-- Work that spans tenants
--
-- FORCE binds the owner too, and RDS has no superuser to turn to. So the owner, and nobody else, may ask for
-- every tenant, one transaction at a time:  BEGIN; SET LOCAL app.every_tenant = 'on'; ... COMMIT;
-- Dumps, restores and their rehearsals ask so too, and refuse a table without this policy by name. Another name
-- than app.every_tenant is told to Cambium as the database's every_tenant_setting.

CREATE POLICY every_tenant ON tenant TO CURRENT_USER
  USING (current_setting('app.every_tenant', true) = 'on');
CREATE POLICY every_tenant ON note TO CURRENT_USER
  USING (current_setting('app.every_tenant', true) = 'on');

-- Views

CREATE VIEW recent_note WITH (security_invoker = true) AS
  SELECT tenant_id, id, body FROM note ORDER BY id DESC LIMIT 100;

-- What the application may do. No TRUNCATE: it asks no policy.

GRANT SELECT, INSERT, UPDATE, DELETE ON tenant, note TO :"application";
GRANT SELECT ON recent_note TO :"application";
GRANT EXECUTE ON FUNCTION current_tenant(), set_tenant(uuid) TO :"application";

-- Nothing forgotten: keep this at the end of your migrations, and a table without its policy never ships.

DO $$
DECLARE
  application text := current_setting('cambium.application');
  open text;
BEGIN
  SELECT string_agg(c.oid::regclass::text, ', ') INTO open
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
   WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
     AND NOT (c.relrowsecurity AND c.relforcerowsecurity
              AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid));
  IF open IS NOT NULL THEN
    RAISE EXCEPTION '% must have ENABLE and FORCE ROW LEVEL SECURITY and a policy', open;
  END IF;

  SELECT string_agg(c.oid::regclass::text, ', ') INTO open
    FROM pg_class c
   WHERE c.relkind IN ('v', 'm') AND c.relnamespace = 'public'::regnamespace
     AND has_table_privilege(application, c.oid, 'SELECT')
     AND NOT coalesce((SELECT o.option_value::boolean FROM pg_options_to_table(c.reloptions) o
                        WHERE o.option_name = 'security_invoker'), false);
  IF open IS NOT NULL THEN
    RAISE EXCEPTION '% must be a view with security_invoker = true, or not be for %', open, application;
  END IF;

  SELECT string_agg(p.oid::regprocedure::text, ', ') INTO open
    FROM pg_proc p
   WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
     AND has_function_privilege(application, p.oid, 'EXECUTE');
  IF open IS NOT NULL THEN
    RAISE EXCEPTION '% must be SECURITY INVOKER, or not be for %', open, application;
  END IF;
END
$$;

COMMIT;
