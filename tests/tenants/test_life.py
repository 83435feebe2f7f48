"""A17: the life of a tenant with a database and services of its own, on the embedded AWS."""

import json
from typing import Any

import pytest

from support.embedded_tenants import NEW, NO_TRACES, Region

pytestmark = [pytest.mark.embedded, pytest.mark.database]

TENANT = "org-101"


@pytest.fixture(scope="module")
def tenant(region: Region) -> str:
    """One that was made."""
    region.put_key("clinic/production/api", MAIL_KEY="of-all")
    region.run("create", tenant=TENANT, **NEW)
    return TENANT


def test_a17_a_new_tenant_has_everything_for_itself(region: Region, tenant: str) -> None:
    region.is_whole(tenant)
    assert region.secrets(tenant) == [
        f"clinic/production/tenants/{tenant}/{leaf}"
        for leaf in ("api", "database/clinic", "database/clinic_owner", "database/master", "migration")
    ]
    names = {one["AlarmName"] for one in region.alarms(f"clinic-{tenant}-production-")}
    assert {name.rpartition("production-")[2] for name in names} == {
        *("api-errors", "api-latency", "database-connections", "database-cpu"),
        *("database-memory", "database-storage"),
    }


def test_a17_only_its_own_services_and_its_preparation_reach_its_database(
    region: Region, tenant: str
) -> None:
    groups, shared = region.groups(tenant), region.databases_group()
    (database,) = region.databases(tenant)
    carried = {one["VpcSecurityGroupId"] for one in database["VpcSecurityGroups"]}
    assert carried == {groups["Database"], shared}
    assert region.ways_in(groups["Database"]) == {(groups["Services"], 5432)}
    helpers = (region.preparation_group(), region.mover_group())
    assert region.ways_in(shared) == {(group, 5432) for group in helpers}


def test_a17_the_migration_ran_as_the_owner_before_anything_served(region: Region, tenant: str) -> None:
    tasks = region.stopped_tasks(f"clinic-{tenant}-migration")
    assert tasks == [0]
    steps = region.steps(region.last("create"))
    assert steps.index("Migrate") < steps.index("Start the services: begin") < steps.index("Open it")


def test_a17_third_party_keys_come_from_everybodys_secret_and_stay_its_own(
    region: Region, tenant: str
) -> None:
    assert region.keys(tenant)["MAIL_KEY"] == "of-all"
    region.put_key(f"clinic/production/tenants/{tenant}/api", MAIL_KEY="of-its-own")
    region.run("change", operation="update", tenant=tenant, image="v1.1")
    assert region.keys(tenant)["MAIL_KEY"] == "of-its-own"


def test_a17_a_suspended_tenant_keeps_its_data_and_is_served_again(region: Region, tenant: str) -> None:
    with region.login(tenant, "migration") as connection:
        connection.execute("CREATE TABLE visits (id int)")
        connection.execute("INSERT INTO visits VALUES (7)")
    region.run("change", operation="suspend", tenant=tenant)
    assert (region.known(tenant)["state"], region.routed(tenant)["state"]) == ("suspended", "suspended")
    assert not region.serves(tenant)
    assert region.bounds(tenant) == []
    assert len(region.databases(tenant)) == 1
    region.run("change", operation="resume", tenant=tenant)
    region.is_whole(tenant, image="v1.1")
    with region.login(tenant) as connection:
        assert connection.execute("SELECT id FROM visits").fetchone() == (7,)


def test_a17_a_larger_database_and_a_newer_image_come_in_one_change(region: Region, tenant: str) -> None:
    region.run("change", operation="update", tenant=tenant, size="xlarge", image="v2")
    region.is_whole(tenant, size="xlarge", image="v2")
    assert region.image(tenant) == "v2"


def test_a17_a_deleted_tenant_leaves_a_snapshot_a_date_a_certificate_and_word_of_it(region: Region) -> None:
    with region.listening() as heard:
        region.run("create", tenant="leaves", **NEW)
        with region.login("leaves", "migration") as connection:
            connection.execute("CREATE TABLE visits (id int)")
            connection.execute("INSERT INTO visits VALUES (7), (8)")
        region.run("delete", tenant="leaves", confirm="leaves", requested_by="the customer")
    assert [event["detail-type"] for event in heard] == [
        *("sbt_aws_onboardingRequest", "sbt_aws_provisionSuccess"),
        *("sbt_aws_offboardingRequest", "sbt_aws_deprovisionSuccess"),
    ]
    assert region.traces("leaves") == NO_TRACES
    (certificate,) = region.items("leaves", "certificate#")
    assert certificate["deleted_by"] == "the customer"
    assert certificate["last_snapshot"] in region.snapshots("leaves")
    assert certificate["snapshots_kept_until"] > certificate["deleted_at"][:10]
    (export,) = certificate["exports"]
    assert export["rows"] == 2
    assert "COPY public.visits (id) FROM stdin;\n7\n8\n" in region.opened(export)

    assert region.purge() == []
    assert region.snapshots("leaves")
    assert region.exports("leaves")
    region.date_back(certificate, "2020-01-01")
    assert certificate["last_snapshot"] in region.purge()
    assert region.snapshots("leaves") == []
    assert region.exports("leaves") == []
    assert region.items("leaves", "certificate#")[0]["snapshots_deleted_at"]


