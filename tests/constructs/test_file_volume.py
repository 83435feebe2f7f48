"""Files of a service: one way in, over TLS, and a copy each night for as long as stated."""

import aws_cdk as cdk

from cambium.file_volume import FileVolume
from config.storage import Volume
from support.scenario import PRIVATE, BuiltOf, scenario, some_group, some_vpc


@scenario
def files(stack: cdk.Stack) -> None:
    FileVolume(
        stack,
        "Files",
        vpc=some_vpc(stack),
        subnets=PRIVATE,
        security_group=some_group(stack),
        name="shop-search",
        config=Volume(mount_path="/data", backup_days=14),
    )


def test_d1_nobody_gets_in_without_tls_and_nobody_by_being_near(built: BuiltOf) -> None:
    system = built(files).the("AWS::EFS::FileSystem")
    (statement,) = system["FileSystemPolicy"]["Statement"]

    assert system["Encrypted"] is True
    # One that allows everybody in the network would be a second statement.
    assert (statement["Effect"], statement["Condition"]["Bool"]) == ("Deny", {"aws:SecureTransport": "false"})


def test_d1_there_is_a_way_in_from_each_zone(built: BuiltOf) -> None:
    targets = built(files).of_type("AWS::EFS::MountTarget")

    assert len({str(one["SubnetId"]) for one in targets}) == 2


def test_d1_copies_are_kept_as_long_as_stated_and_outlive_the_stack(built: BuiltOf) -> None:
    (rule,) = built(files).the("AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]

    assert rule["Lifecycle"] == {"DeleteAfterDays": 14}
    for kind in ("AWS::EFS::FileSystem", "AWS::Backup::BackupVault"):
        assert built(files).the(kind).outlives_its_stack
