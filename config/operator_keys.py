"""Keys that no program can make: a person fills them in once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from config.front_door import FRONT_DOOR_KEYS, FRONT_DOOR_SECRET, REGISTRY_KEYS, REGISTRY_SECRET
from config.sources import SetByOperator
from config.values import FrozenMap, Model, Name

if TYPE_CHECKING:
    from config.deployment import Deployment

BACKUP_SECRET = "backup"  # noqa: S105 - the name of a secret
BACKUP_KEY = "BACKUP_ENCRYPTION_KEY"


class OperatorKeys(Model):
    """The keys of one secret that a person sets."""

    secret: Name
    """The service whose secret it is, or ``backup``."""
    where: FrozenMap[str]
    """Key to where the person finds its value."""


def operator_keys(deployment: "Deployment") -> Iterator[OperatorKeys]:
    """What is left to fill in after the first deployment, secret by secret."""
    for service in deployment.services:
        where = {
            key: source.where for key, source in service.secrets.items() if isinstance(source, SetByOperator)
        }
        if where and service.has_secret:
            yield OperatorKeys(secret=service.name, where=where)
    if deployment.host is not None:
        yield OperatorKeys(secret=FRONT_DOOR_SECRET, where=FRONT_DOOR_KEYS)
    if deployment.private_registry:
        yield OperatorKeys(secret=REGISTRY_SECRET, where=REGISTRY_KEYS)
    if deployment.has_backup_key:
        where = {BACKUP_KEY: "openssl rand -hex 32, once, kept offline too: no backup opens without it"}
        yield OperatorKeys(secret=BACKUP_SECRET, where=where)
