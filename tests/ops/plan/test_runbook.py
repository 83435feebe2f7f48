"""The runbook: what one deploy cannot do becomes numbered deploys, each with its checks."""

from pathlib import Path
from typing import Any

import pytest

from config.catalog import load_system
from docs.aws_command import complaints
from docs.markdown import Page
from ops.growth.steps import steps
from ops.plan.as_json import as_json
from ops.plan.prover import Plan, prove
from ops.plan.runbook import Runbook, Subject, runbook
from ops.report.plan_markdown import page
from support.assembly import Assembly
from support.planted import real, resource, side, step

CDK = "-c system=restartix -c env=production"
SUBJECT = Subject("restartix production, phase 1 to 2", CDK)


def phases() -> Subject:
    system = load_system("restartix-fargate")
    was, becomes = (system.resolve("production", phase) for phase in (1, 2))
    return Subject("grow", CDK, steps(was, becomes, becomes.home.shards[0]), "pre-phase-2-upgrade-")


def titles(book: Runbook) -> list[str]:
    return [deploy.title for deploy in book.deploys]


def texts(book: Runbook, number: int, part: str) -> str:
    return "\n".join(f"{line.text} {line.command}" for line in getattr(book.deploys[number], part))


@pytest.fixture
def growth(phase_one: Assembly, phase_two: Assembly) -> Plan:
    return prove(real(phase_one), real(phase_two))


def test_b9_growing_is_two_deploys_the_machine_and_then_its_replicas(growth: Plan) -> None:
    book = runbook(growth, phases())

    assert titles(book) == [
        "Everything but Database/Replica1, Database/Replica2",
        "The replicas: Database/Replica1, Database/Replica2",
    ]
    assert "deploy phase 2 with read_replicas=0" in texts(book, 0, "do")
    assert "take the override of read_replicas out again" in texts(book, 1, "do")


def test_a_snapshot_comes_before_the_first_deploy_under_the_name_that_the_checklist_looks_for(
    growth: Plan,
) -> None:
    commands = "\n".join(line.command for line in runbook(growth, phases()).before)

    assert "aws rds create-db-snapshot" in commands
    assert "--logical-resource-id DatabaseInstanceAA8A5FDE" in commands
    assert 'rds wait db-snapshot-available --db-snapshot-identifier "pre-phase-2-upgrade-$(date' in commands


def test_each_deploy_says_what_to_see_before_during_and_after_and_how_to_go_back(growth: Plan) -> None:
    book = runbook(growth, phases())

    assert "storage-optimization" in texts(book, 0, "before")
    assert "connections break for 1 to 2 minutes" in texts(book, 0, "watch")
    assert "ParameterApplyStatus is in-sync" in texts(book, 0, "after")
    assert "its storage cannot" in texts(book, 0, "back")
    assert "storage-optimization" in texts(book, 1, "before")
    assert all(deploy.do[-1].command.startswith("npx cdk deploy --all -c") for deploy in book.deploys)


def test_without_phases_it_says_what_to_leave_out(growth: Plan) -> None:
    book = runbook(growth, SUBJECT)

    assert "leave Database/Replica1, Database/Replica2 out for now" in texts(book, 0, "do")
    assert "put Database/Replica1, Database/Replica2 back" in texts(book, 1, "do")


def test_on_the_way_back_services_forget_the_replicas_before_they_go(
    phase_one: Assembly, phase_two: Assembly
) -> None:
    book = runbook(prove(real(phase_two), real(phase_one)), SUBJECT)

    assert titles(book) == ["Stop telling services of the replicas", "Everything"]


def table(*regions: str, indexes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "Routing": resource(
            "AWS::DynamoDB::GlobalTable",
            keep="Retain",
            Replicas=[{"Region": region} for region in regions],
            GlobalSecondaryIndexes=[{"IndexName": name} for name in indexes],
        )
    }


def test_a_global_table_gets_one_region_in_a_deploy() -> None:
    plan = step(table("eu-central-1"), table("eu-central-1", "us-east-1", "ap-south-1"))
    book = runbook(plan, SUBJECT)

    assert titles(book) == ["Everything but us-east-1", "The table in us-east-1"]
    assert "one region of a global table" in book.deploys[1].why


def test_one_more_region_is_one_deploy() -> None:
    plan = step(table("eu-central-1"), table("eu-central-1", "us-east-1"))

    assert len(runbook(plan, SUBJECT).deploys) == 1


def test_a_table_gets_one_index_in_a_deploy() -> None:
    plan = step(table("eu-central-1"), table("eu-central-1", indexes=("by-shard", "by-tier")))

    assert titles(runbook(plan, SUBJECT))[1:] == ["The index by-tier"]


