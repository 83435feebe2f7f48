"""Creates or corrects the roles, for a master that is no superuser (RDS) on PostgreSQL 15 or newer."""

from collections.abc import Mapping

from connection_secrets.alternates import logins
from connection_secrets.failure import ActionableError
from connection_secrets.login_roles import (
    ADMIN_OF_WHAT_IT_CREATES,
    define_alternate,
    define_role,
    let_in,
)
from connection_secrets.privileges import grant_objects
from connection_secrets.roles import DatabaseRoles, Kind, Role
from connection_secrets.session import Session, quoted

_OLDEST = 150000
"""The oldest the roles were tried on; before 15 everybody may create in schema public, and more differs."""


def provision(session: Session, asked: DatabaseRoles, verifiers: Mapping[str, str]) -> None:
    """Bring the database to what is asked; running it twice changes nothing.

    Args:
        session: A transaction of the master user on the database itself.
        asked: The roles.
        verifiers: SCRAM verifier by login: of one login of each role, whose password it is to have. The
            other one is left as it is.
    """
    version = _check_server(session, asked)
    for role in asked.roles:
        _define_login(session, role, verifiers, version)
    _take_over_schema(session, asked.owner, version)
    _close_to_strangers(session, asked)
    for guest in asked.guests:
        _check_powers(session, asked.owner, guest)
        grant_objects(session, asked.owner, guest)
    _check_closed(session, asked)


def _check_server(session: Session, asked: DatabaseRoles) -> int:
    ((version, master),) = session.run(
        "reading the version", "SELECT current_setting('server_version_num'), current_user::text"
    )
    if int(str(version)) < _OLDEST:
        raise ActionableError(f"{asked.server} must run PostgreSQL 15 or newer, got {version}")
    if master in {role.name for role in asked.roles}:
        raise ActionableError(f"Roles must not name the master user {master}: it would lose its password")
    return int(str(version))


def _define_login(session: Session, role: Role, verifiers: Mapping[str, str], version: int) -> None:
    first, second = logins(role.name)
    define_role(session, first, version)
    if second in verifiers:
        define_alternate(session, first, version)
    for login in (first, second):
        if login in verifiers:
            let_in(session, login, verifiers[login])


def _take_over_schema(session: Session, owner: Role, version: int) -> None:
    step = f"making {owner.name} the owner of schema public"
    name = quoted(owner.name)
    if version >= ADMIN_OF_WHAT_IT_CREATES:
        # Creating the role gave the master ADMIN on it, but neither its rights nor SET ROLE.
        session.run(step, f"GRANT {name} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE")
    session.run(step, f"ALTER SCHEMA public OWNER TO {name}")
    session.run(step, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    session.run(step, f"ALTER DEFAULT PRIVILEGES FOR ROLE {name} REVOKE EXECUTE ON ROUTINES FROM PUBLIC")


def _close_to_strangers(session: Session, asked: DatabaseRoles) -> None:
    step = "limiting who may connect"
    database = quoted(asked.server.database)
    # TEMPORARY goes too: behind a transaction pooler a temporary table outlives its tenant.
    session.run(step, f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    session.run(
        step, f"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO {quoted(asked.owner.name)}"
    )
    for guest in asked.guests:
        session.run(step, f"REVOKE ALL ON DATABASE {database} FROM {quoted(guest.name)}")
        session.run(step, f"GRANT CONNECT ON DATABASE {database} TO {quoted(guest.name)}")


def _check_powers(session: Session, owner: Role, guest: Role) -> None:
    """Refuse a role that existed before with powers that would make its limits meaningless."""
    ((powerful, member),) = session.run(
        f"checking the powers of {guest.name}",
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,"
        " pg_has_role(oid, CAST(:owner AS name), 'MEMBER') OR pg_has_role(oid, current_user, 'MEMBER')"
        " FROM pg_roles WHERE rolname = :guest",
        owner=owner.name,
        guest=guest.name,
    )
    if powerful or member:
        raise ActionableError(
            f"role {guest.name} is to be {_a(guest.kind)} role but has an attribute such as "
            f"BYPASSRLS or is a member of {owner.name} or the master; take that away first"
        )


def _check_closed(session: Session, asked: DatabaseRoles) -> None:
    """Verify the result: REVOKE by a user who does not own the database is only a warning."""
    ((still_open,),) = session.run(
        "checking who may connect",
        "SELECT has_database_privilege('public', current_database(), 'CONNECT, TEMPORARY')"
        " OR has_schema_privilege('public', 'public', 'CREATE')",
    )
    if still_open:
        raise ActionableError(
            f"PUBLIC may still connect to {asked.server} or create in it: the master user must own "
            f"the database (ALTER DATABASE {asked.server.database} OWNER TO the master)"
        )


def _a(kind: Kind) -> str:
    return f"an {kind}" if kind is Kind.APPLICATION else f"a {kind}"
