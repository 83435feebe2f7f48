"""What an in-memory service is: operations by name, records by account and region."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]
Record = dict[str, Any]


class ApiError(Exception):
    """An error the caller gets to see, with the code AWS would use."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Tenant:
    """Whose records a request sees."""

    account: str
    region: str

    def arn(self, service: str, rest: str) -> str:
        """Return an ARN in this account and region."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"


class Service:
    """A JSON service; an operation it does not have is an error, never an empty answer."""

    def __init__(self) -> None:
        self._operations: dict[str, Callable[[Body, Tenant], Body]] = {}
        self._records: dict[tuple[Tenant, str], dict[Any, Record]] = defaultdict(dict)

    def serves(self, operation: str) -> bool:
        """Whether it answers to an operation; one that does not leaves it to MiniStack."""
        return True

    def handle(self, operation: str, body: Body, tenant: Tenant) -> Body:
        """Serve one request.

        Raises:
            ApiError: The request can't be served.
        """
        try:
            serve = self._operations[operation]
        except KeyError:
            raise ApiError("UnknownOperationException", f"{operation} is not emulated") from None
        return serve(body, tenant)

    def records(self, tenant: Tenant, kind: str) -> dict[Any, Record]:
        """Return the records of one kind, by key."""
        return self._records[tenant, kind]

    def find(self, tenant: Tenant, kind: str, key: Any) -> Record:
        """Return one record.

        Raises:
            ApiError: There is no such record.
        """
        try:
            return self.records(tenant, kind)[key]
        except KeyError:
            raise ApiError("ResourceNotFoundException", f"{kind} not found: {key}") from None
