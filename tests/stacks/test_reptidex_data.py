"""Rows C4 to C6 and C15: what ReptiDex keeps, and the record of who did what."""

import json

import pytest

from support.assembly import Assembly, Resource, text

DATABASE = "AWS::RDS::DBInstance"
CACHE = "AWS::ElastiCache::ReplicationGroup"
BUCKETS = ("assets", "uploads", "backups", "logs")

Both = dict[str, Assembly]


def bucket(assembly: Assembly, purpose: str) -> Resource:
    (found,) = [one for one in assembly.of_type("AWS::S3::Bucket") if f"-{purpose}-" in one["BucketName"]]
    return found


def moves(found: Resource) -> list[tuple[str, int]]:
    """Storage classes of the lifecycle, with the days until then."""
    (rule,) = found["LifecycleConfiguration"]["Rules"]
    return [(one["StorageClass"], one["TransitionInDays"]) for one in rule.get("Transitions", [])]


@pytest.mark.parametrize(
    ("environment", "column"),
    [
        ("dev", ("db.t4g.micro", "20", 100, False, 7, 0)),
        ("production", ("db.t4g.small", "100", 1000, True, 30, 60)),
    ],
)
def test_c4_the_database_is_the_column_of_the_document(
    reptidex: Both, environment: str, column: tuple[object, ...]
) -> None:
    database = reptidex[environment].the(DATABASE)

    assert (
        database["DBInstanceClass"],
        database["AllocatedStorage"],
        database["MaxAllocatedStorage"],
        database["MultiAZ"],
        database["BackupRetentionPeriod"],
        database.properties.get("MonitoringInterval", 0),
    ) == column
    assert (database["Engine"], database["EngineVersion"]) == ("postgres", "15.19")
    assert database["StorageType"] == "gp3"
    assert database["StorageEncrypted"] is True
    assert database["PubliclyAccessible"] is False


def test_c4_only_production_is_protected_against_deletion_and_dev_says_why(reptidex: Both) -> None:
    protected = {name: one.the(DATABASE)["DeletionProtection"] for name, one in reptidex.items()}

    assert protected == {"dev": False, "production": True}


def test_c4_every_connection_must_be_encrypted(reptidex: Both) -> None:
    for assembly in reptidex.values():
        group = assembly.the("AWS::RDS::DBParameterGroup")
        assert group["Family"] == "postgres15"
        assert group["Parameters"]["rds.force_ssl"] == "1"


@pytest.mark.parametrize(
    ("environment", "column"),
    [
        ("dev", ("cache.t4g.micro", "7.0", False, 1)),
        ("production", ("cache.t4g.small", "7.1", True, 2)),
    ],
)
def test_c5_the_cache_is_the_column_of_the_document(
    reptidex: Both, environment: str, column: tuple[object, ...]
) -> None:
    cache = reptidex[environment].the(CACHE)

    assert (
        cache["CacheNodeType"],
        cache["EngineVersion"],
        cache["TransitEncryptionEnabled"],
        cache["NumCacheClusters"],
    ) == column
    assert (cache["Engine"], cache["Port"], cache["AtRestEncryptionEnabled"]) == ("redis", 6379, True)
    assert cache["SnapshotRetentionLimit"] == 0


def test_c5_without_tls_there_is_no_password_that_could_be_read_on_the_way(reptidex: Both) -> None:
    def url(assembly: Assembly) -> dict[str, object]:
        urls = assembly.the("Custom::UrlsReptiCore", "credentials")["Urls"]
        return dict(urls["REDIS_URL"])

    dev, production = (url(reptidex[name]) for name in ("dev", "production"))
    assert (dev["Tls"], "SecretArn" in dev) == ("false", False)
    assert (production["Tls"], "SecretArn" in production) == ("true", True)
    assert "AuthToken" not in reptidex["dev"].the(CACHE).properties


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c6_buckets_are_private_encrypted_and_tls_only(reptidex: Both, environment: str) -> None:
    assembly = reptidex[environment]
    policies = json.dumps([one.properties for one in assembly.of_type("AWS::S3::BucketPolicy", "storage")])

    for purpose in BUCKETS:
        found = bucket(assembly, purpose)
        assert str(found["BucketName"]).startswith(f"reptidex-{environment}-{purpose}-")
        assert set(found["PublicAccessBlockConfiguration"].values()) == {True}
        assert found["BucketEncryption"]
        assert found.logical_id in policies
    assert policies.count('"aws:SecureTransport": "false"') == len(BUCKETS)


def test_c6_what_ages_moves_to_cheaper_storage(reptidex_production: Assembly) -> None:
    assert moves(bucket(reptidex_production, "assets")) == []
    assert moves(bucket(reptidex_production, "uploads")) == [("STANDARD_IA", 30)]
    assert moves(bucket(reptidex_production, "backups")) == [("GLACIER", 7)]


def test_c6_nothing_but_logs_goes_by_itself(reptidex_production: Assembly) -> None:
    ends = {
        purpose: bucket(reptidex_production, purpose)["LifecycleConfiguration"]["Rules"][0].get(
            "ExpirationInDays"
        )
        for purpose in BUCKETS
    }

    assert ends == {"assets": None, "uploads": None, "backups": None, "logs": 90}


@pytest.mark.parametrize("environment", ["dev", "production"])
def test_c15_every_api_call_of_the_account_is_recorded_for_a_year(reptidex: Both, environment: str) -> None:
    assembly = reptidex[environment]
    trail = assembly.the("AWS::CloudTrail::Trail")
    records = assembly.target("audit", trail["S3BucketName"])

    assert (trail["IsLogging"], trail["IsMultiRegionTrail"], trail["EnableLogFileValidation"]) == (
        (True,) * 3
    )
    assert trail["IncludeGlobalServiceEvents"] is True
    assert records
    assert records["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 365


def test_c15_who_changed_an_object_is_recorded_and_who_read_one_is_not_paid_for(
    reptidex_production: Assembly,
) -> None:
    """Recording each picture that is looked at would cost more than keeping them all."""
    trail = reptidex_production.the("AWS::CloudTrail::Trail")
    (objects,) = [one for one in trail["EventSelectors"] if one.get("DataResources")]
    watched = {text(value).split("-")[2] for one in objects["DataResources"] for value in one["Values"]}

    assert objects["ReadWriteType"] == "WriteOnly"
    assert watched == set(BUCKETS)
