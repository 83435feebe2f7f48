"""What every part of the model is made of: frozen values that say in words what they allow."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    WrapValidator,
    model_validator,
)

from config.aws_limits import AWS_REGIONS

T = TypeVar("T")


class ConfigError(ValueError):
    """A configuration that must not be built: says what is wrong, the value, and what is allowed."""


class Model(BaseModel):
    """An immutable value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _check_field_names(cls, given: Any) -> Any:
        unknown = [name for name in given if name not in cls.model_fields] if isinstance(given, dict) else []
        for name in unknown:
            close = get_close_matches(str(name), cls.model_fields, n=1)
            meant = f"; did you mean {close[0]}?" if close else "."
            fields = ", ".join(cls.model_fields)
            raise ValueError(f"{cls.__name__} has no field {name!r}{meant} It has {fields}")
        return given


class OptOut(Model):
    """A protection switched off on purpose. Every one is listed in the review of a change."""

    reason: str = Field(min_length=10)
    """Why this environment can live without it: a sentence for the next reader and for an auditor."""


def worded(pattern: str, allowed: str) -> AfterValidator:
    """Check text against ``pattern``, with an error that says in words what is allowed."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"must be {allowed}")
        return value

    return AfterValidator(check)


def either(allowed: str) -> WrapValidator:
    """Say what a choice allows, where pydantic would list what each alternative lacks."""

    def check(value: Any, choose: Callable[[Any], Any]) -> Any:
        try:
            return choose(value)
        except ValidationError as error:
            raise ValueError(f"must be {allowed}") from error

    return WrapValidator(check)


def _network(value: str) -> str:
    try:
        IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"must be an IPv4 network such as 10.0.0.0/16 ({error})") from error
    return value


Cidr = Annotated[str, AfterValidator(_network)]
"""An IPv4 network in CIDR notation, with no host bits set."""

Name = Annotated[
    str,
    worded(
        r"[a-z][a-z0-9-]{0,39}",
        "lower-case letters, digits and hyphens, beginning with a letter, 40 at most",
    ),
]
"""A name that is allowed in every AWS resource name it becomes part of."""

DomainName = Annotated[
    str,
    worded(
        r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}",
        "a full host name in lower case, such as api.example.com",
    ),
]
"""A fully qualified host name, lower case."""


def _region(value: str) -> str:
    if value not in AWS_REGIONS:
        close = get_close_matches(value, AWS_REGIONS, n=1)
        raise ValueError(f"must be a region of AWS; did you mean {close[0] if close else 'eu-central-1'}?")
    return value


RegionCode = Annotated[str, AfterValidator(_region)]
"""The name AWS gives a region."""

EXAMPLE_IMAGE = "ami-0123456789abcdef0"
"""No image of AWS: what the systems here are written with."""

ImageId = Annotated[
    str, worded(r"ami-[0-9a-f]{8,17}", f"the id of a pinned machine image, such as {EXAMPLE_IMAGE}")
]
"""A machine image (AMI), which exists in one region only."""

TimeOfDay = Annotated[str, worded(r"([01][0-9]|2[0-3]):[0-5][0-9]", "a time of day, 00:00 to 23:59")]

TimeZone = Annotated[
    str, worded(r"UTC|[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_-]+)+", "UTC or a time zone such as Europe/Berlin")
]

PortNumber = Annotated[int, Field(ge=1, le=65535)]

Positive = Annotated[int, Field(ge=1)]

FrozenMap = Annotated[
    Mapping[str, T],
    AfterValidator(lambda value: MappingProxyType(dict(value))),
    PlainSerializer(dict),
]
"""A mapping that nobody can change after validation."""
