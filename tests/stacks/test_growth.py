"""Growing a phase and switching the platform touch nothing that holds data: proved from the templates."""

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ops.assembly.target import Target
from support.assembly import Assembly
from support.growth import HOLDS_DATA, guarded, harm, replacing
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
def test_nothing_that_holds_data_is_lost_moved_or_replaced(
    deployments: Deployments, before: str, after: str
) -> None:
    assert harm(deployments[before], deployments[after]) == []


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
    ("path", "name", "value"),
    [
        ("Database/Instance/Resource", "DBName", "other"),
        ("Database/Instance/Resource", "Engine", "mysql"),
        ("Database/Subnets/Default", "DBSubnetGroupName", "other"),
        ("Cache/Group", "AtRestEncryptionEnabled", False),
        ("SecretCoreApi/Resource", "Name", "restartix/production/other"),
    ],
)
def test_a_replacement_would_be_noticed(phase_one: Assembly, path: str, name: str, value: object) -> None:
    changed = planted(phase_one)
    changed.at("data", path).properties[name] = value

    (found,) = harm(phase_one, changed)
    assert f"({path}) would be replaced: {name}" in found


def test_a_loss_would_be_noticed(phase_one: Assembly) -> None:
    changed = planted(phase_one)
    uploads = changed.at("storage", "Uploads/Bucket/Resource")
    del changed.stacks["storage"].template["Resources"][uploads.logical_id]
    vars(changed).pop("resources")

    assert harm(phase_one, changed) == [
        f"AWS::S3::Bucket storage/{uploads.logical_id} (Uploads/Bucket/Resource) would be deleted"
    ]


def planted(assembly: Assembly) -> Assembly:
    """A copy whose templates may be changed."""
    copied = Assembly(assembly.folder)
    for stack in copied.stacks.values():
        vars(stack)["template"] = copy.deepcopy(stack.template)
    return copied


def test_the_guard_knows_what_replaces_a_database() -> None:
    assert {"DBName", "MasterUsername", "StorageEncrypted", "Engine"} <= replacing("AWS::RDS::DBInstance")
    assert "DBInstanceClass" not in replacing("AWS::RDS::DBInstance")


def test_the_guard_watches_every_kind_of_resource_that_holds_data(
    phase_one: Assembly, pooled_staging: Assembly
) -> None:
    kinds = {one.type for assembly in (phase_one, pooled_staging) for one in guarded(assembly).values()}

    assert {kind for kind in HOLDS_DATA if kind not in kinds} == set()
