"""The drills by name."""

import time
from collections.abc import Callable
from typing import NamedTuple

import psycopg

from config.deployment import Deployment
from ops.drills import connections, failover, moving, prepared, restoring, tenancy
from ops.drills.check import CannotRunError, Check, Report, not_run
from ops.drills.ground import Say
from ops.drills.plan import Plan
from ops.drills.servers import our_pooler, pgbouncer
from ops.drills.servers.pgbouncer import Pgbouncer
from ops.drills.servers.postgres import release_of
from ops.outcome import ExitCode, OperatorError
from ops.workspace import Workspace


class Drill(NamedTuple):
    """One drill."""

    question: str
    seconds: int
    """About how long it takes on two cores."""
    run: Callable[[Plan, Pgbouncer, Say], list[Check]]


DRILLS = {
    "connections": Drill(
        "Does the whole fleet fit through the pool while it is rolled out, with nobody refused?",
        20,
        connections.run,
    ),
    "tenancy": Drill(
        "Does one tenant ever see another's rows, through connections that belong to nobody?",
        20,
        tenancy.run,
    ),
    "failover": Drill(
        "What do applications notice when the database or a pooler goes away, and for how long?",
        45,
        failover.run,
    ),
    "prepared": Drill("Do prepared statements work through the pool, migrations included?", 5, prepared.run),
}


RESTORE = "restore"
"""Needs neither pool nor templates: only a promise to measure by."""
REHEARSAL = (
    "Does a backup come back whole, within the promised hours, and is a damaged one refused?",
    30,
)


MOVING = "moving"
"""Needs neither pool nor templates, only the version of the database."""
MOVE = (
    "Does a tenant move to a database of its own and back under load, with nothing lost?",
    60,
)


def move(deployment: Deployment, say: Say) -> Report:
    """Run the drill of moving a tenant; whatever goes wrong with it is a line of its report.

    Raises:
        OperatorError: the deployment has no database.
    """
    if deployment.database is None:
        raise OperatorError(
            ExitCode.CONFIGURATION, f"{deployment.system} has no database, so there is nothing to move"
        )
    version = deployment.database.version
    return _report(
        MOVING,
        MOVE[0],
        lambda: moving.run(version, say),
        {
            "PostgreSQL": f"{release_of(version)}, for the {version} of the configuration",
            "data": f"{moving.MEGABYTES:g} MB of the tenant that moves, {moving.TENANTS} tenants with "
            f"{moving.EACH} clients each",
        },
    )


def _report(name: str, question: str, work: Callable[[], list[Check]], facts: dict[str, str]) -> Report:
    began = time.monotonic()
    try:
        checks = work()
    except CannotRunError as error:
        checks = [not_run("the whole drill", "to run here", str(error))]
    except (RuntimeError, OSError, psycopg.Error) as error:
        checks = [broken(error)]
    seconds = round(time.monotonic() - began, 1)
    return Report(name=name, question=question, checks=checks, facts=facts, seconds=seconds)


def rehearse(deployment: Deployment, say: Say) -> Report:
    """Run the restore drill; whatever goes wrong with it is a line of its report.

    Raises:
        OperatorError: the deployment promises nothing, or has no database.
    """
    if deployment.recovery is None or deployment.database is None:
        raise OperatorError(
            ExitCode.CONFIGURATION,
            f"{deployment.system} has no recovery targets (`recovery`), so there is nothing to measure by",
        )
    version, recovery = deployment.database.version, deployment.recovery
    return _report(
        RESTORE,
        REHEARSAL[0],
        lambda: restoring.run(version, recovery, say),
        {
            "PostgreSQL": f"{release_of(version)}, for the {version} of the configuration",
            "data": f"{restoring.MEGABYTES} MB made for this; hours of a larger database follow from MB/s",
        },
    )


def broken(error: Exception) -> Check:
    """It broke: that is no answer to its question, and never a good one."""
    return Check(what="the drill itself", expected="runs to its end", measured=str(error), verdict="fail")


def run(name: str, plan: Plan, workspace: Workspace, say: Say) -> Report:
    """Run a drill; whatever goes wrong with it is a line of its report."""
    drill, facts = DRILLS[name], {}
    began = time.monotonic()
    try:
        program = pgbouncer.find(workspace, say)
        our_pooler.check_machine()
        facts = _facts(plan, program)
        checks = drill.run(plan, program, say)
    except CannotRunError as error:
        checks = [not_run("the whole drill", "to run here", str(error))]
    except (RuntimeError, OSError, psycopg.Error) as error:
        checks = [broken(error)]
    return Report(
        name=name,
        question=drill.question,
        checks=checks,
        facts=facts,
        seconds=round(time.monotonic() - began, 1),
    )


def _facts(plan: Plan, program: Pgbouncer) -> dict[str, str]:
    sizes = ", ".join(f"{role} {size}" for role, size in plan.settings["pool_sizes"].items())
    return {
        "from the templates of": plan.title,
        "PostgreSQL": f"{release_of(plan.version)}, for the {plan.version} of the template",
        "parameters": ", ".join(f"{name}={value}" for name, value in sorted(plan.parameters.items())),
        "left out": f"{', '.join(plan.left_out) or 'no parameter'}; TLS between pooler and database",
        "pgbouncer": program.version,
        "poolers": f"{plan.poolers.largest}, {plan.poolers.in_rollout} in a rollout, each with at most "
        f"{plan.ceiling} server connections ({sizes}) and {plan.settings['max_client_conn']} clients",
    }
