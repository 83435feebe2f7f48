"""Systems Manager as far as a rotation asks it, in front of a real machine."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from host.failure import HostError


class RunCommand:
    """Runs one document on the machines of one tag, each command in a thread of its own."""

    def __init__(self, *, document: str, tag: str, run: Callable[[], None]) -> None:
        self._document, self._tag, self._run = document, tag, run
        self.commands: list[dict[str, Any]] = []
        self._threads: list[threading.Thread] = []

    def send_command(self, *, DocumentName: str, Targets: Sequence[Any], **_: object) -> None:  # noqa: N803
        """Begin; a machine without the tag is not found."""
        assert DocumentName == self._document
        (target,) = Targets
        found = f"{target['Key'].removeprefix('tag:')}={target['Values'][0]}" == self._tag
        command = {
            "RequestedDateTime": datetime.now(UTC),
            "Status": "InProgress" if found else "Success",
            "CompletedCount": 0,
        }
        self.commands.append(command)
        if found:
            self._threads.append(threading.Thread(target=self._work, args=[command]))
            self._threads[-1].start()

    def get_paginator(self, operation: str) -> "RunCommand":
        """Only commands are listed in pages."""
        assert operation == "list_commands"
        return self

    def paginate(self, *, Filters: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:  # noqa: N803
        """One page with all of them."""
        assert Filters == [{"key": "DocumentName", "value": self._document}]
        return [{"Commands": list(self.commands)}]

    def wait(self) -> None:
        """Until every command has ended."""
        for thread in self._threads:
            thread.join()

    def _work(self, command: dict[str, Any]) -> None:
        try:
            self._run()
        except HostError:
            command.update(Status="Failed", CompletedCount=1)
        else:
            command.update(Status="Success", CompletedCount=1)
