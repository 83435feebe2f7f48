"""An image, and the template of now, for all tenants: a few first, then a tenth, then the rest.

No further after a failure.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from asked.check import RefusedError, shown
from tenants import registry, stack_facts
from tenants.failure import StepError
from tenants.request import parse_wave
from tenants.settings import settings

logger = Logger()
TENTH = 10


@logger.inject_lambda_context
def plan(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Who gets the image and in which order, or under ``refused`` why nobody does.

    Who has it already, in a stack of the template and the place of now, is left out. So a wave that was
    stopped goes on where it was, and one with the image that all run brings a new template only.
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
            f"{', '.join(failed)} could not be updated: each is as it was, its template too, unless its run "
            "says to run it again. Nobody of a later group was touched. Read each tenant's failure, correct "
            "it, then start the same wave again"
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


def _done(image: str, active: Mapping[str, Any]) -> set[str]:
    stacks = {
        f"{settings().stack_prefix}{name}": name for name, one in active.items() if one["image"] == image
    }
    return {stacks[name] for name in stack_facts.current(stacks)}


def _plan(request: dict[str, Any]) -> dict[str, Any]:
    told = parse_wave(request)
    image, canaries = told["image"], told.get("canaries", [])
    active = {str(one["tenant"]): one for one in registry.every() if one["state"] == "active"}
    unknown = [name for name in canaries if name not in active]
    if unknown:
        raise RefusedError(f"canaries must be active tenants, got {', '.join(map(shown, unknown))}")
    done = _done(image, active)
    waiting = [[name for name in group if name not in done] for group in groups(sorted(active), canaries)]
    by = str(told.get("requested_by") or "unknown")
    groups_told = [
        [{"tenant": name, "image": image, "by": by} for name in group] for group in waiting if group
    ]
    return {"groups": groups_told, "skew": skew(list(active.values()))}
