"""C4: which PostgreSQL answers on the embedded AWS, where it is not the one that is described."""

import io

import pytest
from rich.console import Console

from emulator.postgres.programs import stand_in
from ops.report.summary import show_stand_in


@pytest.mark.parametrize(("described", "shown"), [("99.1", True), ("18.6", False), ("", False)])
def test_c4_up_tells_of_a_server_of_another_major(described: str, shown: bool) -> None:
    output = io.StringIO()
    show_stand_in(Console(file=output, width=100), described)
    line = f"PostgreSQL {stand_in('99.1')} serves them here; described is 99.1, which AWS will run"
    assert output.getvalue().strip() == (line if shown else "")
