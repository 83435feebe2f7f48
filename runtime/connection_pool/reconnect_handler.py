"""After a migration: every container of the pool replaces its server connections as they come free.

PgBouncer keeps statements prepared on its server connections, and shares them. After a table changed
shape those that return all its columns fail, for new clients too, until the connection is a new one.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connection_pool import containers
from connection_pool.login import Pool, PoolError, connected
from connection_secrets import properties as read
from connection_secrets import secret_store
from connection_secrets.failure import ActionableError, logger, shielded
from connection_secrets.secret_store import Secret

_CONSOLE = "pgbouncer"
"""PgBouncer's console is reached as if it were a database of this name."""


@shielded
def on_event(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Send RECONNECT to every container, and fail if one of them refuses; none at all is fine.

    The event: ``Cluster`` and ``Service`` in ECS, ``Port`` of the containers, ``SecretArn`` of the pool.
    Answers how many ``Containers`` there were.
    """
    cluster, service = read.text(event, "Cluster"), read.text(event, "Service")
    port = read.port(event)
    found = containers.addresses(cluster, service)
    if found:
        admin = _admin(secret_store.read(read.text(event, "SecretArn")))
        consoles = [Pool(address, port, _CONSOLE) for address in found]
        refusals = [refusal for console in consoles if (refusal := _reconnect(console, admin))]
        if refusals:
            raise ActionableError(
                f"RECONNECT failed on {len(refusals)} of {len(found)} containers of {service} "
                f"({'; '.join(refusals)}): statements prepared there before the migration may fail; run this "
                "again, or replace the containers with a new deployment of the service"
            )
    logger.info(f"{len(found)} containers of {service} reconnect")
    return {"Containers": len(found)}


def _admin(secret: Secret) -> Secret:
    return Secret(secret.arn, secret.version_id, read.mapping(secret.values, "admin"))


def _reconnect(console: Pool, admin: Secret) -> str:
    """Return why it did not work, or nothing."""
    try:
        with connected(console, admin) as connection:
            connection.run("RECONNECT")
    except PoolError as error:
        return f"{console.host}: {error}"
    return ""
