"""What of an assembly is deployed: each stack's state, and whether its template is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ops.assembly.manifest import Assembly, Stack
from ops.embedded.aws import Aws, Places

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import StackTypeDef

HEALTHY = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
"""Complete. A rolled-back update counts only with the template that was asked for."""


BETWEEN_STACKS = ("PublishOutput", "ExportsOutput")
"""What the CDK calls the outputs that only another stack reads."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a stack tells people."""

    key: str
    value: str
    description: str

    @property
    def title(self) -> str:
        """What people call it."""
        return self.description or self.key


@dataclass(frozen=True, slots=True)
class Deployed:
    """A stack of the assembly beside what the API says of it."""

    stack: Stack
    state: str | None
    """None when it does not exist."""
    same_template: bool
    outputs: tuple[Output, ...] = ()

    @property
    def up_to_date(self) -> bool:
        """Whether a deploy would change nothing."""
        return self.state in HEALTHY and self.same_template


def compare(assembly: Assembly, places: Places) -> list[Deployed]:
    """Every stack of the assembly, in its order."""
    return [_compare(stack, places.at(stack.place)) for stack in assembly.stacks]


def describe(aws: Aws, name: str) -> StackTypeDef | None:
    """The stack as the API shows it; None if it does not exist."""
    try:
        return aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _compare(stack: Stack, aws: Aws) -> Deployed:
    found = describe(aws, stack.name)
    if found is None or found["StackStatus"] == "DELETE_COMPLETE":
        return Deployed(stack, None, same_template=False)
    return Deployed(
        stack,
        found["StackStatus"],
        same_template=template_of(aws, stack.name) == stack.template,
        outputs=tuple(
            Output(output["OutputKey"], output["OutputValue"], output.get("Description", ""))
            for output in found.get("Outputs", [])
            if not output["OutputKey"].startswith(BETWEEN_STACKS)
        ),
    )


def template_of(aws: Aws, name: str) -> dict[str, Any] | None:
    """The template that a stack was deployed with last; None if it does not exist or never was."""
    try:
        body: Any = aws.cloudformation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    except ClientError:
        return None  # a change set that was never executed has no template yet
    return dict(body) if isinstance(body, dict) else None
