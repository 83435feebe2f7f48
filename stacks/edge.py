"""What a region needs before it can answer, and send e-mail, for the domain."""

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from cambium.dns_zone import DnsZone
from cambium.email import EmailIdentity
from cambium.wildcard_certificate import WildcardCertificate
from config.deployment import Deployment
from config.edge import Edge
from config.hosts import all_hosts
from config.region import Region
from stacks.base import CambiumStack


class EdgeStack(CambiumStack):
    """The zone, where it is ours to make, the certificate, where none is given, and who sends its e-mail.

    A stack of its own: it waits until somebody has pasted the certificate's DNS record, or has told the
    registrar about the zone.

    Attributes:
        zone: The zone it makes; None where there is one already, or somebody else answers for the domain.
        certificate: For every host of the product; None where one is given.
        shards_certificate: For the shards' own host names, beside the first; None where that covers them.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, region: Region) -> None:
        super().__init__(
            scope,
            "edge",
            deployment=deployment,
            region=region,
            description="Certificate of the load balancer"
            if deployment.platform == "fargate"
            else "DNS zone of the product",
        )
        self._edge = deployment.edge
        self.zone = DnsZone(self, "Dns", domain=self._edge.zone_name).zone if makes_zone(self._edge) else None
        # Names outside our zone are proved by records that an operator pastes.
        self._own_zone = zone_of(self, self) if self._edge.zone is None else None
        # The front door of a host has a certificate of its own, in a secret.
        self.certificate = self._define_certificate() if deployment.platform == "fargate" else None
        self.shards_certificate = self._define_shards_certificate()
        if sends_email(deployment):
            EmailIdentity(self, "Email", domain=self._edge.domain, zone=self._own_zone)

    def _define_certificate(self) -> acm.ICertificate | None:
        if self._edge.certificate_arn is not None:
            return None
        if self._edge.wildcard:
            return WildcardCertificate(
                self, "Wildcard", domain=self._edge.domain, zone=self._own_zone
            ).certificate
        first, *others = all_hosts(self.deployment) or (self._edge.domain,)
        return acm.Certificate(
            self,
            "Certificate",
            domain_name=first,
            subject_alternative_names=others or None,
            validation=acm.CertificateValidation.from_dns(),
        )

    def _define_shards_certificate(self) -> acm.ICertificate | None:
        # Beside the first instead of in its place: a certificate cannot be changed while it is in use, and
        # one takes ten names.
        if self.deployment.routing is None or self.certificate is None or self._edge.wildcard:
            return None
        return WildcardCertificate(self, "Shards", domain=self._edge.domain, zone=self._own_zone).certificate


def is_needed(deployment: Deployment) -> bool:
    """Whether there is anything in it: CloudFormation refuses an empty stack."""
    edge = deployment.edge
    certified = deployment.platform == "fargate" and edge.certificate_arn is None
    door = deployment.platform != "app-runner" and (certified or makes_zone(edge))
    return door or sends_email(deployment)


def sends_email(deployment: Deployment) -> bool:
    """Whether any service does."""
    return any(service.sends_email for service in deployment.services)


def makes_zone(edge: Edge) -> bool:
    """Whether the zone of the domain is ours to make."""
    return edge.dns == "route53" and edge.hosted_zone_id is None


def zone_of(stack: CambiumStack, edge_stack: EdgeStack | None) -> route53.IHostedZone | None:
    """The zone that ``stack`` writes records into; None where an operator writes them."""
    edge = stack.deployment.edge
    if edge.hosted_zone_id is not None:
        return route53.HostedZone.from_hosted_zone_attributes(
            stack, "Zone", hosted_zone_id=edge.hosted_zone_id, zone_name=edge.zone_name
        )
    return edge_stack.zone if edge_stack else None
