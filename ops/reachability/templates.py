"""The templates of a deployment, with the references inside and between them."""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

Template = Mapping[str, Any]
Properties = Mapping[str, Any]


class Address(NamedTuple):
    """Where a resource is written."""

    stack: str
    logical_id: str

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id}"


class Templates:
    """The templates of one deployment by stack name, with the references between them."""

    def __init__(self, templates: Mapping[str, Template]) -> None:
        self._templates = templates
        self._exports = {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in templates.items()
            for output in template.get("Outputs", {}).values()
            if isinstance(output.get("Export", {}).get("Name"), str)
        }

    def of_type(self, *types: str) -> Iterator[tuple[Address, Properties]]:
        """Every resource of these types with its properties; of all types when none is named."""
        for stack, template in self._templates.items():
            for logical_id, resource in template["Resources"].items():
                if not types or resource["Type"] in types:
                    yield Address(stack, logical_id), resource.get("Properties", {})

    def type(self, where: Address) -> str:
        """The type of a resource."""
        return str(self._templates[where.stack]["Resources"][where.logical_id]["Type"])

    def properties(self, where: Address) -> Properties:
        """The properties of a resource."""
        properties: Properties = self._templates[where.stack]["Resources"][where.logical_id]["Properties"]
        return properties

    def target(self, stack: str, value: object) -> Address | None:
        """The resource that ``value``, found in ``stack``, refers to, through stacks if need be."""
        match value:
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
                known = name in self._templates[stack]["Resources"]
                return Address(stack, name) if known else None
            case {"Fn::ImportValue": str(export)} if export in self._exports:
                return self.target(*self._exports[export])
            case {"Fn::GetStackOutput": {"StackName": str(other), "OutputName": str(output)}}:
                outputs = self._templates.get(other, {}).get("Outputs", {})
                return self.target(other, outputs[output]["Value"]) if output in outputs else None
        return None

    def targets(self, stack: str, values: object) -> Iterator[Address]:
        """What each of the values refers to."""
        for value in values if isinstance(values, list) else []:
            found = self.target(stack, value)
            if found is not None:
                yield found

    def references(self, stack: str, value: object) -> Iterator[Address]:
        """Every resource that ``value`` refers to, at any depth."""
        found = self.target(stack, value)
        if found is not None:
            yield found
        elif isinstance(value, Mapping):
            yield from chain.from_iterable(self.references(stack, item) for item in value.values())
        elif isinstance(value, list):
            yield from chain.from_iterable(self.references(stack, item) for item in value)
