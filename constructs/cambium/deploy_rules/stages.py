"""Refuses Stages, because the CDK CLI hides findings inside them."""

import aws_cdk as cdk
from constructs import IConstruct


def refuse_stages(app: cdk.App) -> None:
    """Fail when a stack would be synthesised inside a Stage.

    ``cdk synth`` without a pattern selects no stack of a Stage, prints none of its findings and
    exits 0, so CI would pass with errors. Raising in the app fails every command.

    Raises:
        ValueError: A Stage is part of the app.
    """
    for child in app.node.children:
        _refuse(child)


def _refuse(construct: IConstruct) -> None:
    if isinstance(construct, cdk.Stage):
        raise ValueError(
            f"stage {construct.node.path} must be removed: cdk synth exits 0 with errors inside a "
            "stage; create its stacks in the app itself"
        )
    if not isinstance(construct, cdk.Stack):
        for child in construct.node.children:
            _refuse(child)
