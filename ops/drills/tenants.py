"""The tenants of a drill, and what a client of one of them does."""

import hashlib
from typing import Any
from uuid import UUID

import psycopg

from ops.drills.clients import Connection

TENANTS = 20
ROWS = 10
"""Of each tenant."""
BYPASSER = "drill_bypasses_policies"


def tenant(number: int) -> str:
    """The id of a tenant, from 1 on; the SQL that made them computes the same."""
    return str(UUID(hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()))


async def ask(connection: Connection, *statements: str) -> list[tuple[Any, ...]] | str:
    """Run statements one by one in a transaction that is rolled back.

    Returns:
        The rows of the last, or the SQLSTATE of the one that failed.
    """
    await connection.execute("BEGIN")
    try:
        for statement in statements:
            cursor = await connection.execute(statement.encode())
        return await cursor.fetchall() if cursor.description else [(cursor.rowcount,)]
    except psycopg.Error as error:
        return error.sqlstate or type(error).__name__
    finally:
        await connection.execute("ROLLBACK")


def set_local(value: str) -> str:
    """Name the tenant of this transaction."""
    return f"SET LOCAL app.current_tenant = '{value}'"
