"""A17: the template of tenants comes, goes and is compared as a stack of its own."""

import json
import shutil
from pathlib import Path

import pytest

from ops.outcome import ExitCode, OperatorError
from ops.plan.prover import prove
from ops.plan.runbook import runbook
from ops.plan.side import Side, read_side
from ops.plan.verdict import Verdict
from ops.testing import Command
from ops.workspace import Workspace
from support.assembly import Assembly
from support.planted import real
from support.planted_tenants import MACHINES, ROWS, SUBJECT, TITLE, without_tenants
from support.synthesis import ROOT


def test_a_template_that_is_new_changes_nobodys_stack(tenanted: Assembly) -> None:
    plan = prove(without_tenants(real(tenanted)), real(tenanted))

    assert (plan.changes, plan.outcome) == ((), ExitCode.OK)
    assert TITLE in plan.after.stacks


def test_a_template_that_goes_leaves_the_data_of_every_tenant_where_nothing_will_change_it(
    tenanted: Assembly,
) -> None:
    plan = prove(real(tenanted), without_tenants(real(tenanted)))
    book = runbook(plan, SUBJECT)

    assert plan.outcome == ExitCode.LOSES_DATA
    assert {one.verdict for one in plan.changes} == {Verdict.ORPHANS}
    loss = next(one for one in plan.losses if one.what == ROWS)
    assert f"what changes or deletes these stacks is in {MACHINES}" in loss.words
    assert (plan.renamed, book.waves) == ({}, ())
    assert f"before {MACHINES} goes" in " ".join(line.text for line in book.after)


def test_what_tenants_have_never_becomes_what_the_deployment_has(tenanted: Assembly) -> None:
    """Their databases have the logical id and the path of everybody's, and are not those."""
    shard = {name for name in real(tenanted).stacks if name.endswith("-data")}
    fewer = Side({name: one for name, one in real(tenanted).stacks.items() if name not in shard})

    comes = prove(Side(fewer.stacks, real(tenanted).tenants), without_tenants(real(tenanted)))
    goes = prove(without_tenants(real(tenanted)), Side(fewer.stacks, real(tenanted).tenants))

    assert {one.verdict for plan in (comes, goes) for one in plan.changes} & {Verdict.MOVES} == set()


def test_a_folder_whose_template_nothing_stamps_is_not_compared(tenanted: Assembly, tmp_path: Path) -> None:
    folder = tmp_path / "cdk.out"
    shutil.copytree(tenanted.folder, folder, ignore=shutil.ignore_patterns("asset.*"))
    (folder / "tenant-eu").rename(folder / "tenant-us")

    with pytest.raises(OperatorError, match="no function in the assembly stamps it"):
        read_side(folder)


def test_the_command_ends_with_three_and_names_every_tenant(
    tenanted: Assembly, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "cdk.out"
    shutil.copytree(tenanted.folder, broken, ignore=shutil.ignore_patterns("asset.*"))
    file = broken / "tenant-eu" / "Tenant.template.json"
    file.write_text(file.read_text().replace('"StorageEncrypted": true', '"StorageEncrypted": false'))
    for tools in (".venv", "node_modules"):
        (tmp_path / tools).symlink_to(ROOT / tools)
    monkeypatch.setenv("COLUMNS", "200")
    cambium = Command(Workspace(tmp_path))
    options = ("plan", "--from-out", str(tenanted.folder), "--to-out", str(broken))

    shown = cambium(*options, "--markdown", str(tmp_path / "plan.md"))
    facts = json.loads(cambium(*options, "--json").stdout)

    assert shown.exit_code == ExitCode.LOSES_DATA
    assert f"loses data: {ROWS}" in " ".join(shown.stdout.split())
    assert f"### Then. {TITLE.capitalize()}" in (tmp_path / "plan.md").read_text()
    assert [loss["what"] for loss in facts["losses"]] == [ROWS]
    (stack,) = [one for one in facts["stacks"] if one["stamped_by"]]
    assert (stack["name"], stack["stamped_by"]) == (TITLE, MACHINES)
    assert facts["runbook"]["waves"][0]["title"] == TITLE.capitalize()
    assert len(facts["tenants"]) == 1
