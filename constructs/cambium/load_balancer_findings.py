"""What rule packs find in every load balancer here, and why it stays."""

from constructs import IConstruct

from cambium.acknowledge import acknowledge


def accept_findings(scope: IConstruct, *, deletion_protection: bool, recorded: str, certificate: str) -> None:
    """Acknowledge the findings in the load balancers below ``scope``.

    Args:
        scope: What holds them.
        deletion_protection: Whether it is on; off is a finding of its own.
        recorded: Why there are no access logs.
        certificate: Why a listener has no certificate.
    """
    if not deletion_protection:
        acknowledge(
            scope,
            {
                "HIPAA.Security-ELBDeletionProtectionEnabled": "it holds no data, and an environment "
                "without real users may be deleted as a whole"
            },
        )
    acknowledge(
        scope,
        {
            "AwsSolutions-ELB2": recorded,
            "HIPAA.Security-ELBLoggingEnabled": recorded,
            "HIPAA.Security-ELBv2ACMCertificateRequired": certificate,
        },
    )
