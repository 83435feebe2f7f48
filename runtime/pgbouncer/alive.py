"""Whether PgBouncer answers: ``python -m pgbouncer.alive`` exits with 0 or 1, for ECS's health check.

It asks the console and not the database. A check through the pool would have healthy containers
replaced whenever the database is down or busy, which helps nobody.
"""

import os
import sys
from collections.abc import Mapping

from pg8000.exceptions import DatabaseError, InterfaceError

from pgbouncer.console import Console
from pgbouncer.credentials import Credentials
from pgbouncer.failure import SettingsError
from pgbouncer.settings import Settings


def main(environ: Mapping[str, str]) -> int:
    """Ask once."""
    try:
        settings = Settings.from_environment(environ)
        credentials = Credentials.from_environment(environ, roles=settings.pool_sizes)
        with Console(settings, credentials.stats) as console:
            console.show("VERSION")
    except (SettingsError, DatabaseError, InterfaceError, OSError) as error:
        # Only the kind: drivers may quote what they were given.
        print(f"PgBouncer does not answer: {type(error).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(os.environ))
