"""Reads and writes of the routing table: every write says which version it changes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from routing.entry import Entry, now


class ConflictError(Exception):
    """Somebody else has written in between, or the entry exists already: read again and decide again."""


class Client(Protocol):
    """What is used of the DynamoDB client of boto3."""

    def get_item(self, **parameters: Any) -> Mapping[str, Any]:
        """Read an item."""

    def put_item(self, **parameters: Any) -> Mapping[str, Any]:
        """Write an item."""

    def delete_item(self, **parameters: Any) -> Mapping[str, Any]:
        """Remove an item."""


class Table:
    """The table, or its copy in another region.

    Write in the home region only: of two regions that write at once, the later wins whatever it read.
    """

    def __init__(self, client: Client, name: str) -> None:
        self._client, self._name = client, name

    def read(self, organization: str, *, consistent: bool = False) -> Entry | None:
        """Where ``organization`` lives, or None.

        Args:
            organization: Its id.
            consistent: Whether to see every write of this region that is over; costs twice as much.

        Raises:
            MalformedEntryError: the item is not one of ours.
        """
        found = self._client.get_item(
            TableName=self._name, Key=_key(organization), ConsistentRead=consistent
        ).get("Item")
        return Entry.from_item(found) if found else None

    def create(self, entry: Entry) -> Entry:
        """Add ``entry``, and return it as it was written.

        Raises:
            ConflictError: the organization has one.
        """
        written = replace(entry, version=1, updated_at=now())
        with _conflicts():
            self._client.put_item(
                TableName=self._name,
                Item=written.to_item(),
                ConditionExpression="attribute_not_exists(organization)",
            )
        return written

    def replace(self, entry: Entry, expected_version: int) -> Entry:
        """Put ``entry`` in the place of its version ``expected_version``; return it as it was written.

        Raises:
            ConflictError: that is not the version there is.
        """
        written = replace(entry, version=expected_version + 1, updated_at=now())
        with _conflicts():
            self._client.put_item(
                TableName=self._name, Item=written.to_item(), **_if_version(expected_version)
            )
        return written

    def remove(self, organization: str, expected_version: int) -> None:
        """Remove the entry.

        Raises:
            ConflictError: as above.
        """
        with _conflicts():
            self._client.delete_item(
                TableName=self._name, Key=_key(organization), **_if_version(expected_version)
            )


def _key(organization: str) -> dict[str, dict[str, str]]:
    return {"organization": {"S": organization}}


def _if_version(version: int) -> dict[str, Any]:
    return {
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":version": {"N": str(version)}},
    }


@contextmanager
def _conflicts() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        response = getattr(error, "response", {})
        if response.get("Error", {}).get("Code") == "ConditionalCheckFailedException":
            raise ConflictError("the entry is not the one that was read") from None
        raise
