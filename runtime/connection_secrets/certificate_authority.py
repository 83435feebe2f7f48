"""Which certificate authority vouches for the database.

On AWS it is the region's bundle from AWS's own trust store, fetched over HTTPS that the system's
authorities vouch for. A file takes precedence: ``DATABASE_CA_FILE`` or ``PGSSLROOTCERT``, for a
network without a way out and for the embedded AWS. There is no way to connect unverified.
"""

import os
import ssl
import urllib.request
from http.client import HTTPException
from urllib.error import HTTPError

from connection_secrets.failure import ActionableError

TRUST_STORE = "https://truststore.pki.rds.amazonaws.com"
_TIMEOUT_SECONDS = 20


def tls_context() -> ssl.SSLContext:
    """A context that verifies chain and host name.

    Not ``ssl.create_default_context``: given an empty bundle it trusts the system's authorities
    instead, and from Python 3.13 on it refuses chains for their form (RFC 5280). We trust what psql's
    verify-full trusts: a chain to the bundle and the right host name.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    named = os.environ.get("DATABASE_CA_FILE") or os.environ.get("PGSSLROOTCERT")
    if named:
        _trust_file(context, named)
    else:
        _trust_aws(context, os.environ["AWS_REGION"])
    return context


def _trust_file(context: ssl.SSLContext, path: str) -> None:
    try:
        context.load_verify_locations(cafile=path)
    except OSError:
        raise ActionableError(f"{path} does not exist or holds no certificate") from None


def _trust_aws(context: ssl.SSLContext, region: str) -> None:
    url = f"{TRUST_STORE}/{region}/{region}-bundle.pem"
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - https, fixed host
            context.load_verify_locations(cadata=answer.read().decode("ascii"))
    except (OSError, HTTPException, ValueError) as error:
        raise ActionableError(
            f"cannot get the certificate authority of the database from {url} ({_reason(error)}): "
            "open a way out to HTTPS, or name a file in DATABASE_CA_FILE"
        ) from None


def _reason(error: Exception) -> str:
    if isinstance(error, HTTPError):
        return f"HTTP status {error.code}"
    inner = getattr(error, "reason", None)  # of a URLError: the error of the network, or a text
    return type(inner if isinstance(inner, Exception) else error).__name__
