"""What all tenants of a region stand on, so that none of them needs its own."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from cambium.database_parameters import sizeless_parameters
from cambium.measured_cluster import measured_cluster
from cambium.security_groups import SecurityGroups
from config.access import DATABASE, TENANT_DATABASES, TENANT_MOVER, TENANT_PREPARATION, tenant_rules
from config.database import Database
from config.watching import ContainerInsights


class TenantGround(Construct):
    """A cluster, a subnet group, a parameter group, and what makes roles in new databases.

    An account has 50 subnet groups and 50 parameter groups, and would run out of them before tenants.

    Attributes:
        cluster: Where services and migrations of tenants run.
        preparation: The group of the function that makes roles in new databases; no service is in it.
        mover: The group of the task that moves rows between the pool's database and tenants'.
        subnets: Ids of the private subnets.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        config: Database,
        insights: ContainerInsights,
        pool_group: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self.subnets = vpc.select_subnets(subnet_group_name=subnets.subnet_group_name).subnet_ids
        self.cluster = measured_cluster(self, "Cluster", vpc=vpc, insights=insights, capacity_providers=True)
        pool = ec2.SecurityGroup.from_security_group_id(self, "PoolGroup", pool_group)
        groups = SecurityGroups(self, "Access", vpc=vpc, rules=tenant_rules(config), known={DATABASE: pool})
        self.preparation = groups.group(TENANT_PREPARATION)
        self.mover = groups.group(TENANT_MOVER)
        self._databases = groups.group(TENANT_DATABASES)
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
            "DatabasesGroup": self._databases.security_group_id,
            "DatabaseSubnets": self._subnet_group.subnet_group_name,
            "DatabaseParameters": self._parameters.ref,
        }
