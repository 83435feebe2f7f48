"""Rule for stacks as a whole."""

from collections.abc import Iterator
from typing import Any

from cambium.deploy_rules.rule import Finding, rule
from cambium.deploy_rules.template import Templates
from cambium.deploy_rules.values import as_dict


@rule(
    "CB-STACK-01",
    says="CloudFormation refuses a template without resources, and the CDK CLI deletes a deployed "
    "stack that has become empty.",
    fix="Don't create the stack when nothing goes into it.",
    docs="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html",
)
def stack_is_not_empty(templates: Templates) -> Iterator[Finding]:
    """Find stacks with nothing in them but CDK's own version record."""
    for template in templates.all:
        resources = template.section("Resources")
        if all(_is_nothing(logical_id, body) for logical_id, body in resources.items()):
            yield Finding(template, None, "Resources", {}, "there is nothing to deploy")


def _is_nothing(logical_id: str, body: Any) -> bool:
    """CDK's record of its version; a macro such as Fn::ForEach may become anything."""
    return not logical_id.startswith("Fn::") and as_dict(body).get("Type") == "AWS::CDK::Metadata"
