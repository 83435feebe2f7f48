"""What is asked of the catalogs; all made of constants."""

# ruff: noqa: S608

_OURS = (
    "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    " AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = {oid} AND e.classid = '{catalog}'::regclass"
    " AND e.deptype = 'e')"
)
"""Neither the server's nor an extension's: those come back with the extension."""


def _ours(catalog: str, alias: str) -> str:
    return _OURS.format(oid=f"{alias}.oid", catalog=catalog)


RELATIONS = "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"

# Partitions and not their parents: every row is in one of them.
TABLES = (
    "SELECT n.nspname, c.relname, coalesce(array_agg(a.attname::text ORDER BY a.attnum)"
    " FILTER (WHERE a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype)), '{}')"
    f" FROM {RELATIONS} LEFT JOIN pg_attribute a"
    " ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " WHERE c.relkind IN ('r', 'm') AND c.relispopulated"
    f" AND c.relpersistence <> 't' AND {_ours('pg_class', 'c')}"
    " GROUP BY 1, 2 ORDER BY 1, 2"
)

COLUMNS = (
    "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull"
    f" FROM {RELATIONS} JOIN pg_attribute a ON a.attrelid = c.oid"
    " WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    f" AND c.relpersistence <> 't' AND {_ours('pg_class', 'c')} ORDER BY 1, 2, 3"
)

DEFINITIONS = (
    # NOT NULL is with the columns; 18 counts it among the constraints too.
    "SELECT n.nspname, c.relname, o.conname, pg_get_constraintdef(o.oid)"
    f" FROM {RELATIONS} JOIN pg_constraint o ON o.conrelid = c.oid"
    f" WHERE o.contype NOT IN ('n', 't') AND {_ours('pg_class', 'c')} ORDER BY 1, 2, 3",
    "SELECT n.nspname, c.relname, pg_get_indexdef(i.indexrelid)"
    f" FROM {RELATIONS} JOIN pg_index i ON i.indrelid = c.oid"
    f" WHERE c.relkind IN ('r', 'p', 'm') AND {_ours('pg_class', 'c')} ORDER BY 1, 2, 3",
    "SELECT n.nspname, c.relname, pg_get_viewdef(c.oid)"
    f" FROM {RELATIONS} WHERE c.relkind IN ('v', 'm') AND {_ours('pg_class', 'c')} ORDER BY 1, 2",
    "SELECT n.nspname, c.relname, a.attname, pg_get_expr(d.adbin, d.adrelid)"
    f" FROM {RELATIONS} JOIN pg_attribute a ON a.attrelid = c.oid"
    " JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    f" WHERE {_ours('pg_class', 'c')} ORDER BY 1, 2, 3",
    "SELECT n.nspname, p.oid::regprocedure::text, pg_get_functiondef(p.oid)"
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    f" WHERE p.prokind IN ('f', 'p') AND {_ours('pg_proc', 'p')} ORDER BY 1, 2",
    "SELECT n.nspname, c.relname, t.tgname, pg_get_triggerdef(t.oid)"
    f" FROM {RELATIONS} JOIN pg_trigger t ON t.tgrelid = c.oid"
    f" WHERE NOT t.tgisinternal AND {_ours('pg_class', 'c')} ORDER BY 1, 2, 3",
    "SELECT n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity"
    f" FROM {RELATIONS} WHERE c.relkind IN ('r', 'p') AND {_ours('pg_class', 'c')} ORDER BY 1, 2",
    "SELECT n.nspname, c.relname, p.polname, p.polcmd::text, pg_get_expr(p.polqual, p.polrelid),"
    " pg_get_expr(p.polwithcheck, p.polrelid)"
    f" FROM {RELATIONS} JOIN pg_policy p ON p.polrelid = c.oid"
    f" WHERE {_ours('pg_class', 'c')} ORDER BY 1, 2, 3",
)
SERVER = (
    "SELECT current_setting('server_version'), current_setting('server_encoding'),"
    " pg_database_size(current_database())"
)
ROLES = "SELECT rolname FROM pg_roles WHERE rolname !~ '^(pg_|rds)' ORDER BY 1"
EXTENSIONS = "SELECT extname, extversion FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
