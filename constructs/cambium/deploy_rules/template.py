"""What a deploy rule sees: every template of the app, and the references between them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cambium.deploy_rules.values import as_dict, is_intrinsic

NO_VALUE = {"Ref": "AWS::NoValue"}
MAX_HOPS = 5  # an output may name another stack's output; a circle must not hang synth


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """One synthesised stack."""

    path: str
    body: Mapping[str, Any]
    stack_name: str = ""
    stack_path: str = ""
    """Construct path of the stack, for findings about the stack as a whole."""
    environment: tuple[str | None, str | None] = (None, None)
    """Account and region, None where the stack doesn't fix them."""

    @property
    def file(self) -> str:
        """File name, as a reader knows it from ``cdk.out``."""
        return self.path.rsplit("/", 1)[-1]

    def section(self, name: str) -> dict[str, Any]:
        """A top-level section such as ``Parameters``; empty when missing or malformed."""
        return as_dict(self.body.get(name))


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One resource of a template; compared by identity."""

    template: Template
    logical_id: str
    type: str
    properties: Any
    metadata: dict[str, Any]

    def get(self, *path: str) -> Any:
        """The property at ``path``: None when absent, the intrinsic when it decides at deploy."""
        value = self.properties
        for key in path:
            if is_intrinsic(value):
                break
            value = value.get(key) if isinstance(value, dict) else None
        return None if value == NO_VALUE else value

    def items(self, *path: str) -> list[Any]:
        """The list at ``path``, empty when it is absent or not known yet."""
        value = self.get(*path)
        return value if isinstance(value, list) else []


class Templates:
    """All templates of the app, indexed once for every rule."""

    def __init__(self, templates: list[Template]) -> None:
        self.all = templates
        self._by_type: dict[str, list[Resource]] = {}
        self._by_id: dict[tuple[int, str], Resource] = {}
        for template in templates:
            for logical_id, body in template.section("Resources").items():
                self._add(template, logical_id, body)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Every resource of these types, in all templates."""
        for resource_type in types:
            yield from self._by_type.get(resource_type, [])

    def target(self, value: Any, template: Template, hops: int = MAX_HOPS) -> Resource | None:
        """The resource that ``value`` refers to, in its own template or in another stack's."""
        reference = as_dict(value)
        if len(reference) != 1 or hops == 0:
            return None
        ((function, argument),) = reference.items()
        if function in ("Ref", "Fn::GetAtt"):
            name = argument[0] if isinstance(argument, list) and argument else argument
            return self._by_id.get((id(template), str(name).split(".", 1)[0]))
        for output, producer in self._outputs(function, argument, template):
            if found := self.target(as_dict(output).get("Value"), producer, hops - 1):
                return found
        return None

    def targets(self, value: Any, template: Template) -> Iterator[Resource]:
        """Every resource referred to anywhere inside ``value``, such as in a ``Fn::Join``."""
        if found := self.target(value, template):
            yield found
        elif isinstance(value, dict | list):
            for part in value.values() if isinstance(value, dict) else value:
                yield from self.targets(part, template)

    def _add(self, template: Template, logical_id: str, body: Any) -> None:
        resource_type = as_dict(body).get("Type")
        if not isinstance(resource_type, str):
            return
        properties, metadata = body.get("Properties", {}), as_dict(body.get("Metadata"))
        resource = Resource(template, logical_id, resource_type, properties, metadata)
        self._by_type.setdefault(resource_type, []).append(resource)
        self._by_id[(id(template), logical_id)] = resource

    def _outputs(self, function: str, argument: Any, consumer: Template) -> Iterator[tuple[Any, Template]]:
        if function == "Fn::GetStackOutput":
            wanted = as_dict(argument)
            for producer in self._stacks(wanted, consumer):
                yield producer.section("Outputs").get(str(wanted.get("OutputName"))), producer
        elif function == "Fn::ImportValue" and isinstance(argument, str):
            yield from self._exports(argument)

    def _exports(self, name: str) -> Iterator[tuple[Any, Template]]:
        for producer in self.all:
            for output in producer.section("Outputs").values():
                if as_dict(as_dict(output).get("Export")).get("Name") == name:
                    yield output, producer

    def _stacks(self, wanted: dict[str, Any], consumer: Template) -> Iterator[Template]:
        """Stacks of that name; one name may exist in several regions."""
        written = wanted.get("Region")
        region = written if isinstance(written, str) else consumer.environment[1]
        for template in self.all:
            there = template.environment[1]
            if template.stack_name == wanted.get("StackName") and (
                None in (region, there) or region == there
            ):
                yield template
