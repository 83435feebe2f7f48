"""The shape of the repository: what may import what, and what must not be where."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import constructs
import pytest

ROOT = Path(__file__).parents[1]
SYSTEMS = re.compile(r"restartix|reptidex|chatbot|vantrexia", re.IGNORECASE)
MAY_NAME_SYSTEMS = ("config/systems/", "tests/", "docs/", "examples/", "bench/", ".github/")
NAMES_A_SYSTEM = ("README.md", "Makefile", "CONTRIBUTING.md")
"""Show systems to people. The Makefile has a default."""

FORBIDDEN = {
    "config": ("aws_cdk", "jsii", "constructs", "cambium", "stacks", "ops", "emulator", "boto3"),
    "constructs/cambium": ("stacks", "ops", "emulator", "boto3"),
    "stacks": ("ops", "emulator", "boto3"),
    "runtime": ("aws_cdk", "constructs", "cambium", "config", "stacks", "ops", "emulator"),
    "ops": ("aws_cdk", "constructs", "cambium", "stacks"),
    "emulator": ("aws_cdk", "constructs", "cambium", "config", "stacks", "ops"),
}
LONGEST = 300


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def ours() -> list[Path]:
    """Every file of the repository that git knows or would take."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def imported(module: Path) -> Iterator[str]:
    """The top-level packages a module imports when it runs."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_constructs_is_the_library_and_not_our_folder() -> None:
    assert Path(constructs.__file__).parent != ROOT / "constructs"


def test_no_init_file_hides_the_library() -> None:
    assert not (ROOT / "constructs" / "__init__.py").exists()
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_imports_go_one_way(folder: str) -> None:
    wrong = {
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules(folder)
        for name in imported(module)
        if name in FORBIDDEN[folder]
    }

    assert modules(folder)
    assert wrong == set()


def test_a_wrong_import_would_be_noticed(tmp_path: Path) -> None:
    module = tmp_path / "wrong.py"
    module.write_text("def late():\n    from stacks.app import build\n\nimport ops.cli\n")

    assert set(imported(module)) == {"stacks", "ops"}


def test_nobody_imports_the_constructs_as_part_of_the_library() -> None:
    # It would be a second copy of every class.
    spelled = re.compile(r"^\s*(from|import) constructs\.cambium", re.MULTILINE)

    assert [path for path in ours() if path.suffix == ".py" and spelled.search(path.read_text())] == []


def test_only_its_own_file_names_a_system() -> None:
    wrong = set()
    for path in ours():
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(MAY_NAME_SYSTEMS) and name not in NAMES_A_SYSTEM:
            words = strings(path) if path.suffix == ".py" else [path.read_text(errors="ignore")]
            found = {word.lower() for text in words for word in SYSTEMS.findall(text)}
            # The embedded AWS has the service that AWS once called Chatbot.
            wrong |= {
                f"{name}: {word}" for word in found - ({"chatbot"} if name.startswith("emulator/") else set())
            }

    assert wrong == set()


def strings(module: Path) -> list[str]:
    """The text in a module that is not documentation, where a system may be the example."""
    tree = ast.parse(module.read_text())
    prose = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose
    ]


def test_no_module_is_too_long_to_read() -> None:
    lengths = {
        module.relative_to(ROOT).as_posix(): len(module.read_text().splitlines())
        for folder in FORBIDDEN
        for module in modules(folder)
    }

    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_contributors_are_told_the_limits_that_are_held() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()

    assert re.search(rf"^\| lines of a module \|.*\| {LONGEST} \| `tests/test_layout.py` \|$", text, re.M)
    assert re.search(
        rf"^\| lines of a Lambda handler \|.*\| {PAGE} \| `tests/test_layout.py` \|$", text, re.M
    )


PAGE = 50
"""Lines of a handler, at most."""


def handlers() -> Iterator[tuple[Path, ast.FunctionDef]]:
    """What Lambda calls: functions that take its context."""
    for module in modules("runtime"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.FunctionDef) and takes_event_and_context(node):
                yield module, node


def takes_event_and_context(function: ast.FunctionDef) -> bool:
    kinds = [one.annotation.id if isinstance(one.annotation, ast.Name) else "" for one in function.args.args]
    return len(kinds) > 1 and kinds[1] == "LambdaContext" and not function.name.startswith("_")


def test_no_handler_is_longer_than_a_page() -> None:
    lengths = {
        f"{module.relative_to(ROOT)}:{one.name}": (one.end_lineno or 0) - one.lineno + 1
        for module, one in handlers()
    }

    assert len(lengths) > 20
    assert {name: lines for name, lines in lengths.items() if lines > PAGE} == {}


def test_every_handler_logs_with_powertools() -> None:
    silent = {
        module.relative_to(ROOT).as_posix()
        for module, _ in handlers()
        if not re.search(
            r"^logger = Logger\(|^from [\w.]+ import .*\b(logger|shielded)\b", module.read_text(), re.M
        )
    }

    assert silent == set()


@pytest.mark.parametrize("folder", ["constructs/cambium", "stacks"])
def test_nothing_is_decided_by_the_name_of_an_environment_or_the_number_of_a_phase(folder: str) -> None:
    wrong = {
        f"{module.relative_to(ROOT)}:{node.lineno}"
        for module in modules(folder)
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.If | ast.IfExp | ast.Match) and asks_for_a_stage(node)
    }

    assert wrong == set()


STAGES = ("production", "staging", "dev", "development", "prod", "test")


def asks_for_a_stage(node: ast.If | ast.IfExp | ast.Match) -> bool:
    asked = node.subject if isinstance(node, ast.Match) else node.test
    for part in ast.walk(asked):
        if isinstance(part, ast.Attribute) and part.attr == "phase":
            return True
        if isinstance(part, ast.Constant) and part.value in STAGES:
            return True
    return False


@pytest.mark.parametrize(
    "code",
    [
        "if deployment.phase > 1: pass",
        'x = 1 if name == "production" else 2',
        "match d.phase:\n case 1: pass",
    ],
)
def test_a_decision_by_name_would_be_noticed(code: str) -> None:
    (found,) = [
        node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.If | ast.IfExp | ast.Match)
    ]

    assert asks_for_a_stage(found)
