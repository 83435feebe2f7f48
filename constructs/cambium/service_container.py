"""The container of a service, as its configuration describes it."""

from aws_cdk import aws_ecs as ecs

from cambium.task_container import Liveness, SecretValue, TaskContainer
from cambium.trace_collector import tracing_environment
from cambium.web_service import ContainerSpec
from config.scaling import HealthCheck


def service_container(spec: ContainerSpec, *, port_name: str | None = None) -> TaskContainer:
    """What ``spec`` runs. Logs, roles and size belong to the task that it is put into.

    Args:
        spec: The service's container.
        port_name: By which its port is found inside the network, where somebody looks for it.
    """
    service = spec.service
    return TaskContainer(
        name=service.name,
        image=service_image(spec),
        port=service.port,
        port_name=port_name,
        environment={**(tracing_environment(service.name) if service.tracing else {}), **spec.environment},
        secrets={key: SecretValue(secret=secret, key=key) for secret, key in spec.secret_values},
        command=service.command,
        stop_seconds=service.stop_seconds,
        liveness=_liveness(service.health) if service.health.command else None,
    )


def service_image(spec: ContainerSpec) -> ecs.ContainerImage:
    """Its image from elsewhere, or else the one in the repository that ``spec`` names.

    For a service with ``image_of`` that is the repository of the other service. An image from elsewhere that
    the configuration does not pin has the tag of the deployment.
    """
    image = service_image_name(spec)
    if image is None:
        return ecs.ContainerImage.from_ecr_repository(spec.repository, spec.image_tag)
    # A pinned image is somebody else's, and public.
    login = spec.registry_login if image != spec.service.image else None
    return ecs.ContainerImage.from_registry(image, credentials=login)


def service_image_name(spec: ContainerSpec) -> str | None:
    """The whole name of an image from elsewhere; None for one of our own repositories."""
    image = spec.service.image
    if image is None:
        return None
    # After the last slash, since a registry may have a port.
    pinned = "@" in image or ":" in image.rpartition("/")[2]
    return image if pinned else f"{image}:{spec.image_tag}"


def _liveness(health: HealthCheck) -> Liveness:
    # The numbers are those of the front door; ECS has bounds of its own.
    return Liveness(
        command=health.command,
        interval_seconds=max(health.interval_seconds, 5),
        timeout_seconds=min(max(health.timeout_seconds, 2), 60),
        failures=min(health.unhealthy_threshold, 10),
        start_seconds=min(health.grace_seconds, 300),
    )
