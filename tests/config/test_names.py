"""Names are contracts: what exists in AWS is found by them, or replaced with them."""

from collections.abc import Callable
from typing import Any

import pytest

from config.catalog import load_system
from config.deployment import Deployment
from config.environment import Environment
from config.names import words
from config.region import Region, Shard
from config.storage import Bucket
from config.system import System

Product = Callable[..., System]

REGIONS = (
    Region(
        key="se",
        name="eu-north-1",
        zones=("eu-north-1a", "eu-north-1b"),
        cidr="10.0.0.0/16",
        shards=(Shard(key="1"), Shard(key="2")),
    ),
    Region(key="ie", name="eu-west-1", zones=("eu-west-1a", "eu-west-1b"), cidr="10.1.0.0/16"),
)


def deployed(product: Product, *, buckets: tuple[Bucket, ...] = (), **fields: Any) -> Deployment:
    given = {**dict(product().environments[0]), "regions": REGIONS, **fields}
    return product(environments=(Environment.model_validate(given),), buckets=buckets).resolve("production")


@pytest.mark.parametrize(
    ("name", "construct_id"),
    [
        ("core-api", "CoreApi"),
        ("api", "Api"),
        ("backups-primary", "BackupsPrimary"),
        ("jobs-2", "Jobs2"),
        ("s3x-y", "S3xY"),
        ("restartix_owner", "Restartix_owner"),
    ],
)
def test_words_of_a_name_never_change(name: str, construct_id: str) -> None:
    assert words(name) == construct_id


def test_topics_are_found_by_name_from_any_region(product: Product) -> None:
    deployment = deployed(product)

    assert list(deployment.topic_arns()) == [
        "arn:aws:sns:us-east-1:111122223333:notes-production-alarms",
        "arn:aws:sns:eu-north-1:111122223333:notes-production-se-1-alarms",
        "arn:aws:sns:eu-north-1:111122223333:notes-production-se-2-alarms",
        "arn:aws:sns:eu-west-1:111122223333:notes-production-ie-1-alarms",
    ]


def test_every_bucket_of_every_region_is_known_with_its_copy(product: Product) -> None:
    copies = {"eu-north-1": "eu-central-1", "eu-west-1": "eu-west-2"}
    regions = tuple(
        Region.model_validate({**dict(region), "recovery_region": copies[region.name]}) for region in REGIONS
    )
    buckets = (Bucket(name="uploads"), Bucket(name="backups", replica="copies"))
    deployment = deployed(product, buckets=buckets, regions=regions)

    assert list(deployment.every_bucket()) == [
        "notes-production-uploads-111122223333-eu-north-1",
        "notes-production-backups-111122223333-eu-north-1",
        "notes-production-copies-111122223333-eu-central-1",
        "notes-production-uploads-111122223333-eu-west-1",
        "notes-production-backups-111122223333-eu-west-1",
        "notes-production-copies-111122223333-eu-west-2",
    ]


def test_a_product_without_copies_names_no_recovery_region(newcomer: None) -> None:
    environment = load_system("notes").environments[0]
    given = {name: value for name, value in dict(environment).items() if name != "recovery_region"}

    assert Environment(**given).recovery_region is None


def test_a_bucket_without_a_copy_needs_no_recovery_region(product: Product) -> None:
    deployment = deployed(product, buckets=(Bucket(name="uploads"),), recovery_region=None)

    assert deployment.recovery_region_of(deployment.home) is None
    assert deployment.copy_name(deployment.buckets[0], deployment.home) is None