def test_who_reads_a_replaced_value_weakly_is_deployed_by_force() -> None:
    weak = {"Fn::GetStackOutput": {"StackName": "keys", "OutputName": "Name"}}

    def both(name: str) -> Any:
        made = side(keys={"Topic": resource("AWS::SNS::Topic", TopicName=name)})
        producer = made.stacks["keys"]
        outputs = {**producer.template, "Outputs": {"Name": {"Value": {"Ref": "Topic"}}}}
        consumer = side(data={"Alarm": resource("AWS::CloudWatch::Alarm", AlarmActions=[weak])})
        return type(made).of(
            [type(producer)("keys", producer.account, producer.region, outputs), consumer.stacks["data"]]
        )

    book = runbook(prove(both("one"), both("two")), SUBJECT)

    assert titles(book) == ["Everything", "Once more, by force: data"]
    assert book.deploys[1].do[0].command == f"npx cdk deploy data --exclusively --force {CDK}"


def test_another_platform_says_that_dns_leads_to_what_goes(phase_one: Assembly, fargate: Assembly) -> None:
    book = runbook(prove(real(fargate), real(phase_one)), SUBJECT)

    assert "docs/runbooks/switch-platform.md" in texts(book, 0, "before")
    assert "LoadBalancer is protected against deletion" in texts(book, 0, "before")
    assert "restartix-production-eu-edge is no longer deployed" in "\n".join(one.text for one in book.after)


def test_leaving_a_host_says_that_dns_leads_to_the_machine(
    vantrexia_host: Assembly, vantrexia_grown: Assembly
) -> None:
    leaves = runbook(prove(real(vantrexia_host), real(vantrexia_grown)), SUBJECT)
    stays = runbook(prove(real(vantrexia_grown), real(vantrexia_host)), SUBJECT)

    assert "docs/runbooks/leave-the-host.md" in texts(leaves, 0, "before")
    assert "docs/runbooks/leave-the-host.md" not in texts(stays, 0, "before")


def test_nothing_to_change_is_no_deploy(phase_one: Assembly) -> None:
    book = runbook(prove(real(phase_one), real(phase_one)), SUBJECT)

    assert (book.deploys, book.before, book.after) == ((), (), ())


def test_the_page_has_every_line_of_it(growth: Plan) -> None:
    book = runbook(growth, phases())
    text = page(growth, book)

    assert text.startswith(
        "## ✅ grow\n\nSafe: nothing that holds data is lost, moved or replaced; 2 deploys."
    )
    for deploy in book.deploys:
        assert f". {deploy.title}" in text
        for line in (*deploy.before, *deploy.do, *deploy.watch, *deploy.after, *deploy.back):
            assert line.text in text
            assert all(part.strip() in text for part in line.command.splitlines())


def test_every_command_of_it_is_one_that_the_aws_cli_knows(growth: Plan, tmp_path: Path) -> None:
    written = Page(tmp_path / "plan.md")
    written.path.write_text(page(growth, runbook(growth, phases())))
    commands = list(written.commands("aws"))

    assert {tuple(words[1:3]) for words in commands} >= {("rds", "create-db-snapshot"), ("rds", "wait")}
    assert [complaint for words in commands for complaint in complaints(words)] == []


def test_a_program_gets_the_same(growth: Plan) -> None:
    book = runbook(growth, phases())
    told = as_json(growth, book)

    assert (told["verdict"], told["exit_code"], told["deploys"]) == ("safe", 0, 2)
    assert [one["title"] for one in told["runbook"]["deploys"]] == titles(book)
    data = next(one for one in told["stacks"] if one["name"].endswith("-data"))
    database = next(one for one in data["changes"] if one["path"] == "Database/Instance")
    assert database["verdict"] == "in place with interruption"


def test_a18_a_region_that_is_new_needs_room_a_bootstrap_and_images_before_and_keys_and_the_worker_after(
    phase_three: Assembly, phase_four: Assembly
) -> None:
    book = runbook(prove(real(phase_three), real(phase_four)), SUBJECT)
    before, after = texts(book, 0, "before"), texts(book, 0, "after")

    assert "us-east-1 will serve: ask for its quotas" in before
    assert f"npx cdk bootstrap aws://111122223333/us-west-2 {CDK}" in before
    assert f"npx cdk deploy restartix-production-us-delivery --exclusively {CDK}" in before
    assert "the keys of new secrets are filled in" in after
    assert "DNS leads to the new services" in after
    assert "the Worker is deployed, and knows each look-up" in after


def test_what_stays_in_its_region_needs_none_of_that(growth: Plan) -> None:
    book = runbook(growth, SUBJECT)

    for number, _ in enumerate(book.deploys):
        said = texts(book, number, "before") + texts(book, number, "after")
        assert "will serve" not in said
        assert "new secrets" not in said
        assert "the Worker" not in said
