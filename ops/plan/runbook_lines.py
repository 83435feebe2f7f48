"""The lines of a runbook: what to do or look at, with the command that does it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from config.host import HOST_TAG
from ops.plan.data import data_of, is_protected, is_replica
from ops.plan.prover import Plan
from ops.plan.splitting import LONG
from ops.plan.verdict import Change, Verdict

DATABASE = "AWS::RDS::DBInstance"
DOORS = ("AWS::AppRunner::Service", "AWS::ECS::Service")
"""What names of services lead to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do or to see."""

    text: str
    command: str = ""
    """For a shell; empty when there is nothing to type."""


def all_is_well() -> Iterator[Line]:
    """What must be true before anything is changed."""
    yield Line("no alarm rings, and no other deploy runs")
    yield Line("it is a quiet hour, and somebody who can decide is there")


def snapshots(plan: Plan, prefix: str) -> Iterator[Line]:
    """A snapshot of each database that changes."""
    for number, change in enumerate(_databases(plan)):
        name = f"{prefix}$(date +%Y%m%d){f'-{number + 1}' if number else ''}"
        yield Line(
            f"take a snapshot of {change.resource.path}, and wait for it",
            f"{_find(change)}\n"
            f'aws rds create-db-snapshot --db-instance-identifier "$DB" --db-snapshot-identifier "{name}"\n'
            f'aws rds wait db-snapshot-available --db-snapshot-identifier "{name}"',
        )


def before_main(plan: Plan, options: str) -> Iterator[Line]:
    """What must be so before the first deploy that changes something that is there."""
    yield from primary_is_free(plan)
    yield from _used_by_tenants(plan, options)
    if {Verdict.CREATES, Verdict.DELETES} <= {
        one.verdict for one in plan.deployed if one.resource.type in DOORS
    }:
        yield Line(
            "services go when this deploy ends, and DNS still leads to them: do it as "
            "docs/runbooks/switch-platform.md says, with time to switch before they go"
        )
    if any(_is_host(change) for change in plan.deployed if change.verdict == Verdict.DELETES):
        yield Line(
            "the machine that answers goes when this deploy ends, and DNS still leads to it: do it as "
            "docs/runbooks/leave-the-host.md says, which leaves an hour to switch"
        )
    for change in plan.deployed:
        if change.verdict == Verdict.DELETES and is_protected(change.resource.properties):
            yield Line(
                f"{change.resource.path} is protected against deletion: take that away first, or it stays "
                "and is billed"
            )


def primary_is_free(plan: Plan) -> Iterator[Line]:
    """The database can be changed: nothing of an earlier change is under way."""
    for change in _databases(plan):
        if change.touched & LONG:
            yield Line(
                f"{change.resource.path} is available, and not in storage-optimization, which can take hours",
                f"{_find(change)}\n{_status()}",
            )


def _used_by_tenants(plan: Plan, options: str) -> Iterator[Line]:
    for title, used in sorted(plan.used_by_tenants.items()):
        machines = plan.stack(title).stamp
        assert machines is not None  # noqa: S101 - narrows the type: it is a template of tenants
        paths = ", ".join(plan.resources[where].resource.path for where in used)
        still = f"{title} still uses {paths}, which this deploy takes away"
        if title in plan.after.stamped:
            yield Line(
                f"{still}: deploy {machines.stack} by itself, and bring all tenants its template (last in "
                "this runbook), before anything else; where that template needs what this deploy makes, "
                "tenants are away until the wave has reached them",
                f"npx cdk deploy {machines.stack} --exclusively {options}",
            )
        else:
            yield Line(f"{still}: move or delete each first, as docs/runbooks/tenants.md says")


def interruptions(changes: Iterable[Change]) -> Iterator[Line]:
    """What users notice, one line for each resource that is away."""
    for change in changes:
        causes = [cause for cause in change.causes if cause.verdict == Verdict.INTERRUPTS]
        if change.verdict == Verdict.INTERRUPTS and causes:
            what = "; ".join(f"{cause.subject}: {cause.why}" for cause in causes)
            yield Line(f"{change.resource.path}: {what}")


def settled(plan: Plan) -> Iterator[Line]:
    """How to see that the deploy has ended well."""
    for change in _databases(plan):
        yield Line(
            f"{change.resource.path} is available, and ParameterApplyStatus is in-sync; "
            "pending-reboot waits for a restart, in the quiet hour",
            f"{_find(change)}\n{_status('DBParameterGroups')}",
        )
    if any(one.type == "AWS::ECS::Service" for one in plan.after.deployed):
        yield Line("each ECS service runs as many tasks as it wants, and its last deployment is COMPLETED")
    yield Line("no alarm rings, and the dashboard shows the usual error rate")


def way_back(plan: Plan) -> Iterator[Line]:
    """What going back means."""
    yield Line("a deploy that fails goes back by itself; nothing that holds data was made anew")
    for change in _databases(plan):
        if "AllocatedStorage" in change.touched:
            yield Line(f"the class of {change.resource.path} can go back later; its storage cannot: keep it")
    if any(change.verdict == Verdict.ORPHANS for change in plan.deployed):
        yield Line("what is left behind keeps its name; cdk deploy --import-existing-resources takes it back")


def over(plan: Plan) -> Iterator[Line]:
    """What closes the step."""
    yield Line("a second deploy changes nothing")
    gone = sorted(plan.before.stacks.keys() - plan.before.stamped.keys() - plan.after.stacks.keys())
    for title in sorted(plan.before.stamped.keys() - plan.after.stamped.keys()):
        yield Line(
            f"{title} keeps its stack. Move or delete each (docs/runbooks/tenants.md) before "
            f"{plan.before.stamped[title].stack} goes, which has the only machines that can"
        )
    if gone:
        yield Line(
            f"{', '.join(gone)} is no longer deployed, and stays until somebody deletes it; look first "
            "at what it holds (docs/runbooks/stack-stuck.md)"
        )


def deploy_all(options: str) -> Line:
    """The deploy itself."""
    return Line("deploy", f"npx cdk deploy --all {options}")


def force(stacks: Sequence[str], options: str) -> Line:
    """A deploy of stacks whose templates are the same as before."""
    return Line("deploy them by force", f"npx cdk deploy {' '.join(stacks)} --exclusively --force {options}")


def _databases(plan: Plan) -> list[Change]:
    """Databases that change and stay, replicas aside."""
    return [
        change
        for change in plan.deployed
        if change.resource.type == DATABASE
        and change.before is not None
        and not is_replica(change.resource)
        and data_of(change.resource) is not None
    ]


def _is_host(change: Change) -> bool:
    tags = change.resource.properties.get("Tags", ())
    return change.resource.type == "AWS::EC2::Instance" and any(tag["Key"] == HOST_TAG for tag in tags)


def _find(change: Change) -> str:
    return (
        f"DB=$(aws cloudformation describe-stack-resource --stack-name {change.address.stack} \\\n"
        f"  --logical-resource-id {change.address.logical_id} \\\n"
        "  --query StackResourceDetail.PhysicalResourceId --output text)"
    )


def _status(*more: str) -> str:
    wanted = ",".join(("DBInstanceStatus", "DBInstanceClass", "AllocatedStorage", *more))
    return (
        f"aws rds describe-db-instances --db-instance-identifier \"$DB\" --query 'DBInstances[0].[{wanted}]'"
    )
