"""Where firewalls would log to, as records: MiniStack has the rest of WAF, and nothing is filtered."""

import re

from emulator.services.base import ApiError, Body, Service, Tenant

KIND = "LoggingConfiguration"
DESTINATION = re.compile(
    r"arn:aws[a-z-]*:(logs:[^:]*:[^:]*:log-group:|firehose:[^:]*:[^:]*:deliverystream/|s3:::)aws-waf-logs-[^:]*"
)
"""WAF refuses a log whose name does not begin so, and an ARN of a group that ends in ``:*``."""


class FirewallLogging(Service):
    """Logging configurations of web ACLs."""

    def __init__(self) -> None:
        super().__init__()
        self._operations |= {
            "PutLoggingConfiguration": self._put,
            "GetLoggingConfiguration": self._get,
            "DeleteLoggingConfiguration": self._delete,
            "ListLoggingConfigurations": self._list,
        }

    def serves(self, operation: str) -> bool:
        """Only what MiniStack lacks."""
        return operation in self._operations

    def _put(self, body: Body, tenant: Tenant) -> Body:
        configuration = body[KIND]
        for destination in configuration["LogDestinationConfigs"]:
            if not DESTINATION.fullmatch(destination):
                raise ApiError("WAFInvalidParameterException", f"the ARN isn't valid: {destination}")
        self.records(tenant, KIND)[configuration["ResourceArn"]] = configuration
        return {KIND: configuration}

    def _get(self, body: Body, tenant: Tenant) -> Body:
        found = self.records(tenant, KIND).get(body["ResourceArn"])
        if found is None:
            raise ApiError("WAFNonexistentItemException", f"no logging: {body['ResourceArn']} not found")
        return {KIND: found}

    def _delete(self, body: Body, tenant: Tenant) -> Body:
        self._get(body, tenant)
        del self.records(tenant, KIND)[body["ResourceArn"]]
        return {}

    def _list(self, body: Body, tenant: Tenant) -> Body:
        return {f"{KIND}s": list(self.records(tenant, KIND).values())}
