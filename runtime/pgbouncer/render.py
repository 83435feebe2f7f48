"""PgBouncer's two files as text, from settings and credentials; touches nothing."""

from collections.abc import Iterator

from pgbouncer.credentials import Credentials
from pgbouncer.databases import Database
from pgbouncer.files import Files
from pgbouncer.logins import role_of
from pgbouncer.settings import Settings
from pgbouncer.tuning import table


def configuration(settings: Settings, credentials: Credentials, files: Files) -> str:
    """Return ``pgbouncer.ini``; it names users and holds nothing secret."""
    return "\n".join(_lines(settings, credentials, files)) + "\n"


def userlist(credentials: Credentials) -> str:
    """Return ``userlist.txt``: a name and a verifier per line, and no password."""
    console = {login.username: login.verifier() for login in (credentials.admin, credentials.stats)}
    return "".join(f'"{name}" "{verifier}"\n' for name, verifier in {**credentials.users, **console}.items())


def _lines(settings: Settings, credentials: Credentials, files: Files) -> Iterator[str]:
    yield "[databases]"
    yield "; max_db_connections counts per entry, whatever the roles' pools add up to"
    for database in settings.databases:
        yield f"{database.alias} = {_server(database)} max_db_connections={settings.max_db_connections}"
    yield "[users]"
    yield "; each role has connections of its own, so that a busy one cannot make another wait"
    for role, size in settings.pool_sizes.items():
        for login in credentials.users:
            if role_of(login, settings.pool_sizes) == role:
                yield f"{login} = pool_size={size}"
    yield "[pgbouncer]"
    admin, stats = credentials.admin.username, credentials.stats.username
    for setting in table(settings, files, admin=admin, stats=stats):
        yield f"; {setting.why}"
        yield f"{setting.name} = {setting.value}"


def _server(database: Database) -> str:
    # No user= here: it would make one pool of all roles, and verifiers cannot log in for another.
    return f"host={database.host} port={database.port} dbname={database.database}"
