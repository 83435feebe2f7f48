"""What the resources of a tenant's stack have in common, whichever construct made them."""

import jsii
from aws_cdk import CfnCondition, CfnResource, IAspect, RemovalPolicy
from constructs import IConstruct

SERVING = (
    "AWS::AppRunner::Service",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
)
"""What exists only while a tenant is served; a suspended one keeps everything else."""


@jsii.implements(IAspect)
class OnlyWhileServing:
    """Services, and what watches and leads to them, exist under a condition."""

    def __init__(self, condition: CfnCondition) -> None:
        self._condition = condition

    def visit(self, node: IConstruct) -> None:
        """Put a resource under the condition where it serves."""
        if isinstance(node, CfnResource) and node.cfn_resource_type in SERVING:
            node.cfn_options.condition = self._condition


@jsii.implements(IAspect)
class GoesWithTheTenant:
    """Secrets go with the stack: a tenant that is made again needs their names."""

    def visit(self, node: IConstruct) -> None:
        """Let a secret go."""
        if isinstance(node, CfnResource) and node.cfn_resource_type == "AWS::SecretsManager::Secret":
            node.apply_removal_policy(RemovalPolicy.DESTROY)


@jsii.implements(IAspect)
class RolesHaveAPath:
    """Every role has the path that the policies about tenants' roles name."""

    def __init__(self, path: str) -> None:
        self._path = path

    def visit(self, node: IConstruct) -> None:
        """Give a role its path."""
        if isinstance(node, CfnResource) and node.cfn_resource_type == "AWS::IAM::Role":
            node.add_property_override("Path", self._path)
