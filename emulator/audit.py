"""Records which template properties nobody read: the ones that silently have no effect here.

Only top-level properties, and only at creation. A handler that copies all properties counts as
having read them.
"""

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any


class Watched(dict[str, Any]):
    """Properties that remember which of them were looked at."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        super().__init__(properties)
        self.seen: set[str] = set()

    @property
    def unread(self) -> list[str]:
        """Names nobody looked at, in order."""
        return sorted(set(super().keys()) - self.seen)

    def __getitem__(self, name: str) -> Any:
        self.seen.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Read one property."""
        self.seen.add(name)
        return super().get(name, default)

    def pop(self, name: str, *default: Any) -> Any:
        """Take one property out."""
        self.seen.add(name)
        return super().pop(name, *default)

    def items(self) -> Any:
        """Read all properties."""
        self.seen.update(super().keys())
        return super().items()

    def values(self) -> Any:
        """Read all properties."""
        self.seen.update(super().keys())
        return super().values()

    def copy(self) -> dict[str, Any]:
        """Read all properties."""
        return dict(self.items())

    def __iter__(self) -> Iterator[str]:
        # Looking at the names is not reading the values.
        return super().__iter__()


def install(path: Path) -> None:
    """Write one JSON line per resource created from now on."""
    # Imported late, so that reading an audit does not need MiniStack.
    table = import_module("ministack.services.cloudformation.provisioners")._RESOURCE_HANDLERS
    for type_name, handlers in list(table.items()):
        table[type_name] = handlers | {"create": _audited(type_name, handlers["create"], path)}


def _audited(type_name: str, create: Any, path: Path) -> Any:
    def audited(logical_id: str, properties: Mapping[str, Any], stack_name: str) -> Any:
        watched = Watched(properties)
        try:
            return create(logical_id, watched, stack_name)
        finally:
            line = {"type": type_name, "id": logical_id, "unread": watched.unread}
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    return audited


def read_audit(path: Path) -> dict[str, set[str]]:
    """Return the unread properties of each type in an audit file; every audited type is a key."""
    found: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        found.setdefault(record["type"], set()).update(record["unread"])
    return found
