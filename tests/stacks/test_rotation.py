"""D9: what rotation of passwords adds to a product, and what it leaves as it is."""

import json
from typing import Any

import pytest

from config.catalog import load_system
from config.database import DatabaseRole
from config.rotation import check_rotation
from config.system import System
from config.values import ConfigError
from support.assembly import Assembly, text, walk

SERVICES = {"core-api", "telemetry-api"}


@pytest.fixture(scope="module")
def machine(rotating: Assembly) -> dict[str, Any]:
    """The state machine's definition."""
    found = rotating.the("AWS::StepFunctions::StateMachine", "rotation")
    definition: dict[str, Any] = json.loads(text(found["DefinitionString"]))
    return definition


@pytest.fixture(scope="module")
def plan(machine: dict[str, Any]) -> dict[str, Any]:
    """What every step is told."""
    told: dict[str, Any] = machine["States"]["Know the plan"]["Result"]
    return told


def test_d9_is_switched_on_and_off_without_touching_what_is_there(
    rotating: Assembly, pooled_production: Assembly
) -> None:
    """A stack more; in the others the same logical ids, types and properties, but for the pool's secret."""
    assert set(rotating.stacks) - set(pooled_production.stacks) == {"rotation"}
    changed = {
        (role, name)
        for role, stack in pooled_production.stacks.items()
        for name, body in stack.template["Resources"].items()
        if rotating.stacks[role].template["Resources"].get(name) != body
    }
    new = {
        (role, name)
        for role, stack in pooled_production.stacks.items()
        for name in rotating.stacks[role].template["Resources"].keys() - stack.template["Resources"].keys()
    }

    assert new == set()
    assert {(role, name.rstrip("0123456789ABCDEF")) for role, name in changed} == {
        ("compute", "ConnectionPoolTask")
    }


def test_d9_a_pooler_reads_the_logins_of_the_moment_it_starts(
    rotating: Assembly, pooled_production: Assembly
) -> None:
    """With an exact version a restart would bring back the logins of the last deployment."""

    def reference(assembly: Assembly) -> str:
        (task,) = [
            one
            for one in assembly.of_type("AWS::ECS::TaskDefinition", "compute")
            if "POOL_CREDENTIALS" in str(one.properties)
        ]
        container = task["ContainerDefinitions"][0]
        (found,) = [one for one in container["Secrets"] if one["Name"] == "POOL_CREDENTIALS"]
        return json.dumps(found["ValueFrom"])

    assert "VersionId" in reference(pooled_production)
    assert "VersionId" not in reference(rotating)


def test_d9_every_reader_of_a_password_is_told_and_restarted(plan: dict[str, Any]) -> None:
    assert {one["Name"] for one in plan["Roles"]} == {"restartix", "restartix_owner"}
    assert {one["Service"] for one in plan["Services"]} == {f"restartix-fargate-{name}" for name in SERVICES}
    urls = sorted(key for target in plan["Targets"] for key in target["Urls"])
    assert urls == ["DATABASE_APP_URL", "DATABASE_DIRECT_URL", "DATABASE_URL", "DATABASE_URL"]
    assert plan["Pool"]["Rollout"]["Service"] == "restartix-fargate-connection-pool"
    assert plan["Days"] == "30"


def test_d9_nothing_changes_a_password_before_all_services_are_known_to_use_the_other(
    machine: dict[str, Any],
) -> None:
    states = machine["States"]

    def step(name: str) -> str:
        return str(states[name]["Parameters"]["Payload"]["Step"])

    path, name = [], machine["StartAt"]
    while name != "Rotated":
        state = states[name]
        if state["Type"] == "Task":
            path.append(step(name))
        # Of each choice the way that leads on.
        ways = [one["Next"] for one in state.get("Choices", ()) if states[one["Next"]]["Type"] != "Succeed"]
        name = ways[0] if ways else state["Next"]

    assert path == ["publish", "settled", "look", "prepare", "admit", "admitted", "try", "promote"]
    assert step(states["Rotated"]["Next"]) == "publish", "and then everybody is told"


def test_d9_runs_each_night_and_not_again_in_the_morning(rotating: Assembly) -> None:
    schedule = rotating.the("AWS::Scheduler::Schedule", "rotation")

    assert schedule["ScheduleExpression"] == "cron(0 3 ? * MON,TUE,WED,THU,FRI,SAT,SUN *)"
    assert schedule["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 900, "MaximumRetryAttempts": 2}


def test_d9_somebody_hears_of_failure_delay_and_old_keys(rotating: Assembly) -> None:
    alarms = {one["AlarmName"]: one for one in rotating.of_type("AWS::CloudWatch::Alarm", "rotation")}
    prefix = "restartix-fargate-production-eu-1"

    assert set(alarms) == {
        f"{prefix}-rotation-failed",
        f"{prefix}-rotation-overdue",
        f"{prefix}-third-party-keys",
    }
    overdue = alarms[f"{prefix}-rotation-overdue"]
    assert (overdue["Threshold"], overdue["TreatMissingData"]) == (32, "breaching")
    assert alarms[f"{prefix}-third-party-keys"]["Threshold"] == 30
    for alarm in alarms.values():
        assert text(alarm["AlarmActions"][0]).endswith(f":{prefix}-alarms")
        assert "docs/runbooks/secret-rotation.md" in alarm["AlarmDescription"]


def test_d9_the_function_restarts_its_own_services_and_no_others(rotating: Assembly) -> None:
    (role,) = [
        one
        for one in rotating.of_type("AWS::IAM::Role", "rotation")
        if "FunctionServiceRole" in one.logical_id
    ]
    resources = {
        text(resource).rpartition("/")[2]
        for statement in rotating.statements(role)
        if "ecs:UpdateService" in statement["Action"]
        for resource in statement["Resource"]
    }

    assert resources == {f"restartix-fargate-{name}" for name in (*SERVICES, "connection-pool")}


def test_d9_no_password_is_in_the_plan(plan: dict[str, Any]) -> None:
    said = [str(value) for key, value in walk(plan) if key and "password" in key.lower()]

    assert said == []


def test_d9_a_role_leaves_room_for_the_name_of_its_second_login(notes_system: System) -> None:
    deployment = notes_system.resolve("production")
    database = deployment.database
    assert database
    roles = (*database.roles, DatabaseRole(name="n" * 54, kind="readonly"))
    long = deployment.model_copy(
        update={"database": database.model_copy(update={"roles": roles}), "secret_rotation_days": 30}
    )

    with pytest.raises(ValueError, match=r"a role's name must be 53 characters at most.*got 54"):
        check_rotation(long)


def test_d9_no_role_has_the_name_of_a_second_login(notes_system: System) -> None:
    database = notes_system.database
    assert database
    roles = (*database.roles, database.roles[1].model_copy(update={"name": "notes_alternate"}))
    system = notes_system.model_copy(
        update={"database": database.model_copy(update={"roles": roles}), "secret_rotation_days": 30}
    )

    with pytest.raises(ConfigError, match="no role must be called notes_alternate"):
        system.resolve("production")


def test_d9_there_is_something_to_rotate() -> None:
    system = load_system("restartix")
    services = tuple(one.model_copy(update={"secrets": {}, "database_pool": 0}) for one in system.services)
    without = {"database": None, "recovery": None, "dumps": ()}
    bare = system.model_copy(update={**without, "services": services, "secret_rotation_days": 30})

    with pytest.raises(ConfigError, match=r"secret_rotation_days needs a database.*got 30 and no database"):
        bare.resolve("production")
