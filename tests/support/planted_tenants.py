"""Changes of the template of tenants, and what the plan says of them."""

import json
from collections.abc import Callable
from typing import Any

from ops.plan.prover import Plan, prove
from ops.plan.runbook import Subject
from ops.plan.side import Side
from support.assembly import Assembly
from support.planted import Template, Templates, found, planted, properties_at, real

TITLE = "every enterprise tenant in eu"
MACHINES = "clinic-production-eu-tenants"
ROWS = f"every row of the database, of {TITLE}"
DATABASE = "Database/Instance/Resource"
SUBJECT = Subject("a change", "-c system=clinic -c env=production")
Plant = Callable[[Templates], Any]


def after(assembly: Assembly, plant: Plant) -> Plan:
    """The plan from what is there to what was planted."""
    return prove(real(assembly), planted(assembly, plant))


def refused(plan: Plan) -> str:
    """Why it would be refused."""
    return "\n".join(one.what for one in plan.refusals)


def database(templates: Templates) -> Template:
    """Properties of the database of tenants."""
    return properties_at(templates, TITLE, DATABASE)


def body(templates: Templates) -> Template:
    """The database with its policies."""
    template, logical_id = found(templates, TITLE, DATABASE)
    resource: Template = template["Resources"][logical_id]
    return resource


def of_type(templates: Templates, kind: str) -> list[Template]:
    """Resources of a kind in their template."""
    return [one for one in templates[TITLE]["Resources"].values() if one["Type"] == kind]


def given(templates: Templates, old: str, new: str) -> None:
    """Change what the machines give as parameters, which is JSON in pieces."""
    for one in templates[MACHINES]["Resources"].values():
        variables = one.get("Properties", {}).get("Environment", {}).get("Variables", {})
        if "PLACE" in variables:
            variables["PLACE"] = json.loads(json.dumps(variables["PLACE"]).replace(old, new))


def sizes_of(templates: Templates) -> tuple[Template, Template]:
    """The parameter and the mapping."""
    (sizes,) = templates[TITLE]["Mappings"].values()
    return templates[TITLE]["Parameters"]["Size"], sizes


def another_threshold(templates: Templates) -> None:
    """An alarm of tenants that rings earlier."""
    of_type(templates, "AWS::CloudWatch::Alarm")[0]["Properties"]["Threshold"] = 1234


def without_tenants(side: Side) -> Side:
    """A side that has no template of tenants."""
    return Side(side.stacks)
