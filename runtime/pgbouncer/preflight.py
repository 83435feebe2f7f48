"""What must hold before PgBouncer is started, because it would start without it and serve nobody.

Raises ``SettingsError`` wherever something does not hold.
"""

import os
import resource
import ssl
import tempfile

from pgbouncer.failure import must


def raise_open_files(needed: int) -> None:
    """Allow as many open files as are ``needed``, here and in the programs we start.

    With too few PgBouncer takes clients in and then cannot open server connections for them.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _less(hard, needed):
        field = "the hard limit of open files (ulimits.nofile of the task definition)"
        raise must(field, f"at least {needed}", hard)
    if _less(soft, needed):
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def check_authorities(ca_file: str) -> None:
    """Make sure that the file vouches for somebody; otherwise every client would wait in vain."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=ca_file)
    except OSError:
        raise must("PGBOUNCER_CA_FILE", "a file with certificates in PEM", ca_file) from None


def check_program(program: str) -> None:
    """Make sure that there is a PgBouncer."""
    if not os.access(program, os.X_OK):
        raise must("PGBOUNCER", "the path of a program", program)


def private_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder for one run, which only we may enter."""
    try:
        return tempfile.TemporaryDirectory(prefix="pgbouncer-")
    except OSError:
        raise must("TMPDIR", "a folder that may be written to", os.environ.get("TMPDIR")) from None


def _less(limit: int, needed: int) -> bool:
    return limit != resource.RLIM_INFINITY and limit < needed
