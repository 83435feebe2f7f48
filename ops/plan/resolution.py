"""Values as CloudFormation computes them: every way to refer to something becomes a ``Link``.

Two values are the same for CloudFormation when what this makes of them is equal, however they are spelled:
``Fn::Sub`` or ``Fn::Join``, an output's name or what stands behind it.
"""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from config.tenancy import OF_TENANT
from ops.plan.side import Side
from ops.plan.value import Chosen, Dangling, Link, Via, by_way_of, joined
from ops.reachability.templates import Address

NESTED = 20
"""Outputs that lead to outputs; more is a circle."""
SUBSTITUTE = re.compile(r"\$\{(!?)([^${}]+)\}")
SSM = re.compile(r"\{\{resolve:ssm(?:-secure)?:([^:}]+)(?::[^}]*)?\}\}")


class Resolver:
    """Resolves the values of one side."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def resolve(self, stack: str, value: object, depth: int = 0) -> Any:
        """``value``, found in ``stack``, with each reference as a ``Link``, or ``Dangling``."""
        match value:
            case {"Ref": str(name), **rest} if not rest:
                return self._ref(stack, name, depth)
            case {"Fn::GetAtt": [str(), _] | str() as both}:
                return self._attribute(stack, both)
            case {"Fn::Sub": text}:
                return self._substitute(stack, text, depth)
            case {"Fn::Join": [str(separator), list(parts)]}:
                return joined(separator, [self.resolve(stack, part, depth) for part in parts])
        if isinstance(value, str):
            return self._text(value, depth)
        return self._elsewhere(stack, value, depth)

    def _elsewhere(self, stack: str, value: object, depth: int) -> Any:
        match value:
            case {"Fn::ImportValue": name}:
                found = self._exports.get(_canonical(self.resolve(stack, name, depth)))
                return self._follow(found, "an export", _canonical(name), depth)
            case {"Fn::GetStackOutput": {"StackName": str(other), "OutputName": str(key)}}:
                found = (other, key) if self._has_output(other, key) else None
                return self._follow(found, "a stack output", f"{other}.{key}", depth)
            case {"Fn::FindInMap": [str(name), one, str(two), *_]}:
                return self._mapped(stack, name, self.resolve(stack, one, depth), two)
            case {"Fn::If": [str(condition), yes, no]}:
                decided = self._condition(stack, condition, depth)
                return {"Fn::If": [decided, self.resolve(stack, yes, depth), self.resolve(stack, no, depth)]}
            case {"Condition": str(name), **rest} if not rest:
                return self._condition(stack, name, depth)
        return self._inside(stack, value, depth)

    def _mapped(self, stack: str, name: str, one: object, two: str) -> Any:
        mapping = (self._side.stacks[stack].template.get("Mappings") or {}).get(name, {})
        if isinstance(one, str):
            return mapping.get(one, {}).get(two, Dangling(f"{name}.{one}.{two}"))
        return Chosen(one, {key: values[two] for key, values in mapping.items() if two in values})

    def _inside(self, stack: str, value: object, depth: int) -> Any:
        if isinstance(value, Mapping):
            return {key: self.resolve(stack, item, depth) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(stack, item, depth) for item in value]
        return value

    def _condition(self, stack: str, name: str, depth: int) -> Any:
        conditions = self._side.stacks[stack].template.get("Conditions") or {}
        return {name: self._inside(stack, conditions.get(name), depth + 1) if depth < NESTED else None}

    def _ref(self, stack: str, name: str, depth: int) -> Any:
        template = self._side.stacks[stack].template
        if name in (template.get("Resources") or {}):
            return Link(Address(stack, name), "")
        parameter = (template.get("Parameters") or {}).get(name)
        if parameter is None:
            return self._pseudo(stack, name)
        stamp = self._side.stacks[stack].stamp
        if stamp is not None and name in stamp.place:
            return by_way_of("a stamp", self.resolve(stamp.stack, stamp.place[name], depth + 1))
        if stamp is not None and OF_TENANT.fullmatch(name):
            return Dangling(name)  # its machine gives it, so its default is nobody's value
        default = str(parameter.get("Default", ""))
        if str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter::Value"):
            return self._stored(default, depth)
        return Dangling(name, default)

    def _pseudo(self, stack: str, name: str) -> Any:
        """What CloudFormation knows of the stack itself."""
        one = self._side.stacks[stack]
        if one.stamp and name == "AWS::StackName":
            return joined("", [one.stamp.prefix, Dangling("TenantId")])
        known = {"AWS::StackName": one.name, "AWS::Region": one.region, "AWS::AccountId": one.account}
        return known.get(name, Dangling(name))

    def _attribute(self, stack: str, both: str | list[str]) -> Any:
        name, _, attribute = both.partition(".") if isinstance(both, str) else (both[0], "", str(both[1]))
        known = name in (self._side.stacks[stack].template.get("Resources") or {})
        return Link(Address(stack, name), attribute) if known else Dangling(f"{name}.{attribute}")

    def _substitute(self, stack: str, text: object, depth: int) -> Any:
        words, given = (text, {}) if isinstance(text, str) else (text[0], text[1])  # type: ignore[index]
        parts: list[Any] = []
        position = 0
        for found in SUBSTITUTE.finditer(words):
            parts.append(words[position : found.start()])
            parts.append(self._substituted(stack, found, given, depth))
            position = found.end()
        return joined("", [*parts, words[position:]])

    def _substituted(self, stack: str, found: re.Match[str], given: Mapping[str, Any], depth: int) -> Any:
        literal, name = found[1], found[2].strip()
        if literal:
            return f"${{{name}}}"
        if name in given:
            return self.resolve(stack, given[name], depth)
        what = {"Fn::GetAtt": name} if "." in name else {"Ref": name}
        return self.resolve(stack, what, depth)

    def _text(self, text: str, depth: int) -> Any:
        found = SSM.search(text)
        if found is None:
            return text
        return joined("", [text[: found.start()], self._stored(found[1], depth), text[found.end() :]])

    def _stored(self, name: str, depth: int) -> Any:
        """The value of a parameter in SSM; a ``Link`` to it when it is of this deployment."""
        where = self._parameters.get(name)
        if where is None or depth > NESTED:
            return Dangling(f"ssm:{name}")
        return Link(where, "Value", "a parameter in SSM")

    def _follow(self, found: tuple[str, str] | None, via: Via, name: str, depth: int) -> Any:
        if found is None or depth > NESTED:
            return Dangling(name)
        stack, key = found
        value = self._side.stacks[stack].outputs[key].get("Value")
        return by_way_of(via, self.resolve(stack, value, depth + 1))

    def _has_output(self, stack: str, key: str) -> bool:
        return stack in self._side.stacks and key in self._side.stacks[stack].outputs

    @cached_property
    def _exports(self) -> Mapping[str, tuple[str, str]]:
        return {
            _canonical(self.resolve(stack.name, output["Export"]["Name"])): (stack.name, key)
            for stack in self._side.stacks.values()
            for key, output in stack.outputs.items()
            if isinstance(output.get("Export"), Mapping) and "Name" in output["Export"]
        }

    @cached_property
    def _parameters(self) -> Mapping[str, Address]:
        return {
            str(one.properties["Name"]): where
            for where, one in self._side.resources.items()
            if one.type == "AWS::SSM::Parameter" and isinstance(one.properties.get("Name"), str)
        }


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, default=str)
