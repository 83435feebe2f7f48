"""What one tenant of the enterprise tier costs: its template, counted as state machines stamp it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from config.deployment import Deployment
from ops.cost.bill import Bill, bill_of
from ops.cost.reading import Reading
from ops.plan.side import Side, Stack, read_side

SIZE = "Size"
"""Parameter of the template that says how large the database is."""
SHARED = ("AWS::AppRunner::AutoScalingConfiguration",)
"""What tenants share and only refer to, and what they cost depends on. It costs nothing by itself."""


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
    size, side = deployment.tenants.sizes[0].name, read_side(folder)
    by_region = {one.stamp.region: one for one in side.tenants.values() if one.stamp}
    for region in deployment.regions:
        stamped = _stamped(by_region[region.key], side, size)
        bill = bill_of(Reading(Side.of([stamped]), deployment))
        yield region.key, replace(bill, title=f"one tenant of size {size} in {region.key}")


def _stamped(stack: Stack, side: Side, size: str) -> Stack:
    mappings, shared = stack.template.get("Mappings", {}), _shared(stack, side)

    def settled(value: Any) -> Any:
        match value:
            case {"Fn::FindInMap": [str(name), {"Ref": str(parameter)}, str(key)]} if parameter == SIZE:
                return mappings[name][size][key]
            case {"Ref": str(parameter)} if parameter in shared:
                return {"Fn::GetAtt": [parameter, "Arn"]}
            case dict():
                return {name: settled(one) for name, one in value.items()}
            case list():
                return [settled(one) for one in value]
        return value

    template = settled(dict(stack.template))
    return replace(stack, template={**template, "Resources": {**template["Resources"], **shared}}, stamp=None)


def _shared(stack: Stack, side: Side) -> Mapping[str, Any]:
    """What parameters of the template lead to beside the machines, by parameter."""
    assert stack.stamp is not None  # noqa: S101 - narrows the type: it is a template of tenants
    beside = side.stacks[stack.stamp.stack].template["Resources"]
    return {
        parameter: beside[name]
        for parameter, given in stack.stamp.place.items()
        for name in _referred(given)
        if name in beside and beside[name]["Type"] in SHARED
    }


def _referred(value: Any) -> Iterator[str]:
    match value:
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            for one in value.values():
                yield from _referred(one)
        case list():
            for one in value:
                yield from _referred(one)
