"""What is measured is what is used."""

from pathlib import Path

from bench.programs import app_interpreter, ours, programs
from ops.workspace import here

ROOT = Path(__file__).parents[2]


def test_our_app_runs_with_the_options_cdk_json_starts_it_with(tmp_path: Path) -> None:
    workspace = here()
    known = {program.name: program.command for program in programs(workspace, tmp_path / "description.json")}

    assert known[ours("synth")][:2] == (str(workspace.bin / "python"), "-O")
    assert app_interpreter(workspace) == known[ours("synth")][:2]


def test_our_app_is_measured_without_garbage_collection_only_because_it_runs_without() -> None:
    switch = "leave_garbage()"

    assert switch in (ROOT / "bench" / "apps" / "staged.py").read_text()
    assert switch in (ROOT / "app.py").read_text()
