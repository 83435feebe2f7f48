"""Accidents planted into real templates: the plan catches each, and says what it would have cost."""

from collections.abc import Callable
from typing import Any

import pytest

from ops.outcome import ExitCode
from ops.plan.prover import Plan, prove
from ops.plan.side import Side
from ops.plan.verdict import Verdict
from support.assembly import Assembly
from support.planted import Templates, address, found, planted, properties_at, real, renamed, resource, step

ROWS = "every row of the database"
DATABASE = "Database/Instance/Resource"


def after(assembly: Assembly, plant: Callable[[Templates], None]) -> Plan:
    return prove(real(assembly), planted(assembly, plant))


def lost(plan: Plan) -> set[tuple[str, str]]:
    """What is lost for certain, and how."""
    return {(loss.what, loss.fate) for loss in plan.losses if loss.certain}


def refused(plan: Plan) -> str:
    return "\n".join(f"{one.what}; {one.instead}" for one in plan.refusals)


def test_a_renamed_construct_leaves_the_database_behind(phase_one: Assembly) -> None:
    def plant(templates: Templates) -> None:
        template, logical_id = found(templates, "data", DATABASE)
        renamed(template, logical_id, "PrimaryDatabase")

    plan = after(phase_one, plant)

    assert plan.outcome == ExitCode.LOSES_DATA
    (loss,) = plan.losses
    assert (loss.what, loss.fate) == (ROWS, "left behind")
    assert "PrimaryDatabase looks like the same thing and begins empty" in loss.words


def test_a_renamed_construct_with_a_fixed_name_cannot_even_be_made(phase_one: Assembly) -> None:
    def plant(templates: Templates) -> None:
        template, logical_id = found(templates, "data", "SecretCoreApi/Resource")
        renamed(template, logical_id, "AnotherSecret")

    plan = after(phase_one, plant)

    assert "is taken by" in refused(plan)
    assert ("the secret, keys filled in by people among it", "left behind") in lost(plan)


@pytest.mark.parametrize("named", ["another construct", "another name"])
def test_a_changed_subnet_group_replaces_the_database_in_it(phase_one: Assembly, named: str) -> None:
    def plant(templates: Templates) -> None:
        template, logical_id = found(templates, "data", "Database/Subnets/Default")
        if named == "another construct":
            renamed(template, logical_id, "OtherSubnets")
        else:
            template["Resources"][logical_id]["Properties"]["DBSubnetGroupName"] = "other"

    plan = after(phase_one, plant)
    change = plan.resources[address(plan, "Database/Instance")]

    assert change.verdict == Verdict.REPLACES
    assert [cause.subject for cause in change.causes if cause.verdict == Verdict.REPLACES] == [
        "DBSubnetGroupName"
    ]
    assert (ROWS, "left behind") in lost(plan)


@pytest.mark.parametrize(
    ("path", "name", "what"),
    [
        (DATABASE, "StorageEncrypted", ROWS),
        ("Cache/Group", "AtRestEncryptionEnabled", "every key of the cache: sessions, queues"),
    ],
)
def test_encryption_that_is_switched_makes_an_empty_one(
    phase_one: Assembly, path: str, name: str, what: str
) -> None:
    def plant(templates: Templates) -> None:
        properties_at(templates, "data", path)[name] = False

    plan = after(phase_one, plant)

    assert plan.outcome == ExitCode.LOSES_DATA
    assert {one for one, _ in lost(plan)} == {what}


def test_another_address_range_is_refused_under_what_holds_data(phase_one: Assembly) -> None:
    def plant(templates: Templates) -> None:
        properties_at(templates, "network", "Network/Vpc/Resource")["CidrBlock"] = "10.9.0.0/16"

    plan = after(phase_one, plant)
    replaced = {one.resource.type for one in plan.changes if one.verdict == Verdict.REPLACES}

    assert {"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"} <= replaced
    assert plan.outcome == ExitCode.REFUSED
    assert "-data imports its value, and CloudFormation changes no export in use" in refused(plan)
    assert "AWS takes no subnet away under it" in refused(plan)


