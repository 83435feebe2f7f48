"""One container of a Fargate task, as data: what runs, what it is told, how it is asked and stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import Duration
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager

from config.service import LONGEST_STOP_SECONDS


@dataclass(frozen=True, kw_only=True)
class SecretValue:
    """What ECS puts into an environment variable when a task starts; no template ever has it."""

    secret: secretsmanager.ISecret
    key: str | None = None
    """One key of its JSON; None is the whole value."""
    version_id: str | None = None
    """None is whatever is current at that moment. An exact one makes the task definition, and with it the
    tasks, change when the secret does."""

    def for_ecs(self) -> ecs.Secret:
        """The reference as ECS has it."""
        if self.version_id is None:
            return ecs.Secret.from_secrets_manager(self.secret, self.key)
        exactly = ecs.SecretVersionInfo(version_id=self.version_id)
        return ecs.Secret.from_secrets_manager_version(self.secret, exactly, self.key)


@dataclass(frozen=True, kw_only=True)
class Liveness:
    """Asks inside the container whether it still works. ECS replaces a task whose container does not."""

    command: tuple[str, ...]
    """With its kind in front, such as ``("CMD", "python", "-m", "alive")``; the program is in the image."""
    interval_seconds: int = 30
    timeout_seconds: int = 5
    failures: int = 3
    """In a row."""
    start_seconds: int = 0
    """Failures before this age do not count; 300 at most."""

    def for_ecs(self) -> ecs.HealthCheck:
        """The check as ECS has it."""
        return ecs.HealthCheck(
            command=list(self.command),
            interval=Duration.seconds(self.interval_seconds),
            timeout=Duration.seconds(self.timeout_seconds),
            retries=self.failures,
            start_period=Duration.seconds(self.start_seconds),
        )


@dataclass(frozen=True, kw_only=True)
class TaskContainer:
    """One container of a task."""

    name: str
    image: ecs.ContainerImage
    construct_id: str = "Main"
    """A second container needs an id of its own."""
    port: int | None = None
    port_name: str | None = None
    """By which the service is found inside the network; None where nobody looks."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Everybody who may read the template reads it: no secrets."""
    secrets: Mapping[str, SecretValue] = field(default_factory=dict)
    entry_point: tuple[str, ...] = ()
    """What is run with the command, where it is not what the image says."""
    command: tuple[str, ...] = ()
    """What to run, where it is not what the image runs by itself."""
    liveness: Liveness | None = None
    stop_seconds: int = 30
    """Fargate kills a container that ignores SIGTERM after this long."""
    open_files: int | None = None
    """The only limit of a process that Fargate lets one change; left out, it is 65535."""
    memory_mib: int | None = None
    """What it may take of the task's memory; None is all that the others leave."""
    essential: bool = True
    """Whether its end is the end of the task."""
    restarts: bool = False
    """Start it again by itself, without its task."""
    reaps_processes: bool = False
    """Put an init process in front, where shells (ECS Exec) leave processes behind."""

    def __post_init__(self) -> None:
        if not 2 <= self.stop_seconds <= LONGEST_STOP_SECONDS:
            raise ValueError(
                f"stop_seconds of container {self.name} must be 2 to {LONGEST_STOP_SECONDS}, which is what "
                f"Fargate waits at most, got {self.stop_seconds}"
            )
