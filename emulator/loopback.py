"""Clients for code that runs inside the emulator, in the account and region of the stack."""

import threading
from functools import lru_cache
from typing import Any

from ministack.core import responses

from emulator.client import session
from emulator.settings import HOST

_url = ""
_lock = threading.Lock()  # botocore loads its models into shared state; one client at a time


def configure(port: int) -> None:
    """Tell where this emulator listens."""
    global _url
    _url = f"http://{HOST}:{port}"


def api(service: str, region: str | None = None) -> Any:
    """Return a client for the account of the request being served.

    Must not be used on the event loop: the call would wait for itself.
    """
    with _lock:
        return _client(service, region or responses.get_region(), responses.get_account_id(), _url)


@lru_cache(maxsize=256)
def _client(service: str, region: str, account: str, url: str) -> Any:
    return session(region, account, url).client(service)


def account() -> str:
    """Return the account of the request being served."""
    return str(responses.get_account_id())


def region() -> str:
    """Return the region of the request being served."""
    return str(responses.get_region())
