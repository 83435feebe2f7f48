"""Whether a deploy of a smaller phase would leave stacks with data behind, where nothing uses them."""

from collections.abc import Iterator

from ops.assembly.comparison import template_of
from ops.assembly.manifest import Assembly
from ops.deploy.ledger import Entry
from ops.embedded.aws import Place, Places
from ops.outcome import ExitCode, OperatorError
from ops.plan.data import data_of
from ops.plan.side import Side, Stack
from ops.report.wording import count
from ops.verify.outside import outside


def refuse_left_behind(assembly: Assembly, places: Places, deployed: Entry | None, phase: int) -> None:
    """Refuse to go back to a phase that has no stack for data that is there.

    Args:
        assembly: What would be deployed.
        places: Where.
        deployed: What was deployed last; None when nobody knows.
        phase: The phase of the assembly.

    Raises:
        OperatorError: names each stack, and what in it nothing would use any more.
    """
    if deployed is None or deployed.phase <= phase:
        return
    found = dict(_held(assembly, places, deployed))
    if not found:
        return
    raise OperatorError(
        ExitCode.REFUSED,
        f"phase {phase} has no use for {count(len(found), 'stack')} with data of phase {deployed.phase}, so "
        "nothing was deployed",
        details="\n".join(f"  {name}: {what}" for name, what in found.items()),
        hint=f"to stay with what is there, {deployed.target.command_up}; to begin anew with empty "
        "databases, make down, then this again",
    )


def _held(assembly: Assembly, places: Places, deployed: Entry) -> Iterator[tuple[str, str]]:
    accounts = {known.name: known.account for known in deployed.stacks}
    for one in outside(deployed, assembly, places):
        place = Place(accounts[one.name], one.region)
        template = template_of(places.at(place), one.name) or {}
        side = Side.of([Stack(one.name, place.account, place.region, template)])
        kept = dict.fromkeys(
            data.what
            for resource in side.stacks[one.name].resources
            if (data := data_of(resource)) is not None and not data.records
        )
        if kept:
            yield one.name, ", ".join(kept)
