"""Counts the connections of a server while something happens."""

import asyncio
from collections import Counter

from ops.drills.servers.postgres import Postgres

PAST_THE_POOL = "past-the-pool"
"""The name under which those log in that are not to be counted."""
_COUNT = (
    "SELECT usename, count(*) FROM pg_stat_activity"
    " WHERE usename <> current_user AND application_name <> %s GROUP BY 1"
)
_EVERY_SECONDS = 0.03


class Peak:
    """The most connections a server had at a time, as it counts them itself."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self.by_role: Counter[str] = Counter()
        self.together = 0

    async def watch(self, stop: asyncio.Event) -> None:
        """Look every few hundredths of a second."""
        connection = await asyncio.to_thread(self._server.admin)
        while not stop.is_set():
            rows = await asyncio.to_thread(lambda: connection.execute(_COUNT, [PAST_THE_POOL]).fetchall())
            now = dict(rows)
            self.together = max(self.together, sum(now.values()))
            self.by_role |= Counter(now)
            await asyncio.sleep(_EVERY_SECONDS)
        connection.close()
