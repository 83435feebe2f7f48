"""What is read from the CDK CLI's output. The texts were recorded from real deploys."""

from pathlib import Path

import pytest

from ops.deploy.events import DeployProgress, StackProgress

RECORDED = Path(__file__).parent / "data"
NETWORK = "restartix-production-eu-network"
DATA = "restartix-production-eu-1-data"
RECOVERY = "restartix-production-recovery"


def follow(name: str) -> DeployProgress:
    """Feed a recorded output, one line a second."""
    progress = DeployProgress({stack: StackProgress() for stack in (NETWORK, DATA, RECOVERY)})
    for second, line in enumerate((RECORDED / name).read_text().splitlines()):
        progress.feed(line, float(second))
    return progress


def test_every_stack_of_a_first_deploy_ends_deployed_with_its_seconds() -> None:
    progress = follow("deploy-created.txt")

    for stack in progress.stacks.values():
        assert stack.state == "deployed"
        assert (stack.seconds(0) or 0) > 0
    assert progress.failures == []


def test_a_stack_without_changes_is_called_unchanged() -> None:
    assert {stack.state for stack in follow("deploy-unchanged.txt").stacks.values()} == {"unchanged"}


def test_a_failure_names_stack_resource_and_reason_once() -> None:
    progress = follow("deploy-update-failed.txt")

    assert progress.stacks[DATA].state == "failed"
    assert progress.stacks[NETWORK].state == "deployed"
    assert len(progress.failures) == 1
    assert progress.failures[0].startswith(f"{DATA}  Custom::Broken  Broken ")
    assert "function:nobody' not found" in progress.failures[0]


def test_the_words_of_the_cli_after_a_failure_are_kept() -> None:
    assert any("DeploymentError" in line for line in follow("deploy-update-failed.txt").error)


@pytest.mark.parametrize(
    "line", ["", "✨  Synthesis time: 0.13s", "Stack ARN:", "Outputs:", "other: deploying..."]
)
def test_lines_about_nothing_of_ours_change_nothing(line: str) -> None:
    progress = DeployProgress({DATA: StackProgress()})

    progress.feed(line, 1.0)

    assert progress.stacks[DATA] == StackProgress()


def test_a_running_stack_says_what_it_is_doing() -> None:
    progress = DeployProgress({DATA: StackProgress()})
    line = (
        f"{DATA} |  3/25 | 3:29:07 PM | CREATE_IN_PROGRESS | AWS::RDS::DBInstance | Database/Instance (D12) "
    )

    progress.feed(line, 4.0)

    assert progress.stacks[DATA].doing == "RDS::DBInstance Database/Instance"
    assert progress.stacks[DATA].seconds(10.0) == 6.0
