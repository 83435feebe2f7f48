"""For applications: where an organization lives, and whether it is served, whatever is down.

An answer is used for a minute, and shared by all instances through Redis. While the table cannot be read, an
old answer is used for an hour at most; after that, nobody is served.
"""

import time
from collections.abc import Callable
from typing import Self

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from routing.answer import Answer
from routing.breaker import Breaker
from routing.entry import Entry, MalformedEntryError, valid_organization
from routing.kept import InMemory, InRedis, RedisClient
from routing.refusal import BY_STATE, ElsewhereError, LookupUnavailableError, UnknownOrganizationError
from routing.single_flight import SingleFlight
from routing.table import Table

TABLE_SECONDS = 1.0
"""How long a read may take, and how long the table is left alone after it failed."""

logger = Logger(service="routing")


class Lookup:
    """Looks organizations up. One for a process; threads may share it."""

    def __init__(
        self,
        table: Table,
        redis: RedisClient | None = None,
        *,
        prefix: str = "routing:",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._table, self._clock = table, clock
        self._redis = InRedis(redis, prefix=prefix, clock=clock) if redis is not None else None
        self._memory = InMemory()
        self._flights: SingleFlight[Answer] = SingleFlight()
        self._breaker = Breaker(TABLE_SECONDS, clock)

    @classmethod
    def of_table(cls, name: str, redis: RedisClient | None = None, *, region: str | None = None) -> Self:
        """A look-up in the copy of table ``name`` in ``region``, which gives up soon when that is down."""
        config = Config(
            connect_timeout=TABLE_SECONDS, read_timeout=TABLE_SECONDS, retries={"total_max_attempts": 1}
        )
        return cls(Table(boto3.client("dynamodb", region_name=region, config=config), name), redis)

    def serve(self, organization: str, *, region: str, shard: str) -> Entry:
        """The entry of an organization that is to be served here, in ``shard`` of ``region``.

        Raises:
            RefusalError: it is not to be served, or not here; its class says why.
        """
        entry = self.find(organization)
        refusal = BY_STATE[entry.state]
        if refusal is not None:
            raise refusal(f"the organization is {entry.state}")
        if (entry.region, entry.shard) != (region, shard):
            raise ElsewhereError("the organization lives in another place")
        return entry

    def find(self, organization: str) -> Entry:
        """Where ``organization`` lives, whatever its state.

        Raises:
            UnknownOrganizationError: there is no such organization.
            LookupUnavailableError: nobody can say.
        """
        if not valid_organization(organization):
            raise UnknownOrganizationError("this cannot be the id of an organization")
        answer = self._known(organization)
        if answer is None or not answer.is_fresh(self._clock()):
            old = answer
            answer = self._flights.do(organization, lambda: self._ask(organization, old))
        if answer.entry is None:
            raise UnknownOrganizationError("there is no such organization")
        return answer.entry

    def _known(self, organization: str) -> Answer | None:
        mine = self._memory.get(organization)
        if mine is not None and mine.is_fresh(self._clock()):
            return mine
        shared = self._redis.get(organization) if self._redis else None
        if shared is not None and (mine is None or shared.read_at > mine.read_at):
            # Kept here too, for when there is no Redis.
            self._memory.put(organization, shared)
            return shared
        return mine

    def _ask(self, organization: str, old: Answer | None) -> Answer:
        try:
            answer = self._read(organization)
        except Exception as error:
            if not isinstance(error, MalformedEntryError):
                # One that cannot be read says nothing about the others.
                self._breaker.failed()
            if old is None or not old.is_usable(self._clock()):
                raise LookupUnavailableError("nobody can say where the organization lives") from None
            logger.warning("an old answer is used", reason=type(error).__name__)
            return old
        self._memory.put(organization, answer)
        if self._redis is not None:
            self._redis.put(organization, answer)
        return answer

    def _read(self, organization: str) -> Answer:
        if self._breaker.is_open:
            raise LookupUnavailableError("the table failed a moment ago")
        at = self._clock()
        return Answer(self._table.read(organization), at)
