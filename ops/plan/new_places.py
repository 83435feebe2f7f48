"""What a step needs that begins in a region: room, a bootstrap, images, keys, and a way that leads there."""

from collections.abc import Iterator

from ops.plan.prover import Plan
from ops.plan.runbook_lines import DOORS, Line
from ops.plan.side import Side, Stack
from ops.plan.verdict import Verdict

PAGE = "docs/runbooks/add-a-region.md"
NETWORK = "AWS::EC2::VPC"
REPOSITORY = "AWS::ECR::Repository"
LOOK_UP = "AWS::Lambda::Url"
Region = tuple[str, str]
"""Account and region."""


def before_new_places(plan: Plan, options: str) -> Iterator[Line]:
    """What has to be there before the first deploy into a region."""
    served = _new(plan, NETWORK)
    for _, region in served:
        yield Line(f"{region} will serve: ask for its quotas, which takes days ({PAGE})")
    for account, region in _new(plan):
        yield Line(f"{region} knows the CDK", f"npx cdk bootstrap aws://{account}/{region} {options}")
    for stack in _new_stacks(plan):
        if _place(stack) in served and any(one.type == REPOSITORY for one in stack.resources):
            yield Line(
                f"the repositories of {stack.region} are there, with the images that its services run "
                f"({PAGE}): without its image no service starts",
                f"npx cdk deploy {stack.name} --exclusively {options}",
            )


def after_new_places(plan: Plan) -> Iterator[Line]:
    """What is left to do once they are there."""
    if any(one.type in DOORS for stack in _new_stacks(plan) for one in stack.resources):
        yield Line(
            "the keys of new secrets are filled in, and the services restarted that read them "
            "(docs/runbooks/set-secrets.md)"
        )
        yield Line(
            f"DNS leads to the new services: outputs of their stacks say which name, and where ({PAGE})"
        )
    if any(one.verdict == Verdict.CREATES and one.resource.type == LOOK_UP for one in plan.deployed):
        yield Line("the Worker is deployed, and knows each look-up (docs/runbooks/worker.md)")


def _new(plan: Plan, kind: str = "") -> list[Region]:
    """Where nothing was, or nothing of a kind; none where nothing is anywhere."""
    there, wanted = _places(plan.before, kind), _places(plan.after, kind)
    return sorted(wanted - there) if there else []


def _places(side: Side, kind: str) -> set[Region]:
    return {
        _place(stack)
        for stack in side.stacks.values()
        if not kind or any(one.type == kind for one in stack.resources)
    }


def _place(stack: Stack) -> Region:
    return stack.account, stack.region


def _new_stacks(plan: Plan) -> Iterator[Stack]:
    after = plan.after.stacks
    for name in sorted(after.keys() - plan.after.stamped.keys() - plan.before.stacks.keys()):
        yield after[name]
