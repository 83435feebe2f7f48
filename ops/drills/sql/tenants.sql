-- Rows of so many tenants, as the superuser: policies bind everybody else.
INSERT INTO tenant (id, name)
  SELECT md5(number::text)::uuid, 'tenant ' || number FROM generate_series(1, :tenants) number;
INSERT INTO note (tenant_id, body)
  SELECT tenant.id, 'note ' || number FROM tenant, generate_series(1, :rows) number;
