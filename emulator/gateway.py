"""The door: sends requests to our own services or to MiniStack, and watches for idleness."""

import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from emulator.services.base import ApiError, Service, Tenant
from emulator.settings import INSIDE

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/")
_ACCOUNT = re.compile(r"\d{12}")


class Activity:
    """Knows how long nobody outside has asked for anything."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def touch(self) -> None:
        """Note that somebody is there."""
        self._last = time.monotonic()

    @property
    def idle_seconds(self) -> float:
        """Seconds since the last touch."""
        return time.monotonic() - self._last


class Gateway:
    """An ASGI application in front of MiniStack's.

    Requests of Lambdas and of the emulator itself don't count as activity: a schedule that fires
    every minute would keep a forgotten emulator alive for ever.
    """

    def __init__(self, inner: Application, services: Mapping[str, Service], activity: Activity) -> None:
        self._inner = inner
        self._services = services
        self._activity = activity

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", ())
        }
        if scope["type"] == "http" and INSIDE not in headers.get("user-agent", ""):
            self._activity.touch()
        signed = _CREDENTIAL.search(headers.get("authorization", ""))
        service = self._services.get(signed.group(3)) if signed else None
        operation = _operation(headers, scope["path"]) if scope["type"] == "http" else ""
        if signed is None or service is None or not service.serves(operation):
            await self._inner(scope, receive, send)
            return
        status, answer = _serve(service, operation, await _body(receive), _tenant(signed))
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [(b"content-type", b"application/x-amz-json-1.0")],
            }
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


def _serve(service: Service, operation: str, body: bytes, tenant: Tenant) -> tuple[int, dict[str, Any]]:
    try:
        return 200, service.handle(operation, json.loads(body or b"{}"), tenant)
    except ApiError as error:
        return 400, {"__type": error.code, "message": str(error)}


def _operation(headers: Mapping[str, str], path: str) -> str:
    target = headers.get("x-amz-target")
    if target:
        return target.rpartition(".")[2]
    words = path.strip("/").split("-")  # REST services: /create-slack-channel-configuration
    return "".join(word.capitalize() for word in words)


def _tenant(signed: re.Match[str]) -> Tenant:
    key, region = signed.group(1), signed.group(2)
    return Tenant(key if _ACCOUNT.fullmatch(key) else "000000000000", region)


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)
