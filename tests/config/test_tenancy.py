"""A tier of tenants with a stack for themselves: what a description may say, and what it is answered."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.storage import Bucket
from config.system import System
from config.tenancy import TenantSize, TenantTier, tenant_host
from config.values import OptOut

CLINIC: System = runpy.run_path(str(Path(__file__).parents[1] / "stacks" / "tenanted" / "clinic.py"))[
    "SYSTEM"
]
SCANS = Bucket(name="scans")
LARGE = TenantSize(name="large", instance_class="r6g.large")


def tier(**fields: Any) -> TenantTier:
    return TenantTier(
        **{
            **{"since_phase": 2, "services": ("api",), "migrate": ("migrate",), "sizes": (LARGE,)},
            **{"exports": "departed"},
            **fields,
        }
    )


def clinic(**fields: Any) -> System:
    return System.model_validate({**dict(CLINIC), **fields})


NO_ROUTING = tuple(phase.model_copy(update={"routing": None}) for phase in CLINIC.phases)

WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "a phase that is not there": (
        lambda: clinic(tenants=tier(since_phase=3)),
        "tenants.since_phase must be 1 to 2: system clinic ends there, got 3",
    ),
    "a phase before there is a routing table": (
        lambda: clinic(tenants=tier(since_phase=1)),
        "tenants.since_phase must be 2 or later: each tenant has a line in the routing table, got 1",
    ),
    "no routing table at all": (
        lambda: clinic(phases=NO_ROUTING, tenants=tier()),
        "tenants.since_phase must be given with routing=Routing(...) in that phase",
    ),
    "a service that is not there": (
        lambda: clinic(tenants=tier(services=("web",))),
        "tenants.services must be among api, got 'web'",
    ),
    "a service without a host": (
        lambda: clinic(
            tenants=tier(),
            services=(CLINIC.services[0].model_copy(update={"hosts": (), "paths": ("/a/*",)}),),
        ),
        "tenants.services must be public services with hosts and a database URL, got 'api'",
    ),
    "more instances than the service may have": (
        lambda: clinic(tenants=tier(instances=5)),
        "tenants.instances must be at most scaling.max of api (4), got 5",
    ),
    "names that leave no room for an id": (
        lambda: clinic(name="clinic-with-a-long-name", tenants=tier()),
        "must leave 20 of 40 characters to a tenant's id, got 48 characters in all",
    ),
    "two sizes of one name": (
        lambda: tier(sizes=(LARGE, LARGE)),
        "tenants.sizes must have names of their own, got large, large",
    ),
    "no room for storage to grow": (
        lambda: tier(storage_gib=100, max_storage_gib=105),
        "tenants.max_storage_gib must exceed storage_gib (100) by at least 10 %, got 105",
    ),
    "exports into a bucket that is not there": (
        lambda: clinic(tenants=tier(exports="attic")),
        "tenants.exports must be a bucket of the system (departed, scans), got 'attic'",
    ),
    "exports beside the files of a service": (
        lambda: clinic(tenants=tier(exports="scans")),
        "tenants.exports must be a bucket that no service writes, got scans, which api does",
    ),
    "exports that would go before their time": (
        lambda: clinic(buckets=(SCANS, Bucket(name="departed", expire_after_days=30)), tenants=tier()),
        "expire_after_days of bucket departed must be at least tenants.retention_days (90)",
    ),
    "exports that could not be deleted in time": (
        lambda: clinic(buckets=(SCANS, Bucket(name="departed", lock_days=91)), tenants=tier()),
        "lock_days of bucket departed must be at most tenants.retention_days (90)",
    ),
    "exports of which a copy would stay": (
        lambda: clinic(buckets=(SCANS, Bucket(name="departed", replica="copies")), tenants=tier()),
        "has a copy, in which exports of deleted tenants would stay for ever",
    ),
    "exports left out without a reason": (
        lambda: tier(exports=OptOut(reason="")),
        "at least 10 characters",
    ),
    "a database that is none": (
        lambda: clinic(database=None, services=(CLINIC.services[0].model_copy(update={"secrets": {}}),)),
        "so database must be Database(...), got None",
    ),
}


@pytest.mark.parametrize(("describe", "said"), WRONG.values(), ids=WRONG)
def test_a17_a_tier_that_cannot_be_is_refused(describe: Callable[[], object], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        describe()
    assert said in str(refused.value)


def test_a17_the_tier_exists_from_its_phase_on() -> None:
    assert CLINIC.resolve("production", 1).tenants is None
    assert CLINIC.resolve("production", 2).tenants == CLINIC.tenants


def test_a17_a_tenants_host_is_under_the_certificate_of_everybodys() -> None:
    assert tenant_host("org-101", "api.clinic.example") == "org-101-api.clinic.example"
