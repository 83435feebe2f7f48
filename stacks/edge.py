"""What a region needs before its load balancer can answer for the domain."""

from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from config.deployment import Deployment
from config.region import Region
from stacks.base import CambiumStack


class EdgeStack(CambiumStack):
    """The certificate. A stack of its own: it waits until somebody has pasted its DNS record.

    Attributes:
        certificate: For every host of the product.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, region: Region) -> None:
        super().__init__(
            scope,
            "edge",
            deployment=deployment,
            region=region,
            description="Certificate of the load balancer",
        )
        # A host stands once, even where several services share it by path.
        hosts = list(dict.fromkeys(host for service in deployment.services for host in service.hosts))
        first, *others = hosts or [deployment.edge.domain]
        self.certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=first,
            subject_alternative_names=others or None,
            validation=acm.CertificateValidation.from_dns(),
        )