def test_a17_a_name_may_be_used_again_and_the_older_snapshots_stay(region: Region) -> None:
    region.run("create", tenant="again", **NEW)
    region.run("delete", tenant="again", confirm="again")
    last = region.known("again")["last_snapshot"]
    with region.listening() as heard, region.broken("create", ("Migrate", "before")):
        region.fail("create", tenant="again", **NEW)
    assert heard[-1]["detail-type"] == "sbt_aws_provisionFailure"
    assert heard[-1]["detail"]["tenantRegistrationId"] == "again"
    output = heard[-1]["detail"]["jobOutput"]
    assert output["tenantRegistrationData"] == {"registrationStatus": "failed"}
    assert "create failed at Migrate" in output["tenantStatus"]
    assert last in region.snapshots("again")
    region.run("create", tenant="again", **NEW)
    region.is_whole("again")


def test_a17_no_secret_is_in_the_record_of_a_run(region: Region, tenant: str) -> None:
    url = region.keys(tenant)["DATABASE_URL"]
    password = url.split(":")[2].split("@")[0]
    history = json.dumps(region.history(region.last("create")), default=str)
    assert "DatabaseHost" in history
    assert password not in history


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("create", {**NEW, "tenant": "x' OR '1'='1"}, "tenant must be 2 to 20 lower-case letters"),
    ("create", {**NEW, "tenant": "../../etc"}, "tenant must be 2 to 20 lower-case letters"),
    ("create", {**NEW, "tenant": "klinik-ü"}, "got 'klinik-\\xfc'"),
    ("create", {**NEW, "tenant": "a" * 300}, "(300 characters)"),
    ("create", {**NEW, "tenant": "two--hyphens"}, "single hyphens"),
    ("create", NEW, "got None"),
    ("create", {**NEW, "tenant": TENANT}, f"tenant {TENANT} is there already"),
    (
        "create",
        {**NEW, "tenant": "new", "tier": "platinum"},
        "tier must be one of enterprise, got 'platinum'",
    ),
    ("create", {**NEW, "tenant": "new", "size": "huge"}, "size must be one of large, xlarge, got 'huge'"),
    ("create", {**NEW, "tenant": "new", "residency": "US"}, "residency must be EU"),
    ("create", {**NEW, "tenant": "new", "image": "v1; rm -rf /"}, "image must be the tag of an image"),
    (
        "create",
        {"tenant": "new", "residency": "EU"},
        "image must be the tag of an image, such as a commit, got None",
    ),
    ("change", {"tenant": "nobody", "operation": "suspend"}, "nobody is unknown"),
    ("change", {"tenant": TENANT, "operation": "resume"}, "resume needs a tenant that is suspended"),
    ("change", {"tenant": TENANT, "operation": "update"}, "an update must say size or image"),
    ("change", {"tenant": TENANT, "operation": "explode"}, "operation must be one of"),
    ("delete", {"tenant": TENANT}, "deleting a tenant must be confirmed by its id"),
    ("delete", {"tenant": TENANT, "confirm": "org-102"}, "got 'org-102'"),
    ("delete", {"tenant": "nobody", "confirm": "nobody"}, "nobody is unknown"),
]


@pytest.mark.parametrize(("verb", "told", "said"), BAD, ids=[said[:40] for _, _, said in BAD])
def test_a17_what_cannot_be_is_refused_and_nothing_is_changed(
    region: Region, tenant: str, verb: str, told: dict[str, Any], said: str
) -> None:
    before = region.everything()
    found = region.fail(verb, **told)
    assert found.startswith("Refused: ")
    assert said in found
    assert region.everything() == before


@pytest.mark.parametrize(
    ("quota", "said"),
    [
        ("database_instances", "database instances: "),
        ("stacks", "stacks: "),
        ("listener_rules", "rules of the listener: "),
        ("target_groups", "target groups of the load balancer: "),
        ("group_rules", "rules of the load balancer's group: "),
        ("free_addresses", "free addresses of subnet "),
    ],
)
def test_a17_a_tenant_that_would_not_fit_is_refused_before_anything_exists(
    region: Region, quota: str, said: str
) -> None:
    before = region.everything()
    with region.quota(quota, 1 if quota != "free_addresses" else 100_000):
        found = region.fail("create", tenant="too-many", **NEW)
    assert found.startswith("Refused: there is no room for another tenant")
    assert said in found
    assert region.everything() == before


def test_a17_an_organization_of_the_shared_tier_is_not_made_again(region: Region) -> None:
    region.route("pooled", tier="shared")
    assert "is in the shared tier" in region.fail("create", tenant="pooled", **NEW)
    assert region.routed("pooled")["tier"] == "shared"
