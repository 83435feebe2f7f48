"""A self-signed certificate for the clients' side, made when the container starts.

Clients encrypt and do not verify (``sslmode=require``): that keeps readers out, and the security groups
decide who answers on the pool's address. A certificate to verify would need an authority of our own.
"""

import subprocess

from pgbouncer.failure import SettingsError
from pgbouncer.files import Files

_DAYS = 3650
"""Nobody checks; it must only outlive every container."""


def make(files: Files) -> None:
    """Write key and certificate; the caller's umask keeps them private."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-batch",
        "-nodes",
        "-days",
        str(_DAYS),
        "-subj",
        "/CN=connection-pool",
    ]
    # An elliptic key: a login costs the one thread of PgBouncer far less than with RSA.
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-keyout", str(files.key)]
    try:
        result = subprocess.run(
            [*command, *key, "-out", str(files.certificate)],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise SettingsError("openssl must be installed: it makes the certificate that clients see") from None
    if result.returncode:
        raise SettingsError(f"openssl could not make a certificate: {result.stderr.strip()}")
