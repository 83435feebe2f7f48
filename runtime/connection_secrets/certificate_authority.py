"""Which certificate authority vouches for the database.

On AWS it is the region's bundle from AWS's own trust store, fetched over HTTPS that the system's
authorities vouch for. A file takes precedence: ``DATABASE_CA_FILE`` or ``PGSSLROOTCERT``, for a
network without a way out and for the embedded AWS. There is no way to connect unverified.
"""

import os
import ssl
import urllib.error
import urllib.request

from connection_secrets.failure import ActionableError

TRUST_STORE = "https://truststore.pki.rds.amazonaws.com"
_TIMEOUT_SECONDS = 20


def tls_context() -> ssl.SSLContext:
    """A context that verifies chain and host name."""
    named = os.environ.get("DATABASE_CA_FILE") or os.environ.get("PGSSLROOTCERT")
    context = _from_file(named) if named else _from_trust_store(os.environ["AWS_REGION"])
    # Python 3.13 also refuses chains for their form (RFC 5280). We trust what psql's verify-full
    # trusts: a chain to the bundle and the right host name.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _from_file(path: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=path)
    except OSError:
        raise ActionableError(f"{path} does not exist or holds no certificate") from None


def _from_trust_store(region: str) -> ssl.SSLContext:
    url = f"{TRUST_STORE}/{region}/{region}-bundle.pem"
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - https, fixed host
            return ssl.create_default_context(cadata=answer.read().decode("ascii"))
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise ActionableError(
            f"cannot get the certificate authority of the database from {url} ({type(error).__name__}): "
            "open a way out to HTTPS, or name a file in DATABASE_CA_FILE"
        ) from None
