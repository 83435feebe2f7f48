"""The last step of every operation: what became of the tenant, and why."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from tenants import (
    certificates,
    events,
    export,
    items,
    move_record,
    registry,
    routing,
    runs,
    snapshot,
    tenant_value,
)
from tenants.export import NAMES
from tenants.failure import reason
from tenants.settings import settings

logger = Logger()
GONE = "its stack was gone before the deletion began; what is left is in the snapshots"

UNFINISHED = ("creating", "deleting", "moving")
"""States in which a failure leaves a tenant that the next run of the same finishes."""


@logger.inject_lambda_context
def succeed(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Write down what the tenant is now; of a deleted one, the certificate."""
    operation, wanted, tenant = event["operation"], event["wanted"], event["tenant"]
    facts: dict[str, Any] = {"size": wanted["Size"], "image": wanted["Image"], "prior": "", "failure": ""}
    state = "active" if wanted["Serve"] == "yes" else "suspended"
    if operation == "create":
        facts |= {routing.USED: items.now(), "origin": event["origin"]}
    if operation == "delete":
        certificate = certificates.kept(tenant, event["run"]) or _certificate(event)
        certificates.keep(tenant, event["run"], certificate)
        state, facts = (
            "deleted",
            {
                **{"prior": "", "failure": ""},
                routing.USED: "",
                "final_snapshot": "",
                # Of a pool that is none of ours any more; the next tenant with this id has left none.
                move_record.SOURCE: "",
                NAMES: [],
                **{name: value for name, value in certificate.items() if name != NAMES},
            },
        )
    runs.conclude(tenant, event["run"], state=state, outcome="succeeded", facts=facts)
    _tell(event, state, context)
    return {"tenant": tenant, "state": state, **facts}


@logger.inject_lambda_context
def fail(event: dict[str, Any], context: LambdaContext) -> dict[str, str]:
    """Write down why it failed, at which step, and what the tenant is now."""
    whole, state = event["run"], _after_failure(event["run"], event["state"])
    why = f"{whole['step']}: {reason(whole['failure'])}"
    left = f"; then {whole['left_step']}: {reason(whole['left'])}" if whole.get("left") else ""
    told = f"{whole['operation']} failed at {why}{left}"
    facts = {"failure": told, **(move_record.after_failure(whole) if whole.get("to") else {})}
    runs.conclude(whole["tenant"], whole["run"], state=state, outcome="failed", facts=facts)
    events.failed(
        whole["operation"], whole["tenant"], whole["run"], state=state, reason=told, context=context
    )
    after = "run it again to finish" if left or state in UNFINISHED else "nothing of this run is left"
    if state == "creating":
        after = f"somebody may have used it, so all of it is kept; {after}"
    return {"message": f"{told}. Tenant {whole['tenant']} is {state}; {after}"}


def _after_failure(run: Mapping[str, Any], state: str) -> str:
    """What the tenant is: a creation is not taken back once somebody may have used what it made."""
    if run["operation"] == "create" and registry.read(run["tenant"]).facts.get(routing.USED):
        return "creating"
    return state


def _tell(event: dict[str, Any], state: str, context: LambdaContext) -> None:
    wanted, tenant = event["wanted"], event["tenant"]
    facts = {"size": wanted["Size"], "image": wanted["Image"]} if state != "deleted" else {}
    if event["operation"] == "create":
        facts["origin"] = event["origin"]
    events.succeeded(event["operation"], tenant, event["run"], state=state, facts=facts, context=context)


def _certificate(event: dict[str, Any]) -> dict[str, Any]:
    """What a deleted tenant's customer may ask for: when, by whom, and until when something is left."""
    until = datetime.now(UTC) + timedelta(days=settings().retention_days)
    known = registry.read(event["tenant"]).facts
    return {
        "deleted_at": items.now(),
        "deleted_by": event["requestedBy"],
        # Whose rows the pool may still refuse, once the id is somebody else's.
        tenant_value.KEPT: tenant_value.of(known, event["tenant"]),
        "database": event["database"],
        "last_snapshot": event["snapshot"],
        # Its own, and the one CloudFormation takes before it deletes a database.
        "snapshots": snapshot.since(event["database"], str(known["created_at"])),
        # Where an export may be that never came to its end: it goes with the others.
        NAMES: known.get(NAMES, []),
        **_exports(known),
        "snapshots_kept_until": until.strftime("%Y-%m-%d"),
    }


def _exports(known: Mapping[str, Any]) -> dict[str, Any]:
    tier = settings()
    if not tier.exports:
        return {"exports": [], "no_exports": tier.no_exports}
    found = export.of(known.get(NAMES, []))
    if found:
        return {"exports": found}
    return {"exports": [], "no_exports": "nobody had used it" if not known.get(routing.USED) else GONE}
