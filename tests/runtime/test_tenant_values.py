"""A17: what the tenant column holds is said once and remembered; first and last steps on real tables."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from asked.check import RefusedError
from emulator.client import DEFAULT_ACCOUNT
from routing.entry import Entry
from routing.organizations import Organizations
from routing.placement import Place
from routing.table import Table
from support.tenant_settings import told
from support.tenant_tables import CONTEXT, REGION, Clients, fixtures
from tenants import (
    admission,
    conclusion,
    items,
    move,
    move_line,
    move_record,
    move_source,
    quotas,
    registry,
    routing,
)
from tenants.failure import StepError

pytestmark = pytest.mark.embedded
TIER = told(
    "clinic",
    platform="app-runner",
    registry="values-tenants",
    routing="values-routing",
    moves="values-moves",
)
VALUE, OTHER = "org_2abC", "org_9xyZ"
aws, deployment = fixtures(TIER, bucket=TIER.moves)


@contextmanager
def between(
    monkeypatch: pytest.MonkeyPatch, place: Any, name: str, act: Callable[[], None]
) -> Iterator[None]:
    """After somebody has looked at all others once, and before anything is written, ``act``."""
    look = getattr(place, name)
    acted: list[bool] = []

    def looked(*told: Any) -> Any:
        seen = look(*told)
        if not acted:
            acted.append(True)
            act()
        return seen

    with monkeypatch.context() as patched:
        patched.setattr(place, name, looked)
        yield
    assert acted


@dataclasses.dataclass
class Runs:
    """Runs of one organization, by their first and last steps."""

    table: Table
    number: int = 0

    def line(self, tier: str = "shared", *, organization: str = "org-101", value: str = "") -> None:
        """Have its line be this, whatever it was."""
        if found := self.table.read(organization, consistent=True):
            self.table.remove(organization, found.version)
        self.table.create(
            Entry(organization, "eu", "1", tier, "active", "EU", "api.clinic.example", tenant_value=value)
        )

    def admit(self, to: str, *, tenant: str = "org-101", **said: str) -> dict[str, Any]:
        """The first step of a move."""
        self.number += 1
        run = f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT}:execution:x-move:{self.number}"
        request = {"tenant": tenant, "to": to, **({"image": "v1"} if to == "silo" else {}), **said}
        return move.admit({"run": run, "request": request}, CONTEXT)

    def refused(self, to: str, **said: str) -> str:
        """Why nothing is done."""
        return str(self.admit(to, **said)["refused"])

    def lead(self, run: dict[str, Any], action: str) -> None:
        """A step that changes its line."""
        told = {name: run[name] for name in ("tenant", "tenantValue", "to", "run")}
        move_line.change({**told, "action": action, "origin": "own-api.clinic.example"}, CONTEXT)

    def check(self) -> None:
        """The step after a check that has found its rows."""
        move_record.compared({"tenant": "org-101", "found": True}, CONTEXT)

    def found(self, organization: str = "org-101") -> Entry:
        """Its line."""
        found = self.table.read(organization, consistent=True)
        assert found
        return found

    def place(self, organization: str = "org-101", value: str = "") -> Entry:
        """What sign-up or an operator asks for."""
        places = [Place("eu", "1", "EU", 100, "api.clinic.example")]
        return Organizations(self.table._client, TIER.routing, places).place(organization, "EU", value)

    def succeed(self, run: dict[str, Any]) -> None:
        """Its last steps, from where it is held on."""
        self.lead(run, "hold")
        self.lead(run, f"to_{run['to']}")
        move_record.succeed(run, CONTEXT)

    def fail(self, run: dict[str, Any]) -> None:
        """Its last steps, after all was taken back."""
        self.lead(run, "release")
        whole = {**run, "step": "Check both databases", "failure": {"Error": "x", "Cause": "x"}}
        conclusion.fail({"run": whole, "state": run["becomes"]}, CONTEXT)

    def moved(self, to: str, **said: str) -> dict[str, Any]:
        """A move that succeeds."""
        run = self.admit(to, **said)
        assert "refused" not in run, run
        self.succeed(run)
        return run


@pytest.fixture
def runs(aws: Clients, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """An organization in the pool."""
    monkeypatch.setattr(quotas, "check", lambda tier, tenant: None)
    made = Runs(Table(aws("dynamodb"), TIER.routing))
    made.line()
    return made


def known() -> Any:
    return registry.read("org-101").facts


def test_a17_it_is_the_id_of_the_organization_unless_something_else_is_said(runs: Runs) -> None:
    assert runs.moved("silo")["tenantValue"] == "org-101"
    assert known()["tenant_value"] == "org-101"
    assert "'org-101' by what was moved before" in runs.refused("pool", tenant_value=VALUE)


def test_a17_it_is_said_once_and_used_by_every_later_step(runs: Runs) -> None:
    assert runs.moved("silo", tenant_value=VALUE)["tenantValue"] == VALUE
    (due,) = move_source.due({"asked": {"tenant": "org-101"}, "run": "r"}, CONTEXT)["due"]
    assert due["tenantValue"] == VALUE

    said = runs.refused("pool", tenant_value=OTHER)
    assert "the tenant column of org-101 holds 'org_2abC' by what was moved before" in said
    assert "'org_9xyZ' by the request: tenant_value must be the same, or left out" in said

    assert runs.moved("pool")["tenantValue"] == VALUE
    assert known()["state"] == "pooled"
    assert runs.refused("silo", tenant_value=OTHER)
    assert runs.moved("silo", tenant_value=VALUE)["tenantValue"] == VALUE


def test_a17_who_clears_with_another_value_is_refused(runs: Runs) -> None:
    runs.moved("silo", tenant_value=VALUE)
    for asked in ({"tenant_value": VALUE}, {"tenant": "org-101", "tenant_value": OTHER}):
        with pytest.raises(StepError, match="tenant_value"):
            move_source.due({"asked": asked, "run": "r"}, CONTEXT)


def test_a17_a_value_of_which_no_row_was_found_is_forgotten_with_the_move(runs: Runs) -> None:
    runs.fail(runs.admit("silo", tenant_value="a-typo"))
    assert known()["state"] == "pooled"
    assert (known().get("tenant_value"), known()["moving_value"]) == ("", "")
    assert runs.moved("silo", tenant_value=VALUE)["tenantValue"] == VALUE

    runs.fail(runs.admit("pool"))
    assert known()["tenant_value"] == VALUE, "what was found before is not"


def test_a17_a_move_that_was_stopped_goes_on_with_its_value(runs: Runs) -> None:
    runs.admit("silo", tenant_value=VALUE)
    runs.check()
    assert known()["state"] == "moving"
    assert runs.refused("silo", tenant_value=OTHER)
    assert runs.admit("silo")["tenantValue"] == VALUE
    run = runs.admit("silo", tenant_value=VALUE)
    runs.fail({**run, "becomes": "moving"})
    assert runs.moved("silo")["tenantValue"] == VALUE


def test_a17_a_move_that_was_stopped_before_it_found_rows_is_finished_with_the_right_value(
    runs: Runs,
) -> None:
    runs.admit("silo", tenant_value="a-typo")
    assert runs.admit("silo")["tenantValue"] == "a-typo", "what was said is not forgotten"
    assert runs.admit("silo", tenant_value=VALUE)["tenantValue"] == VALUE
    runs.check()
    assert "'org_2abC' by what was moved before" in runs.refused("silo", tenant_value="a-typo")
    runs.moved("silo")
    assert (known()["tenant_value"], known()["moving_value_not_found"]) == (VALUE, "")


def test_a17_a_move_that_was_stopped_with_an_earlier_release_goes_on_with_its_value(runs: Runs) -> None:
    runs.admit("silo", tenant_value=VALUE)
    registry.update(
        "org-101",
        {"moving_to": "silo"},
        condition="attribute_exists(#tenant)",
        values={},
        remove=("moving_value_not_found",),
    )
    assert "'org_2abC' by what was moved before" in runs.refused("silo", tenant_value="a-typo")


def test_a17_what_was_said_with_the_placement_is_used_and_nothing_else(runs: Runs) -> None:
    runs.line(value=VALUE)
    said = runs.refused("silo", tenant_value=OTHER)
    assert "'org_2abC' by its line in the routing table, and 'org_9xyZ' by the request" in said
    assert runs.moved("silo")["tenantValue"] == VALUE
    runs.moved("pool")
    runs.line(value=OTHER)
    assert "'org_9xyZ' by its line in the routing table" in runs.refused("silo")


@pytest.mark.parametrize("by", ["its line", "its id", "the registry"])
def test_a17_rows_of_another_organization_are_not_moved(runs: Runs, by: str) -> None:
    if by == "its line":
        runs.line(organization="org-102", value=VALUE)
    if by == "its id":
        runs.line(organization=VALUE)
    if by == "the registry":
        runs.line(organization="org-102")
        runs.moved("silo", tenant="org-102", tenant_value=VALUE)
    before = items.every("attribute_exists(#item)", {})
    said = runs.refused("silo", tenant_value=VALUE)
    assert f"tenant_value must be of one organization, and {VALUE!r} is that of" in said
    assert "nothing of it goes into the database of org-101" in said
    assert items.every("attribute_exists(#item)", {}) == before


def test_a17_an_organization_whose_column_holds_something_else_leaves_its_id_to_others(runs: Runs) -> None:
    runs.line(organization="org-102", value=VALUE)
    assert runs.moved("silo", tenant_value="org-102")["tenantValue"] == "org-102"


def test_a17_an_id_that_is_used_again_begins_anew(runs: Runs) -> None:
    runs.moved("silo", tenant_value=VALUE)
    registry.remember("org-101", {"state": "deleted"})
    runs.line()
    assert runs.moved("silo", tenant_value=OTHER)["tenantValue"] == OTHER


@pytest.mark.parametrize("state", ["deleted", "failed", "pooled"])
def test_a17_rows_that_a_fence_of_an_earlier_life_keeps_anybody_from_writing_are_not_moved(
    runs: Runs, state: str
) -> None:
    runs.moved("silo", tenant_value=VALUE)
    registry.remember("org-101", {"state": state, "source_read_only_until": ""})
    runs.line()
    before = registry.read("org-101")
    said = runs.refused("silo", tenant_value=VALUE)
    assert "the pool refuses writes to rows of 'org_2abC', which org-101 left there with a fence" in said
    assert "cambium tenant clear org-101" in said
    assert registry.read("org-101") == before
    runs.line(organization="org-102")
    registry.remember("org-101", {"state": "deleted"})
    taken = runs.admit("silo", tenant="org-102", tenant_value=VALUE)["refused"]
    assert "which org-101 left there with a fence" in taken

    (due,) = move_source.due({"asked": {"tenant": "org-101"}, "run": "r"}, CONTEXT)["due"]
    assert (due["what"], due["tenantValue"]) == ("lift", VALUE)
    move_source.cleared({"tenant": "org-101", "what": "lift", "run": "r"}, CONTEXT)
    assert runs.moved("silo", tenant_value=VALUE)["tenantValue"] == VALUE


def test_a17_who_finishes_a_move_knows_what_the_last_run_made(runs: Runs) -> None:
    runs.admit("silo", image="v1", size="large")
    second = runs.admit("silo", image="v2", size="xlarge")
    runs.lead(second, "hold")
    runs.lead(second, "to_silo")
    third = runs.admit("silo", image="v3")
    wanted = {name: third["wanted"][name] for name in ("Image", "Size")}
    assert wanted == {"Image": "v2", "Size": "xlarge"}
    move_record.succeed(third, CONTEXT)
    assert (known()["image"], known()["size"]) == ("v2", "xlarge")


def create(runs: Runs, **said: str) -> dict[str, Any]:
    """The first step of a creation; nobody has placed the organization."""
    if found := runs.table.read("org-101", consistent=True):
        runs.table.remove("org-101", found.version)
    runs.number += 1
    told = {"tenant": "org-101", "residency": "EU", "image": "v1", **said}
    return admission.on_request({"operation": "create", "run": f"r:{runs.number}", "request": told}, CONTEXT)


def created(runs: Runs, **said: str) -> dict[str, Any]:
    """A creation that succeeds."""
    made = create(runs, **said)
    registry.update(
        "org-101",
        {"state": "active"},
        condition="attribute_exists(#tenant)",
        values={},
        remove=("operation",),
    )
    runs.line("enterprise")
    return made


def test_a17_a_new_tenant_keeps_what_was_said(runs: Runs) -> None:
    created(runs, tenant_value=VALUE)
    assert known()["tenant_value"] == VALUE


def test_a17_what_was_said_with_a_creation_is_used_by_a_move_that_says_nothing(runs: Runs) -> None:
    created(runs, tenant_value=VALUE)
    assert runs.moved("pool")["tenantValue"] == VALUE
    assert "'org_2abC' by what was moved before" in runs.refused("silo", tenant_value=OTHER)


def test_a17_a_typo_in_a_creation_is_corrected_by_the_first_move_and_settled_by_it(runs: Runs) -> None:
    created(runs, tenant_value="a-typo")
    runs.fail({**runs.admit("pool", tenant_value=OTHER), "becomes": "active"})
    assert runs.admit("pool", tenant_value=VALUE)["tenantValue"] == VALUE, "no move has found rows of another"
    runs.check()
    assert "by what was moved before" in runs.refused("pool", tenant_value="a-typo"), "it is under way"
    runs.moved("pool")
    assert known()["tenant_value"] == VALUE
    assert "'org_2abC' by what was moved before" in runs.refused("silo", tenant_value="a-typo")


@pytest.mark.parametrize("by", ["its line", "its id", "another creation"])
def test_a17_a_creation_does_not_take_what_is_another_organizations(runs: Runs, by: str) -> None:
    if by == "its line":
        runs.line(organization="org-102", value=VALUE)
    if by == "its id":
        runs.line(organization=VALUE)
    if by == "another creation":
        create(runs, tenant="org-102", tenant_value=VALUE)
    before = items.every("attribute_exists(#item)", {})
    said = create(runs, tenant_value=VALUE)["refused"]
    assert f"tenant_value must be of one organization, and {VALUE!r} is that of" in said
    assert items.every("attribute_exists(#item)", {}) == before


def test_a17_a_value_that_is_corrected_during_a_move_ends_the_move_and_nothing_else(runs: Runs) -> None:
    run = runs.admit("silo", tenant_value=VALUE)
    runs.place(value=OTHER)
    before = runs.found()
    with pytest.raises(StepError, match="routing table says 'org_9xyZ' since: place it with the right one"):
        runs.lead(run, "hold")
    assert runs.found() == before, "it is served as it was"
    runs.fail(run)
    assert runs.found().tenant_value == OTHER
    assert runs.moved("silo")["tenantValue"] == OTHER, "and it can be moved as is right"
    assert runs.moved("pool")["tenantValue"] == OTHER


def test_a17_nobody_corrects_or_takes_the_value_of_who_is_held(runs: Runs) -> None:
    run = runs.admit("silo", tenant_value=VALUE)
    runs.lead(run, "hold")
    with pytest.raises(RefusedError, match="org-101 is moving: wait until that is over"):
        runs.place(value=OTHER)
    for organization, value in (("org-102", VALUE), (VALUE, "")):
        with pytest.raises(
            RefusedError, match="must be of one organization, and 'org_2abC' is that of org-101"
        ):
            runs.place(organization, value)
    runs.lead(run, "hold")
    runs.lead(run, "to_silo")
    runs.lead(run, "to_silo")
    assert (runs.found().tenant_value, runs.found().tier) == (VALUE, "enterprise")


@pytest.mark.parametrize(("organization", "value"), [("org-102", VALUE), (VALUE, "")])
def test_a17_who_was_placed_with_its_value_during_a_move_ends_the_move(
    runs: Runs, organization: str, value: str
) -> None:
    run = runs.admit("silo", tenant_value=VALUE)
    runs.place(organization, value)
    with pytest.raises(StepError, match=f"'org_2abC', which is that of {organization} since this move began"):
        runs.lead(run, "hold")
    assert (runs.found().state, runs.found().tenant_value) == ("active", "")


def test_a17_a_value_said_with_a_move_that_failed_is_forgotten_by_the_line_too(runs: Runs) -> None:
    run = runs.admit("silo", tenant_value=VALUE)
    runs.lead(run, "hold")
    runs.fail(run)
    assert (runs.found().state, runs.found().tenant_value) == ("active", "")
    runs.place(value=OTHER)
    run = runs.admit("silo")
    runs.lead(run, "hold")
    runs.fail(run)
    assert runs.found().tenant_value == OTHER, "what the placement said is not"


def test_a17_no_placement_corrects_what_a_move_has_settled(runs: Runs) -> None:
    runs.moved("silo", tenant_value=VALUE)
    runs.moved("pool")
    assert runs.place(value=VALUE) == runs.found()
    with pytest.raises(
        RefusedError, match="moved as those of 'org_2abC': tenant_value must be that, or left"
    ):
        runs.place(value=OTHER)
    assert runs.moved("silo")["tenantValue"] == VALUE
    runs.fail(runs.admit("pool"))
    assert runs.found().tenant_value == VALUE


def test_a17_of_two_moves_at_once_that_say_one_value_one_is_refused(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.line(organization="org-102")
    second: dict[str, Any] = {}
    with between(
        monkeypatch,
        routing,
        "with_value",
        lambda: second.update(runs.admit("silo", tenant="org-102", tenant_value=VALUE)),
    ):
        first = runs.admit("silo", tenant_value=VALUE)

    with (
        between(monkeypatch, move_line, "with_value", lambda: runs.lead(second, "hold")),
        pytest.raises(StepError, match="holds 'org_2abC', which is that of org-102"),
    ):
        runs.lead(first, "hold")

    assert (runs.found().state, runs.found().tenant_value) == ("active", "")


def test_a17_of_a_move_and_a_correction_at_once_that_say_one_value_one_is_refused(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs.line(organization="org-102")
    run = runs.admit("silo", tenant_value=VALUE)

    with (
        between(monkeypatch, Organizations, "every", lambda: runs.lead(run, "hold")),
        pytest.raises(RefusedError, match="'org_2abC' is that of org-101"),
    ):
        runs.place("org-102", VALUE)
    runs.succeed(run)

    assert (runs.found().tenant_value, runs.found("org-102").tenant_value) == (VALUE, "")


def test_a17_a_run_that_began_before_lines_had_values_is_led_on(runs: Runs) -> None:
    run = runs.admit("silo", tenant_value=VALUE)
    for action in ("hold", "to_silo"):
        told = {"tenant": "org-101", "to": "silo", "action": action, "origin": "own-api.clinic.example"}
        move_line.change(told, CONTEXT)
    move_record.succeed(run, CONTEXT)
    assert runs.found().tenant_value == VALUE


def test_a17_the_line_of_a_new_tenant_says_nothing_that_no_move_has_met(runs: Runs) -> None:
    told = {"tenant": "org-200", "residency": "EU", "image": "v1", "tenant_value": VALUE}
    made = admission.on_request({"operation": "create", "run": "r:1", "request": told}, CONTEXT)
    assert "refused" not in made, made

    routing.on_request({"tenant": "org-200", "state": "provisioning"}, CONTEXT)

    assert runs.found("org-200").tenant_value == ""


def test_a17_what_a_creation_said_by_mistake_keeps_nobodys_rows_where_they_are(runs: Runs) -> None:
    created(runs, tenant_value=VALUE)
    runs.line(organization="org-102", value=VALUE)

    assert runs.moved("silo", tenant="org-102")["tenantValue"] == VALUE
    assert "'org_2abC' is that of org-102" in runs.refused("pool")
    assert runs.moved("pool", tenant_value=OTHER)["tenantValue"] == OTHER
