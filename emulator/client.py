"""AWS clients that can only ever talk to the emulator, whatever the user has configured."""

import os
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config

from emulator.settings import HOST, is_loopback

DEFAULT_URL = f"http://{HOST}:4566"
DEFAULT_ACCOUNT = "123456789012"


class EmulatorSession:
    """Makes boto3 clients for one account and region of the emulator.

    Ignores the profiles, credentials and endpoints of the user, and proxies. It does not check
    that an emulator is running.
    """

    def __init__(self, region: str, account: str = DEFAULT_ACCOUNT, url: str = DEFAULT_URL) -> None:
        self.url = _loopback_only(url)
        self.region = region
        self.account = account
        self._session = boto3.Session(
            aws_access_key_id=account,  # MiniStack takes a 12-digit access key as the account
            aws_secret_access_key="test",  # noqa: S106  # nothing checks it
            region_name=region,
            botocore_session=_isolated_session(),
        )

    def client(self, service: str, **settings: Any) -> Any:
        """Return a boto3 client; ``settings`` are those of botocore's ``Config``."""
        make: Any = self._session.client  # typed per service; the name is a variable here
        config = Config(proxies={}, **settings)
        return make(service, endpoint_url=self.url, config=config)

    def resource(self, service: str) -> Any:
        """Return a boto3 resource, whose values are plain."""
        make: Any = self._session.resource
        return make(service, endpoint_url=self.url, config=Config(proxies={}))


def session(
    region: str = "us-east-1", account: str = DEFAULT_ACCOUNT, url: str = DEFAULT_URL
) -> EmulatorSession:
    """Return a session; raises ``ValueError`` if the URL is not on loopback."""
    return EmulatorSession(region, account, url)


def client(
    service: str,
    region: str = "us-east-1",
    account: str = DEFAULT_ACCOUNT,
    url: str = DEFAULT_URL,
) -> Any:
    """Return one client; raises ``ValueError`` if the URL is not on loopback."""
    return session(region, account, url).client(service)


def _loopback_only(url: str) -> str:
    host = urlsplit(url).hostname or ""
    if not is_loopback(host):
        raise ValueError(f"the emulator is only reached on loopback, got {url!r}")
    return url


def _isolated_session() -> Any:
    core: Any = botocore.session.Session()
    # No environment variable, no file: name in the file, variable, default, conversion.
    core.session_var_map["profile"] = (None, None, None, None)
    for name in ("config_file", "credentials_file"):
        core.session_var_map[name] = (None, None, os.devnull, None)
    return core
