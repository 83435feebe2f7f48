"""``worker``: what Cloudflare's own command deploys the Worker with. Talks to nobody."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ops.assembly.target import Target
from ops.commands.options import EnvOption, PhaseOption, SystemOption
from ops.console import progress
from ops.routing.worker_settings import parse, wrangler
from ops.workspace import Workspace

FILE = "wrangler.json"


def worker(
    ctx: typer.Context,
    system: SystemOption,
    env: EnvOption,
    phase: PhaseOption = None,
    lookup: Annotated[
        list[str] | None,
        typer.Option("--lookup", help="<region key>=<output LookupUrl>, once for each region."),
    ] = None,
) -> None:
    """Write the settings of the Worker that leads requests to the region of their organization.

    Example:  cambium worker --system restartix --env production --phase 4
    --lookup eu=https://abc.lambda-url.eu-central-1.on.aws/
    --lookup us=https://def.lambda-url.us-east-1.on.aws/
    """
    workspace: Workspace = ctx.obj
    deployment = Target(system, env, phase).resolve()
    folder = workspace.state / "worker" / f"{system}-{env}"
    text = json.dumps(wrangler(deployment, parse(lookup or []), main=_main(workspace, folder)), indent=2)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    file.write_text(f"{text}\n")
    progress().print(f"npx wrangler deploy --config {file.relative_to(workspace.root)}", soft_wrap=True)


def _main(workspace: Workspace, folder: Path) -> str:
    up = "../" * len(folder.relative_to(workspace.root).parts)
    return f"{up}runtime/worker/worker.mjs"
