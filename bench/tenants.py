"""What synthesis costs with tenants: one template for all of them, beside a CDK stack for each."""

import shutil
from collections.abc import Callable, Mapping, Sequence

from bench import rounds
from bench.process import Cost, run
from bench.rounds import Spread
from bench.section import Section
from ops.embedded import loopback
from ops.workspace import Workspace

TENANTS = (0, 10, 1000)
APP = ("-m", "bench.apps.tenants")
STAMPED, EACH = "stamped", "each"
MANY = 3
"""Rounds of what takes seconds, for each of what is asked for."""
MOST = 1.1
"""How much more synthesis may cost with a thousand tenants than with none."""


def measure(workspace: Workspace, repeats: int, say: Callable[[str], None]) -> Section:
    """Synthesise both ways with every number of tenants, in turn, and count the templates."""
    templates: dict[str, int] = {}

    def program(way: str, tenants: int) -> Callable[[], Cost]:
        def once() -> Cost:
            cost, templates[_name(way, tenants)] = _once(workspace, way, tenants)
            return cost

        return once

    stamped = rounds.measure(
        {_name(STAMPED, number): program(STAMPED, number) for number in TENANTS}, MANY * repeats, say
    )
    each = dict[str, float]()
    for number in TENANTS:
        say(_name(EACH, number))
        each[_name(EACH, number)] = program(EACH, number)().cpu_seconds
    return section(
        {_name(STAMPED, number): stamped.cpu(_name(STAMPED, number)) for number in TENANTS} | each,
        templates,
        [stamped.ratio(_name(STAMPED, number), _name(STAMPED, 0)) for number in TENANTS[1:]],
    )


def section(seconds: Mapping[str, float], templates: Mapping[str, int], growth: Sequence[Spread]) -> Section:
    """The table, and whether synthesis grows with tenants."""
    met = "met" if max(one.median for one in growth) <= MOST else "missed"
    ratios = " and ".join(map(str, growth))
    few, many = TENANTS[1:]
    return Section(
        title="Synthesis and tenants",
        meaning="CPU seconds (the whole process tree) without the rule packs, and templates written. What we "
        "do writes one template that state machines stamp, so the number of tenants is no input of it: "
        f"with {few} and {many} it takes {ratios} times what it takes without, medians of rounds in "
        f"turn; the aim of {MOST} is {met}. The other gives each tenant a stack of its own, from the very "
        "same constructs, and is measured once.",
        header=["Way", "tenants", "CPU seconds", "templates"],
        rows=[
            [_WORDS[way], str(number), f"{seconds[name]:.2f}", str(templates[name])]
            for way in (STAMPED, EACH)
            for number in TENANTS
            for name in [_name(way, number)]
        ],
    )


def _name(way: str, tenants: int) -> str:
    return f"{way} x {tenants}"


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
