"""Web ACLs as their API tells of them; no request is filtered."""

from base64 import b64encode
from typing import Any

from emulator.resources.base import Properties
from emulator.topups.base import TopUp


class WebAcl(TopUp):
    """Text to search for: a template has it as it reads, the API in base64. MiniStack leaves it alone."""

    type_name = "AWS::WAFv2::WebACL"

    def prepare(self, properties: Properties) -> Properties:
        """Write it the way the API does."""
        return {**properties, "Rules": _encoded(properties.get("Rules", []))}


def _encoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_encoded(item) for item in value]
    if isinstance(value, dict):
        return {
            name: b64encode(str(item).encode()).decode() if name == "SearchString" else _encoded(item)
            for name, item in value.items()
        }
    return value
