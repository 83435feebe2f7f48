"""A product of somebody's own is one new file: the stacks build it without a change."""

from support.assembly import Assembly


def test_builds_the_stacks_of_its_own_region(notes: Assembly) -> None:
    assert sorted(notes.templates) == [
        "notes-production-global",
        "notes-production-se-1-compute",
        "notes-production-se-1-credentials",
        "notes-production-se-1-data",
        "notes-production-se-1-observability",
        "notes-production-se-delivery",
        "notes-production-se-edge",
        "notes-production-se-network",
    ]
    regions = {role: stack.place.region for role, stack in notes.stacks.items()}
    assert {region for role, region in regions.items() if role != "global"} == {"eu-north-1"}


def test_runs_on_the_platform_that_is_open_to_anybody(notes: Assembly) -> None:
    assert notes.the("AWS::ECS::Service")["ServiceName"] == "notes-api"
    assert not notes.of_type("AWS::AppRunner::Service")


def test_has_the_database_it_describes_and_no_cache(notes: Assembly) -> None:
    database = notes.the("AWS::RDS::DBInstance")

    assert (database["DBInstanceClass"], database["EngineVersion"]) == ("db.t4g.micro", "18.6")
    assert not notes.of_type("AWS::ElastiCache::ReplicationGroup")
    assert "cache" not in str(notes.stacks["observability"].template).lower()


def test_has_no_bucket_and_nothing_that_belongs_to_one(notes: Assembly) -> None:
    assert not notes.of_type("AWS::S3::Bucket")
    assert not [one for one in notes.of_type("AWS::SecretsManager::Secret") if "backup" in one["Name"]]


def test_carries_no_name_of_another_product(notes: Assembly) -> None:
    assert "restartix" not in str(notes.templates).lower()
