"""The proof of a step: what changes, what is lost by it, what is refused, and in how many deploys it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ops.outcome import ExitCode
from ops.plan.cascade import Cascade
from ops.plan.guard import weakened
from ops.plan.in_use import in_use
from ops.plan.loss import Loss, losses
from ops.plan.missing import one_sided
from ops.plan.refusal import Refusal, refused
from ops.plan.side import Side, Stack
from ops.plan.splitting import Split, splits
from ops.plan.tenants import new_stamps, still_used, unfit
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
    used_by_tenants: Mapping[str, tuple[Address, ...]]
    """What goes by a deploy while stacks of tenants, made from the earlier template, still use it."""

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What changes, by stack and logical id."""
        return tuple(
            self.resources[where]
            for where in sorted(self.resources)
            if self.resources[where].verdict != Verdict.NONE
        )

    def changes_of(self, title: str) -> tuple[Change, ...]:
        """What changes in the stack of each tenant that a template is for."""
        return tuple(change for change in self.changes if change.address.stack == title)

    @cached_property
    def deployed(self) -> tuple[Change, ...]:
        """What changes by a deploy: all but what is in stacks of tenants, which machines change later."""
        return tuple(change for change in self.changes if self.stack(change.address.stack).stamp is None)

    def stack(self, name: str) -> Stack:
        """A stack as it becomes, or as it was if it goes."""
        return self.after.stacks.get(name) or self.before.stacks[name]

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
    was, becomes = before.whole, after.whole
    # No stack has been made from a template of tenants that is new, so nothing changes by it.
    plan = _prove(was, becomes.without(new_stamps(was, becomes)))
    return replace(plan, after=becomes, refusals=(*plan.refusals, *unfit(was, becomes)))


def _prove(before: Side, after: Side) -> Plan:
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
        used_by_tenants=still_used(resources, before),
    )
