"""The record of who did what."""

from constructs import Construct

from cambium.audit_trail import AuditTrail, ObjectEvents
from config.deployment import Deployment
from config.references import AUDIT_BUCKET
from stacks.base import CambiumStack

SIX_YEARS_DAYS = 2192
"""How long HIPAA wants documentation kept (45 CFR 164.316(b)(2)(i))."""
ONE_YEAR_DAYS = 365
"""For everybody else: long enough to look back at what is found late."""


def object_events(deployment: Deployment) -> ObjectEvents:
    """Which uses of objects a product records: HIPAA wants to know who read, others who changed."""
    if not deployment.audit_trail:
        return ObjectEvents.NONE
    return ObjectEvents.ALL if deployment.hipaa else ObjectEvents.WRITES


class AuditStack(CambiumStack):
    """One CloudTrail trail for the account, in the home region."""

    def __init__(self, scope: Construct, *, deployment: Deployment) -> None:
        kept = "six years" if deployment.hipaa else "a year"
        super().__init__(
            scope,
            "audit",
            deployment=deployment,
            description=f"CloudTrail: every AWS API call, kept {kept}",
        )
        AuditTrail(
            self,
            "AuditTrail",
            bucket_name=deployment.bucket_name(AUDIT_BUCKET, deployment.home.name),
            keep_days=SIX_YEARS_DAYS if deployment.hipaa else ONE_YEAR_DAYS,
            watched_buckets=list(deployment.every_bucket()),
            object_events=object_events(deployment),
        )
