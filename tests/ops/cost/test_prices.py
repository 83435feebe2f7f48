"""Prices: each has a source, and one that nobody has looked up is unknown."""

import json
from collections import Counter

import pytest

from ops.cost.price import FILE, Price, book, read, together

CONTENT = json.loads(FILE.read_text())
ROWS = CONTENT["prices"]
HOURS = 730


def test_each_price_says_where_and_when_it_was_read() -> None:
    for row in ROWS:
        assert row["usd"] >= 0
        assert row["date"]
        assert row["confidence"] in ("high", "medium", "low")
        assert CONTENT["sources"][row["source"]]


def test_nothing_has_two_prices() -> None:
    keys = Counter((row["service"], row["sku"], row["region"]) for row in ROWS)

    assert [key for key, number in keys.items() if number > 1] == []


def test_only_what_is_free_costs_nothing() -> None:
    assert {row["sku"] for row in ROWS if row["usd"] == 0} == {
        "always-free tier 1 TB out + 10M requests per month (pay-as-you-go)",
        "budget without actions",
    }


@pytest.mark.parametrize(
    ("service", "sku", "region", "monthly_usd"),
    [
        ("AmazonRDS", "PostgreSQL db.t4g.medium Multi-AZ", "eu-central-1", 108.77),
        ("AmazonRDS", "PostgreSQL db.r6g.large Multi-AZ", "eu-central-1", 400.77),
        ("AmazonRDS", "PostgreSQL db.t4g.small Multi-AZ", "us-east-1", 47.45),
        ("AmazonRDS", "PostgreSQL db.t4g.small Multi-AZ", "eu-west-1", 50.37),
        ("AmazonElastiCache", "cache.t4g.micro Redis OSS node", "eu-central-1", 13.14),
        ("AmazonElastiCache", "cache.t4g.small Redis OSS node", "us-east-1", 23.36),
        ("AmazonElastiCache", "cache.t4g.small Valkey node", "eu-west-1", 19.86),
        ("AmazonEC2", "NAT gateway hour", "eu-central-1", 37.96),
        ("AmazonEC2", "t4g.medium Linux on-demand", "us-east-1", 24.53),
        ("AmazonRDS", "PostgreSQL db.t4g.micro Single-AZ", "us-east-1", 11.68),
        ("AmazonVPC", "public IPv4 address (in use or idle)", "us-east-1", 3.65),
    ],
)
def test_an_hourly_price_makes_the_month_that_was_worked_out_by_hand(
    service: str, sku: str, region: str, monthly_usd: float
) -> None:
    price = book().find(service, sku, region)

    assert price is not None
    assert round(price.usd * HOURS, 2) == pytest.approx(monthly_usd, abs=0.011)


def test_multi_az_has_a_price_of_its_own_and_is_not_twice_the_other() -> None:
    single, multi = (
        book().find("AmazonRDS", f"PostgreSQL db.t4g.small {zones}", "us-east-1")
        for zones in ("Single-AZ", "Multi-AZ")
    )

    assert single is not None
    assert multi is not None
    assert (single.usd, multi.usd) == (0.032, 0.065)


def test_what_is_not_in_the_file_is_unknown() -> None:
    assert book().find("AmazonRDS", "PostgreSQL db.t4g.medium Multi-AZ", "ap-south-1") is None
    assert book().find("AmazonNothing", "thing", "us-east-1") is None


def test_a_region_is_taken_to_be_like_all_others_only_where_they_agree() -> None:
    guessed = book().find("AWSSecretsManager", "secret", "eu-west-1")

    assert guessed is not None
    assert (guessed.usd, guessed.region, guessed.confidence) == (0.4, "eu-west-1", "low")
    assert book().find("AmazonECS", "Fargate Spot Linux ARM64 vCPU", "ap-south-1") is None


def test_a_thing_of_several_parts_is_as_sure_as_the_least_sure_of_them() -> None:
    sure = Price("a", "r", 2.0, "Hrs", "high", "a list", "2026-01-02")
    doubtful = Price("b", "r", 1.0, "Hrs", "low", "somebody", "2026-01-01")

    both = together("hour", (0.5, sure), (2, doubtful))

    assert both is not None
    assert (both.usd, both.confidence) == (3.0, "low")
    assert together("hour", (1, sure), (1, None)) is None


def test_a_source_that_does_not_exist_is_no_price_file() -> None:
    row = {**ROWS[0], "source": 99}

    with pytest.raises(IndexError):
        read({"sources": ["one"], "prices": [row]})
