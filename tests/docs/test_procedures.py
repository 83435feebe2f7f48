"""The procedures a document asks for are pages, whose steps come in the order that loses nothing."""

import re

import pytest

from docs.markdown import ROOT, Page

RUNBOOKS = ROOT / "docs" / "runbooks"


def test_d15_an_incident_is_isolated_preserved_rotated_and_restored_in_this_order() -> None:
    """Each step has its commands; nothing is stopped or changed before it is preserved."""
    page = Page(RUNBOOKS / "incident.md")
    steps = re.split(r"^## \d\. ", page.text, flags=re.M)[1:]

    assert [step.split("\n", 1)[0] for step in steps] == ["Isolate", "Preserve", "Rotate", "Restore"]
    for step, sign in zip(
        steps,
        ("deregister-targets", "create-db-snapshot", "rotate", "revoked-after-an-incident"),
        strict=True,
    ):
        assert sign in step, step.split("\n", 1)[0]
    assert page.text.index("create-db-snapshot") < page.text.index("ecs stop-task")


@pytest.mark.parametrize("subject", ["Two stages", "Alpine", "ARM64"])
def test_d17_who_writes_an_image_is_told_of_stages_and_the_traps_of_alpine(subject: str) -> None:
    page = Page(RUNBOOKS / "container-images.md")

    assert f"\n## {subject}\n" in page.text
    for trap in ("curl", "localhost", "musl", "tzdata", "USER node"):
        assert trap in page.text, trap


@pytest.mark.parametrize(
    ("procedure", "page", "step"),
    [
        ("a container fails", "application-failure.md", "host start"),
        ("the database is damaged", "restore-database.md", "restore-db-instance-to-point-in-time"),
        ("the machine fails", "host-failure.md", "aws ec2"),
        ("the region is lost", "region-loss.md", "cdk deploy"),
    ],
)
def test_e8_each_recovery_procedure_is_a_page_with_commands(procedure: str, page: str, step: str) -> None:
    found = Page(RUNBOOKS / page)

    assert any(step in line for line in found.code()), f"when {procedure}: no {step} in {page}"
