"""A web service on AWS App Runner, for accounts that already use it."""

from aws_cdk import Duration, Fn
from aws_cdk import aws_apprunner as apprunner
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from cambium.acknowledge import acknowledge, acknowledge_log_retention
from cambium.retention import retention
from cambium.rollout import app_runner_rollout
from cambium.service_metrics import RequestMetrics
from cambium.web_service import ContainerSpec, WebService
from config.scaling import Scaling

CPU_UNITS_PER_VCPU = 1024


def define_scaling(
    scope: Construct, construct_id: str, *, name: str, scaling: Scaling
) -> apprunner.CfnAutoScalingConfiguration:
    """A scaling configuration; one that changes is a new revision of the same name.

    Args:
        scope: Where it belongs.
        construct_id: Its id.
        name: Its name, of which a region has ten, unless AWS is asked for more.
        scaling: Between how many instances, and how busy each may be.
    """
    return apprunner.CfnAutoScalingConfiguration(
        scope,
        construct_id,
        auto_scaling_configuration_name=name,
        min_size=scaling.min,
        max_size=scaling.max,
        max_concurrency=scaling.concurrency,
    )


class AppRunnerService(WebService):
    """One App Runner service that follows the ``latest`` image of its repository.

    App Runner fixes the request time-out at 120 seconds; a shorter one is the application's own.

    Attributes:
        service: The App Runner service.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: ContainerSpec,
        vpc_connector: apprunner.CfnVpcConnector,
        acknowledgement: str,
        keeps_logs: bool = True,
        scaling_arn: str | None = None,
    ) -> None:
        """Define it.

        Args:
            scope: Where it belongs.
            construct_id: Its id.
            spec: What it runs.
            vpc_connector: Its way into the VPC.
            acknowledgement: Why this account may use App Runner.
            keeps_logs: Whether this stack sets how long its logs are kept, with a function of the CDK; not
                where there is a stack for each of many services.
            scaling_arn: A scaling configuration that it shares with others; without it, it gets one of its
                own. A region has ten names for them, unless AWS is asked for more.
        """
        super().__init__(scope, construct_id)
        self._spec = spec
        self._scaling_arn = scaling_arn or self._define_scaling()
        role = iam.Role(
            self, "InstanceRole", assumed_by=iam.ServicePrincipal("tasks.apprunner.amazonaws.com")
        )
        if spec.secret is not None:
            # The L2's grant would add DescribeSecret, which the application has no use for.
            role.add_to_policy(
                iam.PolicyStatement(
                    actions=["secretsmanager:GetSecretValue"], resources=[spec.secret.secret_arn]
                )
            )
        access = iam.Role(
            self, "AccessRole", assumed_by=iam.ServicePrincipal("build.apprunner.amazonaws.com")
        )
        spec.repository.grant_pull(access)
        # Without it App Runner never sees that `latest` has moved (https://github.com/aws/aws-cdk/issues/26640).
        spec.repository.grant(access, "ecr:DescribeImages")
        self.service = self._define_service(role, access, vpc_connector)
        self.service.node.add_dependency(role, access)
        self.service.add_metadata("cambium:app-runner-acknowledged", acknowledgement)
        self.role = role
        self.address = self.service.attr_service_url
        self.rollout = app_runner_rollout(name=spec.name, service_arn=self.service.attr_service_arn)
        self.metrics = AppRunnerMetrics(name=spec.name, service_id=self.service.attr_service_id)
        for kind in ("application", "service") if keeps_logs else ():
            self._keep_logs(kind)
        acknowledge_log_retention(self)
        acknowledge(access, {"AwsSolutions-IAM5[Resource::*]": "ecr:GetAuthorizationToken takes no resource"})

    def _define_scaling(self) -> str:
        config = define_scaling(self, "Scaling", name=self._spec.name, scaling=self._spec.service.scaling)
        return config.attr_auto_scaling_configuration_arn

    def _define_service(
        self, role: iam.IRole, access: iam.IRole, vpc_connector: apprunner.CfnVpcConnector
    ) -> apprunner.CfnService:
        service = self._spec.service
        return apprunner.CfnService(
            self,
            "Service",
            service_name=self._spec.name,
            auto_scaling_configuration_arn=self._scaling_arn,
            source_configuration=apprunner.CfnService.SourceConfigurationProperty(
                auto_deployments_enabled=True,
                authentication_configuration=apprunner.CfnService.AuthenticationConfigurationProperty(
                    access_role_arn=access.role_arn
                ),
                image_repository=self._image(),
            ),
            instance_configuration=apprunner.CfnService.InstanceConfigurationProperty(
                cpu=f"{service.cpu / CPU_UNITS_PER_VCPU:g} vCPU",
                memory=f"{service.memory_mib / 1024:g} GB",
                instance_role_arn=role.role_arn,
            ),
            health_check_configuration=apprunner.CfnService.HealthCheckConfigurationProperty(
                protocol="HTTP",
                path=service.health.path,
                interval=service.health.interval_seconds,
                timeout=service.health.timeout_seconds,
                healthy_threshold=service.health.healthy_threshold,
                unhealthy_threshold=service.health.unhealthy_threshold,
            ),
            network_configuration=apprunner.CfnService.NetworkConfigurationProperty(
                egress_configuration=apprunner.CfnService.EgressConfigurationProperty(
                    egress_type="VPC", vpc_connector_arn=vpc_connector.attr_vpc_connector_arn
                ),
                ingress_configuration=apprunner.CfnService.IngressConfigurationProperty(
                    is_publicly_accessible=service.public
                ),
            ),
        )

    def _image(self) -> apprunner.CfnService.ImageRepositoryProperty:
        spec = self._spec
        return apprunner.CfnService.ImageRepositoryProperty(
            image_identifier=spec.repository.repository_uri_for_tag(spec.image_tag),
            image_repository_type="ECR",
            image_configuration=apprunner.CfnService.ImageConfigurationProperty(
                port=str(spec.service.port),
                runtime_environment_variables=[
                    apprunner.CfnService.KeyValuePairProperty(name=name, value=value)
                    for name, value in spec.environment.items()
                ],
                runtime_environment_secrets=[
                    apprunner.CfnService.KeyValuePairProperty(name=key, value=f"{secret.secret_arn}:{key}::")
                    for secret, key in spec.secret_values
                ],
            ),
        )

    def _keep_logs(self, kind: str) -> None:
        # App Runner makes these groups itself and keeps them for ever; this only sets the retention.
        logs.LogRetention(
            self,
            f"{kind.capitalize()}Logs",
            log_group_name=Fn.join(
                "/", ["/aws/apprunner", self._spec.name, self.service.attr_service_id, kind]
            ),
            retention=retention(self._spec.log_days),
        )


class AppRunnerMetrics(RequestMetrics):
    """What App Runner publishes about a service."""

    def __init__(self, *, name: str, service_id: str) -> None:
        self._name = name
        self._dimensions = {"ServiceName": name, "ServiceID": service_id}

    @property
    def requests(self) -> cloudwatch.IMetric:
        """Requests per minute."""
        return self._metric("Requests", "Sum")

    @property
    def server_errors(self) -> cloudwatch.IMetric:
        """Responses with a 5xx status per minute."""
        return self._metric("5xxStatusResponses", "Sum")

    @property
    def client_errors(self) -> cloudwatch.IMetric:
        """Responses with a 4xx status per minute."""
        return self._metric("4xxStatusResponses", "Sum")

    def latency_ms(self, statistic: str) -> cloudwatch.IMetric:
        """Response time in milliseconds."""
        return self._metric("RequestLatency", statistic)

    @property
    def instances(self) -> cloudwatch.IMetric:
        """Instances that are processing requests."""
        return self._metric("ActiveInstances", "Maximum")

    @property
    def cpu_percent(self) -> cloudwatch.IMetric:
        """CPU of each instance."""
        return self._per_instance("CPUUtilization")

    @property
    def memory_percent(self) -> cloudwatch.IMetric:
        """Memory of each instance."""
        return self._per_instance("MemoryUtilization")

    def _metric(self, name: str, statistic: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/AppRunner",
            metric_name=name,
            dimensions_map=self._dimensions,
            statistic=statistic,
            period=Duration.minutes(1),
        )

    def _per_instance(self, name: str) -> cloudwatch.MathExpression:
        # Instances come and go under ids of their own, so they are searched for.
        return cloudwatch.MathExpression(
            expression=(
                "SEARCH('{AWS/AppRunner,InstanceID,ServiceID,ServiceName} "
                f'MetricName="{name}" ServiceName="{self._name}"\', \'Average\', 60)'
            ),
            using_metrics={},
            label=name,
            period=Duration.minutes(1),
        )
