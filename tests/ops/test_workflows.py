"""What is found in the GitHub workflows."""

import pytest

from ops.outcome import ExitCode
from ops.testing import Command

GOOD = """\
name: checks
on: push
permissions: {}
concurrency:
  group: checks
  cancel-in-progress: true
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - run: make test
"""


def write(cambium: Command, text: str) -> None:
    folder = cambium.workspace.root / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "checks.yml").write_text(text)


def test_no_workflows_are_nothing_to_check(cambium: Command) -> None:
    result = cambium("check-workflows")

    assert result.exit_code == ExitCode.OK
    assert "no workflow files" in result.stderr


def test_a_good_workflow_passes_all_three_linters(cambium: Command) -> None:
    write(cambium, GOOD)

    result = cambium("check-workflows")

    assert result.exit_code == ExitCode.OK, result.stderr
    assert result.stderr.count("nothing found") == 3


@pytest.mark.parametrize(
    ("linter", "good", "bad"),
    [
        ("zizmor", "make test", 'echo "${{ github.event.issue.title }}"'),
        ("check-jsonschema", "    timeout-minutes: 5", "    timeout-hours: 5"),
        ("actionlint", "make test", "echo ${{ github.no_such_thing }}"),
    ],
)
def test_a_planted_mistake_is_found(cambium: Command, linter: str, good: str, bad: str) -> None:
    write(cambium, GOOD.replace(good, bad))

    result = cambium("check-workflows")

    assert result.exit_code == ExitCode.WORKFLOWS
    verdicts = dict(line.split(maxsplit=1) for line in result.stderr.splitlines()[:3])
    assert verdicts[linter].startswith("findings")
