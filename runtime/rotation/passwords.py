"""The idle login of each role gets a new password, and then becomes the one in use."""

import secrets
from collections.abc import Mapping

from pg8000.native import DatabaseError

from connection_secrets import secret_store
from connection_secrets.alternates import login_of, other
from connection_secrets.connection import Server, connect
from connection_secrets.failure import ActionableError, logger
from connection_secrets.login_roles import define_alternate, define_role, let_in
from connection_secrets.roles import DatabaseRoles, Role
from connection_secrets.scram import verifier
from connection_secrets.secret_store import Secret
from connection_secrets.session import Session, transaction

WAIT_SECONDS = 60.0
"""For a database that is still starting."""
_PASSWORD_BYTES = 32
_LOCK = "cambium.rotation"


def pending(role: Role) -> Secret | None:
    """Return the version that is to come into use, or None when nothing has been prepared."""
    current = secret_store.read(role.secret_arn)
    found = secret_store.find(role.secret_arn, secret_store.PENDING)
    if found is None or login_of(role.name, found) == login_of(role.name, current):
        return None
    return found


def prepare(asked: DatabaseRoles) -> None:
    """Give the idle login of each role a password, in the database and under ``AWSPENDING``.

    The caller has made sure that no service uses it any more; a session of it is one more reason to refuse.
    """
    master = secret_store.read(asked.master_secret_arn)
    connection = connect(asked.server, master, wait_seconds=WAIT_SECONDS)
    prepared: dict[str, Secret] = {}
    with transaction(connection, asked.server) as session:
        step = "waiting for another rotation"
        session.run(step, "SELECT pg_advisory_xact_lock(hashtext(:lock))", lock=_LOCK)
        version = _version(session)
        for role in asked.roles:
            prepared[role.name] = _prepare(session, role, version)
    for role in asked.roles:
        check(asked.server, role, prepared[role.name])
    logger.info(f"{asked.server} has new passwords for {', '.join(map(_name, prepared.values()))}")


def check(server: Server, role: Role, login: Secret) -> None:
    """Log in, and see that it is the role that anybody meets."""
    connection = connect(server, login, wait_seconds=WAIT_SECONDS)
    try:
        ((current,),) = connection.run("SELECT current_user::text")
    except DatabaseError:
        raise ActionableError(f"{_name(login)} could not ask who it is on {server}") from None
    finally:
        connection.close()
    if current != role.name:
        raise ActionableError(
            f"{_name(login)} must become {role.name} when it logs in to {server}, got {current}: PostgreSQL "
            "15.9, 16.5 and 17.1 do not let a role become another; upgrade to a newer minor version"
        )


def promote(asked: DatabaseRoles) -> None:
    """Make the prepared version of each role's secret the current one; the one before keeps working."""
    for role in asked.roles:
        found = pending(role)
        if found is None:
            continue
        if not secret_store.promote(found, secret_store.read(role.secret_arn)):
            raise ActionableError(
                f"secret {role.secret_arn} was changed by someone else meanwhile; start the rotation again"
            )
        logger.info(f"{_name(found)} is in use")


def _prepare(session: Session, role: Role, version: int) -> Secret:
    found = pending(role) or _make(role)
    login = _name(found)
    _refuse_if_used(session, login)
    define_role(session, login, version)
    if login != role.name:
        define_alternate(session, role.name, version)
    let_in(session, login, verifier(found))
    return found


def _make(role: Role) -> Secret:
    current = secret_store.read(role.secret_arn)
    login = other(role.name, login_of(role.name, current))
    values: Mapping[str, object] = {
        **current.values,
        "username": login,
        "password": secrets.token_urlsafe(_PASSWORD_BYTES),
    }
    return secret_store.prepare(role.secret_arn, values)


def _refuse_if_used(session: Session, login: str) -> None:
    ((sessions,),) = session.run(
        f"counting sessions of {login}",
        "SELECT count(*) FROM pg_stat_activity WHERE usename = :login",
        login=login,
    )
    if int(str(sessions)):
        raise ActionableError(
            f"{sessions} sessions are logged in as {login}, whose password would change; nothing was done. "
            "See who it is in pg_stat_activity, such as a psql of yesterday, let it end, start again"
        )


def _version(session: Session) -> int:
    ((version,),) = session.run("reading the version", "SELECT current_setting('server_version_num')")
    return int(str(version))


def _name(secret: Secret) -> str:
    return secret.text("username")
