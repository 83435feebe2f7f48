"""The encrypted stream: only all of it, in order, under its key and for its backup, opens."""

import io
from collections.abc import Callable
from hashlib import sha256

import pytest

from database.failure import DamagedError, SettingsError
from database.key import BackupKey
from database.sealed import HEADER_BYTES, SEGMENT_BYTES, seal, unseal

KEY = bytes.fromhex("5e" * 32)
CONTEXT = b"cambium database backup 20261128T020003Z"
PLAIN = b"".join(sha256(number.to_bytes(4, "big")).digest() for number in range(80_000))
"""Two and a half segments."""


def sealed(plain: bytes = PLAIN) -> bytes:
    return b"".join(seal(io.BytesIO(plain).read, KEY, CONTEXT))


def opened(data: bytes, key: bytes = KEY, context: bytes = CONTEXT) -> bytes:
    return b"".join(unseal(io.BytesIO(data).read, key, context))


def segments(data: bytes) -> list[bytes]:
    """The header and the segments; the first is shorter by the header."""
    rest = [data[at : at + SEGMENT_BYTES] for at in range(SEGMENT_BYTES, len(data), SEGMENT_BYTES)]
    return [data[:HEADER_BYTES], data[HEADER_BYTES:SEGMENT_BYTES], *rest]


@pytest.mark.parametrize(
    "size", [0, 1, SEGMENT_BYTES - HEADER_BYTES - 16, SEGMENT_BYTES - HEADER_BYTES - 15, len(PLAIN)]
)
def test_opens_to_what_was_sealed(size: int) -> None:
    assert opened(sealed(PLAIN[:size])) == PLAIN[:size]


def test_writes_what_tink_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash is of what Tink 1.16.1 (Python) made of the same with the salt and prefix it had drawn."""
    salt = bytes.fromhex("43dc65ccc3b68f25dcaddc98bbb9b7537752a25ba484f47ae43e0eae79bb7b76")
    prefix = bytes.fromhex("55d2fb9d962ec7")
    monkeypatch.setattr("database.sealed.os.urandom", {32: salt, 7: prefix}.__getitem__)

    found = sha256(sealed()).hexdigest()

    assert found == "8a359fd56b02be235e6a6e18637dcaf9f009e56d94640c0586808e223b474fa3"


def test_never_seals_two_streams_alike() -> None:
    assert sealed(b"the same") != sealed(b"the same")


CHANGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "cut between two segments": lambda parts: parts[:-1],
    "cut inside a segment": lambda parts: [*parts[:-1], parts[-1][:-1]],
    "without a segment in the middle": lambda parts: [*parts[:2], *parts[3:]],
    "with two segments exchanged": lambda parts: [*parts[:2], parts[3], parts[2]],
    "with a segment twice": lambda parts: [*parts[:3], *parts[2:]],
    "with something added": lambda parts: [*parts, b"x" * 100],
    "with one bit changed": lambda parts: [*parts[:-1], bytes([parts[-1][0] ^ 1]) + parts[-1][1:]],
    "without its first bytes": lambda parts: [parts[0][1:], *parts[1:]],
    "with nothing but a header": lambda parts: parts[:1],
    "empty": lambda parts: [],
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_does_not_open_when_it_was_changed(change: Callable[[list[bytes]], list[bytes]]) -> None:
    with pytest.raises(DamagedError):
        opened(b"".join(change(segments(sealed()))))


def test_does_not_open_with_another_key() -> None:
    with pytest.raises(DamagedError, match="another key"):
        opened(sealed(), key=bytes(32))


def test_does_not_open_as_another_backup() -> None:
    with pytest.raises(DamagedError):
        opened(sealed(), context=CONTEXT + b"!")


@pytest.mark.parametrize("text", ["", "5e" * 31, "zz" * 32, "secret words"])
def test_a_key_that_is_none_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(SettingsError) as refused:
        BackupKey.from_text(text)

    assert str(refused.value) == (
        "BACKUP_ENCRYPTION_KEY must be 64 hexadecimal digits (openssl rand -hex 32)"
    )
