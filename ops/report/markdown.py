"""What a pull request is told about a deployment, from the model alone."""

from collections.abc import Iterable, Iterator, Sequence

from config.connection_budget import ConnectionBudget
from config.deployment import Deployment
from ops.report.wording import peer


def review_of(deployment: Deployment) -> str:
    """Protections that are off with their reasons, the access table, and the budget of connections."""
    regions = ", ".join(region.name for region in deployment.regions)
    words = f"Phase {deployment.phase} ({deployment.phase_title}), {deployment.platform}, {regions}"
    parts = (
        [f"### `{deployment.system} {deployment.environment.name}` as described"],
        [f"{_cell(words)}. Budget: ${deployment.monthly_budget_usd} a month."],
        _opt_outs(deployment),
        _access(deployment),
        *(_connections(budget) for budget in deployment.budgets_of_connections),
    )
    return "\n\n".join(paragraph for part in parts for paragraph in part) + "\n"


def _opt_outs(deployment: Deployment) -> Iterator[str]:
    off = list(deployment.opt_outs())
    if off:
        yield "**Protections that are off**"
        yield _table(("protection", "reason"), off)
    else:
        yield "**Protections that are off**: none."


def _access(deployment: Deployment) -> Iterator[str]:
    yield "**Who may talk to whom**; all else is closed."
    rows = [(peer(rule.source), peer(rule.target), rule.port, rule.why) for rule in deployment.whole_access]
    yield _table(("from", "may open", "port", "why"), rows)


def _connections(budget: ConnectionBudget) -> Iterator[str]:
    free = budget.limit - budget.used
    verdict = f"{free} left" if free >= 0 else f"{-free} too many"
    yield (
        f"**Connections of the {budget.of}** at the largest scale-out: {budget.used} of {budget.limit}, "
        f"{verdict}."
    )
    rows = [(one.name, one.instances, one.connections_each, one.connections) for one in budget.consumers]
    yield _table(("consumer", "instances", "each", "connections"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|").replace("<", "&lt;")
