"""The Worker is told what the model says, and nothing that is secret."""

import json
from pathlib import Path
from typing import Any

import pytest

from ops.outcome import ExitCode
from ops.testing import Command

PRODUCTION = ("--system", "restartix", "--env", "production")
EU, US = (
    f"{key}=https://{key * 6}.lambda-url.{region}.on.aws/"
    for key, region in (("eu", "eu-central-1"), ("us", "us-east-1"))
)


def written(cambium: Command) -> dict[str, Any]:
    """What the command wrote."""
    (file,) = cambium.workspace.state.glob("worker/*/wrangler.json")
    configuration: dict[str, Any] = json.loads(file.read_text())
    assert (file.parent / configuration["main"]).resolve() == (
        cambium.workspace.root / "runtime" / "worker" / "worker.mjs"
    )
    return configuration


def test_a18_the_worker_is_told_of_every_host_and_every_lookup(cambium: Command) -> None:
    result = cambium("worker", *PRODUCTION, "--phase", "4", "--lookup", EU, "--lookup", US)
    configuration = written(cambium)

    assert result.exit_code == 0
    assert configuration["routes"] == [
        {"pattern": "api.restartix.com/*", "zone_name": "restartix.com"},
        {"pattern": "telemetry.restartix.com/*", "zone_name": "restartix.com"},
    ]
    assert json.loads(configuration["vars"]["SETTINGS"]) == {
        "domain": "restartix.com",
        "platformDomains": ["eu-central-1.awsapprunner.com", "us-east-1.awsapprunner.com"],
        "hosts": {"api.restartix.com": "organization", "telemetry.restartix.com": "shard"},
        "home": {"region": "eu", "shard": "1"},
        "homePaths": ["/health", "/webhooks/"],
        "lookups": [
            {"region": "eu-central-1", "url": EU.removeprefix("eu=")},
            {"region": "us-east-1", "url": US.removeprefix("us=")},
        ],
        "token": {"issuer": "https://clerk.restartix.com", "claims": ["o.id", "org_id"]},
        "cacheSeconds": 60,
        "staleSeconds": 3600,
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--phase", "2"), "restartix production has no routing in phase 2"),
        (("--phase", "4", "--lookup", EU), "--lookup must be given once for each region (eu, us), got eu"),
        (("--phase", "3", "--lookup", "https://x"), "--lookup must be <region key>=<address>, got https://x"),
        (
            ("--phase", "3", "--lookup", "eu=https://evil.example/"),
            "--lookup of eu must be the address of a Lambda function",
        ),
    ],
)
def test_what_the_worker_could_not_use_is_refused(
    cambium: Command, words: tuple[str, ...], message: str
) -> None:
    result = cambium("worker", *PRODUCTION, *words)

    assert result.exit_code == ExitCode.USAGE
    assert message in " ".join(result.stderr.split())
    assert not list(Path(cambium.workspace.state).glob("worker/*"))
