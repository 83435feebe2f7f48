"""A17: what would cost every tenant its data is told before it reaches anybody's database."""

import pytest

from ops.outcome import ExitCode
from ops.plan.prover import prove
from ops.plan.verdict import Verdict
from support.assembly import Assembly
from support.planted import Templates, found, planted, properties_at, renamed
from support.planted import resource as made
from support.planted_tenants import DATABASE, ROWS, TITLE, Plant, after, body, database, refused
from support.synths import Synths


def renames_the_construct(templates: Templates) -> None:
    template, logical_id = found(templates, TITLE, DATABASE)
    renamed(template, logical_id, "PrimaryDatabase")


def names_the_instance_otherwise(templates: Templates) -> None:
    database(templates)["DBInstanceIdentifier"] = {"Fn::Sub": "clinic-production-${TenantId}"}


def puts_it_in_another_subnet_group(templates: Templates) -> None:
    database(templates)["DBSubnetGroupName"] = "other"


def renames_the_shared_subnet_group(templates: Templates) -> None:
    template, logical_id = found(templates, "tenants", "Ground/DatabaseSubnets/Default")
    renamed(template, logical_id, "OtherSubnets")


def names_the_shared_subnet_group(templates: Templates) -> None:
    properties_at(templates, "tenants", "Ground/DatabaseSubnets/Default")["DBSubnetGroupName"] = "other"


def switches_encryption_off(templates: Templates) -> None:
    database(templates)["StorageEncrypted"] = False


def encrypts_with_another_key(templates: Templates) -> None:
    database(templates)["KmsKeyId"] = "alias/other"


def takes_the_database_out(templates: Templates) -> None:
    template, logical_id = found(templates, TITLE, DATABASE)
    template["Resources"][logical_id] = made("AWS::SNS::Topic")
    template["Outputs"] = {}


@pytest.mark.parametrize(
    "plant",
    [
        renames_the_construct,
        names_the_instance_otherwise,
        puts_it_in_another_subnet_group,
        renames_the_shared_subnet_group,
        names_the_shared_subnet_group,
        switches_encryption_off,
        encrypts_with_another_key,
        takes_the_database_out,
    ],
    ids=lambda plant: plant.__name__,
)
@pytest.mark.parametrize("platform", ["tenanted", "tenanted_on_app_runner"])
def test_what_would_cost_every_tenant_its_database_loses_data(
    synths: Synths, platform: str, plant: Plant
) -> None:
    plan = after(synths[platform], plant)

    assert plan.outcome == ExitCode.LOSES_DATA
    # A database that lives is protected, so the old one stays, where nothing looks for it.
    assert (ROWS, "left behind", True) in {(one.what, one.fate, one.certain) for one in plan.losses}


def test_the_shared_subnet_group_is_named_as_the_cause(tenanted: Assembly) -> None:
    plan = after(tenanted, renames_the_shared_subnet_group)
    (loss,) = [one for one in plan.losses if one.what == ROWS]

    assert {cause.subject for cause in loss.change.causes if cause.verdict == Verdict.REPLACES} == {
        "DBSubnetGroupName"
    }


def test_a_database_under_its_old_name_cannot_be_made_beside_the_old_one(tenanted: Assembly) -> None:
    assert "fixed name clinic-<TenantId>-production is taken" in refused(
        after(tenanted, renames_the_construct)
    )
    assert "old one's fixed name clinic-<TenantId>-production" in refused(
        after(tenanted, switches_encryption_off)
    )


def test_without_policy_and_protection_the_rows_are_destroyed(tenanted: Assembly) -> None:
    def unguard(templates: Templates) -> None:
        del body(templates)["UpdateReplacePolicy"]
        database(templates)["DeletionProtection"] = "false"

    def plant(templates: Templates) -> None:
        unguard(templates)
        database(templates)["StorageEncrypted"] = False

    plan = prove(planted(tenanted, unguard), planted(tenanted, plant))

    assert [(one.what, one.fate) for one in plan.losses] == [(ROWS, "destroyed")]


@pytest.mark.parametrize(
    ("kind", "becomes", "said"),
    [
        ("UpdateReplacePolicy", None, "no longer outlive being replaced: every row of the database"),
        ("DeletionPolicy", "Delete", "no longer outlive being taken out of the template: every row of the"),
        ("DeletionProtection", "false", "loses AWS's own protection against deletion"),
    ],
)
def test_a_protection_of_every_tenants_database_that_goes_is_told(
    tenanted: Assembly, kind: str, becomes: str | None, said: str
) -> None:
    def plant(templates: Templates) -> None:
        if kind == "DeletionProtection":
            database(templates)[kind] = becomes
        elif becomes is None:
            del body(templates)[kind]
        else:
            body(templates)[kind] = becomes

    (line,) = after(tenanted, plant).weakened

    assert line.startswith(f"{TITLE}: Database/Instance ")
    assert said in line


def test_shorter_backups_of_every_tenant_may_lose_data(tenanted: Assembly) -> None:
    plan = after(tenanted, lambda templates: database(templates).update(BackupRetentionPeriod=1))

    assert plan.outcome == ExitCode.MAY_LOSE_DATA
    assert [one.what for one in plan.losses] == [f"automatic backups older than 1 days, of {TITLE}"]


def test_storage_of_tenants_that_shrinks_is_refused(tenanted: Assembly) -> None:
    plan = after(tenanted, lambda templates: database(templates).update(AllocatedStorage="20"))

    assert plan.outcome == ExitCode.REFUSED
