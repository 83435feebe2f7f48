"""The private names of MiniStack we rely on."""

import pytest

from emulator import pins


def test_the_pinned_ministack_has_every_name_we_rely_on() -> None:
    pins.check()


def test_a_missing_private_name_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("ministack.services.rds._instances")
    with pytest.raises(pins.PinError, match=r"ministack\.services\.rds\._instances; install"):
        pins.check()


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "VERSION", "9.9.9")
    with pytest.raises(pins.PinError, match=r"install ministack==9\.9\.9"):
        pins.check()


def test_a_type_ministack_no_longer_creates_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "HANDLED_TYPES", ("AWS::Moon::Base",))
    with pytest.raises(pins.PinError, match="can't create AWS::Moon::Base"):
        pins.check()
