"""An ECS cluster that is measured as its environment wants it."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cambium.acknowledge import acknowledge
from config.watching import ContainerInsights, NoContainerInsights

KINDS = {"standard": ecs.ContainerInsights.ENABLED, "enhanced": ecs.ContainerInsights.ENHANCED}


def measured_cluster(
    scope: Construct,
    construct_id: str,
    *,
    vpc: ec2.IVpc,
    insights: ContainerInsights,
    capacity_providers: bool = False,
    sessions: ecs.ExecuteCommandConfiguration | None = None,
) -> ecs.Cluster:
    """Define a cluster for Fargate.

    Args:
        scope: Where.
        construct_id: Its id there.
        vpc: The network of its tasks.
        insights: What CloudWatch measures in it. Off is said in the template: an account may have another
            default.
        capacity_providers: Whether services name Fargate or Spot; a task started by itself need not.
        sessions: Where shells are recorded.
    """
    cluster = ecs.Cluster(
        scope,
        construct_id,
        vpc=vpc,
        enable_fargate_capacity_providers=capacity_providers or None,
        container_insights_v2=(
            ecs.ContainerInsights.DISABLED if isinstance(insights, NoContainerInsights) else KINDS[insights]
        ),
        execute_command_configuration=sessions,
    )
    if isinstance(insights, NoContainerInsights):
        acknowledge(cluster, {"AwsSolutions-ECS4": insights.reason})
    return cluster
