"""Makes stacks deployable again that a killed or failed run left half way."""

import time
from collections.abc import Callable

from ops.assembly.comparison import describe
from ops.assembly.manifest import Stack
from ops.embedded.aws import Places
from ops.outcome import ExitCode, OperatorError

NEVER_WORKED = frozenset(
    {"REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
)
"""Such a stack was never complete, so nothing uses it: it is deleted, and made anew by the deploy."""
STUCK = "UPDATE_ROLLBACK_FAILED"
PATIENCE_SECONDS = 600


def repair(stacks: tuple[Stack, ...], places: Places, say: Callable[[str], None]) -> list[str]:
    """Wait for what is still moving, continue what is stuck, delete what never worked.

    Returns:
        One line for each stack that needed it.

    Raises:
        OperatorError: a stack does not come to rest.
    """
    done = []
    for stack in reversed(stacks):  # what depends on another goes first
        before = _state(places, stack)
        after = _wait(places, stack, say)
        if after == STUCK:
            places.at(stack.place).cloudformation.continue_update_rollback(StackName=stack.name)
            after = _wait(places, stack, say)
        if after in NEVER_WORKED:
            say(f"removing {stack.name}, {after}")
            _delete(places, stack)
            after = _wait(places, stack, say)
        if before != after:
            done.append(f"{stack.name}: {before} -> {after or 'removed'}")
    return done


def _delete(places: Places, stack: Stack) -> None:
    cloudformation = places.at(stack.place).cloudformation
    cloudformation.update_termination_protection(StackName=stack.name, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=stack.name)


def _state(places: Places, stack: Stack) -> str | None:
    found = describe(places.at(stack.place), stack.name)
    return None if found is None or found["StackStatus"] == "DELETE_COMPLETE" else found["StackStatus"]


def _wait(places: Places, stack: Stack, say: Callable[[str], None]) -> str | None:
    end = time.monotonic() + PATIENCE_SECONDS
    while (state := _state(places, stack)) is not None and _is_moving(state):
        say(f"waiting for {stack.name}, {state}")
        if time.monotonic() > end:
            raise OperatorError(
                ExitCode.DEPLOYMENT,
                f"{stack.name} is {state} for {PATIENCE_SECONDS} s",
                hint="make down, then make up",
            )
        time.sleep(0.5)
    return state


def _is_moving(state: str) -> bool:
    return state.endswith("_IN_PROGRESS") and state != "REVIEW_IN_PROGRESS"
