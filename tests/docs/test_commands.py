"""What the documentation tells a person to type exists: commands, options, targets, verbs."""

import re
import subprocess
from functools import cache

import jmespath  # type: ignore[import-untyped]
import pytest
import typer
from typer.core import TyperGroup

from docs.aws_command import complaints
from docs.markdown import ROOT, Page, pages
from ops.cli import app

PAGES = pages()
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))


def by_name(page: Page) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_the_aws_cli_knows_every_command_and_option(page: Page) -> None:
    wrong = [
        f"{' '.join(words)}: {complaint}"
        for words in page.commands("aws")
        if len(words) > 1 and not words[1].startswith(("...", "-"))
        for complaint in complaints(words)
    ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_query_can_be_parsed(page: Page) -> None:
    for words in page.commands("aws"):
        if "--query" in words:
            jmespath.compile(words[words.index("--query") + 1])


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_the_pinned_cdk_cli_knows_every_verb_and_option(page: Page) -> None:
    for words in page.commands("npx cdk"):
        if words[2] == "...":
            continue
        known = cdk_options(words[2])
        unknown = [word for word in words[3:] if word.startswith("--") and plain(word) not in known]
        assert not unknown, f"{' '.join(words)}: cdk {words[2]} has no {', '.join(unknown)}"


def plain(option: str) -> str:
    return option.split("=")[0].removeprefix("--").removeprefix("no-")


@cache
def cdk_options(verb: str) -> frozenset[str]:
    command = [str(ROOT / ".venv/bin/node"), str(ROOT / "node_modules/aws-cdk/bin/cdk"), verb, "--help"]
    said = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.startswith(f"cdk {verb}"), f"cdk has no verb {verb}"
    return frozenset(re.findall(r"--([a-z][a-z-]+)", said))


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_make_target_exists(page: Page) -> None:
    targets = {words[1] for words in page.commands("make") if len(words) > 1}

    assert targets <= TARGETS


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_verb_of_cambium_exists(page: Page) -> None:
    verbs = {
        command.name or command.callback.__name__.replace("_", "-")
        for command in app.registered_commands
        if command.callback
    }
    verbs |= {group.name for group in app.registered_groups if group.name}
    used = {words[1] for words in page.commands("cambium") if len(words) > 1}

    assert used <= {*verbs, "..."}


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_option_of_cambium_exists(page: Page) -> None:
    wrong = [
        f"{' '.join(words)}: no {option}"
        for words in page.commands("cambium")
        if len(words) > 1 and words[1] != "..."
        for option in unknown_options(words)
    ]

    assert not wrong, "\n".join(wrong)


def unknown_options(words: list[str]) -> list[str]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    command = group.commands[words[1]]
    if isinstance(command, TyperGroup):
        verb = words[2] if len(words) > 2 else next(iter(command.commands))
        assert verb in command.commands, f"cambium {words[1]} has no verb {verb}"
        command = command.commands[verb]
    known = {option for parameter in command.params for option in parameter.opts}
    return [word for word in words[2:] if word.startswith("--") and word.split("=")[0] not in known]


def test_an_option_that_has_gone_is_found() -> None:
    words = ["cambium", "set-secret", "--system", "x", "--env", "y", "--service", "web", "--key", "K"]

    assert unknown_options(words) == ["--service"]


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("aws nosuch describe-things", "no service nosuch"),
        ("aws rds describe-things", "no operation describe-things"),
        ("aws rds reboot-db-instance --db-instance-id x", "no option --db-instance-id"),
        ("aws rds reboot-db-instance", "needs --db-instance-identifier"),
        ("aws rds wait db-instance-ready", "no waiter db-instance-ready"),
        ("aws rds describe-events --source-type database", "must be one of"),
        ("aws rds reboot-db-instance --db-instance-identifier x --force-failover now", "takes no value"),
    ],
)
def test_a_planted_mistake_is_found(command: str, complaint: str) -> None:
    assert any(complaint in found for found in complaints(command.split()))
