"""How a service is restarted so that it reads its secret again, and who may do that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aws_cdk import aws_iam as iam

from cambium.arn import arn


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """A service, as ``runtime/rotation`` is told it."""

    entry: Mapping[str, str]
    statements: Sequence[iam.PolicyStatement]
    """What lets somebody restart it, and see how far that is."""
    wildcards: Mapping[str, str] = field(default_factory=dict)
    """Resources of the statements that can be no narrower, and why; ``*`` aside."""


def ecs_rollout(*, cluster_name: str, cluster_arn: str, service: str) -> Rollout:
    """A service on ECS."""
    here = {"ArnEquals": {"ecs:cluster": cluster_arn}}
    return Rollout(
        entry={"Kind": "ecs", "Cluster": cluster_name, "Service": service},
        statements=[
            iam.PolicyStatement(
                actions=["ecs:DescribeServices", "ecs:UpdateService"],
                resources=[arn("ecs", f"service/{cluster_name}/{service}")],
            ),
            iam.PolicyStatement(
                actions=["ecs:ListTasks", "ecs:DescribeTasks"], resources=["*"], conditions=here
            ),
        ],
    )


def app_runner_rollout(*, name: str, service_arn: str) -> Rollout:
    """A service on App Runner."""
    return Rollout(
        entry={"Kind": "app-runner", "Service": name, "ServiceArn": service_arn},
        statements=[
            iam.PolicyStatement(
                actions=["apprunner:ListOperations", "apprunner:StartDeployment"], resources=[service_arn]
            )
        ],
    )
