"""The address of a connection pool as an internal load balancer, which leads past a pooler that is gone."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elb
from constructs import Construct

from cambium.connection_pool_door import ConnectionPoolDoor
from cambium.load_balancer_findings import accept_findings
from config.pool import ConnectionPool


class PoolLoadBalancer(ConnectionPoolDoor):
    """A Network Load Balancer that passes TCP on to the poolers that accept connections.

    It opens no port: the security group it is given says who may connect.

    Attributes:
        load_balancer: The load balancer.
        target: Where a pool registers its tasks.
    """

    grace_seconds = 30

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        deletion_protection: bool,
        config: ConnectionPool,
    ) -> None:
        super().__init__(scope, construct_id, port=config.port)
        self.load_balancer = elb.NetworkLoadBalancer(
            self,
            "LoadBalancer",
            vpc=vpc,
            vpc_subnets=subnets,
            internet_facing=False,
            # Without a group, tasks could tell neither this door nor its callers from anybody else.
            security_groups=[security_group],
            # A zone whose only pooler is gone still answers.
            cross_zone_enabled=True,
            deletion_protection=deletion_protection,
        )
        self.target = elb.NetworkTargetGroup(
            self,
            "Target",
            vpc=vpc,
            port=config.port,
            protocol=elb.Protocol.TCP,
            target_type=elb.TargetType.IP,
            # Clients renew their connections meanwhile, and are led to the other poolers.
            deregistration_delay=Duration.seconds(config.drain_seconds),
            connection_termination=False,
            # A pooler that drains closes its port. Asking more would take it out when the database is busy.
            health_check=elb.HealthCheck(
                protocol=elb.Protocol.TCP,
                interval=Duration.seconds(10),
                healthy_threshold_count=2,
                unhealthy_threshold_count=2,
            ),
        )
        self.load_balancer.add_listener(
            "Postgres",
            port=config.port,
            protocol=elb.Protocol.TCP,
            default_action=elb.NetworkListenerAction.forward([self.target]),
        )
        accept_findings(
            self,
            deletion_protection=deletion_protection,
            recorded="flow logs record every connection",
            certificate="it passes TCP on unread: client and pooler encrypt it",
        )

    @property
    def host(self) -> str:
        """The name clients connect to."""
        return self.load_balancer.load_balancer_dns_name

    def admit(self, service: ecs.FargateService) -> None:
        """Lead connections to the tasks of ``service``."""
        self.target.add_target(service)

    @property
    def healthy_poolers(self) -> cloudwatch.IMetric:
        """Poolers that accept connections."""
        return cloudwatch.Metric(
            namespace="AWS/NetworkELB",
            metric_name="HealthyHostCount",
            dimensions_map={
                "LoadBalancer": self.load_balancer.load_balancer_full_name,
                "TargetGroup": self.target.target_group_full_name,
            },
            statistic="Minimum",
            period=Duration.minutes(1),
        )
