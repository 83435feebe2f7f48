"""The Worker's settings, from the model and the addresses of the look-ups."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from config.deployment import Deployment
from config.routing import CACHE_SECONDS, STALE_SECONDS, Routing
from ops.outcome import ExitCode, OperatorError

COMPATIBILITY_DATE = "2026-01-01"
"""The behaviour of the Workers runtime that the tests ran with."""
_URL = re.compile(r"https://[a-z0-9]+\.lambda-url\.[a-z0-9-]+\.on\.aws/?")


def settings(deployment: Deployment, lookups: Mapping[str, str]) -> dict[str, Any]:
    """What ``runtime/worker`` reads from SETTINGS.

    Args:
        deployment: What the requests are led to.
        lookups: The address of each region's look-up, by region key.

    Raises:
        OperatorError: there is no routing, or a look-up is missing or not an address of one.
    """
    routing = deployment.routing
    if routing is None:
        raise OperatorError(
            ExitCode.USAGE,
            f"{deployment.system} {deployment.environment.name} has no routing in phase {deployment.phase}",
            hint="a phase of the system gives it: routing=Routing(...)",
        )
    _check(deployment, lookups)
    home = deployment.home
    return {
        "domain": deployment.edge.domain,
        "platformDomains": _platform_domains(deployment),
        "hosts": _hosts(deployment, routing),
        "home": {"region": home.key, "shard": home.shards[0].key},
        "homePaths": [*_health_paths(deployment), *routing.home_paths],
        "lookups": [{"region": one.name, "url": lookups[one.key]} for one in deployment.regions],
        "token": {"issuer": routing.token_issuer, "claims": list(routing.token_claims)},
        "cacheSeconds": CACHE_SECONDS,
        "staleSeconds": STALE_SECONDS,
    }


def _platform_domains(deployment: Deployment) -> list[str]:
    """Where tenants' own services are called on App Runner, which names each itself."""
    if deployment.tenants is None or deployment.platform != "app-runner":
        return []
    return [f"{region.name}.awsapprunner.com" for region in deployment.regions]


def wrangler(deployment: Deployment, lookups: Mapping[str, str], *, main: str) -> dict[str, Any]:
    """The configuration that Cloudflare's command deploys the Worker with; it holds no secret.

    Args:
        deployment: As above.
        lookups: As above.
        main: Path of the Worker's first module, as seen from the configuration.

    Raises:
        OperatorError: as above.
    """
    told = settings(deployment, lookups)
    domain = deployment.edge.domain
    return {
        "name": deployment.stack_name("worker"),
        "main": main,
        "compatibility_date": COMPATIBILITY_DATE,
        "workers_dev": False,
        "observability": {"enabled": True},
        "routes": [{"pattern": f"{host}/*", "zone_name": domain} for host in told["hosts"]],
        "vars": {"SETTINGS": json.dumps(told)},
    }


def parse(given: Sequence[str]) -> dict[str, str]:
    """Look-ups as a person gives them: ``eu=https://...``.

    Raises:
        OperatorError: one is not of that form.
    """
    found = {}
    for text in given:
        key, separator, url = text.partition("=")
        if not separator:
            raise OperatorError(ExitCode.USAGE, f"--lookup must be <region key>=<address>, got {text}")
        found[key] = url
    return found


def _check(deployment: Deployment, lookups: Mapping[str, str]) -> None:
    keys = [region.key for region in deployment.regions]
    if sorted(keys) != sorted(lookups):
        raise OperatorError(
            ExitCode.USAGE,
            f"--lookup must be given once for each region ({', '.join(keys)}), "
            f"got {', '.join(lookups) or 'none'}",
            hint="it is the output LookupUrl of each stack "
            f"{', '.join(deployment.stack_name('lookup', region) for region in deployment.regions)}",
        )
    for key, url in lookups.items():
        if not _URL.fullmatch(url):
            raise OperatorError(
                ExitCode.USAGE,
                f"--lookup of {key} must be the address of a Lambda function, "
                f"https://<id>.lambda-url.<region>.on.aws/, got {url}",
            )


def _hosts(deployment: Deployment, routing: Routing) -> dict[str, str]:
    return {
        host: "organization" if service.name == routing.service else "shard"
        for service in deployment.services
        if service.public
        for host in service.hosts
    }


def _health_paths(deployment: Deployment) -> list[str]:
    """Paths by which services are watched from outside: no visitor of an organization asks for them."""
    return sorted(
        {service.health.path for service in deployment.services if service.public and service.hosts}
    )
