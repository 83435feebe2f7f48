"""Fargate: a cluster, and one load balancer in front of its services."""

from collections.abc import Mapping, Sequence

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.container_platform import ContainerPlatform
from cambium.fargate_service import Door, FargateService, Place
from cambium.load_balancer import LoadBalancer
from cambium.measured_cluster import measured_cluster
from cambium.network import Network
from cambium.retention import retention
from cambium.security_groups import SecurityGroups, immutable
from cambium.service_names import ServiceNames
from cambium.web_service import ContainerSpec, WebService
from config.access import LOAD_BALANCER
from config.watching import ContainerInsights


class FargatePlatform(ContainerPlatform):
    """An ECS cluster that runs on Fargate, and its front door.

    Attributes:
        cluster: The cluster.
        load_balancer: The front door.
        session_log: What people type in shells and are answered; None where nobody may open one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: Network,
        groups: SecurityGroups,
        certificates: Sequence[acm.ICertificate],
        protected: bool,
        shell_access: bool,
        insights: ContainerInsights,
        session_log_days: int | None = None,
        names: ServiceNames | None = None,
        waiting: Mapping[str, cloudwatch.IMetric] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._groups = groups
        self._subnets: ec2.SubnetSelection = network.private_subnets
        self._shell_access = shell_access
        self._names, self._waiting = names, waiting or {}
        self.session_log = self._define_session_log(session_log_days) if session_log_days else None
        self._insights = insights
        self.cluster = measured_cluster(
            self,
            "Cluster",
            vpc=network.vpc,
            insights=insights,
            capacity_providers=True,
            sessions=_logged(self.session_log) if self.session_log else None,
        )
        CfnOutput(
            self,
            "ClusterName",
            value=self.cluster.cluster_name,
            description="ECS cluster: ECS_CLUSTER of the application's release workflow",
        ).override_logical_id("ClusterName")
        self.load_balancer = LoadBalancer(
            self,
            "LoadBalancer",
            vpc=network.vpc,
            subnets=network.public_subnets,
            security_group=immutable(self, "LoadBalancerGroup", groups.group(LOAD_BALANCER)),
            certificates=certificates,
            deletion_protection=protected,
        )

    def _define_session_log(self, days: int) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "Sessions",
            retention=retention(days),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )

    @property
    def front_door_errors(self) -> cloudwatch.IMetric:
        """Answers with a 5xx status that the load balancer gave itself."""
        return cloudwatch.Metric(
            namespace="AWS/ApplicationELB",
            metric_name="HTTPCode_ELB_5XX_Count",
            dimensions_map={"LoadBalancer": self.load_balancer.load_balancer.load_balancer_full_name},
            statistic="Sum",
            period=Duration.minutes(1),
        )

    def define_service(self, scope: Construct, construct_id: str, spec: ContainerSpec) -> WebService:
        """One Fargate service, and its way through the front door where it has one."""
        balancer = self.load_balancer
        door = None
        if spec.service.behind_door:
            target = balancer.define_target(f"{construct_id}Target", spec.service)
            door = Door(load_balancer=balancer.load_balancer, target=target)
        group = self._groups.group(spec.service.group)
        return FargateService(
            scope,
            construct_id,
            spec=spec,
            place=Place(
                cluster=self.cluster,
                subnets=self._subnets,
                security_group=immutable(scope, f"{construct_id}Group", group),
                shell_access=self._shell_access,
                session_log=self.session_log,
                names=self._names,
                waiting=self._waiting,
                insights=self._insights,
            ),
            door=door,
        )


def _logged(group: logs.ILogGroup) -> ecs.ExecuteCommandConfiguration:
    return ecs.ExecuteCommandConfiguration(
        logging=ecs.ExecuteCommandLogging.OVERRIDE,
        log_configuration=ecs.ExecuteCommandLogConfiguration(cloud_watch_log_group=group),
    )
