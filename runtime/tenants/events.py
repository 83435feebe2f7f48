"""Tells other tools what becomes of tenants, in the words of the AWS SaaS Builder Toolkit."""

import json
import os
from typing import Any

from tenants.settings import client

CONTROL_PLANE, APPLICATION_PLANE = "controlPlaneEventSource", "applicationPlaneEventSource"
REQUESTED = {
    "create": "onboardingRequest",
    "delete": "offboardingRequest",
    "suspend": "deactivateRequest",
    "resume": "activateRequest",
}
ENDED = {"create": "provision", "delete": "deprovision", "suspend": "deactivate", "resume": "activate"}
OURS = {"update": "update", "move": "move", "clear": "clear"}
"""The toolkit has no word for them; ours are made in the same way."""


def requested(operation: str, tenant: str) -> None:
    """Say that an operation has begun."""
    kind = REQUESTED.get(operation) or f"{OURS[operation]}Request"
    _put(CONTROL_PLANE, kind, {"tenantId": tenant})


def ended(operation: str, tenant: str, *, succeeded: bool, **detail: Any) -> None:
    """Say how an operation ended."""
    word = ENDED.get(operation) or OURS[operation]
    kind = f"{word}{'Success' if succeeded else 'Failure'}"
    _put(APPLICATION_PLANE, kind, {"tenantId": tenant, **detail})


def _put(source: str, kind: str, detail: dict[str, Any]) -> None:
    answer = client("events").put_events(
        Entries=[
            {
                "EventBusName": os.environ["EVENT_BUS"],
                "Source": source,
                "DetailType": kind,
                "Detail": json.dumps(detail),
            }
        ]
    )
    if answer["FailedEntryCount"]:
        raise RuntimeError(f"event {kind} was not taken: {answer['Entries'][0].get('ErrorMessage')}")
