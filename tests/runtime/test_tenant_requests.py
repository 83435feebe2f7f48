"""A17: what may be asked of a tenant is compared with a schema by Powertools, and refused in our words."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asked.check import RefusedError
from moving import settings as moving_settings
from routing.entry import TENANT_VALUE
from support.tenant_settings import told
from tenants.request import Request, parse, parse_wave

TIER = told("clinic", exports="clinic-departed", no_exports="")
NEW: dict[str, Any] = {"tenant": "org-101", "residency": "EU", "image": "3f2c1ab"}
HERE: dict[str, Any] = {"tenant": "org-101", "to": "silo", "image": "v1"}
VALUES_ARE = (
    "tenant_value must be what the tenant column holds: 1 to 128 letters, digits and . : @ | + = _ -, got"
)
NAMES = "tenant must be 2 to 20 lower-case letters, digits and single hyphens, beginning with a letter"

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("create", {**NEW, "tenant": "x' OR '1'='1"}, NAMES),
    ("create", {**NEW, "tenant": "../../etc/passwd"}, NAMES),
    ("create", {**NEW, "tenant": "kliník"}, r"got 'klin\xedk'"),
    ("create", {**NEW, "tenant": "a" * 300}, "(300 characters)"),
    ("create", {**NEW, "tenant": "org-101\n"}, NAMES),
    ("create", {**NEW, "tenant": 7}, "got 7"),
    ("create", {"residency": "EU", "image": "v1"}, NAMES),
    ("move", {"tenant": "org-101", "to": "moon"}, "to must be one of silo, pool, got 'moon'"),
    ("move", {"tenant": "org-101", "to": "silo"}, "image must be the tag of an image"),
    ("move", {"tenant": "org-101", "image": "v1"}, "to must be one of silo, pool, got None"),
    ("create", {**NEW, "residency": "US"}, "residency must be EU: this is region eu"),
    ("create", {"tenant": "org-101", "image": "v1"}, "residency must be EU"),
    ("create", {"tenant": "org-101", "residency": "EU"}, "such as a commit, got None"),
    ("create", {**NEW, "image": "v1; rm -rf /"}, "image must be the tag of an image"),
    ("create", {**NEW, "size": "huge"}, "size must be one of large, xlarge, got 'huge'"),
    ("create", {**NEW, "tier": "platinum"}, "tier must be one of enterprise, got 'platinum'"),
    ("create", {**NEW, "sise": "xlarge"}, "got 'sise'"),
    ("create", {**NEW, "requested_by": ["x"]}, "requested_by must be the name of who asks, got ['x']"),
    ("update", {"tenant": "org-101"}, "an update must say size or image, got neither"),
    ("update", {"tenant": "org-101", "image": None}, "an update must say size or image, got neither"),
    ("delete", {"tenant": "org-101"}, "(--confirm of a command) must be the tenant, got None"),
    (
        "delete",
        {"tenant": "org-101", "confirm": "org-102"},
        "(--confirm of a command) must be the tenant, got 'org-102'",
    ),
    (
        "move",
        {"tenant": "org-101", "to": "pool", "image": "v1"},
        "image must not be said of a move to the pool",
    ),
    (
        "move",
        {"tenant": "org-101", "to": "pool", "size": "large"},
        "size must not be said of a move to the pool",
    ),
    ("move", {**HERE, "tenant_value": "x' OR '1'='1"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": "'; DROP TABLE note; --"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": "../../etc/passwd"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": "kliník"}, r"_ -, got 'klin\xedk'"),
    ("move", {**HERE, "tenant_value": "kli\uff4eik"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": "٤٢"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": "a" * 300}, "(300 characters)"),
    ("move", {**HERE, "tenant_value": "a" * 129}, "(129 characters)"),
    ("move", {**HERE, "tenant_value": ""}, "_ -, got ''"),
    ("move", {**HERE, "tenant_value": "org_2abC\n"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": "org 2"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": "org\u20602"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": "org\x00"}, VALUES_ARE),
    ("move", {**HERE, "tenant_value": 42}, "_ -, got 42"),
    ("create", {**NEW, "tenant_value": "a;b"}, VALUES_ARE),
    *(
        (operation, {**told, "tenant_value": "org_2abC"}, "got 'tenant_value'")
        for operation, told in (
            ("update", {"tenant": "org-101", "size": "xlarge"}),
            ("suspend", {"tenant": "org-101"}),
            ("delete", {"tenant": "org-101", "confirm": "org-101"}),
        )
    ),
    ("explode", {"tenant": "org-101"}, "operation must be one of create, update"),
]


@pytest.mark.parametrize(("operation", "told", "said"), WRONG)
def test_a17_what_cannot_be_is_refused_with_what_is_allowed(
    operation: str, told: dict[str, Any], said: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(operation, told, TIER)
    assert said in str(refused.value)


def test_a17_what_can_be_is_taken() -> None:
    assert parse("create", {**NEW, "size": None, "requested_by": "you"}, TIER) == Request(
        tenant="org-101", image="3f2c1ab", requested_by="you"
    )
    assert parse("delete", {"tenant": "org-101", "confirm": "org-101"}, TIER).tenant == "org-101"


@pytest.mark.parametrize(
    "value",
    [
        "org_2abC",
        "7f3a1c52-9d5e-4c0b-8a56-0d7a5a0c1f11",
        "42",
        "-1",
        "auth0|5f7c8ec7c33c6c004bbafe82",
        "urn:org:7",
        "o+1@clinic.example",
        "T3JnOjc=",
        "a" * 128,
    ],
)
def test_a17_what_products_keep_in_a_tenant_column_is_taken(value: str) -> None:
    assert parse("move", {**HERE, "tenant_value": value}, TIER).tenant_value == value


def test_a17_the_program_that_moves_takes_what_a_request_may_say() -> None:
    assert moving_settings.TENANT_VALUE == TENANT_VALUE


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=2), max_size=2)
)


MORE = ("size", "tier", "confirm", "to", "tenant_value", "requested_by", "else")


@given(
    st.sampled_from(["create", "update", "suspend", "resume", "delete", "move", "x"]),
    st.dictionaries(st.sampled_from([*NEW, *MORE]), VALUES),
)
def test_a17_nothing_ends_in_anything_but_a_request_or_a_refusal(
    operation: str, told: dict[str, Any]
) -> None:
    try:
        assert isinstance(parse(operation, told, TIER), Request)
    except RefusedError as refused:
        assert "got " in str(refused)  # noqa: PT017 - both ends are allowed


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "image must be the tag of an image, such as a commit, got None"),
        ({"image": "v 1"}, "image must be the tag of an image, such as a commit, got 'v 1'"),
        (
            {"image": "v1", "canaries": "org-101"},
            "canaries must be a list of active tenants, each of them once, got 'org-101'",
        ),
        ({"image": "v1", "canaries": [7]}, "canaries must be active tenants, got 7"),
    ],
)
def test_a17_a_wave_is_compared_in_the_same_way(told: dict[str, Any], said: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_wave(told)
    assert str(refused.value) == said
