"""A product that fits on one machine."""

from typing import Annotated

from pydantic import Field

from config.aws_limits import InstanceClass
from config.service import ImageName
from config.values import ImageId, Model, worded

HOST_TAG = "cambium:host"
"""Names the product on its machine; whoever may release to it may send commands to machines with this tag."""

Path = Annotated[str, worded(r"/\S*", "a path, such as /api/v1/token/")]


class SmokeTests(Model):
    """Where the tests of a release look, besides the health path: at the login, the records and the pages.

    They log in as a user of the product whom an operator names in the front door's secret.
    """

    api: str
    """The service that answers the API, by name."""
    pages: str
    """The service that answers with ``index.html``, by name."""
    login_path: Path
    """Takes ``username`` and ``password``, answers ``access`` and ``refresh``."""
    refresh_path: Path
    """Takes ``refresh``, answers ``access``."""
    records_path: Path
    """Answers JSON to whoever has a token, such as the list of patients."""
    certificate_days: int = Field(default=30, ge=1)
    """For so many more days the certificate must be valid."""


class FrontDoor(Model):
    """nginx: speaks TLS, and leads each host name to the release that is live."""

    image: ImageName = "docker.io/library/nginx:1.28-alpine"
    cpu: int = Field(default=256, ge=1)
    memory_mib: int = Field(default=128, ge=32)
    requests_per_second: int = Field(default=20, ge=1)
    """What one visitor may ask for in the long run; five times as many at once."""
    largest_body_mib: int = Field(default=20, ge=1)


class CacheContainer(Model):
    """The cache of a product on one host: a container beside the services, reached as ``cache``."""

    image: ImageName = "docker.io/library/redis:7-alpine"
    cpu: int = Field(default=256, ge=1)
    memory_mib: int = Field(default=256, ge=64)


class SingleHost(Model):
    """One EC2 instance that runs every service with docker compose.

    A system keeps its host when a later phase runs elsewhere: the data volume stays where it is.
    """

    instance_type: InstanceClass
    """Such as ``t4g.medium``; the services' memory must fit into it, that of two releases at once."""
    image_id: ImageId
    """A pinned image: a newer one replaces the instance, so it changes only on purpose."""
    data_volume_gib: int = Field(ge=1)
    """A volume of its own, kept when the instance is replaced."""
    snapshot_days: int = Field(default=14, ge=1)
    """Days a daily snapshot of the data volume is kept."""
    smoke_tests: SmokeTests | None = None
    front_door: FrontDoor = FrontDoor()
    cache: CacheContainer = CacheContainer()
    """Runs where the system has a cache."""
    health_seconds: int = Field(default=60, ge=1)
    """How long a new release has to become healthy."""
    drain_seconds: int = Field(default=30, ge=0)
    """How long requests under way in the old release have to end."""
