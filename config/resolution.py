"""Folds phases and the environment's own changes into one deployment."""

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

from config.changes import Change, Changes, change_services
from config.database import AuroraServerless, Database
from config.deployment import Deployment
from config.environment import Environment
from config.service import Service
from config.values import Model

if TYPE_CHECKING:
    from config.system import System

M = TypeVar("M", bound=Model)
V = TypeVar("V")

Step = tuple[str, Changes]
"""Who changes something, and what."""


def resolve(system: "System", environment: Environment, number: int) -> Deployment:
    """What ``environment`` is in phase ``number``.

    Raises:
        ValueError: the result breaks a rule.
    """
    phases = system.phases[:number]
    steps: list[Step] = [(f"phase {position}", phase) for position, phase in enumerate(phases, start=1)]
    steps.append((f"environment {environment.name}", environment.changes))
    shared = {name: getattr(system, name) for name in _shared_fields(type(system))}
    return Deployment(
        **shared,
        system=system.name,
        environment=environment,
        phase=number,
        phase_title=phases[-1].title,
        services=_fold(_services, steps, system.services),
        database=_fold(_database, steps, system.database),
        cache=_fold(
            lambda base, step: _optional(base, step[1].cache, f"{step[0]} changes cache"), steps, system.cache
        ),
        network=_fold(lambda base, step: step[1].network.onto(base), steps, system.network),
        edge=_fold(lambda base, step: step[1].edge.onto(base), steps, system.edge),
        pool=_latest(steps, "pool", system.pool),
        host=_latest(steps, "host", system.host),
        platform=_latest(steps, "platform", environment.platform),
        routing=_latest(steps, "routing", system.routing),
        dumps=_latest(steps, "dumps", system.dumps),
        regions=_latest(steps, "regions", environment.regions),
        log_days=_latest(steps, "log_days", environment.log_days),
        monthly_budget_usd=_latest(steps, "monthly_budget_usd", environment.monthly_budget_usd),
        tenants=system.tenants if system.tenants and system.tenants.since_phase <= number else None,
    )


def _shared_fields(system: type[Model]) -> list[str]:
    """Fields of a system that no step can change: a deployment has them under the same name."""
    changeable = {*Changes.model_fields, "environment", "tenants"}
    return [
        name for name in system.model_fields if name in Deployment.model_fields and name not in changeable
    ]


def _fold(apply: Callable[[V, Step], V], steps: list[Step], base: V) -> V:
    return reduce(apply, steps, base)


def _latest(steps: list[Step], field: str, base: V) -> V:
    given: list[V] = [getattr(step[1], field) for step in steps if getattr(step[1], field) is not None]
    return given[-1] if given else base


def _optional(base: M | None, change: Change, what: str) -> M | None:
    if base is None and change.given():
        raise ValueError(f"{what}, which the system must have for that, got None")
    return base and change.onto(base)


def _services(base: tuple[Service, ...], step: Step) -> tuple[Service, ...]:
    return change_services(base, step[1].services, source=step[0])


def _database(base: Database | AuroraServerless | None, step: Step) -> Database | AuroraServerless | None:
    source, changes = step
    if changes.aurora is not None:
        base = _same_database(base, changes.aurora, source)
    if isinstance(base, AuroraServerless) and changes.database.given():
        raise ValueError(
            f"{source} must size Aurora Serverless with aurora, not with database, "
            f"got database {', '.join(changes.database.given())}"
        )
    return (
        base
        if isinstance(base, AuroraServerless)
        else _optional(base, changes.database, f"{source} changes database")
    )


def _same_database(
    base: Database | AuroraServerless | None, aurora: AuroraServerless, source: str
) -> AuroraServerless:
    for field in ("name", "master_username", "roles"):
        if base is not None and getattr(base, field) != getattr(aurora, field):
            raise ValueError(
                f"aurora of {source} must have the {field} of the system's database ({_shown(base, field)}), "
                f"got {_shown(aurora, field)}"
            )
    return aurora


def _shown(database: Database | AuroraServerless, field: str) -> str:
    value = getattr(database, field)
    return value if isinstance(value, str) else ", ".join(role.name for role in value)
