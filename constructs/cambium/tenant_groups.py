"""Who may talk to whom around one tenant: its services to its own database, and to nobody else's."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from config.service import Service

HTTPS = 443


class TenantGroups(Construct):
    """A security group for the services of a tenant, and one for its database.

    The database's group lets its own tenant's services in, and nobody else.

    Attributes:
        service: The group of the services.
        database: The group of the database.
    """

    def __init__(self, scope: Construct, construct_id: str, *, vpc: ec2.IVpc, database_port: int) -> None:
        super().__init__(scope, construct_id)
        self.service = ec2.SecurityGroup(
            self, "Services", vpc=vpc, description="Services of one tenant", allow_all_outbound=False
        )
        self.database = ec2.SecurityGroup(
            self, "Database", vpc=vpc, description="Database of one tenant", allow_all_outbound=False
        )
        self.service.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS), "AWS and third-party APIs")
        port = ec2.Port.tcp(database_port)
        self.service.add_egress_rule(self.database, port, "PostgreSQL")
        self.database.add_ingress_rule(self.service, port, "PostgreSQL")
        # A group without any rule for the way out gets one from AWS that lets everything out.
        self.database.add_egress_rule(
            ec2.Peer.ipv4("255.255.255.255/32"), ec2.Port.icmp_type_and_code(252, 87), "Nothing"
        )

    def admit_visitors(self, load_balancer: ec2.ISecurityGroup, services: Sequence[Service]) -> None:
        """Let the load balancer reach each service."""
        for service in services:
            port = ec2.Port.tcp(service.port or HTTPS)
            self.service.add_ingress_rule(load_balancer, port, f"requests for {service.name}")
            load_balancer.add_egress_rule(self.service, port, f"requests for {service.name}")

    def admit_to_cache(self, cache: ec2.ISecurityGroup, port: int) -> None:
        """Let the services reach the cache that all tenants share."""
        self.service.add_egress_rule(cache, ec2.Port.tcp(port), "cache")
        cache.add_ingress_rule(self.service, ec2.Port.tcp(port), "cache of a tenant")
