"""The picture shows what the model says, all of it, and nothing that is not there."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

import config.systems
from config.catalog import load_system
from config.deployment import Deployment
from config.environment import Platform
from config.network import NoNat
from config.region import Region, Shard, irish_home
from host import release
from ops.outcome import ExitCode
from ops.picture.page import draw
from ops.picture.theme import width_of, wrapped
from ops.picture.words import ports
from ops.testing import Command

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests" / "config"

DOCUMENTED: list[tuple[str, str, int, Platform]] = [
    ("restartix-production-1.svg", "restartix", 1, "app-runner"),
    ("restartix-production-2.svg", "restartix", 2, "app-runner"),
    ("restartix-production-1-fargate.svg", "restartix", 1, "fargate"),
    ("restartix-fargate-production-1.svg", "restartix-fargate", 1, "fargate"),
    ("vantrexia-production-1.svg", "vantrexia", 1, "host"),
    ("chatbot-production-1.svg", "chatbot", 1, "fargate"),
    ("restartix-production-4.svg", "restartix", 4, "app-runner"),
]

EVERYTHING: list[tuple[str, str, int, Platform | None]] = [
    ("restartix", "production", 1, None),
    ("restartix", "production", 2, None),
    ("restartix", "production", 2, "fargate"),
    ("notes", "production", 1, None),
    ("reptidex", "dev", 1, None),
    ("reptidex", "production", 1, None),
    ("chatbot", "dev", 1, None),
    ("chatbot", "production", 1, None),
    ("vantrexia", "production", 1, None),
    ("vantrexia", "production", 2, None),
    ("restartix-fargate", "staging", 1, None),
    ("restartix-fargate", "production", 2, None),
]


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the catalogue find the systems of the tests of the model."""
    folders = [str(TESTS / name) for name in ("described", "newcomer")]
    monkeypatch.setattr(config.systems, "__path__", [*config.systems.__path__, *folders])
    load_system.cache_clear()
    yield
    load_system.cache_clear()


@pytest.fixture(params=EVERYTHING, ids=lambda chosen: "-".join(str(word) for word in chosen if word))
def deployment(request: pytest.FixtureRequest, described: None) -> Deployment:
    """Every kind of deployment that somebody has described."""
    system, environment, phase, platform = request.param
    return load_system(system).resolve(environment, phase, platform=platform)


class Picture:
    """A picture, read as a program reads it."""

    def __init__(self, svg: str) -> None:
        self.svg = svg
        self.root = ElementTree.fromstring(svg)  # noqa: S314 - we have just written it
        self.parts = {part: group for group in self.root.iter() if (part := group.get("data-part"))}

    def words(self, part: str) -> str:
        """What a part shows."""
        texts = [text for text in self.parts[part].iter() if text.tag.endswith(("}text", "}tspan"))]
        return " ".join(text.text or "" for text in texts)

    @property
    def rules(self) -> set[str]:
        """The connections that have a line."""
        drawn = [part.removeprefix("rules:") for part in self.parts if part.startswith("rules:")]
        return {rule for several in drawn for rule in several.split(";")}

    @property
    def labels(self) -> list[str]:
        """The words on the lines, and everything else above them."""
        return [text.text or "" for text in self.root.iterfind(".//*[@class='labels']/{*}text")]


def picture(deployment: Deployment) -> Picture:
    return Picture(draw(deployment))


def restartix(phase: int = 1, platform: Platform | None = None) -> Deployment:
    return load_system("restartix").resolve("production", phase, platform=platform)


def with_replicas(number: int) -> Deployment:
    base = restartix()
    assert base.database is not None
    return base.model_copy(update={"database": base.database.model_copy(update={"read_replicas": number})})


@pytest.mark.parametrize(("name", "system", "phase", "platform"), DOCUMENTED)
def test_the_documented_pictures_are_what_the_command_draws(
    cambium: Command, name: str, system: str, phase: int, platform: Platform
) -> None:
    # A host is a matter of the phase, and no choice of a command.
    chosen = [] if platform == "host" else ["--platform", platform]
    words = ["--system", system, "--env", "production", "--phase", str(phase), *chosen]
    stored = ROOT / "docs" / "pictures" / name

    drawn = cambium("picture", *words)

    assert drawn.exit_code == ExitCode.OK
    assert stored.is_file() and stored.read_text() == drawn.stdout, (  # noqa: PT018
        f"run: cambium picture {' '.join(words)} --out docs/pictures/{name}"
    )


def test_a18_regions_shards_and_what_leads_to_them_are_drawn() -> None:
    shown = picture(restartix(4)).svg

    assert "3 shards, each with services and data of its own, as drawn" in shown
    assert "5 shards, each with services and data of its own, as drawn" in shown
    assert "a Worker leads each request to the region and shard of its organization" in shown
    assert "where each organization lives" in shown
    assert "where each organization lives" not in picture(restartix(2)).svg


