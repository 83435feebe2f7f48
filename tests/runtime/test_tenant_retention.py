"""A17: when the retention of deleted tenants is over, everything of them goes; on real tables and objects."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from support.tenant_settings import told
from support.tenant_tables import CONTEXT, Clients, fixtures
from tenants import certificates, items, purge
from tenants.failure import StepError
from tenants.settings import client

pytestmark = pytest.mark.embedded
TIER = told("clinic", registry="retention-tenants", routing="retention-routing", exports="retention-exports")
aws, deployment = fixtures(TIER, bucket=TIER.exports)


def left(aws: Clients, tenant: str, *, until: str = "2020-01-01") -> str:
    """A deleted tenant with a snapshot that is gone already, and an export; where that is."""
    name = f"tenants/{tenant}/1"
    aws("s3").put_object(Bucket=TIER.exports, Key=f"{name}/database.dump.enc", Body=b"sealed")
    facts = {
        "snapshots": [f"clinic-{tenant}-production-final-1"],
        "exports": [{"key": f"{name}/database.dump.enc"}],
        "snapshots_kept_until": until,
    }
    certificates.keep(tenant, "r:1", facts)
    return name


def there(aws: Clients) -> list[str]:
    found = aws("s3").list_objects_v2(Bucket=TIER.exports).get("Contents", [])
    return sorted(one["Key"] for one in found)


def test_a17_an_export_that_never_came_to_its_end_goes_with_the_others(aws: Clients) -> None:
    """What a stopped deletion has dumped, without the manifest that is written last."""
    left(aws, "org-101")
    aws("s3").put_object(Bucket=TIER.exports, Key="tenants/org-101/0/database.dump.enc", Body=b"sealed")
    (certificate,) = certificates.due("2026-01-01")
    items.table().put_item(Item={**certificate, "export_names": ["tenants/org-101/0", "tenants/org-101/1"]})

    purge.on_schedule({}, CONTEXT)

    assert there(aws) == []


def test_a17_what_cannot_be_deleted_keeps_nothing_of_another_tenant(
    aws: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = left(aws, "org-101")
    left(aws, "org-102")
    rds = client("rds")
    delete = rds.delete_db_snapshot

    def refuse(**asked: Any) -> Any:
        if "org-101" in asked["DBSnapshotIdentifier"]:
            told: Any = {"Error": {"Code": "AccessDenied", "Message": "not yours"}}
            raise ClientError(told, "DeleteDBSnapshot")
        return delete(**asked)

    monkeypatch.setattr(rds, "delete_db_snapshot", refuse)

    with pytest.raises(StepError, match=r"could not be deleted: org-101: .*AccessDenied.*not yours"):
        purge.on_schedule({}, CONTEXT)

    assert there(aws) == [f"{kept}/database.dump.enc"]
    assert [one["tenant"] for one in certificates.due("2026-01-01")] == ["org-101"]


def test_a17_what_is_to_be_kept_still_is_kept(aws: Clients) -> None:
    name = left(aws, "org-101", until="2999-01-01")

    assert purge.on_schedule({}, CONTEXT) == {"deleted": [], "exports": []}
    assert there(aws) == [f"{name}/database.dump.enc"]
