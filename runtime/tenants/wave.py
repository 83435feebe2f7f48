"""A new image for all tenants: a few first, then a tenth, then the rest, and no further after a failure."""

from collections import Counter
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from asked.check import RefusedError, shown
from tenants import registry
from tenants.failure import StepError
from tenants.request import parse_wave

logger = Logger()
TENTH = 10


@logger.inject_lambda_context
def plan(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Who gets the image and in which order, or under ``refused`` why nobody does.

    Who has it already is left out, so that a wave that was stopped goes on where it was.
    """
    try:
        return _plan(event["request"])
    except RefusedError as refusal:
        return {"refused": str(refusal)}


@logger.inject_lambda_context
def judge(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Stop where somebody of the group did not get the image.

    Raises:
        StepError: names them.
    """
    failed = [one["tenant"] for one in event["results"] if not one["updated"]]
    if failed:
        raise StepError(
            f"{', '.join(failed)} could not be updated and are as they were; nobody of a later group was "
            "touched. Read each tenant's failure, correct it, then start the same wave again"
        )
    return {}


def skew(tenants: list[Any]) -> dict[str, int]:
    """How many tenants run which image."""
    return dict(Counter(str(one["image"]) for one in tenants))


def groups(names: list[str], canaries: list[str]) -> list[list[str]]:
    """Canaries, then a tenth of all, then the rest."""
    first = canaries or names[:1]
    others = [name for name in names if name not in first]
    tenth = -(-len(names) // TENTH)
    return [first, others[:tenth], others[tenth:]]


def _plan(request: dict[str, Any]) -> dict[str, Any]:
    told = parse_wave(request)
    image, canaries = told["image"], told.get("canaries", [])
    active = {str(one["tenant"]): one for one in registry.every() if one["state"] == "active"}
    unknown = [name for name in canaries if name not in active]
    if unknown:
        raise RefusedError(f"canaries must be active tenants, got {', '.join(map(shown, unknown))}")
    waiting = [
        [name for name in group if active[name]["image"] != image]
        for group in groups(sorted(active), canaries)
    ]
    by = str(told.get("requested_by") or "unknown")
    groups_told = [
        [{"tenant": name, "image": image, "by": by} for name in group] for group in waiting if group
    ]
    return {"groups": groups_told, "skew": skew(list(active.values()))}
