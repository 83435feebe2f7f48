"""What the model can describe and no stack builds yet is refused, never silently left out."""

from collections.abc import Callable, Iterator, Mapping

from config.deployment import Deployment
from config.network import NoNat
from config.service import USUAL_STOP_SECONDS, Service
from config.values import ConfigError

OLDEST_POSTGRES = 15
"""The oldest on which ``connection_secrets`` is tried: before it schema public is open to everybody."""

_OF_DEPLOYMENT: Mapping[str, Callable[[Deployment], object]] = {
    "a schedule on a host": lambda d: d.platform == "host" and d.environment.schedule,
    "a distribution before a host": lambda d: d.platform == "host" and d.edge.distribution,
    "a connection pool on a host": lambda d: d.platform == "host" and d.pool,
    "several shards on hosts": lambda d: d.platform == "host" and len(list(d.shards())) > 1,
    "logs of JSON on a host": lambda d: d.platform == "host" and d.json_logs,
    "a PostgreSQL before 15": lambda d: d.database and d.database.major < OLDEST_POSTGRES,
    "a product without database, cache and secrets": lambda d: (
        not (d.database or d.cache or any(s.secrets for s in d.services))
    ),
    "a database no service uses": lambda d: d.database and not any(s.uses_database for s in d.services),
    "a network without a way out": lambda d: isinstance(d.network.nat, NoNat),
    "failover to another host": lambda d: d.edge.failover_to and d.platform != "host",
    "a web application firewall without a load balancer": lambda d: (
        d.edge.firewall and d.platform != "fargate"
    ),
    "a shell role outside Fargate": lambda d: (
        d.platform != "fargate" and d.database and d.database.shell_role
    ),
    "a product that nobody can call": lambda d: (
        d.platform == "fargate" and not any(service.behind_door for service in d.services)
    ),
}

_OF_ALL_ON_APP_RUNNER: Mapping[str, Callable[[Deployment], object]] = {
    "shell access on App Runner": lambda d: d.environment.shell_access,
    "a certificate of its own on App Runner": lambda d: d.edge.certificate_arn,
    "logs of JSON on App Runner": lambda d: d.json_logs,
}

_OF_SERVICE: Mapping[str, Callable[[Service], object]] = {
    "e-mail before a rollout": lambda s: s.sends_email and s.before_rollout,
}

_OF_APP_RUNNER: Mapping[str, Callable[[Service], object]] = {
    "a run before the rollout on App Runner": lambda s: s.before_rollout,
    "an image from elsewhere on App Runner": lambda s: s.image or s.image_of,
    "a command on App Runner": lambda s: s.command,
    "a health command on App Runner": lambda s: s.health.command,
    "paths on App Runner": lambda s: s.paths,
    "sticky clients on App Runner": lambda s: s.sticky,
    "Spot on App Runner": lambda s: s.spot,
    "no public door on App Runner": lambda s: not s.behind_door and not s.before_rollout,
    "calls to other services on App Runner": lambda s: s.calls,
    "scaling on a queue on App Runner": lambda s: s.scaling.queues,
    "scaling in at a stated CPU on App Runner": lambda s: s.scaling.in_cpu_percent,
    "tracing on App Runner": lambda s: s.tracing,
    "a time to stop on App Runner": lambda s: s.stop_seconds != USUAL_STOP_SECONDS,
}


def refuse_unbuilt(deployment: Deployment) -> None:
    """Refuse a deployment that needs something no stack builds.

    Raises:
        ConfigError: lists everything that would be missing.
    """
    missing = list(_unbuilt(deployment))
    if missing:
        raise ConfigError(
            f"{deployment.system} {deployment.environment.name} describes what no stack builds yet: "
            + "; ".join(missing)
        )


def _unbuilt(deployment: Deployment) -> Iterator[str]:
    yield from (what for what, present in _OF_DEPLOYMENT.items() if present(deployment))
    on_app_runner = deployment.platform == "app-runner"
    if on_app_runner:
        yield from (what for what, present in _OF_ALL_ON_APP_RUNNER.items() if present(deployment))
    for service in deployment.services:
        for what, present in {**_OF_SERVICE, **(_OF_APP_RUNNER if on_app_runner else {})}.items():
            if present(service):
                yield f"service {service.name} with {what}"
