"""Run Command for documents of our own: who a command goes to is real, what it does there is not."""

import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.core import responses
from ministack.services import ec2

from emulator.services.base import ApiError, Body, Record, Tenant
from emulator.services.documents import Documents

COMMAND = "Command"


class RunCommand(Documents):
    """Finds the running machines of a tag, and counts a command as done on each at once: none of them boots.

    A command that finds no machine ends, too, without anybody having done anything.
    """

    def __init__(self) -> None:
        super().__init__()
        self._operations |= {"SendCommand": self._send, "ListCommands": self._list}

    def _send(self, body: Body, tenant: Tenant) -> Body:
        self._found(body["DocumentName"], tenant)
        machines = [*body.get("InstanceIds", ()), *_tagged(body.get("Targets", ()), tenant)]
        command: Record = {
            "CommandId": str(uuid.uuid4()),
            "DocumentName": body["DocumentName"],
            "Comment": body.get("Comment", ""),
            "Parameters": body.get("Parameters", {}),
            "Targets": body.get("Targets", []),
            "InstanceIds": machines,
            "RequestedDateTime": time.time(),
            "Status": "Success",
            "StatusDetails": "Success" if machines else "NoInstancesInTag",
            "TargetCount": len(machines),
            "CompletedCount": len(machines),
            "ErrorCount": 0,
        }
        self.records(tenant, COMMAND)[command["CommandId"]] = command
        return {"Command": command}

    def _list(self, body: Body, tenant: Tenant) -> Body:
        found = list(self.records(tenant, COMMAND).values())
        if body.get("CommandId"):
            found = [one for one in found if one["CommandId"] == body["CommandId"]]
        for wanted in body.get("Filters", ()):
            found = [one for one in found if one[_field(wanted["key"])] == wanted["value"]]
        return {"Commands": found[::-1]}


def _field(key: str) -> str:
    if key not in ("DocumentName", "Status"):
        raise ApiError("InvalidFilterKey", f"the filter {key} is not emulated")
    return key


def _tagged(targets: list[Mapping[str, Any]], tenant: Tenant) -> Iterator[str]:
    for target in targets:
        name = str(target["Key"]).removeprefix("tag:")
        with responses.request_scope(tenant.account, tenant.region):
            for machine, found in ec2._instances.items():
                tags = {tag["Key"]: tag["Value"] for tag in ec2._tags.get(machine, ())}
                if found["State"]["Name"] == "running" and tags.get(name) in target["Values"]:
                    yield machine
