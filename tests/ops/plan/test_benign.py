"""Changes of every day: the plan shows them, and does not cry."""

from collections.abc import Callable
from typing import Any

import pytest

from ops.outcome import ExitCode
from ops.plan.prover import prove
from ops.plan.verdict import Verdict
from support.assembly import Assembly
from support.planted import Templates, found, planted, properties_at, real, resource

DATABASE = "Database/Instance/Resource"


def tags(templates: Templates) -> None:
    properties_at(templates, "data", DATABASE)["Tags"].append({"Key": "owner", "Value": "us"})


def description(templates: Templates) -> None:
    (data,) = [one for name, one in templates.items() if name.endswith("-data")]
    data["Description"] = "another one"


def machine(templates: Templates) -> None:
    properties_at(templates, "data", DATABASE)["DBInstanceClass"] = "db.m7g.large"


def storage(templates: Templates) -> None:
    properties_at(templates, "data", DATABASE)["AllocatedStorage"] = "60"


def new_resource(templates: Templates) -> None:
    (storage_stack,) = [one for name, one in templates.items() if name.endswith("-storage")]
    storage_stack["Resources"]["More"] = resource("AWS::S3::Bucket", keep="Retain")


def threshold(templates: Templates) -> None:
    (watch,) = [one for name, one in templates.items() if name.endswith("-observability")]
    alarms = [one for one in watch["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    alarms[0]["Properties"]["Threshold"] = 1234


def code(templates: Templates) -> None:
    (credentials,) = [one for name, one in templates.items() if name.endswith("-credentials")]
    functions = [one for one in credentials["Resources"].values() if one["Type"] == "AWS::Lambda::Function"]
    functions[0]["Properties"]["Code"]["S3Key"] = "another.zip"


def output(templates: Templates) -> None:
    template, logical_id = found(templates, "storage", "Uploads/Bucket/Resource")
    template.setdefault("Outputs", {})["Bucket"] = {"Value": {"Ref": logical_id}}


def longer(templates: Templates) -> None:
    properties_at(templates, "data", DATABASE)["BackupRetentionPeriod"] = 35


def spelling(templates: Templates) -> None:
    """A number as text, and a list of names joined another way: the same for CloudFormation."""
    properties = properties_at(templates, "data", DATABASE)
    properties["BackupRetentionPeriod"] = str(properties["BackupRetentionPeriod"])
    name = properties["DBSubnetGroupName"]["Ref"]
    properties["DBSubnetGroupName"] = {"Fn::Sub": f"${{{name}}}"}


@pytest.mark.parametrize(
    ("plant", "verdicts"),
    [
        (tags, {Verdict.IN_PLACE}),
        (description, set()),
        (machine, {Verdict.INTERRUPTS}),
        (storage, {Verdict.IN_PLACE}),
        (new_resource, {Verdict.CREATES}),
        (threshold, {Verdict.IN_PLACE}),
        (code, {Verdict.IN_PLACE}),
        (output, set()),
        (longer, {Verdict.IN_PLACE}),
        (spelling, set()),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_nothing_is_lost_refused_or_split(
    phase_one: Assembly, plant: Callable[[Templates], Any], verdicts: set[Verdict]
) -> None:
    plan = prove(real(phase_one), planted(phase_one, plant))

    assert plan.outcome == ExitCode.OK
    assert (plan.losses, plan.refusals, plan.splits, plan.weakened) == ((), (), (), ())
    assert {change.verdict for change in plan.changes} == verdicts
