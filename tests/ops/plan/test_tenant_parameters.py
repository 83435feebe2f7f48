"""A17: a template that the machines could not give to any tenant is refused."""

import pytest

from config.tenancy import LIVING, OF_TENANT, TOLD_OF_EACH
from ops.outcome import ExitCode
from ops.plan.prover import prove
from ops.plan.runbook import runbook
from ops.plan.stamp import told
from ops.report.plan_markdown import page
from support.assembly import Assembly
from support.planted import Templates, planted, real
from support.planted_tenants import ROWS, SUBJECT, TITLE, Plant, after, database, refused, sizes_of
from support.synths import Synths
from support.tenant_settings import told as told_tier
from tenants.parameters import parameters
from tenants.registry import Tenant


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


def test_json_in_pieces_is_read_with_its_references() -> None:
    group, zone = {"Ref": "Group"}, {"Fn::GetAtt": ["Zone", "Id"]}
    written = {"Fn::Join": ["", ['{"A": "', group, '", "B": "x-', zone, '-y", "C": 3}']]}

    found = told(written)

    assert found["A"] == {"Fn::Join": ["", ["", group, ""]]}
    assert found["B"] == {"Fn::Join": ["", ["x-", zone, "-y"]]}
    assert found["C"] == 3
    assert told('{"A": "x"}') == {"A": "x"}
