"""What a further service costs at synthesis: a product of ten services beside one of two."""

from collections.abc import Callable, Mapping

from bench.apps.staged import STAGES
from bench.programs import ours, programs, runner
from bench.rounds import Measured
from bench.rounds import measure as measure_rounds
from bench.section import Section
from ops.assembly.target import Target
from ops.workspace import Workspace

FEW, MANY = Target("restartix", "production"), Target("reptidex", "production")
TITLE = "Synthesis per service"
WHOLE = STAGES[-1]


def measure(workspace: Workspace, rounds: int, say: Callable[[str], None]) -> list[Section]:
    """Synthesise both products in turn, with every check."""
    scratch = workspace.state / "bench"
    scratch.mkdir(parents=True, exist_ok=True)
    (program,) = [one for one in programs(workspace, scratch / "description.json") if one.name == ours(WHOLE)]
    once = {
        target.system: runner(workspace, program, target, scratch / f"services-{target.system}")
        for target in (FEW, MANY)
    }
    measured = measure_rounds(once, rounds, say)
    return [section(measured, {target: len(target.resolve().services) for target in (FEW, MANY)}, rounds)]


def section(measured: Measured, services: Mapping[Target, int], rounds: int) -> Section:
    """The table: seconds of each, and what one service takes of them as a ratio."""
    whole = measured.ratio(MANY.system, FEW.system)
    share = services[FEW] / services[MANY]
    each = f"{whole.median * share:.2f} ({whole.lowest * share:.2f} to {whole.highest * share:.2f})"
    return Section(
        title=TITLE,
        meaning="CPU seconds of one synthesis with every check; a product also has a network, data and an "
        f"edge, which are counted in. Median of {rounds} rounds in which both run in turn; the ratios are "
        "those of a round, with the lowest and the highest in brackets. Below 1, a service costs less the "
        "more of them there are.",
        header=["Product", "services", "CPU", "CPU per service"],
        rows=[
            *(
                [
                    f"{target.system} {target.environment}",
                    str(count),
                    f"{measured.cpu(target.system):.2f}",
                    f"{measured.cpu(target.system) / count:.2f}",
                ]
                for target, count in services.items()
            ),
            [f"{MANY.system} / {FEW.system}", f"{services[MANY] / services[FEW]:.1f}", str(whole), each],
        ],
    )
