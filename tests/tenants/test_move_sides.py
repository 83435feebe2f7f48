"""A17: one side of a move takes writes, whatever comes late and whatever a job wrote; on real machines."""

import json
from typing import Any

import pytest

from support.embedded_moves import Pool
from support.embedded_place import ACCOUNT, REGION
from support.embedded_tenants import NO_TRACES, Region

pytestmark = [pytest.mark.embedded, pytest.mark.database, pytest.mark.long]

MOVES = f"clinic-production-tenant-moves-{ACCOUNT}-{REGION}"
MOVE: dict[str, Any] = {"image": "v1", "requested_by": "a test"}
FLIPS = {"silo": "Serve it from the silo", "pool": "Serve it from the pool"}
RELEASES = {"silo": "Serve it from the pool again", "pool": "Serve it from the silo again"}
UNFENCES = {"silo": "Accept its writes in the pool again", "pool": "Accept its writes in the silo again"}
BOTH = pytest.mark.parametrize("to", ["silo", "pool"])


@pytest.fixture(scope="module")
def pool(region: Region) -> Pool:
    """The pool with its tables."""
    pool = Pool(region)
    pool.prepare()
    return pool


class Mover:
    """One organization on the side that it is to be moved from."""

    def __init__(self, region: Region, pool: Pool, tenant: str, to: str) -> None:
        self.region, self.pool, self.tenant, self.to = region, pool, tenant, to
        self.told: dict[str, Any] = {"tenant": tenant, "to": to, **(MOVE if to == "silo" else {})}
        pool.add(tenant, notes=3)
        if to == "pool":
            with pool.migrating(tenant):
                region.run("move", tenant=tenant, to="silo", **MOVE)
        self.notes = pool.notes(tenant, silo=to == "pool")

    def run(self, verb: str = "move", **told: Any) -> list[str]:
        """Move it; the steps."""
        with self.pool.migrating(self.tenant):
            return self.region.run(verb, **{**self.told, **told})

    def fail(self, verb: str = "move") -> str:
        """Fail to; why."""
        with self.pool.migrating(self.tenant):
            return self.region.fail(verb, **self.told)

    def stopped(self, step: str) -> str:
        """Begin to, and be stopped before a step; the run."""
        with self.pool.migrating(self.tenant):
            return self.region.stopped("move", step, **self.told)

    def write(self, body: str, *, there: bool) -> None:
        """One more row on the side it goes to, or leaves."""
        self.pool.write(self.tenant, body, silo=(self.to == "silo") == there)

    def has_moved(self) -> None:
        """It is served from the other side, and the one it left takes no writes."""
        silo = self.to == "silo"
        line = self.pool.line(self.tenant)
        assert (line["tier"], line["state"]) == ("enterprise" if silo else "shared", "active")
        self._takes_writes(silo=silo)
        if silo:
            self.region.is_whole(self.tenant)
            assert self.pool.refuses(self.tenant)
        else:
            assert {**self.region.traces(self.tenant), "routed": {}} == NO_TRACES
            assert self.region.known(self.tenant)["state"] == "pooled"

    def _takes_writes(self, *, silo: bool) -> None:
        """It has all rows and no other, and takes one more."""
        assert self.pool.notes(self.tenant, silo=silo) == self.notes
        self.pool.write(self.tenant, f"note {len(self.notes) + 1}", silo=silo)
        self.notes = self.pool.notes(self.tenant, silo=silo)

    def has_stayed(self) -> None:
        """It is served from where it was."""
        silo = self.to == "pool"
        line = self.pool.line(self.tenant)
        assert (line["tier"], line["state"]) == ("enterprise" if silo else "shared", "active")
        assert self.region.known(self.tenant)["state"] == ("active" if silo else "pooled")
        self._takes_writes(silo=silo)
        if silo:
            self.region.is_whole(self.tenant)
        else:
            assert {**self.region.traces(self.tenant), "routed": {}} == NO_TRACES


def said(region: Region, tenant: str, step: str) -> list[dict[str, Any]]:
    """The results of a step, of all runs."""
    s3, bucket = region.client("s3"), MOVES
    found = s3.list_objects_v2(Bucket=bucket, Prefix=f"{tenant}/")["Contents"]
    keys = [one["Key"] for one in found if one["Key"].endswith(f"/{step}.json")]
    return [json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read()) for key in keys]


@BOTH
def test_a17_a_flip_that_was_given_up_and_came_late_has_happened(region: Region, pool: Pool, to: str) -> None:
    mover = Mover(region, pool, f"late-in-{to}", to)
    with region.late("move", FLIPS[to], RELEASES[to], (FLIPS[to], "before")) as verb:
        steps = mover.run(verb)
    assert UNFENCES[to] not in steps
    mover.has_moved()


