"""A17: the HTTP API of tenants, asked over HTTP."""

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

    first = region.ask("POST", "/tenants", {**NEW, "tenant": "webby"}, key="one")
    assert first == region.ask("POST", "/tenants", {**NEW, "tenant": "webby"}, key="one")
    assert first[0] == 202
    assert region.end(first[1]["run"])["status"] == "SUCCEEDED"
    assert region.ask("GET", "/tenants/webby")[1]["state"] == "active"
    assert "webby" in [one["tenant"] for one in region.ask("GET", "/tenants")[1]["tenants"]]

    _, change = region.ask("PATCH", "/tenants/webby", {"operation": "suspend"})
    assert region.end(change["run"])["status"] == "SUCCEEDED"
    assert region.routed("webby")["state"] == "suspended"

    assert region.ask("DELETE", "/tenants/webby")[0] == 400
    _, deletion = region.ask("DELETE", "/tenants/webby?confirm=webby")
    assert region.end(deletion["run"])["status"] == "SUCCEEDED"
    assert region.ask("GET", "/tenants/nobody")[0] == 404
