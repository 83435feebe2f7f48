"""The public front door: HTTPS only, one rule per host or path, everything recorded."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from cambium.load_balancer_findings import accept_findings
from config.doors import listener_priority
from config.service import Service


class LoadBalancer(Construct):
    """An internet-facing Application Load Balancer.

    A request that no rule matches is answered 404 here and reaches no service.

    Attributes:
        load_balancer: The load balancer.
        listener: The HTTPS listener.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        certificates: Sequence[acm.ICertificate],
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self.load_balancer = elb.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            vpc_subnets=subnets,
            internet_facing=True,
            security_group=security_group,
            deletion_protection=deletion_protection,
            drop_invalid_header_fields=True,
        )
        self.load_balancer.add_listener(
            "Http",
            port=80,
            open=False,
            default_action=elb.ListenerAction.redirect(protocol="HTTPS", port="443", permanent=True),
        )
        self.listener = self.load_balancer.add_listener(
            "Https",
            port=443,
            open=False,
            certificates=list(certificates),
            default_action=elb.ListenerAction.fixed_response(404, content_type="text/plain"),
        )
        accept_findings(
            self,
            deletion_protection=deletion_protection,
            recorded="flow logs record every connection, and each service logs its requests",
            certificate="the one HTTP listener only redirects to HTTPS",
        )

    def define_target(self, construct_id: str, service: Service) -> elb.ApplicationTargetGroup:
        """A target group for ``service``, and the rule that leads its hosts and paths there."""
        target = elb.ApplicationTargetGroup(
            self,
            construct_id,
            vpc=self._vpc,
            port=service.port,
            protocol=elb.ApplicationProtocol.HTTP,
            target_type=elb.TargetType.IP,
            # Long enough for a request in flight, short enough that a deployment does not drag.
            deregistration_delay=Duration.seconds(30),
            stickiness_cookie_duration=Duration.days(1) if service.sticky else None,
            health_check=elb.HealthCheck(
                path=service.health.path,
                interval=Duration.seconds(service.health.interval_seconds),
                timeout=Duration.seconds(service.health.timeout_seconds),
                # A load balancer counts 2 to 10.
                healthy_threshold_count=max(service.health.healthy_threshold, 2),
                unhealthy_threshold_count=max(service.health.unhealthy_threshold, 2),
            ),
        )
        conditions = [elb.ListenerCondition.host_headers(list(service.hosts))] if service.hosts else []
        if service.paths:
            conditions.append(elb.ListenerCondition.path_patterns(list(service.paths)))
        elb.ApplicationListenerRule(
            self,
            f"{construct_id}Rule",
            listener=self.listener,
            priority=listener_priority(service),
            conditions=conditions or [elb.ListenerCondition.path_patterns(["/*"])],
            action=elb.ListenerAction.forward([target]),
        )
        return target