@BOTH
def test_a17_a_flip_that_comes_after_its_source_was_let_go_leads_nobody_anywhere(
    region: Region, pool: Pool, to: str
) -> None:
    mover = Mover(region, pool, f"too-late-in-{to}", to)
    with region.late("move", FLIPS[to], UNFENCES[to], (FLIPS[to], "before")) as verb:
        assert "nothing of this run is left" in mover.fail(verb)
    mover.has_stayed()
    mover.run()
    mover.has_moved()


@BOTH
def test_a17_a_flip_of_a_run_that_was_stopped_leads_nobody_on_once_another_goes_on(
    region: Region, pool: Pool, to: str
) -> None:
    mover = Mover(region, pool, f"stale-in-{to}", to)
    first = mover.stopped(FLIPS[to])
    begins = {"silo": "Make the stack: begin", "pool": "Look at the stack: begin"}[to]
    with region.late("move", FLIPS[to], begins, ("Read the comparison", "before"), run=first) as verb:
        if to == "silo":
            assert "nothing of this run is left" in mover.fail(verb)
            mover.has_stayed()
            mover.run()
        else:
            mover.run(verb)
    mover.has_moved()


@BOTH
def test_a17_a_flip_that_landed_after_its_run_was_stopped_is_recorded_as_that_run_made_it(
    region: Region, pool: Pool, to: str
) -> None:
    mover = Mover(region, pool, f"landed-in-{to}", to)
    first = mover.stopped(FLIPS[to])
    origin = {"origin": f"{mover.tenant}-api.clinic.example"} if to == "silo" else {}
    told = {"tenant": mover.tenant, "tenantValue": mover.tenant, "to": to, "run": first}
    answer = region.client("lambda").invoke(
        FunctionName=region._function("FunctionsLine"),
        Payload=json.dumps({**told, "action": f"to_{to}", **origin}),
    )
    assert "FunctionError" not in answer
    mover.write("by its users", there=True)
    mover.notes.append("by its users")
    mover.run(**({"image": "v2", "size": "xlarge"} if to == "silo" else {}))
    mover.has_moved()


@BOTH
def test_a17_what_a_job_wrote_on_the_side_that_never_served_holds_up_no_move(
    region: Region, pool: Pool, to: str
) -> None:
    mover = Mover(region, pool, f"job-in-{to}", to)
    mover.stopped(FLIPS[to])
    mover.write("by a job", there=True)
    steps = mover.run()
    assert FLIPS[to] in steps
    mover.has_moved()
    assert max(one["discarded"] for one in said(region, mover.tenant, "copy")) == 1


@BOTH
def test_a17_what_a_job_wrote_on_the_side_that_never_served_holds_up_no_way_back(
    region: Region, pool: Pool, to: str
) -> None:
    mover = Mover(region, pool, f"jobs-in-{to}", to)
    mover.stopped(FLIPS[to])
    mover.write("by a job", there=True)
    check = {"silo": "Check both databases", "pool": "Check both databases for the way back"}[to]
    with region.beside("move", (check, "before")) as verb:
        assert "nothing of this run is left" in mover.fail(verb)
    mover.has_stayed()


def test_a17_a_silo_that_cannot_be_looked_at_stays_fenced_and_says_so(region: Region, pool: Pool) -> None:
    mover = Mover(region, pool, "unseen", "pool")
    mover.stopped(FLIPS["pool"])
    with region.beside("move", ("Look at the stack", "before")) as verb:
        said = mover.fail(verb)
    assert said.startswith("TenantFailed: move failed at Look at the stack: ")
    assert "run it again to finish" in said
    assert (region.known("unseen")["state"], pool.line("unseen")["state"]) == ("moving", "moving")
    assert "operation" not in region.known("unseen")
    mover.run()
    mover.has_moved()


def test_a17_an_id_that_a_fence_waits_for_is_moved_once_that_is_lifted(region: Region, pool: Pool) -> None:
    mover = Mover(region, pool, "returns", "silo")
    mover.run()
    region.run("clear", tenant="returns")
    region.run("delete", tenant="returns", confirm="returns")
    region.place("returns")
    assert pool.refuses("returns")
    said = mover.fail()
    assert said.startswith("Refused: the pool refuses writes to rows of 'returns'")
    assert region.known("returns")["state"] == "deleted"

    # What a move of an earlier release has left: it found no row, and took itself back.
    region.remember("returns", state="pooled")
    region.run("clear", tenant="returns")
    assert (region.known("returns")["state"], region.known("returns")["pool_fenced"]) == ("pooled", "")
    pool.write("returns", "anew")
    mover.notes = ["anew"]
    mover.run()
    mover.has_moved()
