"""Documents of Systems Manager; nothing runs them."""

import json

from emulator.loopback import api
from emulator.resources.base import Properties, Resource


class Document(Resource):
    """What Run Command would run."""

    type_name = "AWS::SSM::Document"
    replacing = frozenset({"Name", "DocumentType"})

    def create(self, properties: Properties, name: str) -> str:
        """Create the document; its id is its name."""
        own_name = str(properties.get("Name", name))
        api("ssm").create_document(
            Name=own_name,
            Content=_content(properties),
            DocumentType=properties.get("DocumentType", "Command"),
            DocumentFormat=properties.get("DocumentFormat", "JSON"),
        )
        return own_name

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Add a version, where the content differs: the real API refuses the same one again."""
        if _content(old) != _content(new):
            api("ssm").update_document(Name=physical_id, Content=_content(new), DocumentVersion="$LATEST")

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the document."""
        api("ssm").delete_document(Name=physical_id)


def _content(properties: Properties) -> str:
    content = properties["Content"]
    return content if isinstance(content, str) else json.dumps(content)
