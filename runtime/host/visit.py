"""Requests through the door, as a visitor makes them, but to this machine."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from host.failure import HostError

_SECONDS = 10.0


class Answer(NamedTuple):
    """What was answered."""

    status: int
    text: str


class Visitor:
    """Speaks to the door over TLS, and trusts the one certificate that is in the secret.

    A Cloudflare origin certificate is signed by no authority that a machine knows, so it is compared instead:
    the door must have exactly this one, for this host, in its time.
    """

    def __init__(self, *, certificate: Path, port: int = 443, address: str = "127.0.0.1") -> None:
        self._address, self._port = address, port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        try:
            self._context.load_verify_locations(cafile=str(certificate))
        except OSError:
            raise HostError(
                f"{certificate} holds no certificate: fill in the secret of the front door"
            ) from None

    def get(self, host: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET, once.

        Raises:
            HostError: there was no answer, or no trusted connection.
        """
        return self._ask("GET", host, path, None, headers or {})

    def post(self, host: str, path: str, body: Mapping[str, str]) -> Answer:
        """POST ``body`` as JSON, once.

        Raises:
            HostError: as above; never with the body.
        """
        return self._ask("POST", host, path, json.dumps(body), {"Content-Type": "application/json"})

    def certificate_days(self, host: str) -> float:
        """Days for which the certificate of ``host`` is valid still.

        Raises:
            HostError: it is not the one in the secret, not for this host, or out of date.
        """
        try:
            with self._connect(host) as connection:
                found: Any = connection.getpeercert() or {}
        except OSError as error:
            raise HostError(f"https://{host} has no certificate to trust: {error}") from None
        return (ssl.cert_time_to_seconds(found["notAfter"]) - time.time()) / 86400

    def _connect(self, host: str) -> ssl.SSLSocket:
        raw = socket.create_connection((self._address, self._port), timeout=_SECONDS)
        try:
            return self._context.wrap_socket(raw, server_hostname=host)
        except OSError:
            raw.close()
            raise

    def _ask(self, method: str, host: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection(host, timeout=_SECONDS)
        try:
            connection.sock = self._connect(host)
            connection.request(method, path, body=body, headers={**headers, "Connection": "close"})
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode(errors="replace"))
        except (OSError, http.client.HTTPException) as error:
            raise HostError(f"{method} https://{host}{path} had no answer: {error}") from None
        finally:
            connection.close()
