"""The ordered runbook of a step: numbered deploys, each with its checks, what to watch, and the way back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ops.growth.steps import Step as GrowthStep
from ops.plan import runbook_lines as lines
from ops.plan.deploy import Deploy
from ops.plan.new_places import after_new_places, before_new_places
from ops.plan.prover import Plan
from ops.plan.runbook_lines import Line
from ops.plan.splitting import Kind, Split
from ops.plan.waves import waves


@dataclass(frozen=True, slots=True)
class Runbook:
    """Every deploy of a step in its order."""

    title: str
    deploys: tuple[Deploy, ...]
    waves: tuple[Deploy, ...] = ()
    """What brings the change to tenants' stacks, after the last deploy."""
    before: tuple[Line, ...] = ()
    """Once, before the first deploy."""
    after: tuple[Line, ...] = ()
    """Once, when all has ended."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the runbook is about, in the words of its commands."""

    title: str
    options: str
    """What selects the app for the CDK: ``-c system=... -c env=...``, or ``--app FOLDER``."""
    steps: Sequence[GrowthStep] = field(default_factory=tuple)
    """The steps of the checklist, when phases are known."""
    snapshot: str = "before-change-"
    """What names of snapshots begin with."""


def runbook(plan: Plan, subject: Subject) -> Runbook:
    """The runbook of a plan. Of one that loses data or is refused it is what would be done, were it not."""
    deploys = tuple(_deploys(plan, subject))
    return Runbook(
        subject.title,
        deploys,
        tuple(waves(plan)),
        before=(*lines.all_is_well(), *lines.snapshots(plan, subject.snapshot)) if deploys else (),
        after=tuple(lines.over(plan)) if deploys else (),
    )


def _deploys(plan: Plan, subject: Subject) -> Iterator[Deploy]:
    if not plan.changes:
        return
    found: dict[Kind, Split] = {one.kind: one for one in plan.splits}
    if "replicas go" in found:
        yield _untell(found["replicas go"], subject)
    yield _main(plan, subject, found)
    for kind in ("replicas come", "table regions", "table indexes", "forced consumers"):
        if kind in found:
            yield from _further(found[kind], subject, plan)


def _untell(split: Split, subject: Subject) -> Deploy:
    return Deploy(
        "Stop telling services of the replicas",
        split.why,
        do=(
            Line("take the lines with ReplicaUrls out of the services, and change nothing else"),
            lines.deploy_all(subject.options),
        ),
        watch=(Line("the primary's CPU rises: it now answers every read"),),
        after=(Line(f"nobody is connected to {', '.join(split.parts)}: DatabaseConnections is 0 for each"),),
        back=(Line("put the lines back and deploy"),),
    )


def _main(plan: Plan, subject: Subject, found: dict[Kind, Split]) -> Deploy:
    held = [part for kind, split in found.items() if kind in HELD_BACK for part in HELD_BACK[kind](split)]
    title = "Everything" if not held else f"Everything but {', '.join(held)}"
    return Deploy(
        title,
        "" if not held else "; ".join(found[kind].why for kind in found if kind in HELD_BACK),
        do=(*_told(subject, 1), *_left_out(subject, held), lines.deploy_all(subject.options)),
        before=(
            *before_new_places(plan, subject.options),
            *lines.before_main(plan, subject.options),
        ),
        watch=tuple(lines.interruptions(plan.deployed)),
        after=(*after_new_places(plan), *lines.settled(plan)),
        back=tuple(lines.way_back(plan)),
    )


HELD_BACK = {
    "replicas come": lambda split: split.parts,
    "table regions": lambda split: split.parts[1:],
    "table indexes": lambda split: split.parts[1:],
}
"""What of a split does not go with the first deploy."""
ONE_OF: dict[Kind, str] = {"table regions": "The table in", "table indexes": "The index"}


def _further(split: Split, subject: Subject, plan: Plan) -> Iterator[Deploy]:
    if split.kind == "replicas come":
        yield Deploy(
            f"The replicas: {', '.join(split.parts)}",
            "the primary is done, so they are made beside it while it runs",
            do=(*(_told(subject, 2) or _put_back(split.parts)), lines.deploy_all(subject.options)),
            before=tuple(lines.primary_is_free(plan)),
            watch=(Line("each replica takes from minutes to an hour, with the size of the database"),),
            after=(Line("each replica is available, and its lag alarm is OK"),),
            back=(Line("a replica holds a copy: take it out again in the two deploys of the way back"),),
        )
    elif split.kind == "forced consumers":
        yield Deploy(
            f"Once more, by force: {', '.join(split.parts)}",
            split.why,
            do=(lines.force(split.parts, subject.options),),
            after=(Line("the services answer, and none of them uses an address that is gone"),),
        )
    else:
        for part in split.parts[1:]:
            yield Deploy(
                f"{ONE_OF[split.kind]} {part}",
                split.why,
                do=(*_put_back([part]), lines.deploy_all(subject.options)),
                before=(Line("the table is ACTIVE in every region, and so are its indexes"),),
                after=(Line(f"{part} is ACTIVE"),),
            )


def _told(subject: Subject, deploy: int) -> tuple[Line, ...]:
    """What the checklist of growth says of this deploy."""
    return tuple(Line(one.what) for one in subject.steps if one.deploy == deploy)


def _left_out(subject: Subject, held: Sequence[str]) -> tuple[Line, ...]:
    return () if not held or subject.steps else (Line(f"leave {', '.join(held)} out for now"),)


def _put_back(parts: Sequence[str]) -> tuple[Line, ...]:
    return (Line(f"put {', '.join(parts)} back"),)