def test_a_removed_shard_stays_behind_with_all_its_data(phase_one: Assembly) -> None:
    def plant(templates: Templates) -> None:
        for name in [name for name in templates if "-eu-1-" in name]:
            del templates[name]

    plan = after(phase_one, plant)

    assert plan.outcome == ExitCode.LOSES_DATA
    assert {
        (ROWS, "left behind"),
        ("every key of the cache: sessions, queues", "left behind"),
    } <= lost(plan)
    words = next(loss.words for loss in plan.losses if loss.what == ROWS)
    assert "a stack that is no longer deployed" in words


@pytest.mark.parametrize("type_name", ["AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"])
def test_another_table_key_makes_an_empty_table(type_name: str) -> None:
    def table(key: str) -> dict[str, Any]:
        return {"Routing": resource(type_name, KeySchema=[{"AttributeName": key, "KeyType": "HASH"}])}

    plan = step(table("organization"), table("tenant"))

    assert plan.outcome == ExitCode.LOSES_DATA
    assert {fate for _, fate in lost(plan)} == {"destroyed"}


@pytest.mark.parametrize(
    ("type_name", "name"),
    [("AWS::RDS::DBInstance", "DBSnapshotIdentifier"), ("AWS::RDS::DBCluster", "SnapshotIdentifier")],
)
@pytest.mark.parametrize(
    ("becomes", "words"),
    [(None, "is made anew, and empty"), ("later", "all that was written since is missing")],
)
def test_a_snapshot_that_is_no_longer_named_makes_another_database(
    type_name: str, name: str, becomes: str | None, words: str
) -> None:
    restored = {"Database": resource(type_name, keep="Snapshot", **{name: "monday"})}
    changed = {"Database": resource(type_name, keep="Snapshot", **({name: becomes} if becomes else {}))}

    plan = step(restored, changed)

    assert plan.outcome == ExitCode.LOSES_DATA
    (loss,) = plan.losses
    assert loss.fate == "in a snapshot"
    assert words in loss.words


def test_a_renamed_stack_begins_empty_beside_the_old_one(phase_one: Assembly) -> None:
    old = next(name for name in real(phase_one).stacks if name.endswith("-data"))
    new = old.replace("-data", "-database")
    templates = dict(real(phase_one).stacks)
    renamed = templates.pop(old)
    stacks = [*templates.values(), type(renamed)(new, renamed.account, renamed.region, renamed.template)]

    plan = prove(real(phase_one), Side.of(stacks))

    assert plan.renamed == {old: new}
    assert plan.outcome == ExitCode.LOSES_DATA
    assert (ROWS, "left behind") in lost(plan)
    assert plan.resources[address_in(plan, old, "Database/Instance")].verdict == Verdict.MOVES


def address_in(plan: Plan, stack: str, path: str) -> Any:
    (where,) = [
        where for where, one in plan.resources.items() if where.stack == stack and one.resource.path == path
    ]
    return where


def test_a_bucket_that_is_written_in_another_stack_is_a_second_empty_one(phase_one: Assembly) -> None:
    def plant(templates: Templates) -> None:
        template, logical_id = found(templates, "storage", "Uploads/Bucket/Resource")
        (data,) = [one for name, one in templates.items() if name.endswith("-data")]
        data["Resources"][logical_id] = template["Resources"].pop(logical_id)

    plan = after(phase_one, plant)
    (change,) = [one for one in plan.changes if one.verdict == Verdict.MOVES]

    assert change.resource.type == "AWS::S3::Bucket"
    assert lost(plan) == {("every object of the bucket", "left behind")}


def test_a_new_version_for_the_primary_before_its_replicas_is_refused(phase_two: Assembly) -> None:
    def plant(templates: Templates) -> None:
        properties_at(templates, "data", DATABASE)["EngineVersion"] = "17.12"

    plan = after(phase_two, plant)

    assert plan.outcome == ExitCode.REFUSED
    assert "before its replicas" in refused(plan)
    assert "raise the version of each replica first" in refused(plan)


def test_replicas_never_come_with_the_change_of_their_primary(
    phase_one: Assembly, phase_two: Assembly
) -> None:
    plan = prove(real(phase_one), real(phase_two))
    (split,) = plan.splits

    assert split.kind == "replicas come"
    assert split.parts == ("Database/Replica1", "Database/Replica2")
    assert "would take the whole deploy back" in split.why


