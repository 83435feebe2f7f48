"""What moves organizations between the pool and silos of their own in a region."""

from collections.abc import Mapping
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as events_targets
from constructs import Construct

from cambium import tenant_move, tenant_move_back
from cambium import tenant_rights as rights
from cambium.arn import arn
from cambium.bucket import PrivateBucket
from cambium.tenant_clearing import OWN, clear
from cambium.tenant_ground import TenantGround
from cambium.tenant_lifecycle import MIGRATION_MINUTES
from cambium.tenant_move_parts import IN_POOL, IN_SILO, RECORD_MOVE, TAKE, Moves, record, take
from cambium.tenant_mover import MINUTES, SWITCHED, Side, TenantMover
from cambium.tenant_parts import Contents, Functions, whole
from cambium.working_hours_steps import State, decide
from config.database import Database
from config.deployment import Deployment
from config.hosts import origins
from config.names import words
from config.references import MOVES
from config.region import Region
from config.service import Service
from config.storage import Bucket
from stacks.audit import object_events
from stacks.data import DataStack
from stacks.tenant_steps import TenantSteps

FUNCTIONS = ("admit_move", "line", "look", "compared", "record_move")
OF_CLEARING = ("due", "place", "cleared", "not_cleared")
WHERE, ALREADY = "Which way?", "It is served from there already"


def owner_of(config: Database) -> str:
    """The role that owns the tables."""
    return next(role.name for role in config.roles if role.kind == "owner")


def owner_secret(config: Database) -> str:
    """The output of a tenant's stack with the login of that role."""
    return f"RoleSecret{words(owner_of(config).replace('_', '-'))}"


def define_bucket(scope: Construct, deployment: Deployment, region: Region) -> str:
    """The bucket with what each step said; kept, since an auditor asks about years ago."""
    name = deployment.moves_bucket(region)
    PrivateBucket(
        scope, "Moves", bucket_name=name, config=Bucket(name=MOVES), recorded=object_events(deployment)
    )
    return name


def logins(deployment: Deployment, data: DataStack, config: Database) -> list[str]:
    """The secrets the task may read: of who owns the pool's tables, and of who owns a tenant's."""
    owner, place = owner_of(config), f"{deployment.system}/{deployment.environment.name}"
    tenants = arn("secretsmanager", f"secret:{place}/tenants/*/database/{owner}-??????")
    return [data.role_secrets[owner].secret_arn, tenants]


def pool_origin(deployment: Deployment, region: Region, service: Service) -> str:
    """The host that answers for the pool beside which tenants are made, which is that of shard one."""
    known = origins(deployment).get((region.key, region.shards[0].key))
    return known or service.hosts[0]


def define_mover(
    scope: Construct,
    deployment: Deployment,
    region: Region,
    ground: TenantGround,
    image: ecr_assets.DockerImageAsset,
    *,
    logins: list[str],
    results: str,
) -> TenantMover:
    """The task of all moves of a region."""
    tier, database = deployment.tenants, deployment.database
    assert tier is not None  # noqa: S101 - narrows the type: there is a tier
    assert database is not None  # noqa: S101 - narrows the type: a tier has one
    return TenantMover(
        scope,
        "Mover",
        family=f"{deployment.stack_name('tenant', region)}-mover",
        image=image,
        cluster=ground.cluster,
        subnets=ground.subnets,
        security_group=ground.mover,
        tier=tier,
        every_tenant_setting=database.every_tenant_setting,
        logins=logins,
        results=results,
        log_days=deployment.log_days,
    )


def define_functions(steps: TenantSteps, results: str) -> None:
    """The functions behind the steps of moves, each with what it may do."""
    read = rights.allow(["s3:GetObject"], [f"arn:{Aws.PARTITION}:s3:::{results}/*/{SWITCHED}.json"])
    steps.add("admit_move", "move.admit", [*steps.looks, rights.look_around(), steps.every_line])
    steps.add("line", "move_line.change", [steps.lines, steps.every_line, steps.known])
    steps.add("look", "move_line.look", [steps.line])
    steps.add("compared", "move_record.compared", [steps.registry, read])
    tells = [steps.registry, steps.once, steps.events]
    steps.add("record_move", "move_record.succeed", [*tells, steps.line, steps.shots.see])
    steps.add("due", "move_source.due", [steps.registry, steps.runs])
    steps.add("place", "move_source.place", [rights.allow(["cloudformation:DescribeStacks"])])
    steps.add("cleared", "move_source.cleared", [*tells, steps.runs])
    steps.add("not_cleared", "move_source.not_cleared", [*tells, steps.runs])
    # Why a task failed is in its result, and Step Functions knows its exit code only.
    said = rights.allow(["s3:GetObject"], [f"arn:{Aws.PARTITION}:s3:::{results}/*.json"])
    for name in ("fail", "not_cleared"):
        steps.allow(name, said)


