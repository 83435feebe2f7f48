-- The same rows with one mistake each, to show that a leak would be seen. Never in a product.
SET ROLE :"owner";

-- ENABLE without FORCE: binds everybody but the owner.
CREATE TABLE note_without_force (LIKE note);
ALTER TABLE note_without_force ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON note_without_force USING (tenant_id = current_tenant());

-- A view, a function and a materialized view that read with the rights of that owner.
CREATE VIEW note_by_plain_view AS SELECT * FROM note_without_force;
CREATE FUNCTION note_by_definer() RETURNS SETOF note_without_force
  LANGUAGE sql STABLE SECURITY DEFINER
  BEGIN ATOMIC SELECT * FROM note_without_force; END;

-- The setting as it is, without nullif.
CREATE TABLE note_without_nullif (LIKE note);
ALTER TABLE note_without_nullif ENABLE ROW LEVEL SECURITY;
ALTER TABLE note_without_nullif FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON note_without_nullif
  USING (tenant_id = current_setting('app.current_tenant', true)::uuid);

RESET ROLE;
INSERT INTO note_without_force SELECT * FROM note;
INSERT INTO note_without_nullif SELECT * FROM note;
SET ROLE :"owner";
CREATE MATERIALIZED VIEW note_by_materialized_view AS SELECT * FROM note_without_force;
GRANT SELECT ON note_without_force, note_without_nullif, note_by_plain_view, note_by_materialized_view
  TO :"application";
GRANT EXECUTE ON FUNCTION note_by_definer() TO :"application";
RESET ROLE;
GRANT SELECT ON note TO :"bypasser";
