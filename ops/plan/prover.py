"""The proof of a step: what changes, what is lost by it, what is refused, and in how many deploys it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ops.outcome import ExitCode
from ops.plan.cascade import Cascade
from ops.plan.guard import weakened
from ops.plan.in_use import in_use
from ops.plan.loss import Loss, losses
from ops.plan.missing import one_sided
from ops.plan.refusal import Refusal, refused
from ops.plan.side import Side
from ops.plan.splitting import Split, splits
from ops.plan.verdict import Change, Verdict
from ops.reachability.templates import Address


@dataclass(frozen=True)
class Plan:
    """What the step from one side to another does."""

    before: Side
    after: Side
    resources: Mapping[Address, Change]
    """Every resource of either side, those that do not change included."""
    losses: tuple[Loss, ...]
    refusals: tuple[Refusal, ...]
    weakened: tuple[str, ...]
    splits: tuple[Split, ...]

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What changes, by stack and logical id."""
        return tuple(
            self.resources[where]
            for where in sorted(self.resources)
            if self.resources[where].verdict != Verdict.NONE
        )

    @property
    def outcome(self) -> ExitCode:
        """What the shell is told: the worst of it."""
        if any(loss.certain for loss in self.losses):
            return ExitCode.LOSES_DATA
        if self.losses:
            return ExitCode.MAY_LOSE_DATA
        return ExitCode.REFUSED if self.refusals else ExitCode.OK

    @property
    def renamed(self) -> Mapping[str, str]:
        """Stacks that seem to have got another name, with that name."""
        moved = [one for one in self.changes if one.verdict == Verdict.MOVES and one.became]
        return {
            one.address.stack: one.became.stack
            for one in moved
            if one.became
            and one.address.stack not in self.after.stacks
            and one.became.stack not in self.before.stacks
        }


def prove(before: Side, after: Side) -> Plan:
    """Compare two sides."""
    cascade = Cascade(before, after)
    resources = cascade.changes() | {one.address: one for one in one_sided(before, after)}
    return Plan(
        before,
        after,
        resources,
        losses=tuple(losses(resources, before, after)),
        refusals=(
            *(refusal for where in sorted(cascade.pairs) for refusal in refused(resources[where], cascade)),
            *in_use(resources, cascade, before, after),
        ),
        weakened=tuple(weakened(resources, before, after)),
        splits=tuple(splits(resources, cascade, before, after)),
    )