@pytest.mark.parametrize(
    ("type_name", "name", "was", "becomes"),
    [
        ("AWS::RDS::DBInstance", "AllocatedStorage", 250, 50),
        ("AWS::EC2::Volume", "Size", 100, "20"),
        ("AWS::RDS::DBInstance", "EngineVersion", "17.11", "17.9"),
        ("AWS::ElastiCache::ReplicationGroup", "EngineVersion", "7.1", "7.0"),
    ],
)
def test_what_never_shrinks_nor_goes_back_is_refused(
    type_name: str, name: str, was: object, becomes: object
) -> None:
    plan = step({"It": resource(type_name, **{name: was})}, {"It": resource(type_name, **{name: becomes})})

    assert plan.outcome == ExitCode.REFUSED


@pytest.mark.parametrize(
    ("type_name", "name", "was", "becomes", "what"),
    [
        ("AWS::RDS::DBInstance", "BackupRetentionPeriod", 7, 1, "automatic backups older than 1 days"),
        ("AWS::Logs::LogGroup", "RetentionInDays", None, 30, "log lines older than 30 days"),
        (
            "AWS::SecretsManager::Secret",
            "GenerateSecretString",
            {"PasswordLength": 30},
            {"PasswordLength": 40},
            "the secret's value: another one is generated",
        ),
        (
            "AWS::S3::Bucket",
            "LifecycleConfiguration",
            None,
            {"Rules": [{"ExpirationInDays": 7}]},
            "objects that the new lifecycle rules expire",
        ),
    ],
)
def test_a_setting_that_deletes_is_told_though_the_resource_stays(
    type_name: str, name: str, was: object, becomes: object, what: str
) -> None:
    before = resource(type_name, **({} if was is None else {name: was}))
    plan = step({"It": before}, {"It": resource(type_name, **{name: becomes})})

    assert plan.outcome == ExitCode.MAY_LOSE_DATA
    assert plan.losses[0].what == what


def test_a_policy_decides_what_becomes_of_the_old_one() -> None:
    fates = {}
    for keep in ("Retain", "Snapshot", "Delete", None):
        before = {"Database": resource("AWS::RDS::DBInstance", keep=keep, DBName="one")}
        plan = step(before, {"Database": resource("AWS::RDS::DBInstance", keep=keep, DBName="two")})
        fates[keep] = plan.losses[0].fate

    assert fates == {
        "Retain": "left behind",
        "Snapshot": "in a snapshot",
        "Delete": "destroyed",
        None: "destroyed",
    }


@pytest.mark.parametrize("keep", ["Delete", "Snapshot", "Retain"])
def test_protection_against_deletion_leaves_it_behind(keep: str) -> None:
    before = {"Database": resource("AWS::RDS::DBInstance", keep=keep, DeletionProtection=True, DBName="one")}
    other = {"Database": resource("AWS::RDS::DBInstance", keep=keep, DBName="two")}

    assert step(before, other).losses[0].fate == "left behind"


def test_protection_against_deletion_is_named() -> None:
    before = {"Database": resource("AWS::RDS::DBInstance", keep="Delete", DeletionProtection=True)}

    plan = step(before, {"Other": resource("AWS::SNS::Topic")})

    assert plan.losses[0].fate == "left behind"
    assert "its own protection keeps AWS from deleting it" in plan.losses[0].words


def test_a_protection_that_goes_is_told_and_loses_nothing() -> None:
    def database(keep: str, *, protected: bool) -> dict[str, Any]:
        return {"Database": resource("AWS::RDS::DBInstance", keep=keep, DeletionProtection=protected)}

    plan = step(database("Retain", protected=True), database("Delete", protected=False))

    assert plan.outcome == ExitCode.OK
    assert len(plan.weakened) == 3


def test_a_replica_holds_a_copy_and_is_no_loss() -> None:
    replica = resource("AWS::RDS::DBInstance", keep="Delete", SourceDBInstanceIdentifier="primary")

    assert step({"Replica": replica}, {"Topic": resource("AWS::SNS::Topic")}).losses == ()