def test_every_service_appears_with_its_size_and_number(deployment: Deployment) -> None:
    shown = picture(deployment)

    for service in deployment.services:
        words = shown.words(f"service:{service.name}")
        assert service.name in words.replace("- ", "-")
        assert f"{service.cpu / 1024:g} vCPU" in words
        assert service.before_rollout or str(service.scaling.max) in words


@pytest.mark.parametrize(
    ("system", "said"),
    [("chatbot", "runs before a rollout"), ("vantrexia", "runs once requests have moved")],
)
def test_migrations_are_drawn_when_the_platform_runs_them(system: str, said: str) -> None:
    """On a host: a step in which requests are under way in the new release already."""
    deployment = load_system(system).resolve("production", 1)
    (migrations,) = (one.name for one in deployment.services if one.before_rollout)

    assert said in picture(deployment).words(f"service:{migrations}").replace("- ", "-")
    assert ("moved" in said) == (deployment.platform == "host")
    assert "migrate" in release._LED_OVER


def test_every_host_name_appears(deployment: Deployment) -> None:
    shown = picture(deployment).words(f"dns:{deployment.edge.dns}")

    for service in deployment.services:
        for host in service.hosts:
            assert f"{host} → {service.name}" in shown


def test_primary_standby_and_every_replica_appear(deployment: Deployment) -> None:
    parts = picture(deployment).parts
    database = deployment.database
    assert database is not None
    standby = database.kind == "instance" and database.multi_az

    assert "database:primary" in parts
    assert ("database:standby" in parts) == standby
    drawn = [part for part in parts if part.startswith("database:replica-")]
    assert sorted(drawn) == [f"database:replica-{number}" for number in range(1, deployment.replicas + 1)]


def test_every_cache_node_appears_and_none_without_a_cache(deployment: Deployment) -> None:
    drawn = [part for part in picture(deployment).parts if part.startswith("cache:")]

    assert len(drawn) == (
        deployment.cache.replicas + 1 if deployment.cache and deployment.platform != "host" else 0
    )


def test_every_bucket_appears_and_every_copy_in_the_recovery_region(deployment: Deployment) -> None:
    parts = picture(deployment).parts

    for bucket in deployment.buckets:
        assert f"bucket:{bucket.name}" in parts
        assert (f"copies:{bucket.name}" in parts) == bool(bucket.replica)
        assert bucket.replica is None or f"copy:{bucket.replica}" in parts


def test_every_subnet_and_queue_appears(deployment: Deployment) -> None:
    parts = picture(deployment).parts

    for subnet in deployment.network.subnets():
        assert f"subnet:{subnet.cidr}" in parts
    for queue in deployment.queues:
        assert f"queue:{queue.name}" in parts


def test_lines_are_the_access_table_and_nothing_else(deployment: Deployment) -> None:
    assert picture(deployment).rules == {str(rule) for rule in deployment.access}


def test_every_port_of_the_access_table_is_on_a_line(deployment: Deployment) -> None:
    labels = " ".join(picture(deployment).labels)

    for pair in {(rule.source, rule.target) for rule in deployment.access}:
        numbers = [rule.port for rule in deployment.access if (rule.source, rule.target) == pair]
        assert ports(numbers) in labels, pair


