"""What a top-up of one of MiniStack's own resource types has to offer."""

from typing import ClassVar

from emulator.resources.base import Attributes, Properties


class TopUp:
    """Applies properties that MiniStack's handler of a type drops.

    Attributes:
        type_name: The CloudFormation type.
    """

    type_name: ClassVar[str]

    def prepare(self, properties: Properties) -> Properties:
        """Return the properties MiniStack's own handler is given."""
        return properties

    def apply(self, physical_id: str, properties: Properties) -> Attributes:
        """Complete the resource after create or update; return attributes that changed."""
        return {}

    def before_update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Refuse a change that AWS refuses and MiniStack does not."""

    def before_delete(self, physical_id: str, properties: Properties) -> None:
        """Remove what stands in the way of MiniStack's delete."""

    def after_delete(self, physical_id: str, properties: Properties) -> None:
        """Remove what MiniStack's delete does not know of."""
