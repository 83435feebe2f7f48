"""Sides of a step for tests: small ones, and real ones with an accident planted in them."""

import copy
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from ops.plan.prover import Plan, prove
from ops.plan.side import Side, Stack, read_side
from ops.plan.stamp import stamp_of
from ops.reachability.templates import Address
from support.assembly import Assembly

Template = dict[str, Any]
Templates = dict[str, Template]
ACCOUNT, REGION = "111122223333", "eu-central-1"


def resource(type_name: str, *, keep: Any = None, **properties: Any) -> dict[str, Any]:
    """A resource; ``keep`` is both of its policies, or None for neither."""
    policies = {} if keep is None else {"DeletionPolicy": keep, "UpdateReplacePolicy": keep}
    return {"Type": type_name, "Properties": properties, **policies}


def stack(name: str, resources: Template, **parts: Any) -> Stack:
    """A stack with these resources, and other parts such as ``Outputs``."""
    return Stack(name, ACCOUNT, REGION, {"Resources": resources, **parts})


def side(**stacks: Template) -> Side:
    """A side whose stacks have these resources."""
    return Side.of(stack(name, resources) for name, resources in stacks.items())


def renamed(template: Template, old: str, new: str) -> None:
    """Give a logical id another name, as a renamed construct does, wherever it is used."""
    template["Resources"] = {new if key == old else key: body for key, body in template["Resources"].items()}

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return new if value == old else value

    for part in ("Resources", "Outputs"):
        template[part] = walk(template.get(part, {}))


def step(before: Template, after: Template) -> Plan:
    """The plan of a step inside one stack."""
    return prove(side(data=before), side(data=after))


def verdicts(plan: Plan) -> dict[str, str]:
    """What happens, by logical id; what does not change is left out."""
    return {change.address.logical_id: change.verdict.words for change in plan.changes}


@cache
def _read(assembly: Assembly) -> Side:
    return read_side(assembly.folder)


def real(assembly: Assembly) -> Side:
    """The side that a synthesised app describes."""
    return _read(assembly)


def planted(assembly: Assembly, plant: Callable[[Templates], None]) -> Side:
    """The same with its templates changed by ``plant``; a stack it takes out of them is gone.

    Templates of tenants are among them, by their titles, and get what the changed machines give them.
    """
    original = real(assembly)
    known = {**original.stacks, **original.tenants}
    templates = {name: copy.deepcopy(dict(one.template)) for name, one in known.items()}
    plant(templates)
    changed = [replace(known[name], template=template) for name, template in templates.items()]
    stacks = [one for one in changed if one.stamp is None]
    told = [(one.address, one.properties) for stack in stacks for one in stack.resources]
    tenants = [replace(one, stamp=stamp_of(one.stamp.region, told)) for one in changed if one.stamp]
    return Side.of(stacks, tenants)


def found(templates: Templates, role: str, path: str) -> tuple[Template, str]:
    """The template of a stack by its role, and the logical id of what stands at a construct path in it."""
    (name,) = [one for one in templates if one.rpartition("-")[2] == role]
    for logical_id, body in templates[name]["Resources"].items():
        at = str(body.get("Metadata", {}).get("aws:cdk:path", "")).partition("/")[2]
        if at == path:
            return templates[name], logical_id
    raise AssertionError(f"nothing at {role}/{path}")


def properties_at(templates: Templates, role: str, path: str) -> Template:
    """The properties of what stands at a construct path, to be changed."""
    template, logical_id = found(templates, role, path)
    properties: Template = template["Resources"][logical_id]["Properties"]
    return properties


def address(plan: Plan, path: str) -> Address:
    """The resource at a construct path."""
    (where,) = [where for where, one in plan.resources.items() if one.resource.path == path]
    return where
