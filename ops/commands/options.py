"""The options that commands share, with the same words everywhere."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Platform = Literal["fargate", "app-runner"]
"""What a person may try for an environment; ``config`` knows more, for what it is made of."""

SystemOption = Annotated[str, typer.Option("--system", help="Name of the system; see cambium systems.")]
EnvOption = Annotated[str, typer.Option("--env", help="Name of the environment.")]
PhaseOption = Annotated[
    int | None, typer.Option("--phase", help="Try another phase than the one in the configuration.")
]
PlatformOption = Annotated[
    Platform | None, typer.Option("--platform", help="Try another platform than the configured one.")
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for the assembly; replaced.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of a table.")]
