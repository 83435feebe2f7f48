"""A product that fits on one machine."""

from pydantic import Field

from config.aws_limits import InstanceClass
from config.values import ImageId, Model


class SingleHost(Model):
    """One EC2 instance that runs every service with docker compose."""

    instance_type: InstanceClass
    """Such as ``t4g.medium``; the services' memory must fit into it."""
    image_id: ImageId
    """A pinned image: a newer one replaces the instance, so it changes only on purpose."""
    data_volume_gib: int = Field(ge=1)
    """A volume of its own, kept when the instance is replaced."""
    snapshot_days: int = Field(default=14, ge=1)
    """Days a daily snapshot of the data volume is kept."""
