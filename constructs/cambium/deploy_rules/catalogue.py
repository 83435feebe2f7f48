"""Every deploy rule, and running them."""

from collections.abc import Iterator

from cambium.deploy_rules import (
    app_runner,
    aurora,
    cloudwatch,
    ec2,
    elasticache,
    load_balancing,
    rds,
    read_replica,
    scheduler,
    stack,
    storage,
)
from cambium.deploy_rules.rule import Finding, Rule
from cambium.deploy_rules.template import Template, Templates

_FAMILIES = (
    app_runner,
    aurora,
    cloudwatch,
    ec2,
    elasticache,
    load_balancing,
    rds,
    read_replica,
    scheduler,
    stack,
    storage,
)

RULES = {
    rule.id: rule
    for rule in sorted(
        (item for family in _FAMILIES for item in vars(family).values() if isinstance(item, Rule)),
        key=lambda rule: rule.id,
    )
}
"""By id; a rule is in the catalogue because it is in one of the families."""


def check(templates: list[Template]) -> Iterator[tuple[Rule, Finding]]:
    """What every rule finds in these templates; without CDK, so it works on any template."""
    indexed = Templates(templates)
    for rule in RULES.values():
        for found in rule.check(indexed):
            yield rule, found
