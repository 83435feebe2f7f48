"""The record of who did what."""

from constructs import Construct

from cambium.audit_trail import AuditTrail
from config.deployment import Deployment
from config.references import AUDIT_BUCKET
from stacks.base import CambiumStack

SIX_YEARS_DAYS = 2192
"""How long HIPAA wants documentation kept (45 CFR 164.316(b)(2)(i))."""


class AuditStack(CambiumStack):
    """One CloudTrail trail for the account, in the home region."""

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        super().__init__(
            scope,
            "audit",
            deployment=deployment,
            description="CloudTrail: every AWS API call, kept six years",
        )
        AuditTrail(
            self,
            "AuditTrail",
            bucket_name=deployment.bucket_name(AUDIT_BUCKET, deployment.home.name),
            keep_days=SIX_YEARS_DAYS,
            watched_buckets=list(deployment.every_bucket()),
        )
