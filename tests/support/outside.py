"""All that the Worker can reach, on loopback: identity provider, look-ups of two regions, and services."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

MEANT_FOR = "x-meant-for"
ORIGIN_DOWN = 522
"""What Cloudflare makes of an origin that does not answer."""
Answer = tuple[int, dict[str, Any]]


@dataclass
class Outside:
    """What answers, what is down, and what was asked for.

    Attributes:
        url: Where it listens.
        down: Host names that do not answer.
        asked: Every request: host, path and headers.
    """

    jwks: dict[str, Any]
    lookup: Callable[[dict[str, Any]], dict[str, Any]]
    """The handler of the look-up, given the event of a function URL."""
    key: Credentials
    url: str = ""
    down: set[str] = field(default_factory=set)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def answer(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        """Answer as the host that ``url`` names would."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        self.asked.append((host, parts.path, headers))
        if host in self.down:
            return ORIGIN_DOWN, {}
        if parts.path == "/.well-known/jwks.json":
            return 200, self.jwks
        if host.endswith(".on.aws"):
            return self._look_up(method, url, headers)
        return 200, {"host": host, "path": parts.path, "query": parts.query, "headers": headers}

    def _look_up(self, method: str, url: str, headers: dict[str, str]) -> Answer:
        if not self.is_signed(method, url, headers):
            return 403, {"Message": "Forbidden"}
        parts = urlsplit(url)
        event = {
            "version": "2.0",
            "rawPath": parts.path,
            "rawQueryString": parts.query,
            "queryStringParameters": dict(parse_qsl(parts.query)),
            "headers": headers,
            "requestContext": {"http": {"method": method, "path": parts.path}, "stage": "$default"},
            "isBase64Encoded": False,
        }
        answer = self.lookup(event)
        return answer["statusCode"], json.loads(answer["body"])

    def is_signed(self, method: str, url: str, headers: dict[str, str]) -> bool:
        """Whether the request has the signature that AWS's own SDK would give it."""
        authorization = headers.get("authorization", "")
        if not authorization.startswith("AWS4-HMAC-SHA256 "):
            return False
        given = dict(part.strip().split("=", 1) for part in authorization.split(" ", 1)[1].split(","))
        _key_id, _day, region, service, _ = given["Credential"].split("/")
        request = AWSRequest(method, url)
        signed = given["SignedHeaders"].split(";")
        for name in signed:
            if name != "host":
                request.headers[name] = headers[name]
        request.context["timestamp"] = headers["x-amz-date"]
        auth = SigV4Auth(self.key, service, region)
        canonical = auth.canonical_request(request)
        return auth.signature(auth.string_to_sign(request, canonical), request) == given["Signature"]


@contextmanager
def listening(outside: Outside) -> Iterator[Outside]:
    """Let ``outside`` listen on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.rfile.read(int(headers.get("content-length", 0)))
            status, body = outside.answer(self.command, headers.pop(MEANT_FOR), headers)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_OPTIONS = answer  # noqa: N815 - the library's names

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    outside.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield outside
    finally:
        server.shutdown()
        server.server_close()
