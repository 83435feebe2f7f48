"""App Runner: brings load balancing and certificates along, and reaches the VPC through a connector."""

from collections.abc import Iterable

from aws_cdk import aws_apprunner as apprunner
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cambium.app_runner_service import AppRunnerService
from cambium.container_platform import ContainerPlatform
from cambium.security_groups import SecurityGroups
from cambium.web_service import ContainerSpec, WebService
from config.names import words


class AppRunnerPlatform(ContainerPlatform):
    """A VPC connector per security group: the tunnel into the private subnets.

    Attributes:
        connectors: By name of the group.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        groups: SecurityGroups,
        members: Iterable[str],
        acknowledgement: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._acknowledgement = acknowledgement
        subnet_ids = vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnet_ids
        self.connectors = {
            name: apprunner.CfnVpcConnector(
                self,
                f"Connector{words(name)}",
                subnets=subnet_ids,
                security_groups=[groups.group(name).security_group_id],
            )
            for name in members
        }

    @property
    def front_door_errors(self) -> None:
        """App Runner counts them with those of the service."""
        return None

    def define_service(self, scope: Construct, construct_id: str, spec: ContainerSpec) -> WebService:
        """One App Runner service."""
        return AppRunnerService(
            scope,
            construct_id,
            spec=spec,
            vpc_connector=self.connectors[spec.service.group],
            acknowledgement=self._acknowledgement,
        )
