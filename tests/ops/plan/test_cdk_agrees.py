"""The pinned CDK CLI's own template diff, beside the plan: they agree, but for what is explained here."""

import copy
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ops.plan.prover import Plan, prove
from ops.plan.schema import is_custom
from ops.plan.side import Side
from ops.plan.verdict import Change, Verdict
from support.assembly import Assembly
from support.planted import Templates, planted, properties_at, real, resource, side
from support.synthesis import ROOT
from support.synths import Synths

OPINIONS = {
    "NO_CHANGE": {Verdict.NONE},
    "WILL_CREATE": {Verdict.CREATES},
    "WILL_UPDATE": {Verdict.IN_PLACE, Verdict.INTERRUPTS},
    "MAY_REPLACE": {Verdict.MAY_REPLACE},
    "WILL_REPLACE": {Verdict.REPLACES},
    "WILL_DESTROY": {Verdict.DELETES},
    "WILL_ORPHAN": {Verdict.ORPHANS},
}
"""What each of the CDK's words is in ours."""

Pair = tuple[dict[str, Any], dict[str, Any]]


def cdk_says(pairs: list[Pair]) -> list[dict[str, str]]:
    """The CDK's impact of each changed resource, for each pair of templates."""
    command = [
        str(ROOT / ".venv/bin/node"),
        str(Path(__file__).parent / "cdk_diff.js"),
        str(ROOT / "node_modules"),
    ]
    ended = subprocess.run(
        command, input=json.dumps(pairs), capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    said: list[dict[str, str]] = json.loads(ended.stdout)
    return said


def allowed(change: Change, said: str) -> str | None:
    """Why the two may disagree about a change; None when they may not."""
    follows = any(cause.origin for cause in change.causes)
    if said == "NO_CHANGE" and is_custom(change.resource.type):
        return "the CDK knows no properties of custom resources; CloudFormation calls their function"
    if said == "NO_CHANGE" and follows and change.verdict < Verdict.MAY_REPLACE:
        return "the CDK follows a reference only into properties that replace, and not across stacks"
    if said == "NO_CHANGE" and follows:
        return "the CDK stops at Fn::Sub, Fn::Join and Fn::If, at exports and at values of other stacks"
    if said == "MAY_REPLACE" and (change.resource.type, _decisive(change)) in REVIEWED:
        return "reviewed: AWS documents the condition, or shows its handler"
    return None


def _decisive(change: Change) -> str:
    return next((one.subject for one in change.causes if one.verdict == change.verdict), "")


REVIEWED = {
    ("AWS::RDS::DBInstance", "BackupRetentionPeriod"),
    ("AWS::RDS::DBInstance", "Engine"),
    ("AWS::RDS::DBInstance", "MultiAZ"),
    ("AWS::RDS::DBInstance", "DBSnapshotIdentifier"),
    ("AWS::DynamoDB::GlobalTable", "KeySchema"),
    ("AWS::EC2::Instance", "InstanceType"),
}
"""Where the plan is sure and the CDK says "may"; see ``ops/plan/conditional.py``."""


def disagreements(plan: Plan, said: dict[str, dict[str, str]]) -> Iterator[str]:
    """What the two see differently, and no reason allows."""
    for where, change in sorted(plan.resources.items()):
        impact = said.get(where.stack, {}).get(where.logical_id, "NO_CHANGE")
        if change.verdict not in OPINIONS[impact] and allowed(change, impact) is None:
            yield f"{where}: the plan says {change.verdict.words}, the CDK {impact}: {change.causes}"


def compare(pairs: list[tuple[Side, Side]]) -> list[str]:
    """Every disagreement of every pair that no reason allows; one run of Node.js for all."""
    asked: list[Pair] = []
    keys: list[tuple[int, str]] = []
    for number, (before, after) in enumerate(pairs):
        for name in sorted(before.stacks.keys() & after.stacks.keys()):
            asked.append((dict(before.stacks[name].template), dict(after.stacks[name].template)))
            keys.append((number, name))
    said: dict[int, dict[str, dict[str, str]]] = {}
    for (number, name), opinion in zip(keys, cdk_says(asked), strict=True):
        said.setdefault(number, {})[name] = opinion
    return [
        line
        for number, (before, after) in enumerate(pairs)
        for line in disagreements(_common(before, after), said.get(number, {}))
    ]


def _common(before: Side, after: Side) -> Plan:
    """The plan of the stacks that both have: the CDK compares one stack at a time, and none of tenants."""
    names = before.stacks.keys() & after.stacks.keys()
    return prove(*(Side.of(one.stacks[name] for name in names) for one in (before, after)))


def test_both_agree_about_every_step_we_offer(deployments: dict[str, Assembly]) -> None:
    steps = [
        ("phase_one", "phase_two"),
        ("phase_two", "phase_one"),
        ("phase_one", "fargate"),
        ("fargate", "phase_one"),
        ("fargate", "fargate_phase_two"),
        ("pooled_production", "pooled_phase_two"),
        ("reptidex_production", "reptidex_grown"),
    ]

    assert compare([(real(deployments[one]), real(deployments[two])) for one, two in steps]) == []


def test_both_agree_about_the_template_of_tenants_if_it_were_a_stack(synths: Synths) -> None:
    before, after = (synths[name] for name in ("tenanted", "tenanted_on_app_runner"))
    sides = [Side.of(replace(one, stamp=None) for one in real(it).tenants.values()) for it in (before, after)]

    assert [len(one.stacks) for one in sides] == [1, 1]
    assert compare([(sides[0], sides[1]), (sides[1], sides[0])]) == []


def accident(role: str, path: str, name: str, value: object) -> Callable[[Templates], None]:
    def plant(templates: Templates) -> None:
        properties_at(templates, role, path)[name] = value

    return plant


PLANTED = {
    "encryption": accident("data", "Database/Instance/Resource", "StorageEncrypted", False),
    "name": accident("data", "Database/Instance/Resource", "DBName", "other"),
    "engine": accident("data", "Database/Instance/Resource", "Engine", "mysql"),
    "zones": accident("data", "Database/Instance/Resource", "MultiAZ", False),
    "backups": accident("data", "Database/Instance/Resource", "BackupRetentionPeriod", 1),
    "subnet group": accident("data", "Database/Subnets/Default", "DBSubnetGroupName", "other"),
    "cache": accident("data", "Cache/Group", "AtRestEncryptionEnabled", False),
    "address range": accident("network", "Network/Vpc/Resource", "CidrBlock", "10.9.0.0/16"),
}


def test_both_agree_about_planted_accidents(phase_one: Assembly) -> None:
    pairs = [(real(phase_one), planted(phase_one, plant)) for plant in PLANTED.values()]

    assert compare(pairs) == []


def test_both_agree_about_tables_snapshots_and_policies() -> None:
    def pair(one: dict[str, Any], other: dict[str, Any]) -> tuple[Side, Side]:
        return side(data={"It": one}), side(data={"It": other})

    key = [{"AttributeName": "organization", "KeyType": "HASH"}]
    other = [{"AttributeName": "tenant", "KeyType": "HASH"}]
    topic = resource("AWS::SNS::Topic", TopicName="one")
    pairs = [
        pair(
            resource("AWS::DynamoDB::Table", KeySchema=key), resource("AWS::DynamoDB::Table", KeySchema=other)
        ),
        pair(
            resource("AWS::DynamoDB::GlobalTable", KeySchema=key),
            resource("AWS::DynamoDB::GlobalTable", KeySchema=other),
        ),
        pair(
            resource("AWS::RDS::DBInstance", DBSnapshotIdentifier="monday"), resource("AWS::RDS::DBInstance")
        ),
        pair(resource("AWS::RDS::DBCluster", SnapshotIdentifier="monday"), resource("AWS::RDS::DBCluster")),
        pair(
            resource("AWS::EC2::Instance", InstanceType="t4g.small"),
            resource("AWS::EC2::Instance", InstanceType="t4g.large"),
        ),
        pair(topic, copy.deepcopy(topic)),
        (side(data={"It": topic}), side(data={"Other": topic})),
        (side(data={"It": resource("AWS::S3::Bucket", keep="Retain")}), side(data={"Other": topic})),
    ]

    assert compare(pairs) == []


def test_a_disagreement_would_be_noticed() -> None:
    before, after = (
        side(data={"It": resource("AWS::SNS::Topic")}),
        side(data={"It": resource("AWS::SNS::Topic")}),
    )

    assert list(disagreements(prove(before, after), {"data": {"It": "WILL_REPLACE"}})) != []


@pytest.mark.parametrize("way", ["Fn::Sub", "Fn::Join"])
def test_the_plan_sees_further_than_the_cdk(way: str) -> None:
    inside: Any = "${Key}-name" if way == "Fn::Sub" else ["", [{"Ref": "Key"}, "-name"]]

    def template(key: str) -> dict[str, Any]:
        return {
            "Key": resource("AWS::SNS::Topic", TopicName=key),
            "Database": resource("AWS::RDS::DBInstance", keep="Retain", KmsKeyId={way: inside}),
        }

    before, after = side(data=template("one")), side(data=template("two"))
    pair = (dict(before.stacks["data"].template), dict(after.stacks["data"].template))
    (said,) = cdk_says([pair])

    assert "Database" not in said
    assert [loss.what for loss in prove(before, after).losses] == ["every row of the database"]