def test_nothing_is_drawn_outside_the_page(deployment: Deployment) -> None:
    shown = picture(deployment)
    _, _, width, height = (float(value) for value in (shown.root.get("viewBox") or "").split())

    for box in shown.root.iterfind(".//{*}rect"):
        x, y, w, h = (float(box.get(side) or 0) for side in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height


def test_cards_do_not_lie_on_each_other(deployment: Deployment) -> None:
    shown = picture(deployment)
    kinds = ("service:", "database:", "cache:", "nat:")
    cards = []
    for part, group in shown.parts.items():
        box = group.find("{*}rect")
        if part.startswith(kinds) and box is not None:
            x, y, w, h = (float(box.get(side) or 0) for side in ("x", "y", "width", "height"))
            cards.append((part, x, y, x + w, y + h))

    for index, (one, left, top, right, bottom) in enumerate(cards):
        for other, x, y, x_end, y_end in cards[index + 1 :]:
            assert x >= right or x_end <= left or y >= bottom or y_end <= top, (one, other)


def test_no_line_runs_through_words(deployment: Deployment) -> None:
    layers = {layer.get("class"): layer for layer in picture(deployment).root.iterfind("{*}g")}
    lines = [bounds(path.get("d") or "") for path in layers["lines"].iter() if "line" in looks(path)]
    # Cards and pills lie above the lines and cover them.
    words = [
        text for name in ("back", "panels") for text in layers[name].iter() if text.tag.endswith("}text")
    ]

    for text in words:
        told = " ".join(filter(None, text.itertext())).strip()
        x, y = float(text.get("x") or 0), float(text.get("y") or 0)
        end = x if text.get("text-anchor") == "end" else x + width_of(told, "body")
        for segments in lines:
            for left, top, right, bottom in segments:
                assert right < x or left > end or bottom < y - 8 or top > y, (told, segments)


def looks(path: ElementTree.Element) -> str:
    return path.get("class") or ""


def bounds(outline: str) -> list[tuple[float, float, float, float]]:
    """The straight pieces of a line: left, top, right, bottom."""
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", outline)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    return [(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])) for a, b in pairwise(points)]


def test_is_the_same_every_time(deployment: Deployment) -> None:
    assert draw(deployment) == draw(deployment)


def test_tells_those_who_do_not_see_it(deployment: Deployment) -> None:
    shown = picture(deployment)

    assert shown.root.get("role") == "img"
    assert shown.root[0].text == (
        f"{deployment.system} {deployment.environment.name}, Phase {deployment.phase}: "
        f"{deployment.phase_title} · "
        + {
            "app-runner": "containers on AWS App Runner",
            "fargate": "containers on AWS Fargate",
            "host": "containers on one machine",
        }[deployment.platform]
    )
    for rule in deployment.access:
        assert f"{rule.source} to {rule.target} on port {rule.port}" in (shown.root[1].text or "")


def test_a_further_replica_changes_the_picture() -> None:
    before, after = picture(with_replicas(0)), picture(with_replicas(1))

    assert before.svg != after.svg
    assert set(after.parts) - set(before.parts) == {"database:replica-1"}


def test_sizes_are_those_of_the_phase() -> None:
    assert "db.t4g.medium 50 GB" in picture(restartix(1)).words("database:primary")
    assert "db.r6g.large 250 GB" in picture(restartix(2)).words("database:primary")


def test_budget_and_who_hears_alarms_appear() -> None:
    shown = picture(restartix(2))

    assert "$1,200 a month" in shown.words("budget:monthly")
    assert shown.words("alarms:alerts@restartix.com") == "alerts@restartix.com"


def test_app_runner_has_a_connector_and_no_load_balancer_and_fargate_the_reverse() -> None:
    app_runner = picture(restartix(platform="app-runner")).parts
    fargate = picture(restartix(platform="fargate")).parts

    assert "aws:front-door" in app_runner
    assert "party:load-balancer" not in app_runner
    assert "aws:front-door" not in fargate
    assert "party:load-balancer" in fargate


def test_text_is_escaped() -> None:
    title = """<script>alert("1") & 'more'</script>"""
    shown = picture(restartix().model_copy(update={"phase_title": title}))

    assert "<script" not in shown.svg
    assert any(title in label for label in shown.labels)


def test_asks_nobody_for_anything() -> None:
    svg = draw(restartix()).replace("http://www.w3.org/2000/svg", "")

    assert "http" not in svg
    assert "url(" not in svg
    assert "@import" not in svg


def test_every_region_and_its_shards_appear() -> None:
    home = restartix()
    shards = (Shard(key="1"), Shard(key="2"))
    ireland = Region.model_validate(
        {**dict(irish_home()), "name": "eu-west-3", "key": "fr", "cidr": "10.1.0.0/16", "shards": shards}
        | {"zones": ("eu-west-3a", "eu-west-3b")}
    )
    shown = picture(home.model_copy(update={"regions": (home.home, ireland)}))

    assert {"region:eu-central-1", "region:eu-west-3", "region:eu-west-1"} <= set(shown.parts)
    assert "2 shards" in shown.words("region:eu-west-3")
    assert "subnet:10.1.0.0/19" in shown.parts


def test_a_network_without_nat_has_no_gateway() -> None:
    base = restartix()
    closed = base.model_copy(update={"network": base.network.model_copy(update={"nat": NoNat()})})

    assert not [part for part in picture(closed).parts if part.startswith("nat:")]


def test_services_of_one_group_that_call_each_other_have_a_line(described: None) -> None:
    base = load_system("notes").resolve("production")
    api = base.services[0]
    other = api.model_copy(update={"name": "other", "port": 8081, "hosts": (), "calls": ("api",)})
    both = base.model_copy(update={"services": (api, other)})

    assert "compute -> compute:8080" in picture(both).rules


def test_long_words_are_broken_where_they_have_joints() -> None:
    lines = wrapped("a-very-long.name@with-many/joints", 80, "body")

    assert "".join(lines) == "a-very-long.name@with-many/joints"
    assert all(width_of(line, "body") <= 80 for line in lines)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([443, 80], "80, 443"), ([8001, 8000, 8002, 80], "80, 8000–8002"), ([80, 81], "80, 81")],  # noqa: RUF001
)
def test_ports_are_said_briefly(numbers: list[int], words: str) -> None:
    assert ports(numbers) == words


def test_the_command_writes_a_file_and_says_which(cambium: Command, tmp_path: Path) -> None:
    target = tmp_path / "it.svg"

    result = cambium("picture", "--system", "restartix", "--env", "production", "--out", str(target))

    assert result.exit_code == ExitCode.OK
    assert str(target) in result.stdout
    assert target.read_text() == draw(restartix())


def test_a_file_that_cannot_be_written_is_one_message(cambium: Command, tmp_path: Path) -> None:
    words = ("--system", "restartix", "--env", "production", "--out", str(tmp_path / "nowhere" / "it.svg"))

    result = cambium("picture", *words)

    assert result.exit_code == ExitCode.USAGE
    assert "cannot write" in result.stderr
