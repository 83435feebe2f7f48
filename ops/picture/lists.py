"""What lies beside the network: images, secrets, queues, who is told of trouble, budget, buckets."""

from collections.abc import Iterator

from config import names
from config.alarms import NoAlarms
from config.deployment import Deployment
from config.operator_keys import BACKUP_SECRET
from config.region import Region
from config.storage import Bucket
from ops.picture.things import Entry, Section
from ops.picture.words import count, days

HOW_OFTEN = {"day": "daily", "week": "weekly"}


def sections(deployment: Deployment, region: Region) -> list[Section]:
    """Every list of ``region`` that has something in it; buckets last, for the arrow to their copies."""
    listed = [
        Section("Container images", "compute", tuple(_repositories(deployment))),
        Section("Secrets", "watch", tuple(_secrets(deployment))),
        Section("Queues", "data", tuple(_queues(deployment))),
        Section("Alarms go to", "watch", tuple(_alarms(deployment))),
        Section("Budget", "watch", tuple(_budget(deployment, region))),
        Section("Records", "watch", tuple(_records(deployment))),
        Section("Buckets", "data", tuple(_bucket(deployment, bucket) for bucket in deployment.buckets)),
    ]
    return [section for section in listed if section.entries]


def _repositories(deployment: Deployment) -> Iterator[Entry]:
    for service in deployment.services:
        if service.image is None and service.image_of is None:
            name = names.repository_name(deployment.system, service.name)
            yield Entry(f"repository:{name}", name)


def _secrets(deployment: Deployment) -> Iterator[Entry]:
    for service in deployment.services:
        if service.secrets:
            values = len(deployment.secrets_of(service))
            by_hand = len(service.operator_keys)
            filled = (
                (f"{by_hand} of {count(values, 'value')} set by a person",)
                if by_hand
                else (count(values, "value"),)
            )
            yield Entry(f"secret:{service.name}", service.name, filled)
    if deployment.database is not None:
        roles = ", ".join(["master", *(role.name for role in deployment.database.roles)])
        yield Entry("secret:database", "database logins", (roles,))
    if deployment.cache is not None and deployment.cache.transit_encryption is True:
        yield Entry("secret:cache", "cache password")
    if deployment.has_backup_key:
        yield Entry(f"secret:{BACKUP_SECRET}", "backup key")


def _queues(deployment: Deployment) -> Iterator[Entry]:
    for queue in deployment.queues:
        yield Entry(f"queue:{queue.name}", queue.name, (f"{queue.max_receives} attempts, then set aside",))


def _alarms(deployment: Deployment) -> Iterator[Entry]:
    alarms = deployment.environment.alarms
    if isinstance(alarms, NoAlarms):
        yield Entry("alarms:nobody", "nobody", (alarms.reason,))
        return
    for email in alarms.emails:
        yield Entry(f"alarms:{email}", email)
    if alarms.slack is not None:
        yield Entry("alarms:slack", f"Slack channel {alarms.slack.channel_id}")


def _budget(deployment: Deployment, region: Region) -> Iterator[Entry]:
    # It exists once per account.
    if region == deployment.home:
        yield Entry("budget:monthly", f"${deployment.monthly_budget_usd:,} a month")


def _records(deployment: Deployment) -> Iterator[Entry]:
    yield Entry("record:logs", "service logs", (f"kept {days(deployment.log_days)}",))
    yield Entry("record:flow", "connection log", (f"kept {days(deployment.network.flow_log_days)}",))
    if deployment.routing is not None:
        yield Entry("record:routing", "where each organization lives", ("one table, a copy per region",))
    if deployment.audit_trail:
        yield Entry("record:audit", "every call of the AWS API")


def _bucket(deployment: Deployment, bucket: Bucket) -> Entry:
    return Entry(f"bucket:{bucket.name}", bucket.name, tuple(_bucket_notes(deployment, bucket)))


def _bucket_notes(deployment: Deployment, bucket: Bucket) -> Iterator[str]:
    users = [service.name for service in deployment.services if bucket.name in service.writes_buckets]
    if len(users) > 2:
        yield f"used by {len(users)} services"
    elif users:
        yield f"used by {' and '.join(users)}"
    for dump in deployment.dumps:
        if dump.bucket == bucket.name:
            yield f"{HOW_OFTEN[dump.every]} dump, {dump.at} UTC"
    if bucket.expire_after_days:
        yield f"kept {days(bucket.expire_after_days)}" + (", locked" if bucket.lock_days else "")
