"""A single host: its machine is told by Systems Manager to read its secrets again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3

from rotation.rollout_state import PATIENCE, Rollout, State

ssm = boto3.client("ssm", config=PATIENCE)

_DELIVERY_SECONDS = 600
"""How long a machine may take to hear of it, such as one that is being replaced."""
_UNDER_WAY = ("Pending", "InProgress", "Cancelling")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRollout(Rollout):
    """Everything on one machine: it moves to the other slot as a whole (``runtime/host``).

    Systems Manager forgets a command after 30 days. Then the machine counts as stale, and is refreshed once
    more, which nobody notices.
    """

    document: str
    """The one command there is for it."""
    tag: str
    """``name=value`` of the machine: a new one has the same."""

    def _state(self, since: datetime) -> State:
        commands = [one for one in self._commands() if one["RequestedDateTime"] >= since]
        if not commands:
            return State.STALE
        newest = max(commands, key=lambda one: one["RequestedDateTime"])
        if newest["Status"] in _UNDER_WAY:
            return State.ROLLING
        # Without a machine that has the tag a command ends, too, and nobody has done anything.
        done = newest["Status"] == "Success" and newest["CompletedCount"] > 0
        return State.SETTLED if done else State.FAILED

    def _roll(self) -> None:
        name, _, value = self.tag.partition("=")
        ssm.send_command(
            DocumentName=self.document,
            Targets=[{"Key": f"tag:{name}", "Values": [value]}],
            TimeoutSeconds=_DELIVERY_SECONDS,
            Comment="Passwords have rotated",
        )

    def _commands(self) -> Iterator[Mapping[str, Any]]:
        pages = ssm.get_paginator("list_commands").paginate(
            Filters=[{"key": "DocumentName", "value": self.document}]
        )
        for page in pages:
            yield from page["Commands"]
