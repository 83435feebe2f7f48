"""Documents of Systems Manager as records: MiniStack has the rest of it."""

import hashlib

from emulator.services.base import ApiError, Body, Record, Service, Tenant

KIND = "Document"


class Documents(Service):
    """Documents with their versions; the newest is the default one, as ``NewVersion`` leaves it."""

    def __init__(self) -> None:
        super().__init__()
        self._operations |= {
            "CreateDocument": self._create,
            "UpdateDocument": self._update,
            "DescribeDocument": self._describe,
            "GetDocument": self._get,
            "DeleteDocument": self._delete,
        }

    def serves(self, operation: str) -> bool:
        """Only what MiniStack lacks."""
        return operation in self._operations

    def _create(self, body: Body, tenant: Tenant) -> Body:
        if body["Name"] in self.records(tenant, KIND):
            raise ApiError("DocumentAlreadyExists", f"Document with same name {body['Name']} already exists")
        self.records(tenant, KIND)[body["Name"]] = {**body, "Version": 1}
        return {"DocumentDescription": self._description(body["Name"], tenant)}

    def _update(self, body: Body, tenant: Tenant) -> Body:
        record = self._found(body["Name"], tenant)
        if record["Content"] == body["Content"]:
            raise ApiError("DuplicateDocumentContent", "The content of the document is the same")
        record.update(Content=body["Content"], Version=record["Version"] + 1)
        return {"DocumentDescription": self._description(body["Name"], tenant)}

    def _describe(self, body: Body, tenant: Tenant) -> Body:
        return {"Document": self._description(body["Name"], tenant)}

    def _get(self, body: Body, tenant: Tenant) -> Body:
        record = self._found(body["Name"], tenant)
        return {**self._description(body["Name"], tenant), "Content": record["Content"]}

    def _delete(self, body: Body, tenant: Tenant) -> Body:
        self._found(body["Name"], tenant)
        del self.records(tenant, KIND)[body["Name"]]
        return {}

    def _description(self, name: str, tenant: Tenant) -> Body:
        record = self._found(name, tenant)
        version = str(record["Version"])
        return {
            "Name": name,
            "Owner": tenant.account,
            "Status": "Active",
            "DocumentType": record.get("DocumentType", "Command"),
            "DocumentFormat": record.get("DocumentFormat", "JSON"),
            "DocumentVersion": version,
            "LatestVersion": version,
            "DefaultVersion": version,
            "HashType": "Sha256",
            "Hash": hashlib.sha256(record["Content"].encode()).hexdigest(),
        }

    def _found(self, name: str, tenant: Tenant) -> Record:
        try:
            return self.records(tenant, KIND)[name]
        except KeyError:
            raise ApiError("InvalidDocument", f"Document with name {name} does not exist") from None
