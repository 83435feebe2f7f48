"""Secrets of a host: in memory, for root alone, and refused in words that name no value."""

import json
import stat
from pathlib import Path

import pytest

from host.failure import HostError
from host.plan import Plan, SecretFile, SmokeTests, Timing
from host.secret_files import DOOR_FILE, read_secret, write_secrets

PEM = "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n"
DOOR = {"FRONT_DOOR_CERTIFICATE": PEM, "FRONT_DOOR_KEY": PEM, "SMOKE_TEST_USER": "tester"}
VALUES = {
    "clinic/production/backend": json.dumps({"DATABASE_URL": "postgres://x:p$1#w@db/x", "OTHER": "no"}),
    "clinic/production/front-door": json.dumps(DOOR),
}


def plan(*keys: str) -> Plan:
    return Plan(
        system="clinic",
        services=(),
        timing=Timing(health=1, poll=1, drain=1, stop=1),
        smoke=SmokeTests(**dict.fromkeys(_FIELDS, ""), certificate_days=30),
        secrets=(
            SecretFile(secret="clinic/production/backend", file="backend.env", keys=keys),
            SecretFile(secret="clinic/production/front-door", file=DOOR_FILE, keys=tuple(DOOR)),
        ),
    )


_FIELDS = (
    *("api_host", "health_path", "login_path", "refresh_path", "patients_path"),
    *("pages_host", "pages_service"),
)


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """A folder of which the list of mounts says that it is in memory."""
    (tmp_path / "mounts").write_text(f"disk / xfs rw 0 0\nmemory {tmp_path}/run tmpfs rw 0 0\n")
    return tmp_path / "run"


def write(memory: Path, *keys: str, **changed: str) -> None:
    values = {**VALUES, **changed}
    write_secrets(plan(*keys), memory, values.__getitem__, mounts=memory.parent / "mounts")


def test_a_container_is_given_its_keys_and_no_other(memory: Path) -> None:
    write(memory, "DATABASE_URL")

    assert (memory / "backend.env").read_text() == "DATABASE_URL=postgres://x:p$1#w@db/x\n"


def test_only_root_reads_them(memory: Path) -> None:
    write(memory, "DATABASE_URL")
    files = [path for path in memory.rglob("*") if path.is_file()]

    assert len(files) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o400}
    assert stat.S_IMODE(memory.stat().st_mode) == 0o700


def test_the_door_finds_certificate_and_key(memory: Path) -> None:
    write(memory, "DATABASE_URL")

    assert (memory / "tls" / "certificate.pem").read_text() == PEM
    assert read_secret(memory, DOOR_FILE) == {"SMOKE_TEST_USER": "tester"}


def test_they_may_be_fetched_again(memory: Path) -> None:
    write(memory, "DATABASE_URL")
    write(memory, "DATABASE_URL", **{"clinic/production/backend": '{"DATABASE_URL": "new"}'})

    assert (memory / "backend.env").read_text() == "DATABASE_URL=new\n"


def test_a_folder_on_a_disk_is_refused(memory: Path) -> None:
    (memory.parent / "mounts").write_text("disk / xfs rw 0 0\n")

    with pytest.raises(HostError, match=r"must be in memory \(tmpfs\), since secrets go there: it is xfs"):
        write(memory, "DATABASE_URL")
    assert not memory.exists()


def test_a_key_that_is_not_there_is_named(memory: Path) -> None:
    with pytest.raises(HostError, match="clinic/production/backend has no MISSING: fill it in"):
        write(memory, "MISSING")


@pytest.mark.parametrize(
    ("secret", "value", "words"),
    [
        ("backend", '{"DATABASE_URL": "hush\\nhush"}', "DATABASE_URL of secret .* must be one line"),
        ("backend", "hush", "must be a JSON object"),
        ("front-door", json.dumps({**DOOR, "FRONT_DOOR_KEY": "hush"}), "FRONT_DOOR_KEY .* in PEM form"),
    ],
)
def test_a_wrong_value_is_refused_and_not_quoted(memory: Path, secret: str, value: str, words: str) -> None:
    with pytest.raises(HostError, match=words) as error:
        write(memory, "DATABASE_URL", **{f"clinic/production/{secret}": value})
    assert "hush" not in str(error.value)
