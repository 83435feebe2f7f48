"""Fargate: a cluster, and one load balancer in front of its services."""

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.container_platform import ContainerPlatform
from cambium.fargate_service import FargateService
from cambium.fargate_worker import FargateWorker
from cambium.load_balancer import LoadBalancer
from cambium.network import Network
from cambium.retention import retention
from cambium.security_groups import SecurityGroups, immutable
from cambium.web_service import ContainerSpec, WebService
from config.access import LOAD_BALANCER


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
        certificate: acm.ICertificate,
        protected: bool,
        shell_access: bool,
        session_log_days: int | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._groups = groups
        self._subnets: ec2.SubnetSelection = network.private_subnets
        self._shell_access = shell_access
        self.session_log = self._define_session_log(session_log_days) if session_log_days else None
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=network.vpc,
            enable_fargate_capacity_providers=True,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
            execute_command_configuration=_logged(self.session_log) if self.session_log else None,
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
            certificates=[certificate],
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

    def define_worker(self, scope: Construct, construct_id: str, spec: ContainerSpec) -> FargateWorker:
        """One Fargate service that nothing leads to."""
        return FargateWorker(
            scope,
            construct_id,
            spec=spec,
            cluster=self.cluster,
            subnets=self._subnets,
            security_group=immutable(scope, f"{construct_id}Group", self._groups.group(spec.service.group)),
            shell_access=self._shell_access,
        )

    def define_service(self, scope: Construct, construct_id: str, spec: ContainerSpec) -> WebService:
        """One Fargate service and its way through the front door."""
        return FargateService(
            scope,
            construct_id,
            spec=spec,
            cluster=self.cluster,
            subnets=self._subnets,
            security_group=immutable(scope, f"{construct_id}Group", self._groups.group(spec.service.group)),
            load_balancer=self.load_balancer.load_balancer,
            target=self.load_balancer.define_target(f"{construct_id}Target", spec.service),
            shell_access=self._shell_access,
            session_log=self.session_log,
        )


def _logged(group: logs.ILogGroup) -> ecs.ExecuteCommandConfiguration:
    return ecs.ExecuteCommandConfiguration(
        logging=ecs.ExecuteCommandLogging.OVERRIDE,
        log_configuration=ecs.ExecuteCommandLogConfiguration(cloud_watch_log_group=group),
    )
