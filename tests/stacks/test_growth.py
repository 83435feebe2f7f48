"""Growing a phase and switching the platform touch nothing that holds data; see also test_every_step.py."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ops.assembly.target import Target
from ops.outcome import ExitCode
from ops.plan.data import HOLDS
from ops.plan.prover import prove
from ops.plan.verdict import Verdict
from ops.reachability.templates import Address
from support.assembly import Assembly
from support.growth import HOLDS_DATA, guarded
from support.planted import Templates, address, found, planted, properties_at, real
from support.synthesis import PRODUCTS

Deployments = Mapping[str, Assembly]


def grows(one: Target, other: Target) -> bool:
    """Whether one deployment is another in a later phase."""
    same = replace(one, phase=None) == replace(other, phase=None)
    return same and (one.phase or 1) < (other.phase or 1)


GROWTH = [("phase_one", "phase_two"), ("fargate", "fargate_phase_two")]
ALL_GROWTH = [
    (before, after)
    for before, one in PRODUCTS.items()
    for after, other in PRODUCTS.items()
    if grows(one.target, other.target)
]
SWITCHES = [
    ("phase_one", "fargate"),
    ("fargate", "phase_one"),
    ("phase_two", "fargate_phase_two"),
    ("fargate_phase_two", "phase_two"),
]
UNTOUCHED = ("data", "storage", "recovery", "delivery", "audit", "backup", "credentials", "global")
"""Stacks that know nothing of the platform."""


def without_outputs(template: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in template.items() if key != "Outputs"}


def test_every_deployment_that_has_a_later_phase_is_compared_with_it() -> None:
    assert {
        *GROWTH,
        ("pooled_production", "pooled_phase_two"),
        ("reptidex_production", "reptidex_grown"),
    } <= {*ALL_GROWTH}


@pytest.mark.parametrize(("before", "after"), ALL_GROWTH + SWITCHES)
def test_what_holds_or_carries_data_stays_as_it_is_or_changes_in_place(
    deployments: Deployments, before: str, after: str
) -> None:
    plan = prove(real(deployments[before]), real(deployments[after]))
    stacks = deployments[before].stacks
    carried = {Address(stacks[role].name, logical_id) for role, logical_id in guarded(deployments[before])}

    assert {plan.resources[where].verdict for where in carried} <= {
        Verdict.NONE,
        Verdict.IN_PLACE,
        Verdict.INTERRUPTS,
    }


@pytest.mark.parametrize(("before", "after"), ALL_GROWTH)
def test_growing_keeps_every_stack_under_its_name(deployments: Deployments, before: str, after: str) -> None:
    assert deployments[before].templates.keys() <= deployments[after].templates.keys()


@pytest.mark.parametrize("role", UNTOUCHED)
@pytest.mark.parametrize(("before", "after"), [SWITCHES[0], SWITCHES[2]])
def test_switching_the_platform_changes_no_resource_of_other_stacks(
    restartix: Deployments, before: str, after: str, role: str
) -> None:
    templates = [restartix[name].stacks[role].template for name in (before, after)]

    assert without_outputs(templates[0]) == without_outputs(templates[1])


@pytest.mark.parametrize(("before", "after"), [SWITCHES[0], SWITCHES[2]])
def test_switching_the_platform_only_adds_doors_to_the_network(
    restartix: Deployments, before: str, after: str
) -> None:
    there, then = (restartix[name].stacks["network"].template["Resources"] for name in (before, after))

    assert {name: then.get(name) for name in there} == there
    assert {then[name]["Type"].rpartition("::")[2] for name in then.keys() - there.keys()} == {
        "SecurityGroup",
        "SecurityGroupIngress",
        "SecurityGroupEgress",
    }


@pytest.mark.parametrize(("before", "after"), GROWTH)
def test_growing_adds_replicas_and_their_alarms_and_takes_nothing_away(
    restartix: Deployments, before: str, after: str
) -> None:
    added = {one.path for one in restartix[after].resources if one.type in HOLDS_DATA} - {
        one.path for one in restartix[before].resources
    }
    gone = {(one.role, one.path) for one in restartix[before].resources if one.type in HOLDS_DATA} - {
        (one.role, one.path) for one in restartix[after].resources
    }

    assert added == {"Database/Replica1/Resource", "Database/Replica2/Resource"}
    assert gone == set()


def test_logs_that_go_with_their_platform_stay_readable(fargate: Assembly) -> None:
    logs = fargate.of_type("AWS::Logs::LogGroup", "compute")

    assert {one.path for one in logs} == {"CoreApi/Logs/Resource", "TelemetryApi/Logs/Resource"}
    assert all(one.outlives_its_stack for one in logs)


@pytest.mark.parametrize(
    "type_name", ["AWS::RDS::DBInstance", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"]
)
def test_what_holds_data_outlives_its_stack(phase_two: Assembly, type_name: str) -> None:
    losable = {one.path for one in phase_two.of_type(type_name) if not one.outlives_its_stack}

    # A replica holds a copy.
    assert losable <= {"Database/Replica1/Resource", "Database/Replica2/Resource"}


@pytest.mark.parametrize(
    ("path", "name", "value", "what"),
    [
        ("Database/Instance/Resource", "DBName", "other", "every row of the database"),
        ("Database/Instance/Resource", "Engine", "mysql", "every row of the database"),
        ("Database/Subnets/Default", "DBSubnetGroupName", "other", "every row of the database"),
        ("Cache/Group", "AtRestEncryptionEnabled", False, "every key of the cache: sessions, queues"),
        (
            "SecretCoreApi/Resource",
            "Name",
            "restartix/production/other",
            "the secret, keys filled in by people among it",
        ),
    ],
)
def test_a_replacement_would_be_noticed(
    phase_one: Assembly, path: str, name: str, value: object, what: str
) -> None:
    def plant(templates: Templates) -> None:
        properties_at(templates, "data", path)[name] = value

    plan = prove(real(phase_one), planted(phase_one, plant))

    assert plan.outcome == ExitCode.LOSES_DATA
    assert {loss.what for loss in plan.losses} == {what}


def test_a_loss_would_be_noticed(phase_one: Assembly) -> None:
    def plant(templates: Templates) -> None:
        template, logical_id = found(templates, "storage", "Uploads/Bucket/Resource")
        del template["Resources"][logical_id]

    plan = prove(real(phase_one), planted(phase_one, plant))

    (loss,) = plan.losses
    assert loss.address == address(plan, "Uploads/Bucket")
    assert (loss.what, loss.fate) == ("every object of the bucket", "left behind")


def test_the_plan_knows_every_type_that_outlives_its_stack(deployments: Deployments) -> None:
    kept = {
        one.type for assembly in deployments.values() for one in assembly.resources if one.outlives_its_stack
    }

    # A parameter group is kept because the database it belongs to is.
    assert kept - HOLDS.keys() <= {
        "AWS::RDS::DBParameterGroup",
        "AWS::RDS::DBClusterParameterGroup",
        # Databases of tenants, which are in stacks of their own, are in it.
        "AWS::RDS::DBSubnetGroup",
        # Services of tenants, which are in stacks of their own, have it.
        "AWS::AppRunner::AutoScalingConfiguration",
    }


def test_the_guard_watches_every_kind_of_resource_that_holds_data(
    phase_three: Assembly, pooled_staging: Assembly, chatbot_dev: Assembly, vantrexia_host: Assembly
) -> None:
    everything = (phase_three, pooled_staging, chatbot_dev, vantrexia_host)
    kinds = {one.type for assembly in everything for one in guarded(assembly).values()}

    assert {kind for kind in HOLDS_DATA if kind not in kinds} == set()
