"""Lives of tenants in which one step after the other fails, some lives beside each other."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from support.broken_twice import POOL, SILO, Case, Clearing
from support.embedded_moves import Pool
from support.embedded_tenants import NEW, NO_TRACES, Region

Stage = Case | Clearing
AT_ONCE = 3
"""Half of the time a life waits for a server."""
SOURCE, FENCED = "source_read_only_until", "pool_fenced"
LEFT = {"clear": SOURCE, "lift": FENCED}


@dataclass
class Life:
    """One tenant, and what is done to it."""

    region: Region
    pool: Pool
    tenant: str
    image: int = 1
    written: list[str] = field(default_factory=list)
    """Rows that must be there, whatever fails."""

    def live(self, stage: Stage) -> None:
        """Fail at a step, look at what that leaves, and run the same again."""
        if isinstance(stage, Clearing):
            self._clear(stage)
        elif stage.verb == "move":
            self._move(stage)
        else:
            self._fail(stage, self._request(stage))

    def _request(self, case: Case) -> dict[str, Any]:
        region = self.region
        if case.verb == "create":
            return dict(NEW)
        if case.was == "suspended":
            region.run("change", operation="suspend", tenant=self.tenant)
        if case.verb == "delete":
            return {"confirm": self.tenant}
        self.image += case.told == ("operation", "update")
        image = {"image": f"v{self.image}"} if case.told == ("operation", "update") else {}
        return {"operation": case.told[1] if case.told else "", **image}

    def _fail(self, case: Case, request: dict[str, Any]) -> None:
        region = self.region
        with region.beside(case.verb, *case.steps) as verb:
            said = region.fail(verb, tenant=self.tenant, **request)
        self._is_left(case, said)
        if case.second:
            assert case.second in region.fail(case.verb, tenant=self.tenant, **request)
        else:
            region.run(case.verb, tenant=self.tenant, **request)
        self._is_finished(case)

    def _is_left(self, case: Case, said: str) -> None:
        """What a failure may leave: a tenant that is in one place, or one that says how to go on."""
        region, tenant = self.region, self.tenant
        region.until(lambda: not region.stack(tenant).endswith("IN_PROGRESS"))
        known, line = region.known(tenant), region.routed(tenant)
        found = (
            known.get("state", ""),
            f"{line['tier']} {line['state']}" if line else "",
            bool(region.stack(tenant)),
            "operation" not in known,
        )
        assert found == (case.state, case.line, case.stack, case.recorded), said
        if case.first and case.recorded and case.step != "Record the failure":
            left = case.step if case.left is None else case.left
            assert (f"; then {left}: " if left else "nothing of this run is left") in said
            assert ("run it again to finish" in said) == bool(left)
            assert f"then {left}" in known["failure"] if left else "; then " not in known["failure"]
        if case.line == SILO:
            assert region.serves(tenant)

    def _is_finished(self, case: Case) -> None:
        region, tenant = self.region, self.tenant
        known = region.known(tenant)
        assert "operation" not in known
        if case.verb == "delete":
            assert (region.traces(tenant), known["state"]) == (NO_TRACES, "deleted")
            assert known["last_snapshot"] in region.snapshots(tenant)
        elif case.told == ("operation", "suspend"):
            assert (known["state"], region.routed(tenant)["state"]) == ("suspended", "suspended")
            assert not region.serves(tenant)
            region.run("change", operation="resume", tenant=tenant)
        else:
            region.is_whole(tenant, image=f"v{self.image}")

    def _move(self, case: Case) -> None:
        region, pool, tenant = self.region, self.pool, self.tenant
        to = case.told[1] if case.told else ""
        request: dict[str, Any] = {
            "to": to,
            **({"image": "v1", "requested_by": "a test"} if to == "silo" else {}),
        }
        with pool.migrating(tenant):
            with region.beside("move", *case.steps) as verb:
                said = region.fail(verb, tenant=tenant, **request)
            self._is_left(case, said)
            self._is_served(case)
            if case.second:
                assert case.second in region.fail("move", tenant=tenant, **request)
            else:
                region.run("move", tenant=tenant, **request)
        self._has_moved(to)

    def _is_served(self, case: Case) -> None:
        """Who is led somewhere can write there, unless it is refused; and no row was lost on the way."""
        for line, side in ((POOL, "pool"), (SILO, "silo")):
            if case.line == line and case.refuses != side:
                silo = side == "silo"
                self._write(f"after {case.step}", silo=silo)
        if case.refuses:
            assert self.pool.refuses(self.tenant, silo=case.refuses == "silo")

    def _has_moved(self, to: str) -> None:
        region, pool, tenant = self.region, self.pool, self.tenant
        known, silo = region.known(tenant), to == "silo"
        assert "operation" not in known
        assert known["failure"] == ""
        assert pool.notes(tenant, silo=silo) == self.written
        self._write(f"in the {to}", silo=silo)
        if silo:
            region.is_whole(tenant)
            assert pool.refuses(tenant)
            assert known[FENCED] == "1"
        else:
            assert ({**region.traces(tenant), "routed": {}}, known["state"]) == (NO_TRACES, "pooled")
            assert pool.line(tenant)["tier"] == "shared"
            assert known[FENCED] == ""

    def _write(self, body: str, *, silo: bool) -> None:
        self.pool.write(self.tenant, body, silo=silo)
        self.written.append(body)

    def _clear(self, case: Clearing) -> None:
        region, tenant, fact = self.region, self.tenant, LEFT[case.what]
        with region.beside("clear", *case.steps) as verb:
            ended = region.end(region.start(verb, tenant=tenant))["status"]
        known = region.known(tenant)
        assert ended == ("SUCCEEDED" if case.told else "FAILED")
        assert self._left(case.what) == case.left
        assert bool(known[fact]) == case.due
        if case.told and case.due:
            assert known["failure"].startswith(f"{case.what} failed: ")
        region.run("clear", tenant=tenant)
        known = region.known(tenant)
        assert (known[fact], known["failure"], self._left(case.what)) == ("", "", False)
        if case.what == "clear":
            region.is_whole(tenant)
            assert self.pool.refuses(tenant)
            assert self.pool.notes(tenant, silo=True) == self.written

    def _left(self, what: str) -> bool:
        return bool(self.pool.notes(self.tenant)) if what == "clear" else self.pool.refuses(self.tenant)

    def begin_in_the_pool(self) -> None:
        """Rows of some weeks."""
        self.pool.add(self.tenant, notes=3)
        self.written = self.pool.notes(self.tenant)

    def clear(self) -> None:
        """Without anything that fails."""
        self.region.run("clear", tenant=self.tenant)

    def end(self) -> None:
        """Without anything that fails."""
        self.region.run("delete", tenant=self.tenant, confirm=self.tenant)


Step = Callable[[Life], None]


@dataclass(frozen=True)
class Planned:
    """The life of one tenant: steps that fail, and steps between them."""

    tenant: str
    stages: tuple[Stage | Step, ...]


class Lives:
    """Lets them live, a few at a time, each test waiting for its own stage."""

    def __init__(self, region: Region, planned: Sequence[Planned], wanted: set[str]) -> None:
        self._region, self._pool = region, Pool(region)
        self._futures: dict[str, Future[None]] = {name: Future() for name in wanted}
        self._pool.prepare()
        self._executor = ThreadPoolExecutor(AT_ONCE)
        for one in planned:
            names = [stage.name for stage in one.stages if isinstance(stage, Stage)]
            if wanted & set(names):
                self._executor.submit(self._live, one)

    def wait(self, name: str) -> None:
        """Wait for a stage, and fail as it did."""
        self._futures[name].result()

    def close(self) -> None:
        """Begin nothing more, and wait for what has begun."""
        self._executor.shutdown(cancel_futures=True)

    def _live(self, planned: Planned) -> None:
        life = Life(self._region, self._pool, planned.tenant)
        failed: BaseException | None = None
        for stage in planned.stages:
            if failed is None:
                try:
                    life.live(stage) if isinstance(stage, Stage) else stage(life)
                except BaseException as error:
                    error.add_note(f"{planned.tenant}:\n{self._region.said_by_movers()}")
                    failed = error
            if isinstance(stage, Stage) and stage.name in self._futures:
                future = self._futures[stage.name]
                future.set_exception(failed) if failed else future.set_result(None)
