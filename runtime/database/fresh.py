"""A new database beside the old one, and the moment in which they change names."""

from collections.abc import Iterable, Iterator

import psycopg
from psycopg import sql

from database import log
from database.connection import Connection, Session
from database.failure import JobError, SettingsError

MAINTENANCE = "postgres"
"""The database from which others are made, renamed and dropped."""
LONGEST_NAME = 63
_LIKE = (
    "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate, datctype"
    " FROM pg_database WHERE datname = %s"
)
_GRANTS = (
    "SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(a.grantee) END,"
    " a.is_grantable FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = %s"
)
_SETTINGS = (
    "SELECT CASE s.setrole WHEN 0 THEN NULL ELSE pg_get_userbyid(s.setrole) END, unnest(s.setconfig)"
    " FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = %s"
)


class Server:
    """The server of a database, entered through its maintenance database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._at = connection.to(MAINTENANCE)

    def version(self) -> int:
        """Its major version."""
        with self._at.open() as session:
            return session.info.server_version // 10000

    def exists(self, name: str) -> bool:
        """Whether there is a database of that name."""
        with self._at.open() as session:
            return self._exists(session, name)

    def create_roles(self, names: Iterable[str]) -> None:
        """Make roles that are not there, which own things and cannot log in.

        Raises:
            JobError: the server refused.
        """
        with self._at.open() as session:
            known = {name for (name,) in session.execute("SELECT rolname FROM pg_roles")}
            # From 16 on who creates a role may not act as it without saying so.
            acting = " WITH INHERIT TRUE, SET TRUE" if session.info.server_version >= 160000 else ""
            for name in sorted(set(names) - known):
                grant = sql.SQL("GRANT {} TO CURRENT_USER" + acting)
                made = (sql.SQL("CREATE ROLE {} NOLOGIN").format(_id(name)), grant.format(_id(name)))
                self._run(session, f"creating role {name}", *made)

    def create(self, name: str, *, like: str, encoding: str) -> None:
        """Make an empty database, with owner, encoding and collation of another where that is there.

        Raises:
            SettingsError: the name is taken, or is none.
            JobError: the server refused.
        """
        check_name(name)
        with self._at.open() as session:
            if self._exists(session, name):
                raise SettingsError(
                    f"database {name} is there already: drop it, or choose another with --into"
                )
            self._run(session, f"creating {name}", *_create(session, name, like, encoding))

    def drop(self, name: str) -> None:
        """Remove a database with everything in it; a failure is logged, and leaves it under its name."""
        try:
            with self._at.open() as session:
                session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_id(name)))
        except (JobError, psycopg.Error):
            log.error("what was restored so far could not be dropped: do that by hand", database=name)

    def switch(self, new: str, *, to: str, keep_as: str) -> None:
        """Give ``new`` the name ``to``, and keep the database that had it, closed to everybody.

        Both names change in one transaction: at no moment is there no database of that name.

        Raises:
            JobError: the server refused; nothing has changed.
        """
        check_name(keep_as)
        with self._at.open() as session:
            if self._exists(session, to):
                for statement in _as_before(session, to, new):
                    self._run(session, f"giving {new} what {to} had", statement)
                self._close(session, to)
            try:
                self._rename(session, new, to, keep_as)
            except BaseException:
                if self._exists(session, to):
                    self._run(session, f"reopening {to}", _allow(to, "true"))
                raise

    def _rename(self, session: Session, new: str, to: str, keep_as: str) -> None:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        with session.transaction():
            if self._exists(session, to):
                self._run(session, f"keeping {to} as {keep_as}", rename.format(_id(to), _id(keep_as)))
            self._run(session, f"giving {new} the name {to}", rename.format(_id(new), _id(to)))

    def _close(self, session: Session, name: str) -> None:
        self._run(session, f"closing {name}", _allow(name, "false"))
        step = f"ending the connections to {name}"
        self._run(
            session,
            step,
            sql.SQL("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}").format(
                sql.Literal(name)
            ),
        )

    def _exists(self, session: Session, name: str) -> bool:
        return session.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _run(self, session: Session, step: str, *statements: sql.Composed) -> None:
        try:
            for statement in statements:
                session.execute(statement)
        except psycopg.Error as error:
            raise JobError(f"{step} failed: {self._connection.redact(str(error))}") from None


def prepare(connection: Connection, owner: str) -> None:
    """Let ``owner`` create in the database, as whoever restores for it.

    Raises:
        JobError: the server refused.
    """
    with connection.open() as session:
        try:
            session.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(_id(owner)))
            grant = sql.SQL("GRANT CREATE ON DATABASE {} TO {}")
            session.execute(grant.format(_id(connection.database), _id(owner)))
        except psycopg.Error as error:
            said = connection.redact(str(error))
            raise JobError(f"preparing {connection.database} for {owner} failed: {said}") from None


def check_name(name: str) -> None:
    """Refuse a name PostgreSQL would shorten without a word.

    Raises:
        SettingsError: it is empty or too long.
    """
    if not 1 <= len(name.encode()) <= LONGEST_NAME:
        raise SettingsError(f"the name of a database must have 1 to {LONGEST_NAME} bytes, got {name!r}")


def _create(session: Session, name: str, like: str, encoding: str) -> Iterator[sql.Composed]:
    found = session.execute(_LIKE, [like]).fetchone()
    made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {}")
    if found is None:
        yield made.format(_id(name), sql.Literal(encoding))
        return
    owner, encoding, collate, ctype = found
    more = sql.SQL(" OWNER {} LC_COLLATE {} LC_CTYPE {}")
    yield made.format(_id(name), sql.Literal(encoding)) + more.format(
        _id(owner), sql.Literal(collate), sql.Literal(ctype)
    )


def _as_before(session: Session, old: str, new: str) -> Iterator[sql.Composed]:
    """Who may connect, and settings: they belong to a database and are in no dump of it."""
    grants = session.execute(_GRANTS, [old]).fetchall()
    if grants:
        yield sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(_id(new))
    for privilege, grantee, grantable in grants:
        yield sql.SQL("GRANT {} ON DATABASE {} TO {}{}").format(
            sql.SQL(privilege),
            _id(new),
            _id(grantee) if grantee else sql.SQL("PUBLIC"),
            sql.SQL(" WITH GRANT OPTION" if grantable else ""),
        )
    for role, setting in session.execute(_SETTINGS, [old]).fetchall():
        name, _, value = setting.partition("=")
        whose = sql.SQL("ROLE {} IN DATABASE {}").format(_id(role), _id(new)) if role else None
        yield sql.SQL("ALTER {} SET {} TO {}").format(
            whose or sql.SQL("DATABASE {}").format(_id(new)), _id(name), sql.Literal(value)
        )


def _allow(name: str, value: str) -> sql.Composed:
    return sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(_id(name), sql.SQL(value))


def _id(name: str) -> sql.Identifier:
    return sql.Identifier(name)
