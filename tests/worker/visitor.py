"""Somebody who asks the Worker."""

import http.client
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit


class Answer(NamedTuple):
    """What the Worker answered."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def error(self) -> Any:
        """The word for programs, where it is a refusal."""
        return self.body.get("error")


class Visitor:
    """Asks over HTTP, for whatever host name."""

    def __init__(self, url: str) -> None:
        self._port = urlsplit(url).port

    def ask(
        self,
        token: str | None = None,
        *,
        path: str = "/patients?page=2",
        host: str = "api.x.example",
        method: str = "GET",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request."""
        given = {"host": host, **(headers or {})}
        if token is not None:
            given["authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self._port or 0, timeout=30)
        try:
            connection.request(method, path, headers=given)
            response = connection.getresponse()
            text = response.read()
        finally:
            connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, json.loads(text or b"{}"))
