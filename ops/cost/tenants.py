"""What one tenant of the enterprise tier costs: its template, counted as state machines stamp it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.deployment import Deployment
from ops.cost.bill import Bill, bill_of
from ops.cost.reading import Reading
from ops.plan.side import Side, read_side

SIZE = "Size"
"""Parameter of the template that says how large the database is."""


def tenant_bills(folder: Path, deployment: Deployment) -> Iterator[tuple[str, Bill]]:
    """The bill of one tenant of the first size, by region key; none where there is no such tier.

    Args:
        folder: The deployment's assembly, in which the templates are beside the stacks.
        deployment: What it was made from.

    Raises:
        OperatorError: a template cannot be read.
    """
    if deployment.tenants is None:
        return
    size = deployment.tenants.sizes[0].name
    for region in deployment.regions:
        side = read_side(folder / f"tenant-{region.key}")
        stamped = [replace(one, template=_stamped(one.template, size)) for one in side.stacks.values()]
        bill = bill_of(Reading(Side.of(stamped), deployment))
        yield region.key, replace(bill, title=f"one tenant of size {size} in {region.key}")


def _stamped(template: Mapping[str, Any], size: str) -> Mapping[str, Any]:
    mappings = template.get("Mappings", {})

    def settled(value: Any) -> Any:
        match value:
            case {"Fn::FindInMap": [str(name), {"Ref": str(parameter)}, str(key)]} if parameter == SIZE:
                return mappings[name][size][key]
            case dict():
                return {name: settled(one) for name, one in value.items()}
            case list():
                return [settled(one) for one in value]
        return value

    stamped: Mapping[str, Any] = settled(dict(template))
    return stamped
