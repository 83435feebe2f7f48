"""A17: what changes in the template of tenants is told before it reaches anybody's database."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.tenancy import LIVING, OF_TENANT, TOLD_OF_EACH
from docs.aws_command import complaints
from docs.markdown import Page
from ops.outcome import ExitCode, OperatorError
from ops.plan.prover import Plan, prove
from ops.plan.runbook import Subject, runbook
from ops.plan.side import Side, read_side
from ops.plan.stamp import told
from ops.plan.verdict import Verdict
from ops.report.plan_markdown import page
from ops.testing import Command
from ops.workspace import Workspace
from support.assembly import Assembly
from support.planted import Template, Templates, found, planted, properties_at, real, renamed
from support.planted import resource as made
from support.synthesis import ROOT
from support.synths import Synths
from support.tenant_settings import told as told_tier
from tenants.admission import parameters
from tenants.registry import Tenant

TITLE = "every enterprise tenant in eu"
MACHINES = "clinic-production-eu-tenants"
ROWS = f"every row of the database, of {TITLE}"
DATABASE = "Database/Instance/Resource"
SUBJECT = Subject("a change", "-c system=clinic -c env=production")
Plant = Callable[[Templates], Any]


def after(assembly: Assembly, plant: Plant) -> Plan:
    return prove(real(assembly), planted(assembly, plant))


def refused(plan: Plan) -> str:
    return "\n".join(one.what for one in plan.refusals)


def database(templates: Templates) -> Template:
    return properties_at(templates, TITLE, DATABASE)


def body(templates: Templates) -> Template:
    """The database with its policies."""
    template, logical_id = found(templates, TITLE, DATABASE)
    resource: Template = template["Resources"][logical_id]
    return resource


def of_type(templates: Templates, kind: str) -> list[Template]:
    return [one for one in templates[TITLE]["Resources"].values() if one["Type"] == kind]


def given(templates: Templates, old: str, new: str) -> None:
    """Change what the machines give as parameters, which is JSON in pieces."""
    for one in templates[MACHINES]["Resources"].values():
        variables = one.get("Properties", {}).get("Environment", {}).get("Variables", {})
        if "PLACE" in variables:
            variables["PLACE"] = json.loads(json.dumps(variables["PLACE"]).replace(old, new))


def renames_the_construct(templates: Templates) -> None:
    template, logical_id = found(templates, TITLE, DATABASE)
    renamed(template, logical_id, "PrimaryDatabase")


def names_the_instance_otherwise(templates: Templates) -> None:
    database(templates)["DBInstanceIdentifier"] = {"Fn::Sub": "clinic-production-${TenantId}"}


def puts_it_in_another_subnet_group(templates: Templates) -> None:
    database(templates)["DBSubnetGroupName"] = "other"


def renames_the_shared_subnet_group(templates: Templates) -> None:
    template, logical_id = found(templates, "tenants", "Ground/DatabaseSubnets/Default")
    renamed(template, logical_id, "OtherSubnets")


def names_the_shared_subnet_group(templates: Templates) -> None:
    properties_at(templates, "tenants", "Ground/DatabaseSubnets/Default")["DBSubnetGroupName"] = "other"


def switches_encryption_off(templates: Templates) -> None:
    database(templates)["StorageEncrypted"] = False


def encrypts_with_another_key(templates: Templates) -> None:
    database(templates)["KmsKeyId"] = "alias/other"


def takes_the_database_out(templates: Templates) -> None:
    template, logical_id = found(templates, TITLE, DATABASE)
    template["Resources"][logical_id] = made("AWS::SNS::Topic")
    template["Outputs"] = {}


@pytest.mark.parametrize(
    "plant",
    [
        renames_the_construct,
        names_the_instance_otherwise,
        puts_it_in_another_subnet_group,
        renames_the_shared_subnet_group,
        names_the_shared_subnet_group,
        switches_encryption_off,
        encrypts_with_another_key,
        takes_the_database_out,
    ],
    ids=lambda plant: plant.__name__,
)
@pytest.mark.parametrize("platform", ["tenanted", "tenanted_on_app_runner"])
def test_what_would_cost_every_tenant_its_database_loses_data(
    synths: Synths, platform: str, plant: Plant
) -> None:
    plan = after(synths[platform], plant)

    assert plan.outcome == ExitCode.LOSES_DATA
    # A database that lives is protected, so the old one stays, where nothing looks for it.
    assert (ROWS, "left behind", True) in {(one.what, one.fate, one.certain) for one in plan.losses}


def test_the_shared_subnet_group_is_named_as_the_cause(tenanted: Assembly) -> None:
    plan = after(tenanted, renames_the_shared_subnet_group)
    (loss,) = [one for one in plan.losses if one.what == ROWS]

    assert {cause.subject for cause in loss.change.causes if cause.verdict == Verdict.REPLACES} == {
        "DBSubnetGroupName"
    }


def test_a_database_under_its_old_name_cannot_be_made_beside_the_old_one(tenanted: Assembly) -> None:
    assert "fixed name clinic-<TenantId>-production is taken" in refused(
        after(tenanted, renames_the_construct)
    )
    assert "old one's fixed name clinic-<TenantId>-production" in refused(
        after(tenanted, switches_encryption_off)
    )


def test_without_policy_and_protection_the_rows_are_destroyed(tenanted: Assembly) -> None:
    def unguard(templates: Templates) -> None:
        del body(templates)["UpdateReplacePolicy"]
        database(templates)["DeletionProtection"] = "false"

    def plant(templates: Templates) -> None:
        unguard(templates)
        database(templates)["StorageEncrypted"] = False

    plan = prove(planted(tenanted, unguard), planted(tenanted, plant))

    assert [(one.what, one.fate) for one in plan.losses] == [(ROWS, "destroyed")]


@pytest.mark.parametrize(
    ("kind", "becomes", "said"),
    [
        ("UpdateReplacePolicy", None, "no longer outlive being replaced: every row of the database"),
        ("DeletionPolicy", "Delete", "no longer outlive being taken out of the template: every row of the"),
        ("DeletionProtection", "false", "loses AWS's own protection against deletion"),
    ],
)
def test_a_protection_of_every_tenants_database_that_goes_is_told(
    tenanted: Assembly, kind: str, becomes: str | None, said: str
) -> None:
    def plant(templates: Templates) -> None:
        if kind == "DeletionProtection":
            database(templates)[kind] = becomes
        elif becomes is None:
            del body(templates)[kind]
        else:
            body(templates)[kind] = becomes

    (line,) = after(tenanted, plant).weakened

    assert line.startswith(f"{TITLE}: Database/Instance ")
    assert said in line


def test_shorter_backups_of_every_tenant_may_lose_data(tenanted: Assembly) -> None:
    plan = after(tenanted, lambda templates: database(templates).update(BackupRetentionPeriod=1))

    assert plan.outcome == ExitCode.MAY_LOSE_DATA
    assert [one.what for one in plan.losses] == [f"automatic backups older than 1 days, of {TITLE}"]


def test_storage_of_tenants_that_shrinks_is_refused(tenanted: Assembly) -> None:
    plan = after(tenanted, lambda templates: database(templates).update(AllocatedStorage="20"))

    assert plan.outcome == ExitCode.REFUSED


def another_tag(templates: Templates) -> None:
    database(templates)["Tags"].append({"Key": "owner", "Value": "us"})


def another_threshold(templates: Templates) -> None:
    of_type(templates, "AWS::CloudWatch::Alarm")[0]["Properties"]["Threshold"] = 1234


def another_default_of_the_image(templates: Templates) -> None:
    templates[TITLE]["Parameters"]["Image"] |= {"Default": "3f2c1ab", "Description": "another"}


def another_image_of_the_jobs(templates: Templates) -> None:
    given(templates, '\\", \\"JobsImage\\": \\"', '\\", \\"JobsImage\\": \\"other')


def a_parameter_of_another_name(templates: Templates) -> None:
    """What it is given stays the same."""
    text = json.dumps(templates[TITLE]).replace('"DatabaseSubnets"', '"Subnets"')
    templates[TITLE] = json.loads(text)
    given(templates, '\\"DatabaseSubnets\\"', '\\"Subnets\\"')


def one_more_size(templates: Templates) -> None:
    parameter, sizes = sizes_of(templates)
    parameter["AllowedValues"].append("huge")
    sizes["huge"] = {**sizes["large"], "InstanceClass": "db.r6g.4xlarge"}


def sizes_of(templates: Templates) -> tuple[Template, Template]:
    """The parameter and the mapping."""
    (sizes,) = templates[TITLE]["Mappings"].values()
    return templates[TITLE]["Parameters"]["Size"], sizes


@pytest.mark.parametrize(
    ("plant", "verdicts"),
    [
        (another_tag, {Verdict.IN_PLACE}),
        (another_threshold, {Verdict.IN_PLACE}),
        (another_default_of_the_image, set()),
        (another_image_of_the_jobs, {Verdict.REPLACES}),
        (a_parameter_of_another_name, set()),
        (one_more_size, set()),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_changes_of_every_day_lose_refuse_and_weaken_nothing(
    tenanted: Assembly, plant: Plant, verdicts: set[Verdict]
) -> None:
    plan = after(tenanted, plant)

    assert plan.outcome == ExitCode.OK, (plan.losses, plan.refusals)
    assert (plan.refusals, plan.splits, plan.weakened) == ((), (), ())
    assert {one.verdict for one in plan.changes_of(TITLE)} == verdicts


def test_a_size_that_is_another_machine_interrupts_those_who_have_it(tenanted: Assembly) -> None:
    def plant(templates: Templates) -> None:
        sizes_of(templates)[1]["large"]["InstanceClass"] = "db.r6g.4xlarge"

    plan = after(tenanted, plant)
    verdicts = {one.resource.path: one.verdict for one in plan.changes_of(TITLE)}

    assert verdicts == {"Database/Instance": Verdict.INTERRUPTS}
    (wave,) = runbook(plan, SUBJECT).waves
    assert "connections break" in " ".join(line.text for line in wave.watch)


def takes_a_size_away(templates: Templates) -> None:
    parameter, sizes = sizes_of(templates)
    parameter["AllowedValues"].remove("large")
    del sizes["large"]


def asks_for_what_nobody_gives(templates: Templates) -> None:
    templates[TITLE]["Parameters"]["Colour"] = {"Type": "String"}


def gives_what_nobody_asks_for(templates: Templates) -> None:
    del templates[TITLE]["Parameters"]["DatabasesGroup"]


def is_no_longer_told_the_size(templates: Templates) -> None:
    del templates[TITLE]["Parameters"]["Size"]


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (takes_a_size_away, "a tenant whose Size is large could no longer be changed nor deleted"),
        (asks_for_what_nobody_gives, "asks for the parameter Colour, and nothing gives it"),
        (is_no_longer_told_the_size, "give the parameter Size, which the template does not have"),
        (gives_what_nobody_asks_for, "give the parameter DatabasesGroup, which the template does not have"),
    ],
)
def test_a_template_that_no_tenant_could_get_is_refused(tenanted: Assembly, plant: Plant, said: str) -> None:
    plan = after(tenanted, plant)

    assert plan.outcome == ExitCode.REFUSED
    assert said in refused(plan)
    assert said in page(plan, runbook(plan, SUBJECT))


def test_a_default_that_nobody_overrides_is_the_value_of_every_tenant(tenanted: Assembly) -> None:
    def zone(default: str) -> Plant:
        def plant(templates: Templates) -> None:
            templates[TITLE]["Parameters"]["Zone"] = {"Type": "String", "Default": default}
            database(templates)["DBName"] = {"Ref": "Zone"}

        return plant

    one, other = planted(tenanted, zone("one")), planted(tenanted, zone("two"))

    assert prove(one, one).changes == ()
    assert ROWS in {loss.what for loss in prove(one, other).losses}


def test_what_the_machines_give_each_tenant_is_what_the_plan_takes_as_given() -> None:
    facts = {"size": "large", "image": "3f2c1ab", "priorities": [34000, 33999]}
    given = parameters(Tenant(tenant="org-101"), facts, told_tier("clinic", services=2))

    assert set(given) == {*TOLD_OF_EACH, "Priority1", "Priority2"}
    assert [name for name in given if not OF_TENANT.fullmatch(name)] == []
    assert {name: given[name] for name in LIVING} == LIVING


@pytest.mark.parametrize("platform", ["tenanted", "tenanted_on_app_runner"])
def test_every_parameter_of_the_template_is_given(synths: Synths, platform: str) -> None:
    (stack,) = real(synths[platform]).tenants.values()
    assert stack.stamp

    asked, place = set(stack.template["Parameters"]), set(stack.stamp.place)

    assert place <= asked
    assert {name for name in asked - place if not OF_TENANT.fullmatch(name)} == set()


def without_tenants(side: Side) -> Side:
    return Side(side.stacks)


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


def test_a_change_of_tenants_is_a_wave_after_the_last_deploy(tenanted: Assembly) -> None:
    plan = after(tenanted, another_threshold)
    book = runbook(plan, SUBJECT)
    (wave,) = book.waves
    commands = " ".join(line.command for part in (wave.do, wave.after) for line in part)

    assert len(book.deploys) == 1
    assert plan.deployed == ()
    assert f"stateMachine:{MACHINES}-change" in commands
    assert f"stateMachine:{MACHINES}-wave" in commands
    assert "starts_with(StackName, 'clinic-production-eu-tenant-')" in commands
    assert book.deploys[0].watch == ()


def test_what_no_tenant_notices_needs_no_wave(phase_one: Assembly, tenanted: Assembly) -> None:
    def plant(templates: Templates) -> None:
        properties_at(templates, "data", DATABASE)["BackupRetentionPeriod"] = 35

    assert runbook(after(phase_one, plant), SUBJECT).waves == ()
    assert runbook(after(tenanted, plant), SUBJECT).waves == ()


def test_what_a_deploy_takes_from_under_tenants_is_told_before_it(
    tenanted: Assembly, tenanted_on_app_runner: Assembly
) -> None:
    there = runbook(prove(real(tenanted), real(tenanted_on_app_runner)), SUBJECT)
    back = runbook(prove(real(tenanted_on_app_runner), real(tenanted)), SUBJECT)
    said = [line for line in there.deploys[0].before if line.text.startswith(TITLE)]

    assert len(said) == 1
    assert "LoadBalancer/Https" in said[0].text
    assert f"cdk deploy {MACHINES} --exclusively" in said[0].command
    assert [line for line in back.deploys[0].before if line.text.startswith(TITLE)] == []


def test_the_page_of_a_wave_has_commands_that_the_cli_would_accept(
    tenanted: Assembly, tmp_path: Path
) -> None:
    plan = after(tenanted, another_threshold)
    written = Page(tmp_path / "plan.md")
    written.path.write_text(page(plan, runbook(plan, SUBJECT)))
    commands = list(written.commands("aws"))

    assert len(commands) == 3
    assert [complaint for words in commands for complaint in complaints(words)] == []


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


def test_json_in_pieces_is_read_with_its_references() -> None:
    group, zone = {"Ref": "Group"}, {"Fn::GetAtt": ["Zone", "Id"]}
    written = {"Fn::Join": ["", ['{"A": "', group, '", "B": "x-', zone, '-y", "C": 3}']]}

    found = told(written)

    assert found["A"] == {"Fn::Join": ["", ["", group, ""]]}
    assert found["B"] == {"Fn::Join": ["", ["x-", zone, "-y"]]}
    assert found["C"] == 3
    assert told('{"A": "x"}') == {"A": "x"}
