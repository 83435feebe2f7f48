"""Redis or Valkey on ElastiCache: private, encrypted, with a password."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cambium.acknowledge import acknowledge
from config import cache as model


def _usual_port() -> dict[str, str]:
    return {"AwsSolutions-AEC5": "the port is no secret: only the access table opens it"}


def _password(transit_encryption: model.TransitEncryption) -> dict[str, str]:
    """What is accepted about the password, or about there being none."""
    if transit_encryption is True:
        runbook = "the password changes with its runbook: clients hold connections"
        return {
            "AwsSolutions-SMG4": runbook,
            "HIPAA.Security-SecretsManagerRotationEnabled": runbook,
        }
    why = f"the configuration opts out of encryption in transit: {transit_encryption.reason}"
    # ElastiCache takes a password over TLS only.
    return {"AwsSolutions-AEC3": why, "AwsSolutions-AEC6": why}


class Cache(Construct):
    """A replication group with cluster mode off.

    Even one node is a replication group: the plain cluster resource refuses encryption in transit
    (https://github.com/aws/aws-cdk/issues/27379).

    Attributes:
        group: The replication group.
        auth_token: The password, or None where transit encryption is off, which rules one out.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        subnets: ec2.SubnetSelection,
        security_group: ec2.ISecurityGroup,
        secret_name: str,
        config: model.Cache,
    ) -> None:
        super().__init__(scope, construct_id)
        encrypted = config.transit_encryption is True
        self.auth_token = self._define_auth_token(secret_name) if encrypted else None
        subnet_group = elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            description=f"Cache of {self.node.path}",
            subnet_ids=vpc.select_subnets(
                subnet_group_name=subnets.subnet_group_name,
            ).subnet_ids,
        )
        several = config.replicas > 0
        self.group = elasticache.CfnReplicationGroup(
            self,
            "Group",
            replication_group_description=f"Cache of {self.node.path}",
            engine=config.engine,
            engine_version=config.version,
            cache_node_type=f"cache.{config.node_type}",
            num_cache_clusters=config.replicas + 1,
            automatic_failover_enabled=several,
            multi_az_enabled=several,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=encrypted,
            # A dynamic reference: CloudFormation reads the value, the template never holds it.
            auth_token=self.auth_token.secret_value_from_json("password").unsafe_unwrap()
            if self.auth_token
            else None,
            cache_subnet_group_name=subnet_group.ref,
            security_group_ids=[security_group.security_group_id],
            port=config.port,
            snapshot_retention_limit=config.snapshot_days,
            auto_minor_version_upgrade=True,
        )
        self.group.apply_removal_policy(RemovalPolicy.DESTROY)
        ephemeral = "what it holds may be lost: holds, rate limits, idempotency keys"
        acknowledge(
            self,
            {
                **(_usual_port() if config.engine == "redis" else {}),
                "HIPAA.Security-ElastiCacheRedisClusterAutomaticBackup": ephemeral,
                **({} if several else {"AwsSolutions-AEC4": ephemeral}),
                **_password(config.transit_encryption),
            },
        )

    @property
    def endpoint(self) -> str:
        """Host name of the primary node."""
        return self.group.attr_primary_end_point_address

    @property
    def port(self) -> str:
        """Port of the primary node."""
        return self.group.attr_primary_end_point_port

    def metric(self, name: str, statistic: str = "Average") -> cloudwatch.Metric:
        """A metric of the first node, by ElastiCache's own name."""
        return cloudwatch.Metric(
            namespace="AWS/ElastiCache",
            metric_name=name,
            dimensions_map={"CacheClusterId": f"{self.group.ref}-001"},
            statistic=statistic,
            period=Duration.minutes(1),
        )

    def _define_auth_token(self, secret_name: str) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            "AuthToken",
            secret_name=secret_name,
            description="Password of the cache",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template="{}",  # noqa: S106 - an object for Secrets Manager to fill
                generate_string_key="password",
                exclude_punctuation=True,
                password_length=64,
            ),
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
