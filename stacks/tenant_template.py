"""The stack of one tenant, as a template: synthesised once, stamped by a state machine for each of them."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import CfnOutput, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.acknowledge import acknowledge
from cambium.backups import Target
from cambium.database_servers import Place
from cambium.service_secret import RoleSecret, ServiceSecret
from cambium.tenant_database import TenantDatabase
from cambium.tenant_export import TenantExport
from cambium.tenant_groups import TenantGroups
from cambium.tenant_rights import EXPORTS, role_path
from config.database import Database
from config.deployment import Deployment
from config.names import words
from config.region import Region
from config.tenancy import TenantTier
from stacks.tenant_aspects import GoesWithTheTenant, OnlyWhileServing, RolesHaveAPath
from stacks.tenant_parameters import YES, TenantParameters
from stacks.tenant_services import MIGRATION, TenantServices

EXPORT = "export"
"""How the family of the task ends that dumps a tenant's database."""


class TenantTemplate(cdk.Stack):
    """Database, security groups, secrets, services and alarms of one tenant, told apart by parameters.

    It knows its place by parameters too: CloudFormation makes it from the file alone, without the CDK.
    Until ``Serve`` is ``yes`` nothing runs that reads a secret, so there is time to fill them.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        region: Region,
        tier: TenantTier,
        database: Database,
    ) -> None:
        super().__init__(
            scope,
            "Tenant",
            description=f"A tenant of {deployment.system} {deployment.environment.name} for itself",
            env=cdk.Environment(account=deployment.environment.account, region=region.name),
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        self._deployment, self._config = deployment, database
        self.parameters = TenantParameters(self, tier=tier)
        self.services = [one for one in deployment.services if one.name in tier.services]
        self.vpc = self._import_vpc(region)
        self.groups = TenantGroups(self, "Groups", vpc=self.vpc, database_port=database.port)
        self._open_doors()
        self.database = self._define_database(tier)
        self.role_secrets = {role.name: self._role_secret(role.name) for role in database.roles}
        self.service_secrets = {name: self._service_secret(name) for name in (*tier.services, MIGRATION)}
        self._serving = cdk.CfnCondition(
            self, "Serving", expression=Fn.condition_equals(self.parameters.serve, YES)
        )
        self._define_export(region, tier)
        TenantServices(self, deployment=deployment, region=region, tier=tier)
        self._tell()
        cdk.Aspects.of(self).add(OnlyWhileServing(self._serving))
        cdk.Aspects.of(self).add(GoesWithTheTenant())
        path = role_path(deployment.system, deployment.environment.name, region.key)
        cdk.Aspects.of(self).add(RolesHaveAPath(path))
        cdk.Tags.of(self).add("cambium:tenant", self.parameters.tenant)

    def name(self, leaf: str) -> str:
        """A physical name with the tenant's id in it."""
        return Fn.join("", [f"{self._deployment.system}-", self.parameters.tenant, f"-{leaf}"])

    def tell(self, name: str, value: str) -> None:
        """Say something to the state machine that makes tenants."""
        CfnOutput(self, f"{name}Output", value=value).override_logical_id(name)

    def tell_while_serving(self, name: str, value: str) -> None:
        """The same of what a suspended tenant does not have."""
        CfnOutput(self, f"{name}Output", value=value, condition=self._serving).override_logical_id(name)

    def group(self, name: str) -> ec2.ISecurityGroup:
        """A security group of the region by the parameter that names it; its rules can be added to."""
        found = self.node.try_find_child(f"{name}Imported")
        if found is None:
            found = ec2.SecurityGroup.from_security_group_id(
                self, f"{name}Imported", self.parameters.place(name), allow_all_outbound=False
            )
        return cast("ec2.ISecurityGroup", found)

    def _import_vpc(self, region: Region) -> ec2.IVpc:
        zones = region.zones[: self._deployment.network.zones]
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self.parameters.place("VpcId"),
            availability_zones=list(zones),
            private_subnet_ids=[
                self.parameters.place(f"PrivateSubnet{number}") for number in range(1, len(zones) + 1)
            ],
            private_subnet_names=["Private"],
        )
        nobody = "nothing here looks at route tables"
        acknowledge(vpc, {"Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId": nobody})
        return vpc

    def _open_doors(self) -> None:
        if self._deployment.platform == "fargate":
            self.groups.admit_visitors(self.group("LoadBalancerGroup"), self.services)
        cache = self._deployment.cache
        if cache is not None and any(service.uses_cache for service in self.services):
            self.groups.admit_to_cache(self.group("CacheGroup"), cache.port)

    def _define_database(self, tier: TenantTier) -> TenantDatabase:
        return TenantDatabase(
            self,
            "Database",
            place=Place(
                self.vpc,
                rds.SubnetGroup.from_subnet_group_name(
                    self, "DatabaseSubnetGroup", self.parameters.place("DatabaseSubnets")
                ),
                self.groups.database,
                rds.ParameterGroup.from_parameter_group_name(
                    self, "DatabaseParameterGroup", self.parameters.place("DatabaseParameters")
                ),
                self._deployment.log_days,
            ),
            identifier=self.name(self._deployment.environment.name),
            secret_name=self._secret_name("database/master"),
            size=self.parameters.size,
            sizes=tier.sizes,
            protected=self.parameters.protected,
            further_group=self.parameters.place("DatabasesGroup"),
            config=_fitted(self._config, tier),
        )

    def _define_export(self, region: Region, tier: TenantTier) -> None:
        deployment, instance = self._deployment, self.database.instance
        if deployment.exports_bucket is None:
            return
        owner = next(role.name for role in self._config.roles if role.kind == "owner")
        export = TenantExport(
            self,
            "Export",
            family=self.name(EXPORT),
            repository=self.parameters.place("JobsRepository"),
            image_tag=self.parameters.place("JobsImage"),
            target=Target(
                host=instance.db_instance_endpoint_address,
                port=instance.db_instance_endpoint_port,
                database=self._config.name,
            ),
            login=self.role_secrets[owner],
            encryption_key_arn=self.parameters.place("BackupKey"),
            every_tenant_setting=self._config.every_tenant_setting,
            bucket_name=deployment.bucket_name(deployment.exports_bucket, region.name),
            prefix=f"{EXPORTS}/{self.parameters.tenant}",
            log_days=deployment.log_days,
        )
        self.tell("ExportTask", export.task.task_definition_arn)

    def _secret_name(self, leaf: str) -> str:
        deployment = self._deployment
        return Fn.join(
            "/",
            [deployment.system, deployment.environment.name, "tenants", self.parameters.tenant, leaf],
        )

    def _role_secret(self, role: str) -> secretsmanager.ISecret:
        return RoleSecret(
            self,
            f"Role{words(role.replace('_', '-'))}",
            secret_name=self._secret_name(f"database/{role}"),
            username=role,
        ).secret

    def _service_secret(self, name: str) -> secretsmanager.ISecret:
        return ServiceSecret(
            self,
            f"Secret{words(name)}",
            secret_name=self._secret_name(name),
            description=f"Connection URLs and third-party keys of {name}",
        ).secret

    def _tell(self) -> None:
        instance = self.database.instance
        self.tell("DatabaseHost", instance.db_instance_endpoint_address)
        self.tell("DatabasePort", instance.db_instance_endpoint_port)
        self.tell("DatabaseName", instance.instance_identifier)
        self.tell("MasterSecret", self.database.master_credentials.secret_arn)
        self.tell("ServiceGroup", self.groups.service.security_group_id)
        for role, secret in self.role_secrets.items():
            self.tell(f"RoleSecret{words(role.replace('_', '-'))}", secret.secret_arn)
        for name, secret in self.service_secrets.items():
            self.tell(f"Secret{words(name)}", secret.secret_arn)


def _fitted(database: Database, tier: TenantTier) -> Database:
    """The system's database as a tenant has it; the instance class is chosen later."""
    return Database.model_validate(
        {
            **dict(database),
            "instance_class": tier.sizes[0].instance_class,
            "storage_gib": tier.storage_gib,
            "max_storage_gib": tier.max_storage_gib,
            "multi_az": True,
            "read_replicas": 0,
            "iops": None,
        }
    )
