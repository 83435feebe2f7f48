"""Pages and what they name: links, files, runbooks of alarms, names of what a deploy makes."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from config.deployment import Deployment
from docs.markdown import ROOT, Page, pages
from ops.assembly import manifest
from support.assembly import Assembly
from support.synthesis import PRODUCTS

PAGES = pages()
RUNBOOKS = ROOT / "docs" / "runbooks"
FOLDERS = (
    "config/",
    "constructs/",
    "stacks/",
    "runtime/",
    "ops/",
    "emulator/",
    "docs/",
    "tests/",
    "examples/",
    ".github/",
)
GENERATED = re.compile(r"^(docs/benchmarks\.md|cdk\.out.*)$")


def by_name(page: Page) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_link_leads_somewhere(page: Page) -> None:
    for link in page.links():
        if link.startswith(("https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        assert path.exists(), f"{page.name}: {link}"
        if anchor:
            assert anchor in Page(path).anchors(), f"{page.name}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_file_it_names_exists(page: Page) -> None:
    for name in re.findall(r"`([\w./-]+)`", page.prose):
        if name.startswith(FOLDERS) and not GENERATED.match(name):
            assert (ROOT / name).exists(), f"{page.name}: {name}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=by_name)
def test_its_lines_fit(page: Page) -> None:
    for number, line in enumerate(page.text.splitlines(), start=1):
        unbreakable = line.lstrip().startswith("|") or "](" in line or "http" in line
        assert len(line) <= 110 or unbreakable, f"{page.name}:{number} has {len(line)} characters"


def test_every_alarm_has_its_page() -> None:
    wanted = set(alarm_pages())

    assert wanted
    assert {page for page in wanted if not (RUNBOOKS / f"{page}.md").exists()} == set()


def general(ending: str, deployment: Deployment) -> str:
    """The ending of an alarm's name as pages write it, for whatever service, queue or bucket it is about."""
    ending = re.sub(r"-[a-z]{2}-\d-(?=unhealthy$)", "-<region>-<shard>-", ending)
    parts = {
        "service": [one.name for one in deployment.services],
        "queue": [one.name for one in deployment.queues],
        "bucket": [one.bucket for one in deployment.dumps],
    }
    for part, names in parts.items():
        for name in sorted(names, key=len, reverse=True):
            if ending.startswith(f"-{name}-"):
                return f"-<{part}>{ending.removeprefix(f'-{name}')}"
    return ending


def test_every_alarm_is_in_the_index_and_on_the_page_it_links_to(
    deployments: Mapping[str, Assembly],
) -> None:
    index = (RUNBOOKS / "README.md").read_text()
    for deployment, synth in PRODUCTS.items():
        assembly, target = deployments[deployment], synth.target
        for role in assembly.stacks:
            for alarm in assembly.of_type("AWS::CloudWatch::Alarm", role):
                # One without a name moves the number of tasks, and is nobody's concern.
                name = str(alarm.properties.get("AlarmName", ""))
                if not name:
                    continue
                place = rf"^{target.system}-{target.environment}(-[a-z]{{2}}(-1)?)?(?=-)"
                ending = general(re.sub(place, "", name), target.resolve())
                (row,) = [line for line in index.splitlines() if f"`{ending}`" in line]
                (page,) = re.findall(r"\(([\w-]+\.md)\)", row)
                assert f"{ending}`" in (RUNBOOKS / page).read_text(), f"{page} does not name {name}"


def test_names_of_a_host_in_the_pages_are_those_that_a_deploy_makes(
    vantrexia_host: Assembly, vantrexia_grown: Assembly
) -> None:
    known = "\n".join(
        [
            *vantrexia_host.templates,
            json.dumps(vantrexia_host.templates),
            json.dumps(vantrexia_grown.templates),
        ]
    )
    spelled = {
        name
        for page in PAGES
        if page.path.parent == RUNBOOKS
        for name in re.findall(r"(?<![\w/.@:-])/?vantrexia-production-[\w/-]*\w", page.everything_in_code())
    }

    assert len(spelled) > 5
    assert {name for name in spelled if name not in known} == set()


def alarm_pages() -> Iterator[str]:
    for folder in ("constructs/cambium", "stacks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.keyword)
                    and node.arg == "runbook"
                    and isinstance(node.value, ast.Constant)
                ):
                    yield str(node.value.value)


@pytest.mark.parametrize("folder", ["docs/runbooks", "docs/decisions"])
def test_every_page_is_in_the_index_of_its_folder(folder: str) -> None:
    index = Page(ROOT / folder / "README.md")
    beside = {path.name for path in (ROOT / folder).glob("*.md")} - {"README.md"}

    assert beside <= set(index.links())


@pytest.mark.parametrize("path", sorted(RUNBOOKS.glob("*.md")), ids=lambda path: path.stem)
def test_a_runbook_says_what_it_is_for_and_when_it_is_over(path: Path) -> None:
    if path.stem in ("README", "day-to-day", "first-account"):
        return
    text = path.read_text()

    assert re.search(r"^\*\*(When|Alarms?)\*\*", text, re.M)
    assert "## Over when" in text or "## Check" in text


