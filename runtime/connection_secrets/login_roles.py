"""Makes roles that log in, on 15 by the rules of 16: the master administers what it created, and no other."""

from connection_secrets.alternates import SUFFIX
from connection_secrets.failure import ActionableError
from connection_secrets.session import Session, quoted

ADMIN_OF_WHAT_IT_CREATES = 160000
"""From here on who creates a role is its ADMIN and nobody else's, and GRANT knows INHERIT and SET."""


def define_role(session: Session, name: str, version: int) -> None:
    """Create a role that may do nothing yet, unless it is there."""
    step = f"defining role {name}"
    known = session.run(step, "SELECT FROM pg_roles WHERE rolname = :name", name=name)
    if not known:
        session.run(
            step,
            f"CREATE ROLE {quoted(name)} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
        )
    if version < ADMIN_OF_WHAT_IT_CREATES:
        _administer(session, name, created=not known)


def let_in(session: Session, name: str, verifier: str) -> None:
    """Let a role log in with the password of ``verifier`` from now on."""
    # ALTER must not repeat what CREATE said: even NOSUPERUSER takes a superuser to say there.
    session.run(
        f"defining role {name}", f"ALTER ROLE {quoted(name)} LOGIN PASSWORD '{verifier}'", confidential=True
    )


def define_alternate(session: Session, role: str, version: int) -> None:
    """Make the second login of ``role``, or hold it to what the first one has become meanwhile."""
    alternate = role + SUFFIX
    define_role(session, alternate, version)
    _check_powers(session, role, alternate)
    step = f"making {alternate} a member of {role}"
    how = " WITH INHERIT TRUE, SET TRUE" if version >= ADMIN_OF_WHAT_IT_CREATES else ""
    session.run(step, f"GRANT {quoted(role)} TO {quoted(alternate)}{how}")
    _copy_settings(session, role, alternate)
    # Last: it must not be among what is copied.
    session.run(step, f"ALTER ROLE {quoted(alternate)} SET role = {quoted(role)}")


def _copy_settings(session: Session, role: str, alternate: str) -> None:
    """Give the second login the settings of the first: PostgreSQL applies those of whoever logs in."""
    step = f"copying the settings of {role} to {alternate}"
    here = f"{quoted(alternate)} IN DATABASE {_database(session)}"
    for place in (quoted(alternate), here):
        session.run(step, f"ALTER ROLE {place} RESET ALL")
    settings = session.run(
        step,
        "SELECT s.setdatabase <> 0, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)"
        " FROM pg_db_role_setting s, unnest(s.setconfig) c"
        " WHERE s.setrole = (SELECT oid FROM pg_roles WHERE rolname = :role)"
        " AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))",
        role=role,
    )
    for here_only, name, value in settings:
        ((before,),) = session.run(step, "SELECT current_setting(:name, true)", name=str(name))
        _set(session, step, str(name), str(value))
        # FROM CURRENT writes a list as a list, such as that of search_path.
        place = here if here_only else quoted(alternate)
        session.run(step, f"ALTER ROLE {place} SET {quoted(str(name))} FROM CURRENT")
        _set(session, step, str(name), str(before or ""))


def _set(session: Session, step: str, name: str, value: str) -> None:
    sql = "SELECT set_config(CAST(:name AS text), CAST(:value AS text), true)"
    session.run(step, sql, name=name, value=value)


def _database(session: Session) -> str:
    ((name,),) = session.run("reading the name of the database", "SELECT current_database()::text")
    return quoted(str(name))


def _check_powers(session: Session, role: str, alternate: str) -> None:
    """Refuse a role of that name that was there before and may do more than ``role``."""
    ((powerful, elsewhere),) = session.run(
        f"checking the powers of {alternate}",
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication,"
        " EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid"
        " WHERE m.member = r.oid AND g.rolname <> :role)"
        " FROM pg_roles r WHERE rolname = :alternate",
        role=role,
        alternate=alternate,
    )
    if powerful or elsewhere:
        raise ActionableError(
            f"role {alternate} is to be the second login of {role} but has an attribute such as BYPASSRLS "
            "or is a member of another role; take that away first"
        )


def _administer(session: Session, name: str, *, created: bool) -> None:
    """Hold 15 to the rule of 16: the master is ADMIN of what it created, and takes over nobody else's role.

    CREATEROLE does without on 15, and does not from 16 on: after an upgrade the master could give the role
    no new password.
    """
    if created:
        step = f"making the master the administrator of {name}"
        session.run(step, f"GRANT {quoted(name)} TO CURRENT_USER WITH ADMIN OPTION")
    ((ours,),) = session.run(
        f"checking who administers {name}",
        "SELECT pg_has_role(CAST(:name AS name), 'MEMBER WITH ADMIN OPTION')",
        name=name,
    )
    if not ours:
        raise ActionableError(
            f"role {name} exists and is not the master's; nothing was changed. If it is to be, let the "
            f"master administer it: GRANT {name} TO the master WITH ADMIN OPTION"
        )
