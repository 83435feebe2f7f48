"""Our table of PostgreSQL versions agrees with the registry data of cfn-lint."""

import json
from importlib import resources
from typing import Any

import pytest

from cambium.deploy_rules.postgres_versions import is_withdrawn

ENGINES = ["postgres", "aurora-postgresql"]


def versions(engine: str, table: str) -> set[str]:
    """Full versions of ``engine`` in one of cfn-lint's tables, without builds of their own."""
    found: set[str] = set()
    for resource in ("aws_rds_dbinstance", "aws_rds_dbcluster"):
        package = resources.files(f"cfnlint.data.schemas.extensions.{resource}")
        for entry in json.loads((package / f"{table}.json").read_text())["allOf"]:
            found |= versions_of(entry, engine)
    return {version for version in found if "." in version and "-" not in version}


def versions_of(entry: dict[str, Any], engine: str) -> set[str]:
    condition = entry["if"]["properties"]
    if condition["Engine"].get("const") != engine:
        return set()
    listed = condition["EngineVersion"].get("enum") or entry["then"]["properties"]["EngineVersion"]["enum"]
    return set(listed)


@pytest.mark.parametrize("engine", ENGINES)
def test_withdraws_every_version_that_rds_no_longer_creates(engine: str) -> None:
    withdrawn = versions(engine, "engine_version_deprecated")

    assert withdrawn
    assert {version for version in withdrawn if not is_withdrawn(engine, version)} == set()


@pytest.mark.parametrize("engine", ENGINES)
def test_keeps_every_version_that_rds_creates(engine: str) -> None:
    creatable = versions(engine, "engine_version") - versions(engine, "engine_version_deprecated")

    assert creatable
    assert {version for version in creatable if is_withdrawn(engine, version)} == set()


def test_does_not_judge_a_bare_major() -> None:
    assert not is_withdrawn("postgres", "15")
