"""What is delivered to a single host: compose file, plan, door, agent and units, as one archive."""

from cambium.front_door_configuration import front_door_configuration
from cambium.host_compose import HostContainers, compose_file
from cambium.host_files import HostFiles
from cambium.host_plan import HostSecrets, plan_file
from cambium.host_units import agent_file, units
from config.deployment import Deployment
from config.front_door import FRONT_DOOR_KEYS, FRONT_DOOR_SECRET, REGISTRY_KEYS, REGISTRY_SECRET
from config.region import Region, Shard
from stacks.base import CambiumStack


def log_group_name(prefix: str) -> str:
    """Where the containers' logs go."""
    return f"/{prefix}/containers"


def host_delivery(
    stack: CambiumStack,
    *,
    containers: HostContainers,
    prefix: str,
    region: Region,
    shard: Shard,
    namespace: str,
) -> HostFiles:
    """The archive, with a parameter under ``prefix`` that names the current one."""
    secrets, door = _secrets(stack.deployment, shard), containers.host.front_door
    return HostFiles(
        stack,
        "Files",
        parameter_name=f"/{prefix}/host-files",
        files={
            "compose.yaml": compose_file(containers),
            "plan.json": plan_file(containers, secrets, region=region.name, namespace=namespace),
            "door/nginx.conf": front_door_configuration(
                containers.routes,
                requests_per_second=door.requests_per_second,
                largest_body_mib=door.largest_body_mib,
            ),
            "agent.json": agent_file(
                namespace=namespace, system=containers.system, log_group=log_group_name(prefix)
            ),
            **{f"units/{name}": text for name, text in units().items()},
        },
    )


def _secrets(deployment: Deployment, shard: Shard) -> HostSecrets:
    """Names of all that the machine fetches."""
    registry = deployment.secret_name(REGISTRY_SECRET, shard) if deployment.private_registry else None
    return HostSecrets(
        services={
            service.name: deployment.secret_name(service.secret_leaf, shard)
            for service in deployment.services
        },
        front_door=deployment.secret_name(FRONT_DOOR_SECRET, shard),
        front_door_keys=tuple(FRONT_DOOR_KEYS),
        registry=registry,
        registry_keys=tuple(REGISTRY_KEYS),
    )
