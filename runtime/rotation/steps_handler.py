"""The steps of a rotation, each by its name; ``Plan`` is the same for all of them.

``publish``: write the URLs of what is in use, and restart what has started before. ``settled``: is that
over? ``look``: how old is everything, and is a rotation due? ``prepare``: a password for the idle logins.
``admit``: let the pool know both logins. ``admitted``: is that over? ``try``: log in through the pool as
those that are to come. ``promote``: they are in use from now on.
"""

from collections.abc import Callable, Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from connection_pool import users_handler
from connection_pool.login import PoolError, select_one
from connection_secrets import properties as read
from connection_secrets import urls_handler
from connection_secrets.failure import ActionableError, logger, shielded
from rotation import ages, passwords
from rotation.plan import Plan
from rotation.rollout_state import Rollout, State

Answer = dict[str, Any]


@shielded
def on_step(event: dict[str, Any], context: LambdaContext) -> Answer:
    """Do the ``Step`` of the event."""
    name = read.text(event, "Step")
    if name not in _STEPS:
        raise ActionableError(f"Step must be one of {', '.join(_STEPS)}, got {name!r}")
    return _STEPS[name](Plan.from_properties(read.mapping(event, "Plan")))


def _publish(plan: Plan) -> Answer:
    for target in plan.targets:
        urls_handler.write(target)
    started = [one.name for one in plan.services if one.roll()]
    logger.info(f"restarting {', '.join(started) or 'nothing'}")
    return {"Restarted": started}


def _settled(plan: Plan) -> Answer:
    return _progress(plan.services)


def _look(plan: Plan) -> Answer:
    days, key_days = ages.password_days(plan), ages.key_days(plan)
    ages.report(plan.name, PasswordAgeDays=days, KeyAgeDays=key_days)
    unfinished = any(passwords.pending(role) for role in plan.asked.roles)
    return {"Due": unfinished or days >= plan.days, "PasswordAgeDays": days, "KeyAgeDays": key_days}


def _prepare(plan: Plan) -> Answer:
    # Asked again here, and not only by the state machine: another run may have come in between.
    for target in plan.targets:
        urls_handler.write(target)
    waiting = [one.name for one in plan.services if one.state() is not State.SETTLED]
    if waiting:
        raise ActionableError(
            f"{', '.join(waiting)} may still use the password that would change; nothing was changed. "
            "Start the rotation again: it begins by restarting them"
        )
    passwords.prepare(plan.asked)
    return {}


def _admit(plan: Plan) -> Answer:
    if plan.pool is None:
        return {}
    users_handler.write(plan.pool.users)
    return {"Restarted": [plan.pool.rollout.name] if plan.pool.rollout.roll() else []}


def _admitted(plan: Plan) -> Answer:
    return _progress((plan.pool.rollout,) if plan.pool else ())


def _try(plan: Plan) -> Answer:
    pool = plan.pool
    for role in plan.asked.roles if pool else ():
        login = passwords.pending(role)
        if pool is None or login is None or role.name not in pool.roles:
            continue
        try:
            select_one(pool.door, login)
        except PoolError as error:
            raise ActionableError(
                f"{login.text('username')} cannot log in through the pool {pool.door} ({error}); the logins "
                "in use are unchanged. Look at the log of the pool, then start the rotation again"
            ) from None
    return {}


def _promote(plan: Plan) -> Answer:
    passwords.promote(plan.asked)
    return {}


def _progress(rollouts: tuple[Rollout, ...]) -> Answer:
    states = {one.name: one.state() for one in rollouts}
    failed = [name for name, state in states.items() if state is State.FAILED]
    if failed:
        raise ActionableError(
            f"the restart of {', '.join(failed)} failed; the password it has keeps working. Read its events, "
            "then start the rotation again: it goes on with the restart"
        )
    return {"Settled": all(state is State.SETTLED for state in states.values()), "States": states}


_STEPS: Mapping[str, Callable[[Plan], Answer]] = {
    "publish": _publish,
    "settled": _settled,
    "look": _look,
    "prepare": _prepare,
    "admit": _admit,
    "admitted": _admitted,
    "try": _try,
    "promote": _promote,
}
