"""References to the outputs of stacks in other regions, which MiniStack looks for in its own."""

from typing import Any

from ministack.core import responses
from ministack.services.cloudformation import engine


def install() -> None:
    """Read ``Fn::GetStackOutput`` in the region that it names."""
    original = engine._resolve_refs

    def resolve(value: Any, *context: Any, **options: Any) -> Any:
        region = _region(value)
        if region is None or region == responses.get_region():
            return original(value, *context, **options)
        with responses.request_scope(responses.get_account_id(), region):
            return original(value, *context, **options)

    engine._resolve_refs = resolve


def _region(value: Any) -> str | None:
    spec = value.get("Fn::GetStackOutput") if isinstance(value, dict) else None
    named = spec.get("Region") if isinstance(spec, dict) else None
    return named if isinstance(named, str) else None
