"""The command: its options, its words, its exit codes."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ops.assembly.synthesis import synthesise
from ops.assembly.target import Target
from ops.outcome import ExitCode
from ops.plan import asked, matrix
from ops.plan.matrix import Row
from ops.plan.prover import prove
from ops.plan.revision import described, lay_out
from ops.report.plan_matrix import matrix_markdown, picture, verdict
from ops.testing import Command
from ops.workspace import Workspace
from support.assembly import Assembly
from support.planted import real, resource, step
from support.synthesis import ROOT


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty checkout with this one's tools."""
    for tools in (".venv", "node_modules"):
        (tmp_path / tools).symlink_to(ROOT / tools)
    return Workspace(tmp_path)


@pytest.fixture
def cambium(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command in it."""
    monkeypatch.setattr(os, "environ", os.environ.copy())
    return Command(workspace)


def folders(one: Assembly, other: Assembly) -> list[str]:
    return ["plan", "--from-out", str(one.folder), "--to-out", str(other.folder)]


def test_a_safe_step_ends_with_zero_and_says_so(
    cambium: Command, phase_one: Assembly, phase_two: Assembly
) -> None:
    result = cambium(*folders(phase_one, phase_two))

    assert result.exit_code == 0, result.stderr
    assert "safe: nothing that holds data is lost" in " ".join(result.stdout.split())
    assert "connections break for 1 to" in result.stdout
    assert "1. Everything but Database/Replica1, Database/Replica2" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()[2:]) <= 120


def test_data_that_would_be_lost_is_three(cambium: Command, phase_one: Assembly, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(phase_one.folder, broken, ignore=shutil.ignore_patterns("asset.*"))
    name = f"{phase_one.stacks['data'].name}.template.json"
    template = json.loads((broken / name).read_text())
    for body in template["Resources"].values():
        if body["Type"] == "AWS::RDS::DBInstance":
            body["Properties"]["StorageEncrypted"] = False
    (broken / name).write_text(json.dumps(template))

    result = cambium("plan", "--from-out", str(phase_one.folder), "--to-out", str(broken), "--json")
    told = json.loads(result.stdout)

    assert result.exit_code == 3
    assert told["verdict"] == "loses data"
    assert [loss["what"] for loss in told["losses"]] == ["every row of the database"]


def test_a_step_that_aws_refuses_has_a_code_of_its_own(
    cambium: Command, phase_one: Assembly, phase_two: Assembly, tmp_path: Path
) -> None:
    result = cambium(*folders(phase_two, phase_one), "--markdown", str(tmp_path / "plan.md"))

    assert result.exit_code == ExitCode.REFUSED
    assert "storage of a database never shrinks: 250 to 50 GiB" in " ".join(result.stdout.split())
    assert "### Deploy 1. Stop telling services of the replicas" in (tmp_path / "plan.md").read_text()


def test_sides_with_nothing_in_common_are_not_compared(
    cambium: Command, phase_one: Assembly, reptidex_dev: Assembly
) -> None:
    result = cambium(*folders(phase_one, reptidex_dev))

    assert result.exit_code == ExitCode.NOT_COMPARABLE
    assert "no stack in common" in result.stderr


def test_a_folder_without_an_assembly_is_named(cambium: Command, tmp_path: Path) -> None:
    result = cambium("plan", "--from-out", str(tmp_path), "--to-out", str(tmp_path))

    assert result.exit_code == ExitCode.NOT_COMPARABLE
    assert "holds no cloud assembly" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "say --system and --env"),
        (("--system", "restartix"), "say --system and --env"),
        (("--system", "restartix", "--env", "production"), "say where the step leads"),
        (("--from-out", "a"), "need each other"),
        (("--from-out", "a", "--to-out", "b", "--to", "2"), "nothing else is chosen"),
        (("--all", "--to", "2"), "--all takes no other choice"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    cambium: Command, words: tuple[str, ...], message: str
) -> None:
    result = cambium("plan", *words)

    assert result.exit_code == ExitCode.USAGE
    assert message in " ".join(result.stderr.split())


def test_a_phase_that_is_not_there_is_a_wrong_configuration_and_no_loss(cambium: Command) -> None:
    result = cambium("plan", "--system", "restartix", "--env", "production", "--to", "99")

    assert result.exit_code == ExitCode.CONFIGURATION
    assert "phase" in result.stderr


def test_the_help_tells_every_exit_code(cambium: Command) -> None:
    told = " ".join(cambium("plan", "--help").stdout.replace("│", " ").split())

    for code in (
        ExitCode.LOSES_DATA,
        ExitCode.MAY_LOSE_DATA,
        ExitCode.REFUSED,
        ExitCode.NOT_COMPARABLE,
    ):
        assert f" {int(code)}: " in told


def test_without_a_phase_to_begin_with_it_is_the_one_that_is_written() -> None:
    before, after = asked.targets(asked.Question("restartix", "production", to_phase=2))

    assert (before.phase, before.resolve().platform) == (1, "app-runner")
    assert (after.phase, after.resolve().platform) == (2, "app-runner")


def test_a_phase_that_brings_its_platform_is_compared_on_it() -> None:
    before, after = asked.targets(asked.Question("vantrexia", "production", to_phase=2))

    assert (before.resolve().platform, after.resolve().platform) == ("host", "fargate")


def test_a_platform_to_end_with_keeps_the_phase() -> None:
    before, after = asked.targets(asked.Question("restartix", "production", phase=2, to_platform="fargate"))

    assert (before.phase, after.phase, after.platform) == (2, 2, "fargate")


def git(folder: Path, *words: str) -> None:
    author = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    command = [shutil.which("git") or "git", *author, *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(workspace: Workspace) -> Workspace:
    """A checkout with two revisions; the first describes other systems than the second."""
    sources = ("config", "app.py", "cdk.json")
    for name in sources:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, workspace.root / name)
    git(workspace.root, "init", "-q")
    git(workspace.root, "add", *sources)
    git(workspace.root, "commit", "-qm", "one")
    shutil.copy(ROOT / "tests/config/newcomer/notes.py", workspace.root / "config" / "systems" / "notes.py")
    git(workspace.root, "add", "config")
    git(workspace.root, "commit", "-qm", "two")
    return workspace


def test_another_revision_is_laid_out_with_its_own_sources(repository: Workspace) -> None:
    before, after = lay_out(repository, "HEAD^"), lay_out(repository, "HEAD")

    assert repository.state in before.workspace.root.parents
    assert "notes" not in described(before.workspace)
    assert described(after.workspace)["notes"] == ["production"]
    assert lay_out(repository, "HEAD^").workspace == before.workspace


APP = """
import cambium, json, os, pathlib
folder = pathlib.Path(os.environ["CDK_OUTDIR"])
folder.mkdir(parents=True)
(folder / "manifest.json").write_text(json.dumps({"artifacts": {}, "library": cambium.__file__}))
"""


def test_the_app_of_a_revision_is_built_from_its_own_constructs(repository: Workspace) -> None:
    (repository.root / "app.py").write_text(APP)
    library = repository.root / "constructs" / "cambium" / "__init__.py"
    library.parent.mkdir(parents=True)
    library.write_text("")
    git(repository.root, "add", "app.py", "constructs")
    git(repository.root, "commit", "-qm", "three")
    revision = lay_out(repository, "HEAD")
    out = repository.state / "out"

    assert synthesise(revision.workspace, Target("restartix", "production"), out, lambda _: None)

    imported = json.loads((out / "manifest.json").read_text())["library"]
    assert Path(imported) == revision.workspace.root / "constructs" / "cambium" / "__init__.py"


@pytest.mark.parametrize("name", ["no-such-branch", "--output=/tmp/x"])
def test_a_revision_that_git_does_not_know_is_named(repository: Workspace, name: str) -> None:
    result = Command(repository)("plan", "--system", "restartix", "--env", "production", f"--base={name}")

    assert result.exit_code == ExitCode.NOT_COMPARABLE
    assert name in " ".join(result.stderr.split())


def row(*, kind: str, before: int, after: int, keep: str = "Retain", name: str = "one") -> Row:
    """A row whose database changes its storage, and its name if another is given."""

    def database(size: int, called: str) -> dict[str, object]:
        return {"It": resource("AWS::RDS::DBInstance", keep=keep, AllocatedStorage=size, DBName=called)}

    plan = step(database(before, "one"), database(after, name))
    kept = plan.outcome == ExitCode.OK or (kind == "back" and plan.outcome == ExitCode.REFUSED)
    return Row("notes", "production", "1 to 2", kind, plan, kept)


def test_the_matrix_ends_with_the_worst_step_that_breaks_its_promise() -> None:
    safe = row(kind="up", before=50, after=250)
    back = row(kind="back", before=250, after=50)
    shrinks = row(kind="up", before=250, after=50)
    loses = row(kind="up", before=50, after=50, name="two")

    assert matrix.outcome([safe, back]) == ExitCode.OK
    assert matrix.outcome([safe, back, shrinks]) == ExitCode.REFUSED
    assert matrix.outcome([shrinks, loses, safe]) == ExitCode.LOSES_DATA
    assert verdict(back).plain == "data kept, part refused"
    assert "🛑 loses data" in matrix_markdown([loses])


def test_the_picture_of_the_matrix_fetches_nothing() -> None:
    drawn = picture([row(kind="up", before=50, after=250), row(kind="up", before=50, after=50, name="two")])

    assert drawn.startswith("<svg")
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")
    assert "loses" in drawn


def test_a_row_for_a_program_says_what_is_lost() -> None:
    told = matrix.facts(row(kind="up", before=50, after=50, name="two"))

    assert (told["verdict"], told["exit_code"], told["kept"]) == ("loses data", 3, False)
    assert told["losses"][0]["fate"] == "left behind"


def test_the_plan_of_the_same_sources_changes_nothing(phase_one: Assembly) -> None:
    plan = prove(real(phase_one), real(phase_one))

    assert (plan.changes, plan.outcome) == ((), ExitCode.OK)
