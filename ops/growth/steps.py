"""The steps of growing, in their order: each can tell from the facts whether it is done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from config import names
from config.database import Database
from config.deployment import Deployment
from config.region import Shard
from ops.growth.facts import AVAILABLE, Facts, Machine

State = Literal["done", "open", "under way"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of a step."""

    state: State
    found: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, and how to see that it is done."""

    title: str
    what: str
    """What a person does, as it stands in the runbook."""
    look: Callable[[Facts], Finding]
    deploy: int = 1
    """The number of the deploy that it is part of; 0 comes before all."""


def snapshot_prefix(phase: int) -> str:
    """What the name of the snapshot begins with; a date follows."""
    return f"pre-phase-{phase}-upgrade-"


def steps(before: Deployment, after: Deployment, shard: Shard) -> list[Step]:
    """The steps from one phase to the next; those that would change nothing are left out."""
    return list(_steps(before, after, shard))


def _steps(before: Deployment, after: Deployment, shard: Shard) -> Iterator[Step]:
    was, becomes = before.database, after.database
    if isinstance(was, Database) and isinstance(becomes, Database):
        yield from _machine_steps(was, becomes, after.phase)
    changed = dict(_bounds(after, shard).items() - _bounds(before, shard).items())
    if changed:
        yield Step("fleet", "the same deploy gives services their new bounds", lambda f: _fleet(f, changed))
    if isinstance(becomes, Database) and after.replicas > before.replicas:
        yield Step(
            "read replicas",
            "take the override of read_replicas out again, and deploy",
            lambda facts: _replicas(facts, becomes),
            deploy=2,
        )
        yield Step(
            "application",
            "the same deploy hands out DATABASE_REPLICA_URLS; release what reads it",
            lambda facts: _application(facts, after),
            deploy=2,
        )


def _machine_steps(was: Database, becomes: Database, phase: int) -> Iterator[Step]:
    prefix = snapshot_prefix(phase)
    yield Step(
        "snapshot",
        f"take a snapshot of the primary, named {prefix} and the date",
        lambda facts: _snapshot(facts, prefix),
        deploy=0,
    )
    if was.model_copy(update={"read_replicas": becomes.read_replicas}) != becomes:
        yield Step(
            "larger machine",
            f"deploy phase {phase} with read_replicas={was.read_replicas}",
            lambda facts: _machine(facts.primary, becomes),
        )


def _snapshot(facts: Facts, prefix: str) -> Finding:
    mine = {name: status for name, status in facts.snapshots.items() if name.startswith(prefix)}
    ready = sorted(name for name, status in mine.items() if status == AVAILABLE)
    if ready:
        return Finding("done", ready[-1])
    if mine:
        return Finding("under way", ", ".join(f"{name} is {status}" for name, status in mine.items()))
    return Finding("open", f"no snapshot whose name begins with {prefix}")


def _machine(primary: Machine, wanted: Database) -> Finding:
    has = f"db.{primary.instance_class}, {primary.storage_gib} GiB, {primary.status}"
    if primary.instance_class != wanted.instance_class or primary.storage_gib < wanted.storage_gib:
        return Finding("open", has)
    if primary.status != AVAILABLE:
        return Finding("under way", has)
    return Finding("done", has) if primary.in_sync else Finding("under way", f"{has}, waits for a restart")


def _replicas(facts: Facts, wanted: Database) -> Finding:
    right = [one for one in facts.replicas if one.instance_class == wanted.instance_class]
    ready = [one for one in right if one.status == AVAILABLE]
    found = f"{len(ready)} of {wanted.read_replicas} available"
    if len(ready) >= wanted.read_replicas:
        return Finding("done", found)
    return Finding("under way" if facts.replicas else "open", found)


def _application(facts: Facts, wanted: Deployment) -> Finding:
    behind = [name for name, count in facts.replica_urls.items() if count != wanted.replicas]
    if not behind:
        return Finding("done", f"{', '.join(facts.replica_urls)} can read from {wanted.replicas}")
    return Finding("open", f"no addresses of {wanted.replicas} replicas in the secret of {', '.join(behind)}")


def _bounds(deployment: Deployment, shard: Shard) -> dict[str, tuple[int, int]]:
    if deployment.platform != "fargate":
        return {}
    return {
        names.service_name(deployment.system, one.name, shard): (one.scaling.min, one.scaling.max)
        for one in deployment.services
        if not one.before_rollout
    }


def _fleet(facts: Facts, wanted: dict[str, tuple[int, int]]) -> Finding:
    behind = [name for name, bounds in wanted.items() if facts.bounds.get(name) != bounds]
    if behind:
        return Finding("open", f"not yet: {', '.join(sorted(behind))}")
    return Finding(
        "done", ", ".join(f"{name} {low} to {high}" for name, (low, high) in sorted(wanted.items()))
    )
