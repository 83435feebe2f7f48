"""The ``cambium`` command: puts the verbs together, and turns failures into messages and exit codes."""

import os
import signal
from types import FrameType
from typing import Any, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from config.values import ConfigError
from ops import workspace
from ops.commands import (
    access,
    assembly,
    cost,
    describe,
    drill,
    grow,
    lifecycle,
    organization,
    picture,
    plan,
    review,
    secrets,
    tenant,
    window,
    worker,
    workflows,
)
from ops.console import show_error
from ops.embedded import loopback
from ops.outcome import ExitCode, OperatorError

CORRECT = "correct the options (SYSTEM, ENV, PHASE of make), or config/ if they are right"


class Verbs(TyperGroup):
    """Every failure an operator can act on ends as one message and one code, never as a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            show_error(
                OperatorError(ExitCode.CONFIGURATION, str(error), hint=f"{CORRECT}; nothing was started")
            )
            raise typer.Exit(ExitCode.CONFIGURATION) from None
        except OperatorError as error:
            show_error(error)
            raise typer.Exit(error.code) from None
        except (BotoCoreError, ClientError) as error:
            show_error(
                OperatorError(
                    ExitCode.EMULATOR,
                    f"the embedded AWS does not answer as it should: {error}",
                    hint=f"read {ctx.obj.emulator_log}; make down, then make up, starts afresh",
                )
            )
            raise typer.Exit(ExitCode.EMULATOR) from None
        except KeyboardInterrupt:
            show_error(OperatorError(ExitCode.INTERRUPTED, "interrupted", hint="run it again to go on"))
            raise typer.Exit(ExitCode.INTERRUPTED) from None


app = typer.Typer(
    cls=Verbs,
    help="Grows a SaaS on AWS by changing one number. Every command works on the embedded AWS only.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _prepare(ctx: typer.Context) -> None:
    # Before the first AWS client: nothing in this process can reach a real account from here on.
    loopback.seal(os.environ)
    ctx.obj = ctx.obj or workspace.here()


for verb in (
    lifecycle.up,
    lifecycle.down,
    lifecycle.status,
    assembly.synth,
    assembly.diff,
    cost.cost,
    access.access,
    describe.connections,
    describe.systems,
    drill.drill,
    grow.grow,
    plan.plan,
    review.review,
    picture.picture,
    secrets.set_secret,
    window.deploy_window,
    worker.worker,
    workflows.check_workflows,
):
    app.command()(verb)
app.add_typer(organization.organization, name="organization")
app.add_typer(tenant.tenant, name="tenant")


def main() -> None:
    """Run the command; SIGTERM ends it as tidily as Ctrl-C."""
    signal.signal(signal.SIGTERM, _interrupt)
    app()


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
