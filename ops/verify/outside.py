"""What an environment still has of another phase or platform: a deploy never deletes whole stacks."""

from dataclasses import dataclass

from ops.assembly.comparison import describe
from ops.assembly.manifest import Assembly
from ops.deploy.ledger import Entry
from ops.embedded.aws import Place, Places
from ops.verify.inventory import GONE


@dataclass(frozen=True, slots=True)
class Outside:
    """A stack that is there, and not in what was deployed last."""

    name: str
    region: str
    state: str


def outside(entry: Entry | None, assembly: Assembly, places: Places) -> tuple[Outside, ...]:
    """Each such stack of the environment, sorted; of nobody knows what, none."""
    inside = {stack.name for stack in assembly.stacks}
    found = []
    for known in sorted(entry.stacks if entry else ()):
        aws = places.at(Place(known.account, known.region))
        told = describe(aws, known.name) if known.name not in inside else None
        if told is not None and told["StackStatus"] != GONE:
            found.append(Outside(known.name, known.region, told["StackStatus"]))
    return tuple(found)
