"""The way of requests to one tenant's service, through the load balancer that all tenants share."""

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from config.service import Service


@dataclass(frozen=True, kw_only=True)
class SharedDoor:
    """A load balancer of another stack, as this one is told of it."""

    load_balancer_dns_name: str
    """Where requests for the tenant arrive."""
    load_balancer_full_name: str
    """As its metrics are named, such as ``app/front/0123456789abcdef``."""
    listener_arn: str


class TenantDoor(Construct):
    """A target group, and the listener rule that leads one host there.

    Attributes:
        target: The target group.
        rule: What the service waits for: ECS refuses a target group that no listener uses.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        listener_arn: str,
        vpc: ec2.IVpc,
        service: Service,
        host: str,
        priority: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.target = elb.ApplicationTargetGroup(
            self,
            "Target",
            vpc=vpc,
            port=service.port,
            protocol=elb.ApplicationProtocol.HTTP,
            target_type=elb.TargetType.IP,
            deregistration_delay=Duration.seconds(30),
            health_check=elb.HealthCheck(
                path=service.health.path,
                interval=Duration.seconds(service.health.interval_seconds),
                timeout=Duration.seconds(service.health.timeout_seconds),
                healthy_threshold_count=max(service.health.healthy_threshold, 2),
                unhealthy_threshold_count=max(service.health.unhealthy_threshold, 2),
            ),
        )
        # The L2 compares the priority with 1, and a parameter is no number yet.
        self.rule = elb.CfnListenerRule(
            self,
            "Rule",
            listener_arn=listener_arn,
            actions=[
                elb.CfnListenerRule.ActionProperty(
                    type="forward", target_group_arn=self.target.target_group_arn
                )
            ],
            conditions=[
                elb.CfnListenerRule.RuleConditionProperty(
                    field="host-header",
                    host_header_config=elb.CfnListenerRule.HostHeaderConfigProperty(values=[host]),
                )
            ],
            priority=1,
        )
        self.rule.add_property_override("Priority", priority)
