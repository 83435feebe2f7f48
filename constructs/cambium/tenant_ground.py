"""What all tenants of a region stand on, so that none of them needs its own."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.database_parameters import sizeless_parameters
from cambium.tenant_groups import HTTPS
from config.database import Database


class TenantGround(Construct):
    """A cluster, a subnet group, a parameter group, and the security group of what prepares databases.

    An account has 50 subnet groups and 50 parameter groups, and would run out of them before tenants.

    Attributes:
        cluster: Where services and migrations of tenants run.
        preparation: The group of the function that makes roles in new databases; no service is in it.
        subnets: Ids of the private subnets.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        private_cidrs: Sequence[str],
        config: Database,
    ) -> None:
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self.subnets = vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnet_ids
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=vpc,
            enable_fargate_capacity_providers=True,
            container_insights_v2=ecs.ContainerInsights.ENABLED,
        )
        self.preparation = self._define_group(private_cidrs, config.port)
        self._subnet_group = rds.SubnetGroup(
            self,
            "DatabaseSubnets",
            vpc=vpc,
            vpc_subnets=subnets,
            description="Databases of tenants",
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        self._parameters = rds.CfnDBParameterGroup(
            self,
            "DatabaseParameters",
            family=f"postgres{config.major}",
            description="Databases of tenants, whatever their size",
            parameters=sizeless_parameters(config),
        )
        self._parameters.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)

    @property
    def place(self) -> dict[str, str]:
        """Parameters of a tenant's stack that lead here."""
        return {
            "VpcId": self._vpc.vpc_id,
            **{f"PrivateSubnet{number}": one for number, one in enumerate(self.subnets, start=1)},
            "PreparationGroup": self.preparation.security_group_id,
            "DatabaseSubnets": self._subnet_group.subnet_group_name,
            "DatabaseParameters": self._parameters.ref,
        }

    def _define_group(self, private_cidrs: Sequence[str], port: int) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "PreparationGroup",
            vpc=self._vpc,
            description="Makes roles in the databases of new tenants",
            allow_all_outbound=False,
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS), "AWS APIs")
        # By address: a rule for each tenant's group would run into the quota of rules.
        for cidr in private_cidrs:
            group.add_egress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(port), "databases of tenants")
        return group
