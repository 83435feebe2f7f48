"""Saved queries of CloudWatch Logs Insights, as records: MiniStack has the rest of CloudWatch Logs."""

import time
import uuid

from emulator.services.base import ApiError, Body, Service, Tenant

KIND = "QueryDefinition"


class SavedQueries(Service):
    """Query definitions. Running one is MiniStack's."""

    def __init__(self) -> None:
        super().__init__()
        self._operations |= {
            "PutQueryDefinition": self._put,
            "DescribeQueryDefinitions": self._describe,
            "DeleteQueryDefinition": self._delete,
        }

    def serves(self, operation: str) -> bool:
        """Only what MiniStack lacks."""
        return operation in self._operations

    def _put(self, body: Body, tenant: Tenant) -> Body:
        own_id = body.get("queryDefinitionId")
        if own_id is not None:
            self._find(own_id, tenant)
        own_id = own_id or str(uuid.uuid4())
        self.records(tenant, KIND)[own_id] = {
            "logGroupNames": [],
            **body,
            "queryDefinitionId": own_id,
            "lastModified": int(time.time() * 1000),
        }
        return {"queryDefinitionId": own_id}

    def _describe(self, body: Body, tenant: Tenant) -> Body:
        prefix = body.get("queryDefinitionNamePrefix", "")
        found = self.records(tenant, KIND).values()
        return {"queryDefinitions": [one for one in found if one["name"].startswith(prefix)]}

    def _delete(self, body: Body, tenant: Tenant) -> Body:
        self._find(body["queryDefinitionId"], tenant)
        del self.records(tenant, KIND)[body["queryDefinitionId"]]
        return {"success": True}

    def _find(self, own_id: str, tenant: Tenant) -> None:
        if own_id not in self.records(tenant, KIND):
            raise ApiError("ResourceNotFoundException", f"query definition {own_id} not found")
