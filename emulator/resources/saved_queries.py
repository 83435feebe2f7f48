"""Saved queries of CloudWatch Logs Insights."""

from emulator.conform import call
from emulator.loopback import api
from emulator.resources.base import Attributes, Properties, Resource


class QueryDefinition(Resource):
    """A saved query."""

    type_name = "AWS::Logs::QueryDefinition"

    def create(self, properties: Properties, name: str) -> str:
        """Save the query; its id is made by CloudWatch Logs."""
        return str(call(api("logs"), "PutQueryDefinition", properties)["queryDefinitionId"])

    def attributes(self, physical_id: str) -> Attributes:
        """Return the id."""
        return {"QueryDefinitionId": physical_id}

    def update(self, physical_id: str, old: Properties, new: Properties) -> None:
        """Change the query; putting it again under its id does that."""
        call(api("logs"), "PutQueryDefinition", new, queryDefinitionId=physical_id)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the query."""
        api("logs").delete_query_definition(queryDefinitionId=physical_id)
