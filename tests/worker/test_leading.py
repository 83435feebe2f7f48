"""The Worker leads each request to where its organization lives, and to nowhere else."""

from collections.abc import Callable
from typing import Any

import pytest

from routing.entry import Entry
from support.outside import Outside
from support.session_token import Issuer, encoded
from worker.visitor import Visitor

pytestmark = pytest.mark.embedded
Organization = Callable[..., Entry]


def services(outside: Outside) -> list[str]:
    """Hosts of services that were asked for anything."""
    return [host for host, _path, _headers in outside.asked if host.startswith(("api", "telemetry"))]


def test_a18_a_request_is_led_to_the_region_and_shard_of_its_organization(
    worker: Visitor, issuer: Issuer, organization: Organization
) -> None:
    name = organization().organization
    answer = worker.ask(issuer.of(name))

    assert answer.status == 200
    assert (answer.body["host"], answer.body["path"], answer.body["query"]) == (
        "api-us-2.x.example",
        "/patients",
        "page=2",
    )
    told = {key: value for key, value in answer.body["headers"].items() if key.startswith("x-")}
    assert (
        told.items()
        >= {
            "x-cambium-organization": name,
            "x-cambium-region": "us",
            "x-cambium-shard": "2",
            "x-forwarded-host": "api.x.example",
        }.items()
    )


def test_a18_services_that_organizations_share_are_those_of_the_shard(
    worker: Visitor, issuer: Issuer, organization: Organization
) -> None:
    token = issuer.of(organization(tier="enterprise", origin="api-clinic.x.example").organization)

    assert worker.ask(token).body["host"] == "api-clinic.x.example"
    assert worker.ask(token, host="telemetry.x.example").body["host"] == "telemetry-us-2.x.example"


def test_the_older_claim_of_the_identity_provider_is_read_too(
    worker: Visitor, issuer: Issuer, organization: Organization
) -> None:
    token = issuer.token(org_id=organization().organization)

    assert worker.ask(token).status == 200


def test_a18_a_minute_long_nobody_is_asked_again(
    worker: Visitor, issuer: Issuer, organization: Organization, outside: Outside
) -> None:
    token = issuer.of(organization().organization)
    for _ in range(3):
        assert worker.ask(token).status == 200

    assert [host for host, *_ in outside.asked].count("eu.lambda-url.eu-central-1.on.aws") == 1


def test_a18_an_unknown_organization_is_led_nowhere(
    worker: Visitor, issuer: Issuer, outside: Outside
) -> None:
    answer = worker.ask(issuer.of("org_nobody"))

    assert (answer.status, answer.error) == (404, "unknown-organization")
    assert services(outside) == []


@pytest.mark.parametrize(
    ("state", "status", "error"),
    [
        ("suspended", 403, "suspended"),
        ("provisioning", 503, "not-ready"),
        ("moving", 503, "not-ready"),
        ("deleting", 404, "unknown-organization"),
    ],
)
def test_a18_only_an_active_organization_is_served(
    worker: Visitor,
    issuer: Issuer,
    organization: Organization,
    outside: Outside,
    state: str,
    status: int,
    error: str,
) -> None:
    answer = worker.ask(issuer.of(organization(state=state).organization))

    assert (answer.status, answer.error) == (status, error)
    assert ("retry-after" in answer.headers) == (status == 503)
    assert services(outside) == []


def test_a18_a_suspension_is_noticed_after_a_minute(
    forgetful: Visitor, issuer: Issuer, organization: Organization, table: Any
) -> None:
    entry = organization()
    token = issuer.of(entry.organization)
    assert forgetful.ask(token).status == 200

    table.replace(Entry.from_json({**entry.to_json(), "state": "suspended"}), entry.version)

    assert forgetful.ask(token).error == "suspended"


def test_a18_a_region_that_is_down_asks_for_patience_and_no_other_region_is_asked(
    worker: Visitor, issuer: Issuer, organization: Organization, outside: Outside
) -> None:
    token = issuer.of(organization().organization)
    outside.down.add("api-us-2.x.example")
    answer = worker.ask(token)

    assert (answer.status, answer.error) == (503, "region-unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert services(outside) == ["api-us-2.x.example"]


def test_a18_a_lookup_that_is_down_is_replaced_by_that_of_another_region(
    worker: Visitor, issuer: Issuer, organization: Organization, outside: Outside
) -> None:
    outside.down.add("eu.lambda-url.eu-central-1.on.aws")

    assert worker.ask(issuer.of(organization().organization)).body["host"] == "api-us-2.x.example"


def test_a18_while_no_lookup_answers_an_old_answer_is_used(
    forgetful: Visitor, issuer: Issuer, organization: Organization, outside: Outside
) -> None:
    token = issuer.of(organization().organization)
    assert forgetful.ask(token).status == 200

    outside.down |= {"eu.lambda-url.eu-central-1.on.aws", "us.lambda-url.us-east-1.on.aws"}

    assert forgetful.ask(token).body["host"] == "api-us-2.x.example"


def test_a18_an_answer_that_is_too_old_leads_nowhere(
    strict: Visitor, issuer: Issuer, organization: Organization, outside: Outside
) -> None:
    token = issuer.of(organization().organization)
    assert strict.ask(token).status == 200

    outside.down |= {"eu.lambda-url.eu-central-1.on.aws", "us.lambda-url.us-east-1.on.aws"}
    outside.asked.clear()
    answer = strict.ask(token)

    assert (answer.status, answer.error) == (503, "lookup-unavailable")
    assert services(outside) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../admin",
        "a b",
        "org'; drop table",
        "ünï",
        "x" * 64,
        "-a",
        "a\nb",
        "a/b",
        "a?x=1",
        "__proto__",
        7,
    ],
)
def test_a18_what_cannot_be_an_organization_is_not_even_looked_up(
    worker: Visitor, issuer: Issuer, outside: Outside, name: object
) -> None:
    answer = worker.ask(issuer.of(name))

    assert answer.status in (403, 404)
    assert [host for host, path, _ in outside.asked if path != "/.well-known/jwks.json"] == []


