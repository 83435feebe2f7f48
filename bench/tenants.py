"""What synthesis costs with tenants: one template for all of them, beside a CDK stack for each."""

import shutil
import statistics
from collections.abc import Callable

from bench.process import Cost, run
from bench.section import Section
from ops.embedded import loopback
from ops.workspace import Workspace

TENANTS = (0, 10, 1000)
APP = ("-m", "bench.apps.tenants")
STAMPED, EACH = "stamped", "each"
MOST = 1.1
"""How much more synthesis may cost with a thousand tenants than with none."""


def measure(workspace: Workspace, repeats: int, say: Callable[[str], None]) -> Section:
    """Synthesise both ways with every number of tenants, and count the templates."""
    rows, stamped = [], list[float]()
    for way in (STAMPED, EACH):
        for tenants in TENANTS:
            say(f"{way} x {tenants}")
            costs = [_once(workspace, way, tenants) for _ in range(repeats)]
            seconds = statistics.median(cost.cpu_seconds for cost, _ in costs)
            stamped += [seconds] if way == STAMPED else []
            rows.append([_WORDS[way], str(tenants), f"{seconds:.2f}", str(costs[0][1])])
    growth = max(stamped) / stamped[0]
    met = "met" if growth <= MOST else "missed"
    return Section(
        title="Synthesis and tenants",
        meaning="CPU seconds (the whole process tree) without the rule packs, medians of "
        f"{repeats}, and templates written. What we do writes one template that state machines stamp, so "
        f"the number of tenants is no input of it: its most is {growth:.2f} x that without tenants, and the "
        f"aim of {MOST} x is {met}. The other gives each tenant a stack of its own, from the very same "
        "constructs.",
        header=["Way", "tenants", "CPU seconds", "templates"],
        rows=rows,
    )


def _once(workspace: Workspace, way: str, tenants: int) -> tuple[Cost, int]:
    folder = workspace.state / "bench" / "tenants"
    shutil.rmtree(folder, ignore_errors=True)
    variables = loopback.environment(workspace) | {
        "CDK_OUTDIR": str(folder),
        "CDK_VALIDATION": "false",
        "PYTHONPATH": str(workspace.root),
    }
    command = [str(workspace.bin / "python"), "-O", *APP, way, str(tenants)]
    cost = run(command, folder=workspace.root, env=variables)
    return cost, len(list(folder.rglob("*.template.json")))


_WORDS = {STAMPED: "one template, stamped", EACH: "a CDK stack each"}
