"""The one rule of changing: what is not mentioned stays, and the whole is checked again."""

from collections.abc import Mapping
from typing import Any, TypeVar

from config.values import Model

M = TypeVar("M", bound=Model)


class Change(Model):
    """A partial value: only the fields that were given are applied."""

    def given(self) -> dict[str, Any]:
        """The fields that were given."""
        return {
            name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set
        }

    def onto(self, base: M) -> M:
        """``base`` with the given fields replaced, validated again as a whole.

        A change inside a change, and a mapping, keep what they do not mention.
        """
        values = {name: getattr(base, name) for name in type(base).model_fields}
        changed = {name: _merge(values[name], value) for name, value in self.given().items()}
        return type(base).model_validate({**values, **changed})


def _merge(old: Any, new: Any) -> Any:
    if isinstance(new, Change):
        return new.onto(old)
    return {**old, **new} if isinstance(new, Mapping) else new
