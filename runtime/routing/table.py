"""Reads and writes of the routing table: every write says which version it changes."""

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol

from routing.entry import Entry, now

TURN = "#placement"
"""Key of the item that counts turns; no organization can have such an id."""
CONFLICTS = ("ConditionalCheckFailed", "TransactionConflict")
"""Reasons for which DynamoDB cancels a transaction that somebody else was faster than."""
TURN_ATTEMPTS = 40
LONGEST_PAUSE_SECONDS = 0.25


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

    def transact_write_items(self, **parameters: Any) -> Mapping[str, Any]:
        """Write several items, or none."""


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

    def turn(self) -> int:
        """Whose turn it is to write what must be true of all entries together.

        Read it before the others are looked at, and write in it: of two who look at once, one writes.
        """
        found = self._client.get_item(TableName=self._name, Key=_key(TURN), ConsistentRead=True).get("Item")
        return int(found["turn"]["N"]) if found else 0

    def create(self, entry: Entry, *, turn: int | None = None) -> Entry:
        """Add ``entry``, and return it as it was written.

        Args:
            entry: What is added.
            turn: The turn in which it is true, if others matter.

        Raises:
            ConflictError: the organization has one, or the turn is over.
        """
        written = replace(entry, version=1, updated_at=now())
        self._put(written, {"ConditionExpression": "attribute_not_exists(organization)"}, turn)
        return written

    def replace(self, entry: Entry, expected_version: int, *, turn: int | None = None) -> Entry:
        """Put ``entry`` in the place of its version ``expected_version``; return it as it was written.

        Raises:
            ConflictError: that is not the version there is, or the turn is over.
        """
        written = replace(entry, version=expected_version + 1, updated_at=now())
        self._put(written, _if_version(expected_version), turn)
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

    def _put(self, entry: Entry, condition: Mapping[str, Any], turn: int | None) -> None:
        put = {"TableName": self._name, "Item": entry.to_item(), **condition}
        with _conflicts():
            if turn is None:
                self._client.put_item(**put)
                return
            self._client.transact_write_items(TransactItems=[{"Put": _next(turn, self._name)}, {"Put": put}])


def pause() -> None:
    """Wait a moment, each for another time, before a turn is tried again."""
    time.sleep(random.uniform(0, LONGEST_PAUSE_SECONDS))  # noqa: S311 - spreads, hides nothing


def _key(organization: str) -> dict[str, dict[str, str]]:
    return {"organization": {"S": organization}}


def _next(turn: int, table: str) -> dict[str, Any]:
    """The write that ends a turn."""
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(organization)"}
    if turn:
        condition = {
            "ConditionExpression": "#turn = :turn",
            "ExpressionAttributeNames": {"#turn": "turn"},
            "ExpressionAttributeValues": {":turn": {"N": str(turn)}},
        }
    return {"TableName": table, "Item": {**_key(TURN), "turn": {"N": str(turn + 1)}}, **condition}


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
        if _is_conflict(getattr(error, "response", {})):
            raise ConflictError("the entry is not the one that was read") from None
        raise


def _is_conflict(response: Mapping[str, Any]) -> bool:
    code = response.get("Error", {}).get("Code")
    # Of a transaction, each write that was no reason has "None".
    reasons = {one.get("Code") for one in response.get("CancellationReasons", ())} - {"None"}
    return code == "ConditionalCheckFailedException" or (
        code == "TransactionCanceledException" and bool(reasons) and reasons <= set(CONFLICTS)
    )
