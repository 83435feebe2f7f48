"""The address of a connection pool as a name: what one pooler needs, for a fiftieth of a load balancer."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as servicediscovery
from constructs import Construct

from cambium.connection_pool_door import ConnectionPoolDoor
from config.pool import ConnectionPool

SERVICE = "connection-pool"
TTL_SECONDS = 5
"""How long an answer of DNS holds: of a name that leads somewhere, and of one that leads nowhere yet."""


class PoolName(ConnectionPoolDoor):
    """A name in a private zone of the network, which ECS keeps at the address of the task that runs.

    A release may fail new connections, which one behind a load balancer does not. Both tasks have the name:
    the new one once it is alive, the old one until it is told to stop. A change takes up to a minute to reach
    every server of Route 53, and whoever has asked keeps the answer for ``TTL_SECONDS``: meanwhile a client
    may know the old address alone. A pooler that drains refuses at once; one that is gone does not answer,
    and the driver waits for its own timeout. A driver that tries each address finds the new one if it was
    told of it. Connections that are there stay until they are renewed or the old pooler has waited long
    enough.

    When the only task dies there is no pooler until ECS has started the next and the name leads to it:
    minutes that a second task behind a load balancer would bridge.

    It opens no port. Names are asked of the network's own resolver, which no security group stands before.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, vpc: ec2.IVpc, domain: str, config: ConnectionPool
    ) -> None:
        super().__init__(scope, construct_id, port=config.port)
        # A literal: it is part of connection URLs, which other stacks write.
        self._host = f"{SERVICE}.{domain}"
        namespace = servicediscovery.CfnPrivateDnsNamespace(
            self,
            "Namespace",
            name=domain,
            vpc=vpc.vpc_id,
            properties=servicediscovery.CfnPrivateDnsNamespace.PropertiesProperty(
                dns_properties=servicediscovery.CfnPrivateDnsNamespace.PrivateDnsPropertiesMutableProperty(
                    # Else resolvers remember for long that there was no pooler.
                    soa=servicediscovery.CfnPrivateDnsNamespace.SOAProperty(ttl=TTL_SECONDS)
                )
            ),
        )
        self._service = servicediscovery.Service(
            self,
            "Service",
            namespace=servicediscovery.PrivateDnsNamespace.from_private_dns_namespace_attributes(
                self,
                "Zone",
                namespace_name=domain,
                namespace_id=namespace.attr_id,
                namespace_arn=namespace.attr_arn,
            ),
            name=SERVICE,
            dns_record_type=servicediscovery.DnsRecordType.A,
            dns_ttl=Duration.seconds(TTL_SECONDS),
            # ECS says who is well: those whose container is alive.
            custom_health_check=servicediscovery.HealthCheckCustomConfig(failure_threshold=1),
        )

    @property
    def host(self) -> str:
        """The name clients connect to."""
        return self._host

    def admit(self, service: ecs.FargateService) -> None:
        """Have ECS register the tasks of ``service`` under the name."""
        service.associate_cloud_map_service(service=self._service)

    @property
    def healthy_poolers(self) -> cloudwatch.IMetric | None:
        """None: Cloud Map publishes no metric."""
        return None
