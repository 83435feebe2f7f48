"""A17: many tenants at once, and a new image for all of them in waves."""

import pytest

from support.embedded_tenants import NEW, Region

pytestmark = [pytest.mark.embedded, pytest.mark.database]

NAMES = [f"many-{number}" for number in range(10)]


@pytest.fixture(scope="module")
def fleet(region: Region) -> dict[str, str]:
    """Ten tenants, asked for at once; how each run ended."""
    runs = {name: region.start("create", tenant=name, **NEW) for name in NAMES}
    return {name: region.end(run, seconds=400)["status"] for name, run in runs.items()}


def test_a17_ten_tenants_are_made_at_once(region: Region, fleet: dict[str, str]) -> None:
    assert set(fleet.values()) == {"SUCCEEDED"}, fleet
    for name in NAMES:
        region.is_whole(name)
    priorities = [int(region.known(name)["priorities"][0]) for name in NAMES]
    assert len(set(priorities)) == len(NAMES)


def test_a17_a_wave_stops_at_a_failure_and_goes_on_where_it_was(
    region: Region, fleet: dict[str, str]
) -> None:
    assert fleet
    others = {one for one in region.active() if one not in NAMES}
    assert "canaries must be active tenants" in region.fail("wave", image="v9", canaries=["nobody"])

    with region.broken("change", ("Migrate", "before")):
        said = region.fail("wave", seconds=300, image="v9", canaries=["many-3"])
    assert "many-3 could not be updated" in said
    assert {region.known(name)["image"] for name in NAMES} == {"v1"}
    region.is_whole("many-3")

    region.run("wave", seconds=400, image="v9", canaries=["many-3"])
    for name in NAMES:
        region.is_whole(name, image="v9")
    assert {region.known(name)["image"] for name in others} <= {"v9"}
    done = [one["tenant"] for one in region.changed("v9")]
    assert done[0] == "many-3", "the canary comes first"

    before = region.everything()
    region.run("wave", image="v9")
    assert region.everything() == before, "there is nothing left to do"
