"""The tables of what AWS allows agree with the newest registry schemas we have."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest
from boto3 import Session
from cfnlint.version import __version__ as cfnlint_version

from config.aws_limits import AWS_REGIONS, CREATABLE_AURORA_MINORS, CREATABLE_POSTGRES_MINORS
from config.cache import KNOWN_VERSIONS

EXTENSIONS = files("cfnlint.data.schemas.extensions")


def schema(resource: str, name: str) -> dict[str, Any]:
    text = EXTENSIONS.joinpath(resource, f"{name}.json").read_text()
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def versions(document: dict[str, Any], engine: str, branch: str) -> set[str]:
    """The versions that a schema's rule for ``engine`` lists."""
    (rule,) = [
        rule
        for rule in document["allOf"]
        if rule["if"]["properties"]["Engine"].get("const") == engine
        and "EngineVersion" in rule["if"]["properties"]
    ]
    return set(rule[branch]["properties"]["EngineVersion"]["enum"])


def creatable(resource: str, engine: str) -> dict[int, tuple[int, ...]]:
    """Minor versions by major: what E3691 knows without what W3691 says is deprecated."""
    known = versions(schema(resource, "engine_version"), engine, "then")
    gone = versions(schema(resource, "engine_version_deprecated"), engine, "if")
    found: dict[int, list[int]] = {}
    for version in known - gone:
        if re.fullmatch(r"\d+\.\d+", version):
            major, minor = map(int, version.split("."))
            found.setdefault(major, []).append(minor)
    return {major: tuple(sorted(minors)) for major, minors in found.items()}


def test_the_source_is_the_version_we_name() -> None:
    assert cfnlint_version == "1.58.0"


@pytest.mark.parametrize("major", CREATABLE_POSTGRES_MINORS)
def test_rds_creates_these_minors(major: int) -> None:
    assert creatable("aws_rds_dbinstance", "postgres")[major] == CREATABLE_POSTGRES_MINORS[major]


@pytest.mark.parametrize("major", CREATABLE_AURORA_MINORS)
def test_aurora_creates_these_minors(major: int) -> None:
    assert creatable("aws_rds_dbcluster", "aurora-postgresql")[major] == CREATABLE_AURORA_MINORS[major]


@pytest.mark.parametrize("engine", KNOWN_VERSIONS)
def test_elasticache_creates_these_versions(engine: str) -> None:
    known = versions(schema("aws_elasticache_cachecluster", "engine_version"), engine, "then")

    assert set(KNOWN_VERSIONS[engine]) <= known


def test_the_regions_are_those_the_sdk_knows() -> None:
    assert set(Session().get_available_regions("ec2")) == AWS_REGIONS
