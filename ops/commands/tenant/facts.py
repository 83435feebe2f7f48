"""What is known of a tenant, as a person reads it: one fact a line, those inside others below them."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

CERTIFICATE = "certificate#"
INDENT = "  "


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item of the registry without what is empty, and with its numbers, all whole, as Python's."""
    return {key: _whole(value) for key, value in item.items() if key != "item" and value not in ("", [])}


def lines(facts: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Facts by name."""
    width = max((len(name) for name in facts), default=0) + 2
    for name, value in sorted(facts.items()):
        match value:
            case dict():
                yield f"{indent}{name}"
                yield from lines(value, indent + INDENT)
            case [dict(), *_]:
                for number, one in enumerate(value, start=1):
                    yield f"{indent}{name}, {number} of {len(value)}"
                    yield from lines(one, indent + INDENT)
            case list():
                yield f"{indent}{name:<{width}}{', '.join(map(str, value))}"
            case _:
                yield f"{indent}{name:<{width}}{value}"


def history(items: list[dict[str, Any]]) -> Iterator[str]:
    """Runs and certificates, oldest first; of a certificate everything, since somebody may ask for it."""
    runs = [one for one in items if not one["item"].startswith(CERTIFICATE)]
    width = max((len(str(one["operation"])) for one in runs), default=0) + 2
    for one in items:
        if one in runs:
            by = f"  asked for by {one['requested_by']}" if "requested_by" in one else ""
            yield f"{one['started_at']}  {one['operation']:<{width}}{one['outcome']:<11}{by}".rstrip()
        else:
            yield f"{one['deleted_at']}  certificate of what is left of its database"
            yield from lines(
                {name: value for name, value in plain(one).items() if name != "tenant"}, indent=INDENT * 2
            )


def _whole(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value)
        case list():
            return [_whole(one) for one in value]
        case dict():
            return {key: _whole(one) for key, one in value.items()}
    return value