def test_a18_headers_of_the_visitor_change_nothing(
    worker: Visitor, issuer: Issuer, organization: Organization
) -> None:
    name = organization().organization
    forged = {
        "x-cambium-organization": "org_other",
        "X-Cambium-Region": "eu",
        "x-cambium-admin": "yes",
        "x-forwarded-host": "evil.example",
    }
    answer = worker.ask(issuer.of(name), headers=forged)

    told = answer.body["headers"]
    assert answer.body["host"] == "api-us-2.x.example"
    assert (told["x-cambium-organization"], told["x-cambium-region"]) == (name, "us")
    assert told["x-forwarded-host"] == "api.x.example"
    assert "x-cambium-admin" not in told


@pytest.mark.parametrize(
    "host", ["evil.example", "api.x.example.evil.example", "constructor", "api-us-2.x.example"]
)
def test_another_host_is_led_nowhere(worker: Visitor, issuer: Issuer, outside: Outside, host: str) -> None:
    assert worker.ask(issuer.of("org_nobody"), host=host).error == "unknown-host"
    assert outside.asked == []


def test_a18_an_entry_that_leads_out_of_the_domain_is_not_followed(
    worker: Visitor, issuer: Issuer, organization: Organization, outside: Outside
) -> None:
    answer = worker.ask(issuer.of(organization(origin="api.evil.example").organization))

    assert (answer.status, answer.error) == (503, "lookup-unavailable")
    assert "api.evil.example" not in [host for host, *_ in outside.asked]


def test_a17_an_enterprise_organization_on_app_runner_is_led_to_its_own_service(
    worker: Visitor, issuer: Issuer, organization: Organization
) -> None:
    origin = "a1b2c3d4e5.eu-central-1.awsapprunner.com"
    answer = worker.ask(issuer.of(organization(tier="enterprise", origin=origin).organization))

    assert (answer.status, answer.body["host"]) == (200, origin)


@pytest.mark.parametrize("origin", ["eu-central-1.awsapprunner.com", "a1b2.us-west-2.awsapprunner.com"])
def test_a18_a_service_of_app_runner_elsewhere_is_not_followed(
    worker: Visitor, issuer: Issuer, organization: Organization, origin: str
) -> None:
    answer = worker.ask(issuer.of(organization(tier="enterprise", origin=origin).organization))

    assert (answer.status, answer.error) == (503, "lookup-unavailable")


FORGERIES: dict[str, Callable[[Issuer, str], str]] = {
    "none": lambda issuer, name: "",
    "not a token": lambda issuer, name: "a.b.c",
    "without a signature": lambda issuer, name: (
        f"{encoded({'alg': 'none'})}.{encoded({'iss': 'https://clerk.x.example', 'o': {'id': name}})}."
    ),
    "says it needs none": lambda issuer, name: issuer.token(
        header={"alg": "none", "kid": issuer.kid}, o={"id": name}
    ),
    "signed by somebody else": lambda issuer, name: Issuer().of(name),
    "with an unknown key": lambda issuer, name: Issuer("two").of(name),
    "expired": lambda issuer, name: issuer.token(o={"id": name}, exp=1_000_000_000),
    "without an end": lambda issuer, name: issuer.token(o={"id": name}, exp=None),
    "not yet valid": lambda issuer, name: issuer.token(o={"id": name}, nbf=9_000_000_000),
    "of another issuer": lambda issuer, name: issuer.token(o={"id": name}, iss="https://evil.example"),
    "changed": lambda issuer, name: ".".join(
        [issuer.of("x").split(".")[0], issuer.of(name).split(".")[1], issuer.of("x").split(".")[2]]
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a18_a_token_that_is_not_valid_leads_nowhere(
    worker: Visitor, issuer: Issuer, organization: Organization, outside: Outside, forgery: str
) -> None:
    answer = worker.ask(FORGERIES[forgery](issuer, organization().organization))

    assert (answer.status, answer.error) == (401, "unauthorized")
    assert services(outside) == []


def test_a_session_without_an_organization_is_told_so(worker: Visitor, issuer: Issuer) -> None:
    assert worker.ask(issuer.token(sub="user_1")).error == "no-organization"


@pytest.mark.parametrize("path", ["/health", "/webhooks/clerk"])
def test_paths_without_an_organization_are_the_home_shards(worker: Visitor, path: str) -> None:
    assert worker.ask(path=path, method="POST").body["host"] == "api-eu-1.x.example"


@pytest.mark.parametrize(
    "path", ["/healthy", "/webhooks", "/webhooks/../patients", "/webhooks/%2e%2e/patients"]
)
def test_no_other_path_goes_home_without_a_token(worker: Visitor, path: str) -> None:
    assert worker.ask(path=path).status == 401


def test_a_browser_that_asks_whether_it_may_ask_is_answered(worker: Visitor) -> None:
    answer = worker.ask(method="OPTIONS", headers={"access-control-request-method": "POST"})

    assert answer.body["host"] == "api-eu-1.x.example"


def test_a_lookup_that_is_not_signed_is_refused(outside: Outside) -> None:
    url = "https://eu.lambda-url.eu-central-1.on.aws/organization?id=org_1"

    assert outside.answer("GET", url, {})[0] == 403
