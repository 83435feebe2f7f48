"""A17: the HTTP API of tenants, asked over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.assembly import Assembly
from support.embedded_moves import Pool
from support.embedded_place import ACCOUNT
from support.embedded_tenants import NEW, Region


def test_a17_no_route_answers_without_a_signature(tenanted: Assembly) -> None:
    routes = [one.properties for one in tenanted.of_type("AWS::ApiGatewayV2::Route", "tenants")]
    assert {one["RouteKey"]: one["AuthorizationType"] for one in routes} == dict.fromkeys(
        (
            *("GET /tenants", "POST /tenants", "GET /tenants/{tenant}"),
            *("PATCH /tenants/{tenant}", "DELETE /tenants/{tenant}"),
        ),
        "AWS_IAM",
    )


@pytest.mark.embedded
@pytest.mark.database
def test_a17_a_tenant_is_made_changed_and_deleted_over_http(region: Region) -> None:
    status, refused = region.ask("POST", "/tenants", {**NEW, "tenant": "../../x"})
    assert status == 400
    assert "tenant must be 2 to 20" in refused["message"]
    assert region.ask("POST", "/tenants", "no JSON")[0] == 400

    asked = {**NEW, "tenant": "webby", "tenant_value": "org_2webby"}
    status, refused = region.ask("POST", "/tenants", {**asked, "tenant_value": "'; DROP TABLE note; --"})
    assert (status, refused["message"][:52]) == (400, "tenant_value must be what the tenant column holds: 1")
    first = region.ask("POST", "/tenants", asked, key="one")
    assert first == region.ask("POST", "/tenants", asked, key="one")
    assert first[0] == 202
    assert region.end(first[1]["run"])["status"] == "SUCCEEDED"
    shown = region.ask("GET", "/tenants/webby")[1]
    assert (shown["state"], shown["tenant_value"]) == ("active", "org_2webby")
    assert "webby" in [one["tenant"] for one in region.ask("GET", "/tenants")[1]["tenants"]]

    for operation in ({"operation": "move", "to": "pool"}, {"operation": "suspend"}):
        status, refused = region.ask("PATCH", "/tenants/webby", {**operation, "tenant_value": "ünal"})
        assert (status, "tenant_value" in refused["message"]) == (400, True), operation
    for forbidden in ("delete", "create", ["suspend"]):
        told = {"operation": forbidden, "confirm": "webby", "residency": "EU", "image": "v1"}
        status, refused = region.ask("PATCH", "/tenants/webby", told)
        assert (status, refused["message"][:58]) == (
            400,
            "operation must be one of update, suspend, resume, move, go",
        ), "who may change a tenant may not delete one"
    _, change = region.ask("PATCH", "/tenants/webby", {"operation": "suspend"})
    assert region.end(change["run"])["status"] == "SUCCEEDED"
    assert region.routed("webby")["state"] == "suspended"

    assert region.ask("DELETE", "/tenants/webby")[0] == 400
    _, deletion = region.ask("DELETE", "/tenants/webby?confirm=webby")
    assert region.end(deletion["run"])["status"] == "SUCCEEDED"
    (certificate,) = region.items("webby", "certificate#")
    assert certificate["tenant_value"] == "org_2webby", "what a fence in the pool would be lifted by"
    assert region.ask("GET", "/tenants/nobody")[0] == 404


@pytest.mark.embedded
@pytest.mark.database
def test_a17_a_request_that_is_sent_again_starts_no_second_run(region: Region) -> None:
    asked = {**NEW, "tenant": "repeated"}
    first = region.ask("POST", "/tenants", asked)
    assert first == region.ask("POST", "/tenants", asked), "without a key, a minute long"
    keyed = region.ask("POST", "/tenants", asked, key="mine")
    assert keyed[1]["run"] != first[1]["run"], "a key is for a request of its own"

    status, refused = region.ask("POST", "/tenants", {**asked, "size": "xlarge"}, key="mine")
    assert (status, refused["message"]) == (
        422,
        "Idempotency-Key must be one of its own for each request, got that of another request",
    )
    assert region.end(first[1]["run"])["status"] == "SUCCEEDED"
    assert "Refused" in str(region.end(keyed[1]["run"])["error"])
    region.is_whole("repeated")
    assert keyed == region.ask("POST", "/tenants", asked, key="mine"), "long after, with the key"


@pytest.mark.embedded
@pytest.mark.database
def test_a17_many_repeats_at_once_are_one_run(region: Region) -> None:
    asked = {**NEW, "tenant": "hurried"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: region.ask("POST", "/tenants", asked, key="hurry"), range(8)))
    runs = {answer["run"] for status, answer in answers if status == 202}
    assert {status for status, _ in answers} <= {202, 409}
    assert len(runs) == 1
    assert region.end(runs.pop())["status"] == "SUCCEEDED"


@pytest.mark.embedded
@pytest.mark.database
def test_a17_an_organization_is_moved_out_of_the_pool_and_back_over_http(region: Region) -> None:
    pool = Pool(region)
    pool.prepare()
    pool.add("posted", notes=4)
    before = pool.notes("posted")
    asked = {"operation": "move", "to": "silo", "image": "v1"}
    with pool.migrating("posted"):
        first = region.ask("PATCH", "/tenants/posted", asked, key="out")
        assert first == region.ask("PATCH", "/tenants/posted", asked, key="out"), "sent again, it is one run"
        assert (first[0], first[1]["tenant"]) == (202, "posted")
        assert ":clinic-production-eu-tenants-move:move-" in first[1]["run"]
        assert region.end(first[1]["run"])["status"] == "SUCCEEDED"
    region.is_whole("posted")
    assert pool.notes("posted", silo=True) == before
    moved = region.ask("GET", "/tenants/posted")[1]
    assert (moved["state"], moved["requested_by"]) == ("active", f"arn:aws:iam::{ACCOUNT}:root")

    status, back = region.ask("PATCH", "/tenants/posted", {"operation": "move", "to": "pool"})
    assert status == 202
    assert region.end(back["run"])["status"] == "SUCCEEDED"
    assert region.ask("GET", "/tenants/posted")[1]["state"] == "pooled"
    assert pool.line("posted")["tier"] == "shared"


@pytest.mark.embedded
@pytest.mark.database
@pytest.mark.parametrize(
    ("path", "asked", "said"),
    [
        ("here", {"to": "moon"}, "to must be one of silo, pool, got 'moon'"),
        ("here", {}, "to must be one of silo, pool, got None"),
        ("here", {"to": "silo"}, "image must be the tag of an image, such as a commit, got None"),
        ("here", {"to": "silo", "image": "v1; rm -rf /"}, "image must be the tag of an image"),
        ("here", {"to": "silo", "image": "v1", "size": "huge"}, "size must be one of large, xlarge"),
        ("here", {"to": "pool", "force": True}, "got 'force'"),
        ("Here%21", {"to": "pool"}, "tenant must be 2 to 20 lower-case letters"),
    ],
)
def test_a17_a_move_that_cannot_be_is_answered_with_what_is_allowed(
    region: Region, path: str, asked: dict[str, str], said: str
) -> None:
    before = region.everything(), region.runs("move")
    status, refused = region.ask("PATCH", f"/tenants/{path}", {"operation": "move", **asked})
    assert (status, said in refused["message"]) == (400, True), refused
    assert (region.everything(), region.runs("move")) == before, "no run was started"


@pytest.mark.embedded
@pytest.mark.database
def test_a17_a_move_of_nobody_is_refused_by_its_run(region: Region) -> None:
    status, answer = region.ask("PATCH", "/tenants/unknown-one", {"operation": "move", "to": "pool"})
    assert status == 202
    ended = region.end(answer["run"])
    assert (ended["status"], ended["error"]) == ("FAILED", "Refused")
    assert "is in no tier: there is nothing to move" in ended["cause"]
