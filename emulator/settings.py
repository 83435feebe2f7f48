"""How the emulator is started: addresses, folders and the environment MiniStack reads."""

import ipaddress
import os
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one run of the emulator was asked to do."""

    data: Path
    """Folder for everything the run writes; removed when it stops."""

    port: int = 4566
    """Port of the AWS API."""

    socket: int | None = None
    """File descriptor of a socket that listens there already; without one the port is bound anew."""

    host: str = HOST
    """Address to listen on; only loopback is accepted, because nothing here authenticates."""

    audit: Path | None = None
    """File that receives one line per created resource, with the properties nobody read."""

    idle_minutes: float = 120
    """Minutes without a request from outside after which the emulator stops."""

    pgbouncer: Path | None = None
    """Program that connection pools run, looked for when one starts; without it they only forward."""

    def __post_init__(self) -> None:
        if not is_loopback(self.host):
            raise ValueError(f"host must be a loopback address, got {self.host!r}")
        if self.idle_minutes <= 0:
            raise ValueError(f"idle_minutes must be positive, got {self.idle_minutes}")

    @property
    def url(self) -> str:
        """Endpoint for AWS clients.

        An address rather than a name: with an address the JavaScript SDK uses path-style S3 URLs,
        so no DNS for bucket names is needed.
        """
        return f"http://{self.host}:{self.port}"


def is_loopback(host: str) -> bool:
    """Tell whether a host is an IPv4 loopback address; names are not resolved, so not trusted."""
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that MiniStack, and the Lambdas it starts, must see.

    MiniStack reads them at import time, so they have to be set before it is imported.
    """
    temporary = settings.data / "tmp"
    search_path = (str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))
    return {
        "BIND_HOST": settings.host,
        "GATEWAY_PORT": str(settings.port),
        "AWS_ENDPOINT_URL": settings.url,  # Lambdas inherit it: their SDK calls come back to us
        "IOT_MTLS_ENABLED": "0",  # would open an MQTT port on every interface
        "SFTP_ENABLED": "0",  # would open an SFTP port on every interface
        "PERSIST_STATE": "0",
        "STATE_DIR": str(settings.data / "state"),
        "S3_DATA_DIR": str(settings.data / "s3"),
        "TMPDIR": str(temporary),  # unpacked Lambda code goes with the data folder
        "REDIS_HOST": settings.host,  # the address ElastiCache endpoints report
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "PATH": os.pathsep.join(search_path),  # `node` of the virtual environment, if it has one
        "NODE_PATH": str(CHECKOUT / "node_modules"),  # AWS SDK for the CDK's own Lambdas
        "PGSSLROOTCERT": str(settings.data / "ca.pem"),
        "AWS_EXECUTION_ENV": INSIDE,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "",
    }


INSIDE = "AWS_Lambda_embedded"
"""AWS SDKs repeat this in their user agent: that is how requests from inside are recognized."""

FORBIDDEN = (
    *("AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_ROLE_ARN"),
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    *("USE_SSL", "AUTH", "SERVICES", "EDGE_PORT", "DOCKER_NETWORK"),
)
"""Variables of the user that must not reach MiniStack or a Lambda inside it."""


def apply(settings: Settings) -> None:
    """Set the environment of this process."""
    for name in FORBIDDEN:
        os.environ.pop(name, None)
    os.environ.update(environment(settings))
