"""E4: secrets rotate every 90 days on a single host, and on Fargate after it."""

import json
from typing import Any

import pytest

from support.assembly import Assembly, text

PREFIX = "vantrexia-production-us-1"
READERS = ("backend", "celery", "celery-beat")


def plan(assembly: Assembly) -> dict[str, Any]:
    """What the rotation is told."""
    machine = assembly.the("AWS::StepFunctions::StateMachine", "rotation")
    found: dict[str, Any] = json.loads(text(machine["DefinitionString"]))["States"]["Know the plan"]["Result"]
    return found


def sending(assembly: Assembly) -> list[dict[str, Any]]:
    """Statements of the rotation's function that are about Systems Manager."""
    (role,) = [
        one
        for one in assembly.of_type("AWS::IAM::Role", "rotation")
        if "FunctionServiceRole" in one.logical_id
    ]
    return [one for one in assembly.statements(role) if "ssm:SendCommand" in one["Action"]]


@pytest.mark.parametrize("phase", ["vantrexia_host", "vantrexia_grown"])
def test_e4_passwords_rotate_every_ninety_days_and_somebody_hears_when_not(
    phase: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(phase)
    alarm = assembly.the("AWS::CloudWatch::Alarm", AlarmName=f"{PREFIX}-rotation-overdue")

    assert plan(assembly)["Days"] == "90"
    assert {one["Name"] for one in plan(assembly)["Roles"]} == {"vantrexia", "vantrexia_owner"}
    assert (alarm["Threshold"], alarm["TreatMissingData"]) == (92, "breaching")


def test_e4_the_host_is_restarted_once_for_all_that_reads_a_password(vantrexia_host: Assembly) -> None:
    (host,) = plan(vantrexia_host)["Services"]

    assert (host["Kind"], host["Document"]) == ("host", f"{PREFIX}-refresh")
    assert host["Tag"] == f"cambium:host={PREFIX}"
    assert len(host["SecretArns"]) == len(READERS)
    # Migrations read theirs each time, so it is written and nobody is restarted.
    assert len(plan(vantrexia_host)["Targets"]) == len(READERS) + 1


def test_e4_the_rotation_may_send_one_command_to_one_machine_and_no_other(vantrexia_host: Assembly) -> None:
    document, machines = sending(vantrexia_host)

    assert text(document["Resource"]).endswith(f":document/{PREFIX}-refresh")
    assert text(machines["Resource"]).endswith(":instance/*")
    assert machines["Condition"] == {"StringEquals": {"ssm:resourceTag/cambium:host": PREFIX}}


def test_e4_the_command_takes_nothing_and_reads_secrets_before_it_restarts(vantrexia_host: Assembly) -> None:
    document = vantrexia_host.the("AWS::SSM::Document", "compute", Name=f"{PREFIX}-refresh")["Content"]
    (step,) = document["mainSteps"]

    assert "parameters" not in document
    assert [one.rpartition("/")[2] for one in step["inputs"]["runCommand"]] == [
        "set -euo pipefail",
        "host-files",
        "host secrets",
        "host refresh",
    ]


def test_e4_on_fargate_services_are_restarted_each_and_no_command_is_sent(vantrexia_grown: Assembly) -> None:
    services = plan(vantrexia_grown)["Services"]

    assert {(one["Kind"], one["Service"]) for one in services} == {
        ("ecs", f"vantrexia-{name}") for name in READERS
    }
    assert sending(vantrexia_grown) == []
