"""What is asked of the catalogs; all made of constants and parameters."""

# ruff: noqa: S608

SCHEMA = "cambium_moving"
"""Where this program keeps its records and the function of the fence."""
TRIGGER = "cambium_moving_"
"""How the names of its triggers begin."""

_OURS = (
    "n.nspname NOT LIKE 'pg\\_%%' AND n.nspname NOT IN ('information_schema', 'cambium_moving')"
    " AND c.relpersistence <> 't' AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid"
    " AND e.classid = 'pg_class'::regclass AND e.deptype = 'e')"
)
_RELATIONS = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
_NAMES = (
    "(SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest({keys}) WITH ORDINALITY k(number, place)"
    " JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)"
)

OWNERS = (
    f"SELECT DISTINCT pg_get_userbyid(c.relowner) FROM {_RELATIONS}"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped"
    f" WHERE c.relkind IN ('r', 'p') AND a.attname = %(column)s AND {_OURS} ORDER BY 1"
)
POWERFUL = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
ENCODING = "SELECT current_setting('server_encoding')"
TEMPORARY = (
    "SELECT has_database_privilege(current_database(), 'TEMPORARY'),"
    " has_database_privilege(current_database(), 'CREATE') OR EXISTS (SELECT FROM pg_namespace"
    f" WHERE nspname = '{SCHEMA}' AND nspowner = (SELECT oid FROM pg_roles WHERE rolname = current_user))"
)

TABLES = (
    "SELECT c.oid, n.nspname::text, c.relname::text, c.relkind::text, c.relispartition,"
    " c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner)::text, c.relhasrules,"
    " EXISTS (SELECT FROM pg_inherits i WHERE NOT c.relispartition AND c.relkind <> 'p'"
    " AND (i.inhrelid = c.oid OR i.inhparent = c.oid)),"
    " CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid ELSE c.oid END,"
    " coalesce(pg_get_expr(c.relpartbound, c.oid), '')"
    f" FROM {_RELATIONS} WHERE c.relkind IN ('r', 'p', 'f') AND {_OURS} ORDER BY 2, 3"
)
COLUMNS = (
    "SELECT c.oid, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,"
    " a.attgenerated::text, coalesce(pg_get_expr(d.adbin, d.adrelid), ''),"
    " coalesce((SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e"
    " WHERE e.enumtypid IN (a.atttypid, t.typelem)), ''),"
    " (SELECT b.typname::text FROM pg_type b WHERE b.oid ="
    "  CASE WHEN t.typtype = 'd' THEN t.typbasetype WHEN t.typcategory = 'A' THEN t.typelem ELSE t.oid END),"
    " coalesce(pg_get_serial_sequence(format('%%I.%%I', n.nspname, c.relname), a.attname),"
    # One that a default draws from without belonging to the column, as after ALTER SEQUENCE OWNED BY NONE.
    "  (SELECT min(format('%%I.%%I', m.nspname, s.relname)) FROM pg_depend e"
    "  JOIN pg_class s ON s.oid = e.refobjid JOIN pg_namespace m ON m.oid = s.relnamespace "
    "  WHERE e.classid = 'pg_attrdef'::regclass AND e.objid = d.oid"
    "  AND e.refclassid = 'pg_class'::regclass AND s.relkind = 'S'))"
    f" FROM {_RELATIONS} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " JOIN pg_type t ON t.oid = a.atttypid"
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    f" WHERE c.relkind IN ('r', 'p', 'f') AND {_OURS} ORDER BY c.oid, a.attnum"
)
SEQUENCE_OWNER = "SELECT pg_get_userbyid(relowner)::text FROM pg_class WHERE oid = %s::regclass"
KEYS = (
    f"SELECT o.conrelid, {_NAMES.format(keys='o.conkey', relation='o.conrelid')}"
    " FROM pg_constraint o WHERE o.contype = 'p'"
)
UNIQUE = (
    f"SELECT i.indrelid, {_NAMES.format(keys='i.indkey', relation='i.indrelid')}"
    " FROM pg_index i WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL"
)
REFERENCES = (
    "SELECT o.conname::text, o.conrelid, o.confrelid,"
    f" {_NAMES.format(keys='o.conkey', relation='o.conrelid')},"
    f" {_NAMES.format(keys='o.confkey', relation='o.confrelid')}"
    " FROM pg_constraint o WHERE o.contype = 'f' AND o.conparentid = 0 ORDER BY 1"
)
CONSTRAINTS = (
    "SELECT o.conrelid, o.conname::text, pg_get_constraintdef(o.oid) FROM pg_constraint o"
    " WHERE o.contype IN ('p', 'u', 'f', 'c', 'x') AND o.conparentid = 0"
)
INDEXES = (
    # Another move drops its temporary tables at any moment: what is gone has no definition.
    "SELECT i.indrelid, definition FROM pg_index i, pg_get_indexdef(i.indexrelid) definition"
    " WHERE i.indisunique AND definition IS NOT NULL"
)
POLICIES = (
    "SELECT p.polrelid, p.polname::text, p.polpermissive, p.polcmd::text,"
    " coalesce(pg_get_expr(p.polqual, p.polrelid), ''),"
    " coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''),"
    " p.polroles = '{0}' OR EXISTS (SELECT FROM unnest(p.polroles) r"
    " WHERE pg_has_role(current_user, r, 'USAGE')) FROM pg_policy p"
)
TRIGGERS = (
    "SELECT t.tgrelid, t.tgname::text, pg_get_triggerdef(t.oid), t.tgenabled::text FROM pg_trigger t"
    " WHERE NOT t.tgisinternal AND t.tgparentid = 0 ORDER BY 2"
)
