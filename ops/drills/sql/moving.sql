-- What the drill of moving a tenant has besides the tables of examples/sql/row-level-security.sql: a type of
-- each kind that goes wrong easily. Run by the owner; a product keeps its tables to the same rules.
CREATE TYPE mood AS ENUM ('well', 'ill');

-- Without a tenant: the migrations of each database fill it.
CREATE TABLE tariff (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO tariff VALUES (1, 'short'), (2, 'long');

CREATE TABLE patient (
  tenant_id uuid NOT NULL DEFAULT current_tenant() REFERENCES tenant,
  id        bigint GENERATED ALWAYS AS IDENTITY,
  client    int NOT NULL,
  name      text NOT NULL,
  change    int NOT NULL DEFAULT 0,
  feels     mood NOT NULL DEFAULT 'well',
  felt      mood[] NOT NULL DEFAULT '{}',
  document  jsonb NOT NULL DEFAULT '{}',
  scan      bytea,
  weight    double precision,
  tariff    int NOT NULL DEFAULT 1 REFERENCES tariff,
  shown     text GENERATED ALWAYS AS (upper(name)) STORED,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

CREATE TABLE visit (
  tenant_id uuid NOT NULL DEFAULT current_tenant(),
  patient   bigint NOT NULL,
  client    int NOT NULL,
  number    int NOT NULL,
  at        timestamptz NOT NULL,
  note      text,
  PRIMARY KEY (tenant_id, patient, number, at),
  FOREIGN KEY (tenant_id, patient) REFERENCES patient ON DELETE CASCADE
) PARTITION BY RANGE (at);
CREATE TABLE visit_2026 PARTITION OF visit FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE visit_other PARTITION OF visit DEFAULT;

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['patient', 'visit', 'visit_2026', 'visit_other'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY own ON %I USING (tenant_id = (SELECT current_tenant()))', name);
    EXECUTE format('CREATE POLICY every_tenant ON %I TO CURRENT_USER'
                   ' USING (current_setting(''app.every_tenant'', true) = ''on'')', name);
  END LOOP;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON patient, visit TO :"application";
GRANT SELECT ON tariff TO :"application";