def moves_of(steps: TenantSteps, mover: TenantMover, data: DataStack, config: Database) -> Moves:
    """The steps, told where the pool is, and where a run finds the silo."""
    database = data.database
    assert database is not None  # noqa: S101 - the model refuses tenants without one
    pool = Side(
        secret=data.role_secrets[owner_of(config)].secret_arn,
        host=database.host,
        port=database.port,
        database=config.name,
    )
    silo = Side(
        secret=f"$.outputs.{owner_secret(config)}",
        host="$.outputs.DatabaseHost",
        port="$.outputs.DatabasePort",
        database=config.name,
    )

    # Each run takes the line first, and ends where that leads to the target. None of these steps follows a
    # write that leads it there: those of the way back come after one that leads it to the source.
    def to_silo(*steps: str, result: str | None = None) -> State:
        return mover.state(*steps, source=pool, target=silo, into="silo", result=result, served_by="source")

    def to_pool(*steps: str) -> State:
        return mover.state(*steps, source=silo, target=pool, into="pool", served_by="source")

    def clearing() -> State:
        places = {name: f"{OWN}.{name}" for name in ("secret", "host", "port")}
        own = Side(**places, database=config.name)
        return mover.state("clear", source=pool, target=own, into="silo")

    def lifting() -> State:
        return mover.state("lift", source=pool, target=None, into="silo")

    return Moves(
        to_silo=to_silo,
        to_pool=to_pool,
        clear=clearing,
        lift=lifting,
        admit=steps.arn("admit_move"),
        line=steps.arn("line"),
        look=steps.arn("look"),
        result=steps.arn("compared"),
        succeed=steps.arn("record_move"),
    )


def move_definition(functions: Functions, contents: Contents, moves: Moves) -> dict[str, Any]:
    """The machine: one admission, two ways."""

    def to(side: str, then: str, *, led: str | None = None) -> dict[str, Any]:
        goes: dict[str, Any] = {"Variable": "$.to", "StringEquals": side}
        there = [{"Variable": led, "BooleanEquals": True}] if led else []
        return {"And": [goes, *there], "Next": then} if there else {**goes, "Next": then}

    states: Mapping[str, State] = {
        **take(moves, back={"silo": tenant_move.BACK, "pool": tenant_move_back.BACK}, then=WHERE),
        WHERE: decide(
            tenant_move.FIRST,
            [
                # An earlier run has led requests to the other side, and did not come to its end.
                to("silo", ALREADY, led=IN_SILO),
                to("pool", tenant_move_back.ONWARD, led=IN_POOL),
                to("pool", tenant_move_back.FIRST),
            ],
        ),
        # What that run made, and not what this one was asked for.
        ALREADY: {"Type": "Pass", "InputPath": "$.previous", "ResultPath": "$.wanted", "Next": RECORD_MOVE},
        **tenant_move.to_silo(functions, contents, moves),
        **tenant_move_back.to_pool(functions, moves),
        **record(moves),
    }
    return whole(functions, "move", TAKE, states, fails_as="$.becomes", admission=moves.admit)


def clear_definition(steps: TenantSteps, moves: Moves) -> dict[str, Any]:
    """The machine that clears the pool of those who left it long enough ago, or are no more."""
    return clear(
        due=steps.arn("due"),
        place=steps.arn("place"),
        task=moves.clear(),
        lift=moves.lift(),
        cleared=steps.arn("cleared"),
        not_cleared=steps.arn("not_cleared"),
    )


def every_day(scope: Construct, machine: Any) -> None:
    """Start the clearing daily, an hour after snapshots and exports go."""
    events.Rule(
        scope,
        "ClearsDaily",
        schedule=events.Schedule.cron(hour="5", minute="17"),
        targets=[events_targets.SfnStateMachine(machine, retry_attempts=2)],
    )


COPIES = 2
"""Of all rows, and again once the services are healthy."""
LONGEST_MINUTES = sum(MINUTES.values()) + (COPIES - 1) * MINUTES["copy"] + MIGRATION_MINUTES
"""Of the tasks of a move; its machine may take as long, and as long as any other besides."""
