"""A17: the HTTP API of tenants, asked over HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.assembly import Assembly
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
