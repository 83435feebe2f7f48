"""The CloudFormation types our templates use and MiniStack lacks."""

from emulator.resources import (
    access,
    addresses,
    app_runner,
    compute,
    documents,
    governance,
    listener_certificates,
    monitoring,
    saved_queries,
    scaling,
    security_group_rules,
)
from emulator.resources.base import Resource

_TYPES: tuple[type[Resource], ...] = (
    access.ClusterCapacity,
    access.FirewallLogging,
    access.Group,
    access.SecretPolicy,
    access.SecretRotation,
    access.WebAclAssociation,
    addresses.ElasticIp,
    addresses.ElasticIpAssociation,
    addresses.FlowLog,
    addresses.NatGateway,
    app_runner.AutoScalingConfiguration,
    app_runner.Service,
    app_runner.VpcConnector,
    compute.Instance,
    compute.Volume,
    compute.VolumeAttachment,
    documents.Document,
    governance.BackupSelection,
    governance.Budget,
    governance.OidcProvider,
    governance.Trail,
    listener_certificates.ListenerCertificate,
    monitoring.CompositeAlarm,
    monitoring.HealthCheck,
    monitoring.SlackChannel,
    saved_queries.QueryDefinition,
    scaling.ScalableTarget,
    scaling.ScalingPolicy,
    security_group_rules.EgressRule,
    security_group_rules.IngressRule,
)


def every() -> list[Resource]:
    """Return one of each."""
    return [resource_type() for resource_type in _TYPES]
