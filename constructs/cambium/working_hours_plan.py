"""What a shard is made of at night, and in which order it goes to sleep and wakes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cambium import working_hours_tasks as tasks
from cambium.working_hours_steps import Part, State, bring, call, each, look, one
from cambium.working_hours_tasks import Tasks

SETTLE_SECONDS = 300
"""After waking, before alarms may ring again: the longest that one of them looks back at a gap."""
ALARMS_A_CALL = 100
"""CloudWatch takes so many names at once."""


@dataclass(frozen=True, kw_only=True)
class SleepingDatabase:
    """A database that can be stopped."""

    kind: Literal["instance", "cluster"]
    identifier: str
    arn: str

    @property
    def api_name(self) -> str:
        """What it is in the names of RDS's API."""
        return f"DB{self.kind.capitalize()}"

    def brought(self, verb: Literal["start", "stop"], *, to: str, when: str) -> Part:
        """Start or stop it, and wait until it is."""
        # As the SDK for Java spells it, whatever the API does.
        name = f"Db{self.kind.capitalize()}"
        status = "Status" if self.kind == "cluster" else "DbInstanceStatus"
        named = {f"{name}Identifier": self.identifier}
        return bring(
            "the database",
            to=to,
            when=when,
            by=call(f"rds:{verb}{self.api_name}", named),
            seen=look(f"rds:describe{self.api_name}s", named, status=f"$.{name}s[0].{status}"),
        )


@dataclass(frozen=True, kw_only=True)
class Shard:
    """Everything of a shard that costs by the hour and can be stopped. A cache cannot."""

    cluster: str
    groups: Sequence[Sequence[Tasks]]
    """In the order they wake; they go to sleep the other way round."""
    database: SleepingDatabase | None = None
    nat_instance: str | None = None
    """Its id, where it is the way out of this shard alone."""
    nat_description: str = ""
    """Changes when the machine is replaced, so that this stack is then deployed again with its new id."""
    alarms: Sequence[str] = ()
    """Names of the alarms that must not ring at night."""

    @property
    def services(self) -> Sequence[Tasks]:
        """Every service."""
        return [one for group in self.groups for one in group]


def sleep_parts(shard: Shard) -> list[Part]:
    """Alarms, services, pool, database, and the way out last: tasks need it until they are gone."""
    groups = [[one.as_item(shard.cluster) for one in group] for group in reversed(shard.groups)]
    parts = [*_actions(shard, "disable"), _known(groups), tasks.put_to_sleep("$.groups")]
    if shard.database:
        parts.append(shard.database.brought("stop", to="stopped", when="available"))
    return [*parts, *_way_out(shard, "stop", to="stopped", when="running")]


def wake_parts(shard: Shard) -> list[Part]:
    """The other way round; alarms last, once what they look back at has been awake."""
    groups = [[one.as_item(shard.cluster) for one in group] for group in shard.groups]
    parts = _way_out(shard, "start", to="running", when="stopped")
    if shard.database:
        parts.append(shard.database.brought("start", to="available", when="stopped"))
    return [*parts, _known(groups), tasks.wake("$.groups"), *_alarms_again(shard)]


def _known(groups: list[list[State]]) -> Part:
    return one("Know the services", {"Type": "Pass", "Result": {"groups": groups}})


def _way_out(shard: Shard, verb: str, *, to: str, when: str) -> list[Part]:
    if shard.nat_instance is None:
        return []
    machine = {"InstanceIds": [shard.nat_instance]}
    return [
        bring(
            "the NAT instance",
            to=to,
            when=when,
            by=call(f"ec2:{verb}Instances", machine),
            seen={
                **look("ec2:describeInstances", machine, status="$.Reservations[0].Instances[0].State.Name"),
                "Comment": shard.nat_description,
            },
        )
    ]


def _actions(shard: Shard, verb: str) -> list[Part]:
    batches = range(0, len(shard.alarms), ALARMS_A_CALL)
    return [
        one(
            f"{verb.capitalize()} alarms from {first + 1}",
            call(
                f"cloudwatch:{verb}AlarmActions", {"AlarmNames": shard.alarms[first : first + ALARMS_A_CALL]}
            ),
        )
        for first in batches
    ]


def _alarms_again(shard: Shard) -> list[Part]:
    if not shard.alarms:
        return []
    # Said to be fine while nobody listens: what is not fine then changes its state, and is heard.
    fine = {"AlarmName.$": "$", "StateValue": "OK", "StateReason": "Woken"}
    # One that is gone must not keep all others silent.
    anyway = [{"ErrorEquals": ["States.TaskFailed"], "ResultPath": None, "Next": "Forgotten"}]
    forget = {**call("cloudwatch:setAlarmState", fine, Catch=anyway), "Next": "Forgotten"}
    each_one = Part(
        "Forget the night",
        "Forgotten",
        {"Forget the night": forget, "Forgotten": {"Type": "Pass"}},
    )
    return [
        one("Let it settle", {"Type": "Wait", "Seconds": SETTLE_SECONDS}),
        one("Know the alarms", {"Type": "Pass", "Result": {"alarms": list(shard.alarms)}}),
        each("Each alarm", "$.alarms", each_one),
        *_actions(shard, "enable"),
    ]
