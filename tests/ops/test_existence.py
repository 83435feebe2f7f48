"""Which resources are looked up at their own service."""

from collections.abc import Mapping

from ops.verify.existence import QUESTIONS
from support.assembly import Assembly


def test_nothing_is_looked_up_that_no_template_has(deployments: Mapping[str, Assembly]) -> None:
    types = {resource.type for assembly in deployments.values() for resource in assembly.resources}

    assert set(QUESTIONS) <= types
