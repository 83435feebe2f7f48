"""Creates or corrects the roles, for a master that is no superuser (RDS) on PostgreSQL 15 or newer."""

from collections.abc import Mapping

from connection_secrets.failure import ActionableError
from connection_secrets.privileges import grant_objects
from connection_secrets.roles import DatabaseRoles, Kind, Role
from connection_secrets.session import Session, quoted

_OLDEST = 150000
"""The oldest the roles were tried on; before 15 everybody may create in schema public, and more differs."""

_ADMIN_OF_WHAT_IT_CREATES = 160000
"""From here on who creates a role is its ADMIN and nobody else's, and GRANT knows INHERIT and SET."""


def provision(session: Session, asked: DatabaseRoles, verifiers: Mapping[str, str]) -> None:
    """Bring the database to what is asked; running it twice changes nothing.

    Args:
        session: A transaction of the master user on the database itself.
        asked: The roles.
        verifiers: SCRAM verifier of each role, by name.
    """
    version = _check_server(session, asked)
    for role in asked.roles:
        _define_login(session, role, verifiers[role.name], version)
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


def _define_login(session: Session, role: Role, verifier: str, version: int) -> None:
    step = f"defining role {role.name}"
    name = quoted(role.name)
    known = session.run(step, "SELECT FROM pg_roles WHERE rolname = :name", name=role.name)
    if not known:
        session.run(
            step,
            f"CREATE ROLE {name} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
        )
    if version < _ADMIN_OF_WHAT_IT_CREATES:
        _administer(session, role, created=not known)
    # ALTER must not repeat those: even NOSUPERUSER takes a superuser to say there.
    session.run(step, f"ALTER ROLE {name} LOGIN PASSWORD '{verifier}'", confidential=True)


def _administer(session: Session, role: Role, *, created: bool) -> None:
    """Hold 15 to the rule of 16: the master is ADMIN of what it created, and takes over nobody else's role.

    CREATEROLE does without on 15, and does not from 16 on: after an upgrade the master could give the role
    no new password.
    """
    if created:
        step = f"making the master the administrator of {role.name}"
        session.run(step, f"GRANT {quoted(role.name)} TO CURRENT_USER WITH ADMIN OPTION")
    ((ours,),) = session.run(
        f"checking who administers {role.name}",
        "SELECT pg_has_role(CAST(:name AS name), 'MEMBER WITH ADMIN OPTION')",
        name=role.name,
    )
    if not ours:
        raise ActionableError(
            f"role {role.name} exists and is not the master's; nothing was changed. If it is to be, let the "
            f"master administer it: GRANT {role.name} TO the master WITH ADMIN OPTION"
        )


def _take_over_schema(session: Session, owner: Role, version: int) -> None:
    step = f"making {owner.name} the owner of schema public"
    name = quoted(owner.name)
    if version >= _ADMIN_OF_WHAT_IT_CREATES:
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
