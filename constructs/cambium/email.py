"""Who may send e-mail, and as whom."""

from aws_cdk import CfnOutput
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from constructs import Construct

from cambium.arn import arn

TOKENS = (1, 2, 3)
"""Easy DKIM has three records."""


class EmailIdentity(Construct):
    """A domain that SES sends for, once it finds three records in its DNS, which also sign each message.

    They are written where the zone is ours to write into, and are outputs to paste elsewhere. A new account
    stays in SES's sandbox until a person asks AWS to let it out.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, domain: str, zone: route53.IHostedZone | None
    ) -> None:
        super().__init__(scope, construct_id)
        identity = ses.CfnEmailIdentity(
            self,
            "Identity",
            email_identity=domain,
            dkim_signing_attributes=ses.CfnEmailIdentity.DkimSigningAttributesProperty(
                next_signing_key_length="RSA_2048_BIT"
            ),
        )
        for number in TOKENS:
            name = getattr(identity, f"attr_dkim_dns_token_name{number}")
            value = getattr(identity, f"attr_dkim_dns_token_value{number}")
            if zone is not None:
                # Not the L2: it would add the zone to a name that has it already and is not known yet.
                route53.CfnRecordSet(
                    self,
                    f"Dkim{number}",
                    hosted_zone_id=zone.hosted_zone_id,
                    name=name,
                    type="CNAME",
                    resource_records=[value],
                    ttl="1800",
                )
                continue
            for kind, text in (("Name", name), ("Value", value)):
                CfnOutput(
                    self,
                    f"Dkim{number}{kind}",
                    value=text,
                    description=f"DNS: CNAME record {number} of 3 for e-mail of {domain}, its {kind.lower()}",
                ).override_logical_id(f"Dkim{number}{kind}")


def allow_email(role: iam.IRole, domain: str) -> None:
    """Let ``role`` send with SES as any address of ``domain``, and as nobody else.

    An ``EmailIdentity`` says that the domain may be sent for at all.
    """
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["ses:SendEmail", "ses:SendRawEmail"],
            resources=[arn("ses", f"identity/{domain}")],
            # The identity of a domain is that of its subdomains too, unless they have one of their own.
            conditions={"StringLike": {"ses:FromAddress": f"*@{domain}"}},
        )
    )
