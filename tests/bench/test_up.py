"""``cambium up`` is measured in a copy that leaves nothing behind."""

from pathlib import Path

import pytest

from bench import up
from bench.process import Cost, MeasurementError
from ops.assembly.target import Target
from ops.workspace import Workspace

TARGET = Target("toy", "staging")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A checkout of one file; the commands in it do nothing but write the steps down."""
    (tmp_path / "app.py").write_text("")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    monkeypatch.setattr(up, "_sources", lambda _root: ["app.py"])
    return Workspace(tmp_path)


def test_each_run_reports_the_steps_the_command_wrote_down(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def cambium(copy: Workspace, verb: str, *_options: str) -> Cost:
        assert copy.root != checkout.root
        assert (copy.root / "app.py").exists()
        ran.append(verb)
        copy.timings.write_text(f'{{"deploy": {len(ran)}}}')
        return Cost(1.0, 2.0)

    monkeypatch.setattr(up, "_cambium", cambium)
    first, second = up.measure(checkout, TARGET, lambda _: None)

    assert (first.steps, second.steps) == ({"deploy": 1}, {"deploy": 2})
    assert ran == ["up", "up", "down"]


def test_stops_and_removes_the_copy_when_up_fails(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []

    def cambium(copy: Workspace, verb: str, *_options: str) -> Cost:
        ran.append(verb)
        if verb == "up":
            raise MeasurementError("no room")
        return Cost(1.0, 2.0)

    monkeypatch.setattr(up, "_cambium", cambium)
    with pytest.raises(MeasurementError, match="no room"):
        up.measure(checkout, TARGET, lambda _: None)

    assert ran == ["up", "down"]
    assert not list((checkout.state / "bench").iterdir())
    assert checkout.bin.is_dir()


def test_says_so_when_the_command_recorded_no_steps(
    checkout: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(up, "_cambium", lambda *_: Cost(1.0, 2.0))

    with pytest.raises(MeasurementError, match=r"left no timings\.json"):
        up.measure(checkout, TARGET, lambda _: None)
