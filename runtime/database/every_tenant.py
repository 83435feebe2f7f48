"""The rows of every tenant, for an owner that forced row-level security binds too.

RDS has nobody whom no policy binds. So whoever owns such tables asks for every tenant with a setting, as in
examples/sql/row-level-security.sql; what a policy would hide even so is refused, and never left out.
"""

import re
from typing import Any

import psycopg
from psycopg import sql

from database.failure import JobError, must

_SETTING = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)+")
_BOUND = (
    "SELECT c.oid, c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema'"
    " AND n.nspname NOT LIKE 'pg\\_%' AND row_security_active(c.oid) ORDER BY 2"
)
_POLICIES = (
    "SELECT p.polpermissive, pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p"
    " WHERE p.polrelid = %s AND p.polcmd IN ('*', 'r') AND p.polqual IS NOT NULL AND (p.polroles = '{0}'"
    " OR EXISTS (SELECT FROM unnest(p.polroles) r WHERE pg_has_role(current_user, r, 'USAGE')))"
)


def checked(setting: str | None) -> str | None:
    """The name of the setting, or None where nothing was said.

    Raises:
        SettingsError: it is none.
    """
    if setting and not _SETTING.fullmatch(setting):
        raise must("EVERY_TENANT_SETTING", "like app.name, or left out", setting)
    return setting or None


def options(setting: str) -> str:
    """The same for a program of PostgreSQL's, as libpq's ``options``."""
    return f"-c row_security=on -c {setting}=on"


def see(session: "psycopg.Connection[tuple[Any, ...]]", setting: str) -> None:
    """Let a session see every row of every tenant.

    Raises:
        JobError: a policy would hide some; it names the table.
    """
    session.execute("SET row_security = on")
    session.execute("SELECT set_config(%s, 'on', false)", [setting])
    for oid, table in session.execute(_BOUND).fetchall():
        policies = session.execute(_POLICIES, [oid]).fetchall()
        restricted = any(not permissive for permissive, _ in policies)
        if restricted or not any(_admits_all(session, using) for permissive, using in policies if permissive):
            raise JobError(
                f"row-level security of {table} would hide rows from its owner: it needs a policy with USING "
                f"(current_setting('{setting}', true) = 'on'), and no RESTRICTIVE one"
            )


def _admits_all(session: "psycopg.Connection[tuple[Any, ...]]", using: str) -> bool:
    """Whether an expression is true whatever is in the row: it asks for none of it."""
    try:
        with session.transaction():
            row = session.execute(sql.SQL("SELECT {}").format(sql.SQL(using))).fetchone()
    except psycopg.Error:
        return False
    return row is not None and row[0] is True
