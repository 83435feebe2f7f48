"""What a PrivateBucket promises, beyond those that the rows describe."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cambium.bucket import PrivateBucket, allow_objects
from config.storage import Bucket, Transition
from support.scenario import BuiltOf, Define, scenario

BUCKET = "AWS::S3::Bucket"


@scenario
def plain(stack: cdk.Stack) -> None:
    PrivateBucket(stack, "Plain", bucket_name="plain", config=Bucket(name="plain"))
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    allow_objects(role, "plain")


@scenario
def cheaper_with_age(stack: cdk.Stack) -> None:
    steps = (
        Transition(after_days=30, storage_class="STANDARD_IA"),
        Transition(after_days=90, storage_class="DEEP_ARCHIVE"),
    )
    config = Bucket(name="logs", transitions=steps, expire_after_days=400, keep_old_versions_days=7)
    PrivateBucket(stack, "Logs", bucket_name="logs", config=config)


@scenario
def archive(stack: cdk.Stack) -> None:
    PrivateBucket(stack, "Archive", bucket_name="archive", config=Bucket(name="archive", lock_days=2557))


@scenario
def copied(stack: cdk.Stack) -> None:
    PrivateBucket(
        stack, "Copied", bucket_name="copied", config=Bucket(name="copied"), replica_name="copied-elsewhere"
    )


@pytest.mark.parametrize("define", [plain, cheaper_with_age, archive, copied])
def test_is_private_versioned_and_kept(built: BuiltOf, define: Define) -> None:
    bucket = built(define).the(BUCKET)

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket.outlives_its_stack


def test_objects_move_to_cheaper_storage_and_go(built: BuiltOf) -> None:
    (rule,) = built(cheaper_with_age).the(BUCKET)["LifecycleConfiguration"]["Rules"]

    assert rule["Transitions"] == [
        {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
        {"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 90},
    ]
    assert rule["ExpirationInDays"] == 400
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7}


def test_nothing_goes_unless_the_configuration_says_so(built: BuiltOf) -> None:
    (rule,) = built(plain).the(BUCKET)["LifecycleConfiguration"]["Rules"]

    assert "ExpirationInDays" not in rule
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_an_archive_is_locked_in_the_mode_that_can_be_undone(built: BuiltOf) -> None:
    bucket = built(archive).the(BUCKET)

    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Days": 2557,
        "Mode": "GOVERNANCE",
    }


def test_a_plain_bucket_has_neither_lock_nor_copy(built: BuiltOf) -> None:
    assert (
        not {"ObjectLockConfiguration", "ReplicationConfiguration"}
        & built(plain).the(BUCKET).properties.keys()
    )


def test_a_copy_goes_to_the_bucket_of_that_name(built: BuiltOf) -> None:
    (rule,) = built(copied).the(BUCKET)["ReplicationConfiguration"]["Rules"]

    assert rule["Destination"]["Bucket"] == "arn:aws:s3:::copied-elsewhere"


def test_whoever_may_use_objects_may_neither_list_nor_delete_them(built: BuiltOf) -> None:
    (statement,) = built(plain).the("AWS::IAM::Policy")["PolicyDocument"]["Statement"]

    assert statement["Action"] == ["s3:GetObject", "s3:PutObject"]