@pytest.fixture(scope="module")
def names(deployments: Mapping[str, Assembly], phase_four: Assembly) -> str:
    """Everything a deploy names, in each design, environment, phase and platform, as one text."""
    every = [deployments[name] for name in PRODUCTS]
    stacks = {name: template for assembly in every for name, template in assembly.templates.items()}
    # Its stacks share their roles.
    worldwide = {stack.name: stack.template for stack in manifest.read(phase_four.folder).stacks}
    texts = [json.dumps(assembly.templates) for assembly in every]
    return "\n".join([*stacks, *worldwide, *texts, json.dumps(worldwide)])


@pytest.mark.parametrize("page", [page for page in PAGES if page.path.parent == RUNBOOKS], ids=by_name)
def test_every_name_is_one_that_a_deploy_makes(page: Page, names: str) -> None:
    """Alarms, stacks, secrets, buckets, repositories and logical ids are spelled as in the templates."""
    own = re.compile(r"^restartix-(restored|damaged|damaged-last|before(-.*)?)$")
    code = page.everything_in_code()
    spelled = re.findall(r"(?<![\w/.@:-])(?:restartix|chatbot)[-/][\w/-]*\w", code)
    ids = re.findall(r"--(?:logical-resource-id|resources-to-skip) (\w+)", code)

    wrong = [name for name in [*spelled, *ids] if not own.match(name) and not _is_known(name, names)]
    assert not wrong


def test_a_name_that_nothing_has_is_found(names: str) -> None:
    assert _is_known("restartix-production-eu-1-database-cpu", names)
    assert _is_known("restartix-production-eu-1-compute-CoreApiLogs", names)
    assert not _is_known("restartix-production-eu-1-database-disk", names)
    assert not _is_known("restartix/production/core", "")


ENDING = re.compile(r"`(-[a-z<][\w<>-]*\w>?)`")
"""How pages write the name of an alarm, a stack or a function without its product and environment."""


@pytest.fixture(scope="module")
def own_names(names: str) -> list[str]:
    """Names that begin with the one of a product, as a deploy gives them to alarms, stacks and functions."""
    begins = "|".join(sorted({synth.target.system.split("-")[0] for synth in PRODUCTS.values()}))
    return sorted(set(re.findall(rf'(?:^|")((?:{begins})-[\w/-]+)(?:"|$)', names, re.M)))


@pytest.mark.parametrize("page", [page for page in PAGES if page.path.parent == RUNBOOKS], ids=by_name)
def test_every_ending_is_one_of_a_name_that_a_deploy_makes(page: Page, own_names: list[str]) -> None:
    wrong = [ending for ending in ENDING.findall(page.prose) if not _ends_one(ending, own_names)]

    assert not wrong


def test_an_ending_that_nothing_has_is_found(own_names: list[str]) -> None:
    assert ENDING.findall("`-celery-running`, `-<queue>-age`") == ["-celery-running", "-<queue>-age"]
    assert _ends_one("-celery-stopped", own_names)
    assert _ends_one("-<service>-stopped", own_names)
    assert not _ends_one("-celery-running", own_names)
    assert not _ends_one("-<service>-running", own_names)


def _ends_one(ending: str, own_names: list[str]) -> bool:
    pattern = re.compile(r"[\w/-]+" + re.sub(r"<\w+>", r"[\\w-]+", ending))
    return any(pattern.fullmatch(name) for name in own_names)


def _is_known(name: str, names: str) -> bool:
    # A log group without a name of its own gets one from its stack and logical id.
    stack, _, logical_id = name.rpartition("-")
    return name in names or (logical_id[:1].isupper() and stack in names and logical_id in names)


def test_a23_somebody_who_is_no_engineer_is_led_from_nothing_to_the_first_deploy() -> None:
    """Every step with its command, in this order, and each part ends with a check."""
    page = Page(RUNBOOKS / "first-account.md")
    steps = (
        "Assign MFA device",
        "aws configure sso",
        "make setup",
        "npx cdk bootstrap aws://",
        "aws iam list-open-id-connect-providers",
        "npx cdk deploy '*-delivery'",
        "gh variable set AWS_INFRASTRUCTURE_ROLE",
        "npx cdk deploy '*-credentials'",
        "npx cdk deploy --all",
        "curl --fail https://",
    )
    places = [page.text.find(step) for step in steps]

    assert -1 not in places, steps[places.index(-1)]
    assert places == sorted(places)
    parts = re.split(r"^## \d+\. ", page.text, flags=re.M)[1:]
    assert len(parts) == 9
    for part in parts[:-1]:
        assert "Check" in part, part.splitlines()[0]


@pytest.mark.parametrize(
    "task", ["release", "logs", "is well", "bill", "rotate", "size", "go back", "next phase"]
)
def test_a24_every_task_of_a_day_is_a_command_or_a_link(task: str) -> None:
    page = Page(RUNBOOKS / "day-to-day.md")
    rows = [
        line.split(" | ") for line in page.text.splitlines() if line.startswith("| ") and "I want" not in line
    ]
    found = [row for row in rows if task in row[0]]

    assert found, f"no row says how to {task}"
    for row in found:
        assert any(sign in " ".join(row[:2]) for sign in ("](", "`", "push", "Actions")), row
