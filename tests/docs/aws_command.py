"""Checks a call of the AWS CLI against the API models that the CLI itself is made from."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError

GLOBAL = {
    "query",
    "output",
    "region",
    "profile",
    "no-cli-pager",
    "cli-binary-format",
    "cli-input-json",
    "endpoint-url",
}
"""Options of every command."""

BY_HAND: dict[tuple[str, ...], set[str]] = {
    ("configure", "sso"): set(),
    ("sso", "login"): set(),
    ("logs", "tail"): {"since", "follow", "filter-pattern", "format"},
    ("ecr", "get-login-password"): set(),
    ("s3", "ls"): {"recursive"},
    ("s3", "cp"): {"recursive"},
    ("s3", "rb"): set(),
}
"""Commands the CLI adds to the API, with the options we use."""

RENAMED = {("ec2", "ingress"): "no-egress"}
"""What the CLI calls an option that would have another name by its own rules (its ``argrename.py``)."""


def complaints(words: Sequence[str]) -> Iterator[str]:
    """What is wrong with ``aws ...``; nothing if the CLI would accept it."""
    service, operation = words[1], words[2] if len(words) > 2 else ""
    options = {RENAMED.get((service, name), name): given for name, given in _options(words[3:])}
    if (service, operation) in BY_HAND:
        yield from (f"no option --{name}" for name in options.keys() - BY_HAND[service, operation] - GLOBAL)
    elif operation == "wait":
        yield from _wait(service, words[3], options)
    else:
        yield from _call(service, operation, options)


def _options(words: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    name, values = "", list[str]()
    for word in words:
        if word.startswith("--"):
            if name:
                yield name, values
            name, values = word[2:], []
        else:
            values.append(word)
    if name:
        yield name, values


@cache
def _model(service: str) -> Any:
    try:
        return botocore.session.get_session().get_service_model(service)
    except UnknownServiceError:
        return None


def _operations(service: str) -> dict[str, str]:
    model = _model(service)
    return {xform_name(name, "-"): name for name in model.operation_names} if model else {}


def _wait(service: str, waiter: str, options: dict[str, list[str]]) -> Iterator[str]:
    waiters = botocore.session.get_session().get_waiter_model(service)
    by_name = {xform_name(name, "-"): name for name in waiters.waiter_names}
    if waiter not in by_name:
        yield f"{service} has no waiter {waiter}; it has {', '.join(sorted(by_name))}"
        return
    yield from _call(service, xform_name(waiters.get_waiter(by_name[waiter]).operation, "-"), options)


def _call(service: str, operation: str, options: dict[str, list[str]]) -> Iterator[str]:
    # Called otherwise by the CLI, whose ``s3`` is a tool of its own.
    service = "s3" if service == "s3api" else service
    names = _operations(service)
    if not names:
        yield f"there is no service {service}"
        return
    if operation not in names:
        yield f"{service} has no operation {operation}"
        return
    shape = _model(service).operation_model(names[operation]).input_shape
    members = {xform_name(name, "-"): member for name, member in shape.members.items()} if shape else {}
    for name, values in options.items():
        yield from _option(f"{service} {operation}", name, values, members)
    if "cli-input-json" not in options:
        required = {xform_name(name, "-") for name in (shape.required_members if shape else ())}
        given = {name.removeprefix("no-") for name in options}
        yield from (f"{service} {operation} needs --{name}" for name in sorted(required - given))


def _option(call: str, name: str, values: list[str], members: dict[str, Any]) -> Iterator[str]:
    plain = name.removeprefix("no-")
    if name in GLOBAL:
        return
    if plain != name and plain in members and members[plain].type_name == "boolean":
        return
    if name not in members:
        yield f"{call} has no option --{name}"
        return
    yield from _values(f"{call} --{name}", values, members[name])


def _values(what: str, values: list[str], shape: Any) -> Iterator[str]:
    if shape.type_name == "boolean":
        yield from (f"{what} takes no value" for _ in values)
    elif not values:
        yield f"{what} needs a value"
    inner = shape.member if shape.type_name == "list" else shape
    allowed: list[str] = getattr(inner, "enum", None) or []
    for value in values:
        if allowed and "$" not in value and value not in allowed:
            yield f"{what} must be one of {', '.join(allowed)}, got {value}"
