"""Who may send e-mail, and as whom."""

from aws_cdk import aws_iam as iam

from cambium.arn import arn


def allow_email(role: iam.IRole, domain: str) -> None:
    """Let ``role`` send with SES as any address of ``domain``, and as nobody else.

    The identity itself is not made here: SES verifies a domain by records in its DNS, and a new account
    stays in SES's sandbox until a person asks AWS to let it out.
    """
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["ses:SendEmail", "ses:SendRawEmail"],
            resources=[arn("ses", f"identity/{domain}")],
            # The identity of a domain is that of its subdomains too, unless they have one of their own.
            conditions={"StringLike": {"ses:FromAddress": f"*@{domain}"}},
        )
    )
