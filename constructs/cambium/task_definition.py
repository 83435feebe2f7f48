"""Fargate task definitions as all our tasks have them: ARM64, one log group, secrets by reference."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.retention import retention
from cambium.task_container import TaskContainer


def define_task(
    scope: Construct,
    construct_id: str = "Task",
    *,
    family: str,
    cpu: int,
    memory_mib: int,
    log_days: int,
    containers: Sequence[TaskContainer],
    logs_id: str = "Logs",
    task_role: iam.IRole | None = None,
) -> ecs.FargateTaskDefinition:
    """Define a task below ``scope``, with roles that may do nothing but start it.

    Args:
        scope: Where task definition and log group are put, side by side.
        construct_id: Id of the task definition.
        family: Its name; revisions of it are numbered.
        cpu: CPU units; 1024 is one vCPU.
        memory_mib: Memory of the whole task, in a size Fargate has for that CPU.
        log_days: Days its log is kept at least.
        containers: The first is the one ECS Exec and load balancers mean.
        logs_id: Id of the log group, which stays when the task goes.
        task_role: What its program may do in AWS; left out, it gets a role that may do nothing.
    """
    task = ecs.FargateTaskDefinition(
        scope,
        construct_id,
        family=family,
        task_role=task_role,
        cpu=cpu,
        memory_limit_mib=memory_mib,
        runtime_platform=ecs.RuntimePlatform(
            cpu_architecture=ecs.CpuArchitecture.ARM64,
            operating_system_family=ecs.OperatingSystemFamily.LINUX,
        ),
    )
    group = logs.LogGroup(
        scope,
        logs_id,
        retention=retention(log_days),
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    for container in containers:
        _add(task, container, group)
    acknowledge(task, _reasons(containers))
    return task


def _add(task: ecs.FargateTaskDefinition, container: TaskContainer, group: logs.ILogGroup) -> None:
    limits = [_open_files(container.open_files)] if container.open_files else None
    task.add_container(
        container.construct_id,
        container_name=container.name,
        image=container.image,
        entry_point=list(container.entry_point) or None,
        command=list(container.command) or None,
        port_mappings=_ports(container),
        environment=dict(container.environment),
        secrets={name: value.for_ecs() for name, value in container.secrets.items()},
        logging=ecs.LogDrivers.aws_logs(stream_prefix=container.name, log_group=group),
        health_check=container.liveness.for_ecs() if container.liveness else None,
        stop_timeout=Duration.seconds(container.stop_seconds),
        ulimits=limits,
        essential=container.essential,
        memory_limit_mib=container.memory_mib,
        enable_restart_policy=container.restarts or None,
        linux_parameters=_init_process(task, container) if container.reaps_processes else None,
    )


def _ports(container: TaskContainer) -> list[ecs.PortMapping]:
    if container.port is None:
        return []
    return [ecs.PortMapping(container_port=container.port, name=container.port_name)]


def _open_files(limit: int) -> ecs.Ulimit:
    return ecs.Ulimit(name=ecs.UlimitName.NOFILE, soft_limit=limit, hard_limit=limit)


def _init_process(task: ecs.FargateTaskDefinition, container: TaskContainer) -> ecs.LinuxParameters:
    return ecs.LinuxParameters(task, f"{container.construct_id}Linux", init_process_enabled=True)


def _reasons(containers: Sequence[TaskContainer]) -> dict[str, str]:
    """Which findings a task like this has, and why they are right."""
    reasons = {}
    if any(container.environment for container in containers):
        reasons["AwsSolutions-ECS2"] = "environment values hold no secret: those come from Secrets Manager"
    if any(isinstance(container.image, ecs.EcrImage) for container in containers):
        reasons["AwsSolutions-IAM5[Resource::*]"] = "ecr:GetAuthorizationToken takes no resource"
    return reasons
