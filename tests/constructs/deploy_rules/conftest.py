"""Runs the deploy rules on templates written as plain dictionaries."""

from collections.abc import Callable
from typing import Any

import pytest

from cambium.deploy_rules.catalogue import check
from cambium.deploy_rules.template import Template

Reports = Callable[..., dict[str, str]]


@pytest.fixture
def reports() -> Reports:
    """Rule id to what was found, for stacks given as ``name={logical id: resource}``."""

    def run(**stacks: dict[str, Any]) -> dict[str, str]:
        templates = [
            Template(f"/out/{name}.template.json", body, name, name) for name, body in stacks.items()
        ]
        return {rule.id: found.found for rule, found in check(templates)}

    return run
