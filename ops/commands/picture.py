"""``picture``: what a deployment consists of, for somebody who is no engineer. Needs no AWS."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from ops.assembly.target import Target
from ops.commands.options import EnvOption, PhaseOption, PlatformOption, SystemOption
from ops.console import results
from ops.outcome import ExitCode, OperatorError
from ops.picture.page import draw


def picture(
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    platform: PlatformOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="File for the SVG; left out, print it.")] = None,
) -> None:
    """Draw what a deployment consists of, and who may talk to whom, as SVG.

    Example:  cambium picture --system restartix --env production --out production.svg
    """
    drawn = draw(Target(system, env, phase, platform).resolve())
    if out is None:
        sys.stdout.write(drawn)
        return
    try:
        out.write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise OperatorError(ExitCode.USAGE, f"cannot write {out}: {error.strerror}") from None
    results().print(str(out), soft_wrap=True)
