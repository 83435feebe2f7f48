"""Moving failed messages back to where they came from: the one thing MiniStack's SQS cannot do."""

import time
import uuid
from typing import Any

from ministack.core import responses
from ministack.services import sqs

from emulator.services.base import ApiError, Body, Service, Tenant

KIND = "MessageMoveTask"
ORIGIN = "DeadLetterQueueSourceArn"


class Redrive(Service):
    """Moves every message at once, and is done; AWS takes its time, and can be told to stop."""

    def __init__(self) -> None:
        super().__init__()
        self._operations |= {
            "StartMessageMoveTask": self._start,
            "ListMessageMoveTasks": self._list,
        }

    def serves(self, operation: str) -> bool:
        """Only what MiniStack lacks."""
        return operation in self._operations

    def _start(self, body: Body, tenant: Tenant) -> Body:
        source = body["SourceArn"]
        with responses.request_scope(tenant.account, tenant.region), sqs._queues_lock:
            queues = {queue["attributes"]["QueueArn"]: queue for queue in sqs._queues.values()}
            if source not in queues:
                raise ApiError("ResourceNotFoundException", f"the queue {source} does not exist")
            moved = _move(queues, queues[source], body.get("DestinationArn"))
        handle = str(uuid.uuid4())
        self.records(tenant, KIND)[handle] = {
            "TaskHandle": handle,
            "Status": "COMPLETED",
            "SourceArn": source,
            "ApproximateNumberOfMessagesMoved": moved,
            "ApproximateNumberOfMessagesToMove": moved,
            "StartedTimestamp": int(time.time() * 1000),
        }
        return {"TaskHandle": handle}

    def _list(self, body: Body, tenant: Tenant) -> Body:
        tasks = self.records(tenant, KIND).values()
        return {"Results": [task for task in tasks if task["SourceArn"] == body["SourceArn"]][::-1]}


def _move(queues: dict[str, Any], source: Any, destination: str | None) -> int:
    waiting = list(source["messages"])
    for message in waiting:
        # Without a destination each goes back to the queue that gave it up.
        target = queues.get(destination or message["sys"].get(ORIGIN, ""))
        if target is None:
            raise ApiError("ResourceNotFoundException", "a message came from a queue that does not exist")
    for message in waiting:
        target = queues[destination or message["sys"][ORIGIN]]
        source["messages"].remove(message)
        message["sys"].pop(ORIGIN, None)
        message.update(visible_at=time.time(), receive_count=0, first_receive_at=None, receipt_handle=None)
        target["messages"].append(message)
    return len(waiting)
