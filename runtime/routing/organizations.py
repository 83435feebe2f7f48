"""Organizations of the shared tier: each gets a place once, is shown, suspended and served again."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from asked.check import RefusedError
from routing.entry import Entry
from routing.placement import NoRoomError, NoSuchResidencyError, Place, place
from routing.table import TURN, TURN_ATTEMPTS, ConflictError, Table, pause

SHARED = "shared"


class Organizations:
    """The shared tier of one deployment, by its table in the home region.

    Args:
        client: A DynamoDB client.
        name: Name of the table.
        places: Every shard there is.
    """

    def __init__(self, client: Any, name: str, places: Sequence[Place]) -> None:
        self._client, self._name, self._places = client, name, places
        self._table = Table(client, name)

    def place(self, organization: str, residency: str, tenant_value: str = "") -> Entry:
        """Give an organization a place: the least loaded shard where its data may be. Again: the same place.

        Of two placements at once one counts again, so a shard never takes more than it may.

        Args:
            organization: Its id.
            residency: Where its data must stay.
            tenant_value: What the tenant column holds for it, if not its id; said again, it is corrected,
                until a move has led its rows.

        Raises:
            RefusedError: it has a place already where this residency is not, or there is none with room; or
                another organization has that value, or a move has settled another one.
        """
        for _ in range(TURN_ATTEMPTS):
            # Before counting: whoever places meanwhile takes the turn, and what was counted is not used.
            turn = self._table.turn()
            known = self._table.read(organization, consistent=True)
            with suppress(ConflictError):
                if known is not None:
                    return self._with_value(_as_asked(known, residency), tenant_value, turn)
                every = self.every()
                _check_value(every, organization, tenant_value)
                chosen = self._at(organization, self._choose(residency, every))
                return self._table.create(replace(chosen, tenant_value=tenant_value), turn=turn)
            pause()
        raise RefusedError(
            f"organization {organization} could not be placed: others were, {TURN_ATTEMPTS} times in "
            "between; ask again"
        )

    def show(self, organization: str) -> Entry:
        """Where an organization is.

        Raises:
            RefusedError: nobody has heard of it.
        """
        known = self._table.read(organization, consistent=True)
        if known is None:
            raise RefusedError(f"there is no organization {organization}")
        return known

    def every(self) -> list[Entry]:
        """All organizations, of both tiers, by name."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._name, ConsistentRead=True)
        items = [item for page in pages for item in page["Items"]]
        found = [Entry.from_item(one) for one in items if one["organization"]["S"] != TURN]
        return sorted(found, key=lambda one: one.organization)

    def become(self, organization: str, state: str) -> Entry:
        """Suspend an organization, or serve it again.

        Args:
            organization: Its id.
            state: ``suspended`` or ``active``.

        Raises:
            RefusedError: it is of another tier, or being moved, set up or deleted.
        """
        known = self.show(organization)
        if known.tier != SHARED:
            raise RefusedError(
                f"organization {organization} is in the {known.tier} tier: use the verbs of tenants"
            )
        if known.state == state:
            return known
        _check_settled(known)
        try:
            return self._table.replace(replace(known, state=state), known.version)
        except ConflictError:
            raise RefusedError(f"organization {organization} was changed meanwhile: ask again") from None

    def _with_value(self, known: Entry, tenant_value: str, turn: int) -> Entry:
        if tenant_value in ("", known.tenant_value):
            return known
        if known.tier != SHARED:
            raise RefusedError(
                f"organization {known.organization} is in the {known.tier} tier, whose moves know what the "
                "tenant column holds for it: tenant_value must be left out"
            )
        _check_settled(known)
        _check_not_moved(known, tenant_value)
        _check_value(self.every(), known.organization, tenant_value)
        return self._table.replace(replace(known, tenant_value=tenant_value), known.version, turn=turn)

    def _choose(self, residency: str, every: Sequence[Entry]) -> Place:
        counts = Counter((one.region, one.shard) for one in every if one.tier == SHARED)
        try:
            return place(residency, self._places, counts)
        except NoRoomError as full:
            raise RefusedError(
                f"{full}. Add a shard, or raise routing.organizations_per_shard; nothing was changed"
            ) from None
        except NoSuchResidencyError as wrong:
            raise RefusedError(str(wrong)) from None

    def _at(self, organization: str, chosen: Place) -> Entry:
        return Entry(
            organization=organization,
            region=chosen.region,
            shard=chosen.shard,
            tier=SHARED,
            state="active",
            residency=chosen.residency,
            origin=chosen.origin,
        )


def _as_asked(known: Entry, residency: str) -> Entry:
    if known.residency != residency:
        raise RefusedError(
            f"organization {known.organization} is in the {known.residency} already, in region "
            f"{known.region}: its data stay there, so residency must be {known.residency}, got {residency!r}"
        )
    return known


def _check_settled(known: Entry) -> None:
    if known.state not in ("active", "suspended"):
        raise RefusedError(f"organization {known.organization} is {known.state}: wait until that is over")


def _check_not_moved(known: Entry, tenant_value: str) -> None:
    """Refuse what no move would work with any more."""
    if known.tenant_value_by == "moved":
        raise RefusedError(
            f"the rows of {known.organization} were moved as those of {known.tenant_value!r}: tenant_value "
            f"must be that, or left out, got {tenant_value!r}"
        )


def _check_value(every: Sequence[Entry], organization: str, tenant_value: str) -> None:
    """Refuse rows that are those of another organization, whose tenant column holds its id unless told."""
    wanted = tenant_value or organization
    for one in every:
        if one.organization != organization and wanted == (one.tenant_value or one.organization):
            raise RefusedError(
                f"tenant_value must be of one organization, and {wanted!r} is that of {one.organization}"
            )
