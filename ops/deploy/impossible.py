"""Whether a deploy asks for what AWS never does, such as less storage: back from a phase with more of it."""

from collections.abc import Iterator

from ops.assembly.comparison import template_of
from ops.assembly.manifest import Assembly
from ops.assembly.target import Target
from ops.embedded.aws import Places
from ops.outcome import ExitCode, OperatorError
from ops.plan.cascade import Cascade
from ops.plan.refusal import NEVER_SMALLER_OR_OLDER, Refusal, never_goes
from ops.plan.side import Side, Stack
from ops.report.wording import count


def refuse_impossible(assembly: Assembly, places: Places, target: Target, deployed: Target) -> None:
    """Refuse a deploy that would stop half way at a database or a volume, and say what there is to do.

    Args:
        assembly: What would be deployed.
        places: Where.
        target: What it is asked as.
        deployed: As what it was deployed last; the same target when nobody knows.

    Raises:
        OperatorError: names each resource, what it has and what it would get.
    """
    found = list(_refusals(assembly, places))
    if not found:
        return
    stay = f"to stay with what is there, {deployed.command_up}; " if deployed != target else ""
    raise OperatorError(
        ExitCode.REFUSED,
        f"AWS would refuse {count(len(found), 'change')}, so nothing was deployed",
        details="\n".join(f"  {one.address.stack} {one.address.logical_id}: {one.what}" for one in found),
        hint=f"{stay}to begin anew with empty databases, make down, then this again",
    )


def _refusals(assembly: Assembly, places: Places) -> Iterator[Refusal]:
    before, after = Side.of(_deployed(assembly, places)), Side.of(_wanted(assembly))
    for change in Cascade(before, after).changes().values():
        yield from never_goes(change)


def _wanted(assembly: Assembly) -> Iterator[Stack]:
    """The stacks that have anything of the kind; few, and small enough to compare at every deploy."""
    for one in assembly.stacks:
        types = {body["Type"] for body in one.template.get("Resources", {}).values()}
        if types & NEVER_SMALLER_OR_OLDER:
            yield Stack(one.name, one.place.account, one.place.region, one.template)


def _deployed(assembly: Assembly, places: Places) -> Iterator[Stack]:
    wanted = {one.name for one in _wanted(assembly)}
    for one in assembly.stacks:
        template = template_of(places.at(one.place), one.name) if one.name in wanted else None
        if template:
            yield Stack(one.name, one.place.account, one.place.region, template)
