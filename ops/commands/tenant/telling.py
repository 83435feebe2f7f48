"""Says on stderr which step a run is at, while somebody waits for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ops.console import progress


@contextmanager
def telling(what: str) -> Iterator[Callable[[str], None]]:
    """Show which step ``what`` is at. On a terminal in one line, else each once, on a line of its own."""
    console = progress()
    if console.is_terminal:
        with console.status(what) as status:
            yield lambda step: status.update(f"{what}: {step}")
        return
    told = set[str]()

    def say(step: str) -> None:
        if step not in told:
            told.add(step)
            console.print(f"{what}: {step}", markup=False, soft_wrap=True)

    yield say
