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


def trail_name(deployment: Deployment) -> str:
    """The name of the trail, where a bucket of the product's own has to know it."""
    return deployment.stack_name("audit")


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
        archive = deployment.bucket_name(deployment.audit_bucket or AUDIT_BUCKET, deployment.home.name)
        AuditTrail(
            self,
            "AuditTrail",
            bucket_name=archive,
            keep_days=SIX_YEARS_DAYS if deployment.hipaa else ONE_YEAR_DAYS,
            # Records of records would never end.
            watched_buckets=[name for name in deployment.every_bucket() if name != archive],
            object_events=object_events(deployment),
            archive_trail_name=trail_name(deployment) if deployment.audit_bucket else None,
        )
