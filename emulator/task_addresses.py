"""Addresses for the tasks of services whose containers do not run here, so that target groups list them.

MiniStack registers a task with its load balancer by its address, and only a real container gives it one. A
target counts as healthy as long as its task is said to run; nobody answers there.
"""

import ipaddress
import itertools
import json
from collections.abc import Mapping
from typing import Any

from ministack.services import ecs

_numbers = itertools.count(int(ipaddress.ip_address("100.64.0.1")))  # shared address space: nobody's own


def install() -> None:
    """Give addresses from now on; before whatever starts programs behind tasks, which know better."""
    run_task: Any = ecs._run_task

    def run(request: Mapping[str, Any]) -> Any:
        answer = run_task(request)
        for started in json.loads(answer[2]).get("tasks", []):
            task = ecs._tasks[started["taskArn"]]
            if not task.get("_container_ip"):
                task["_container_ip"] = str(ipaddress.ip_address(next(_numbers)))
        return answer

    ecs._run_task = run
