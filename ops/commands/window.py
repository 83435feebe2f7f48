"""``deploy-window``: whether now is a time to deploy. Needs no AWS."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from config.deploy_window import closed_hours, closed_until
from config.schedule import NoDeploys
from config.values import ConfigError
from ops.assembly.target import Target
from ops.commands.options import EnvOption, JsonOption, SystemOption
from ops.console import print_json, results
from ops.outcome import ExitCode, OperatorError

SHORTEST_REASON = 10

OverrideOption = Annotated[
    str | None,
    typer.Option("--override", help="Deploy all the same; why, in a sentence that is kept with the run."),
]
NowOption = Annotated[
    str | None, typer.Option("--now", help="Another moment, such as 2027-01-15T14:00:00+01:00.")
]


def deploy_window(
    system: SystemOption,
    env: EnvOption,
    override: OverrideOption = None,
    now: NowOption = None,
    json: JsonOption = False,
) -> None:
    """Refuse hours in which nobody would be around to repair a deployment, as no_deploys states them.

    Exit code 0 when it is open or overridden, and 24 when it is closed. With --json it only says when it is
    closed, for a workflow whose deployment waits for an approval.

    Example:  cambium deploy-window --system restartix --env production
    """
    rules = Target(system, env).resolve().environment.no_deploys
    moment = _moment(now)
    if json:
        hours = closed_hours(rules, moment)
        print_json([{"since": _stamp(one.since), "until": _stamp(one.until)} for one in hours])
        return
    until = closed_until(rules, moment)
    if until is None:
        results().print(f"{system} {env} may be deployed now")
    elif override is None:
        raise OperatorError(
            ExitCode.CLOSED,
            f"{system} {env} is not deployed until {_local(until, rules)}: its no_deploys say that nobody "
            "would be around to repair it",
            hint='wait, or say why it cannot: --override "...", or override_reason of the workflow',
        )
    else:
        results().print(
            f"{system} {env} is deployed although it is closed until {_local(until, rules)}, because: "
            f"{_reason(override)}",
            markup=False,
        )


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigError(
            f"--now must be a moment with its zone, such as 2027-01-15T14:00:00+01:00, got {text!r}"
        )
    return moment.astimezone(UTC)


def _local(until: datetime, rules: tuple[NoDeploys, ...]) -> str:
    zone = rules[0].time_zone
    return f"{until.astimezone(ZoneInfo(zone)):%A %Y-%m-%d %H:%M} {zone}"


def _reason(override: str) -> str:
    reason = " ".join(override.split())
    if len(reason) < SHORTEST_REASON:
        raise ConfigError(
            f"--override must say why in {SHORTEST_REASON} characters or more, for whoever reads it later, "
            f"got {reason!r}"
        )
    return reason
