"""The tables and policies of the template that products copy, made as they would make them."""

from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

TEMPLATE = Path(__file__).parents[2] / "examples" / "sql" / "row-level-security.sql"
TENANTS = (UUID(int=1), UUID(int=2))
NOTES = 5
"""Of each tenant."""
ROWS = len(TENANTS) * (NOTES + 1)


def follow_template(where: str, password: str, *, application: str) -> None:
    """Run the template, and fill it.

    Args:
        where: libpq's connection string of the role that will own the tables.
        password: Its password.
        application: The role that serves requests.
    """
    with psycopg.connect(where, password=password, autocommit=True) as session:
        session.execute(_without_psql(session, application).encode())
        for tenant in TENANTS:
            with session.transaction():
                session.execute("SELECT set_tenant(%s)", [tenant])
                session.execute("INSERT INTO tenant (id, name) VALUES (%s, 'clinic')", [tenant])
                session.execute(
                    "INSERT INTO note (body) SELECT 'note ' || n FROM generate_series(1, %s) n", [NOTES]
                )


def _without_psql(session: "psycopg.Connection[tuple[object, ...]]", application: str) -> str:
    """The same without psql's own words: the one beside our servers has no TLS."""
    text = "\n".join(line for line in TEMPLATE.read_text().splitlines() if not line.strip().startswith("\\"))
    text = text.replace(":'application'", sql.Literal(application).as_string(session))
    return text.replace(':"application"', sql.Identifier(application).as_string(session))
