"""One certificate for a domain and every name directly below it."""

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct


class WildcardCertificate(Construct):
    """A certificate for ``domain`` and ``*.domain``, in the region of its stack; AWS renews it by itself.

    With a zone the record that proves the domain is ours is written; without one the deployment waits, up to
    three days, until somebody has pasted it. That record stays for ever: renewals ask for it. It is the same
    record for every certificate of the domain in one account, whatever the region.

    It covers one label: not ``a.b.domain``. The model refuses such a host.

    Attributes:
        certificate: The certificate.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, domain: str, zone: route53.IHostedZone | None
    ) -> None:
        super().__init__(scope, construct_id)
        self.certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=domain,
            subject_alternative_names=[f"*.{domain}"],
            validation=acm.CertificateValidation.from_dns(zone),
        )
