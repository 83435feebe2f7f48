"""Random keys of our own: made once where the application reads them, and nowhere else."""

import pytest

from connection_secrets.failure import ActionableError
from runtime.support import Vault
from runtime.test_urls import PLAIN_REDIS_URL, REDIS, compose


def test_a_key_is_made_once_and_kept_by_every_later_deploy(vault: Vault) -> None:
    target = vault.add()
    keys = {"SESSION_KEY": "64", "COOKIE_KEY": "32"}
    compose(target, Urls={"REDIS_URL": REDIS}, GeneratedKeys=keys)
    made = vault.get(target)

    compose(target, Urls={"REDIS_URL": REDIS}, GeneratedKeys={**keys, "SESSION_KEY": "128"})

    assert vault.get(target) == made
    assert (len(made["SESSION_KEY"]), len(made["COOKIE_KEY"])) == (64, 32)
    assert made["REDIS_URL"] == PLAIN_REDIS_URL


def test_two_services_get_different_keys(vault: Vault) -> None:
    targets = [vault.add(), vault.add()]
    for target in targets:
        compose(target, GeneratedKeys={"KEY": "64"})

    assert len({vault.get(target)["KEY"] for target in targets}) == 2


def test_a_key_somebody_put_in_first_is_kept(vault: Vault) -> None:
    target = vault.add({"KEY": "brought along from elsewhere"})

    compose(target, GeneratedKeys={"KEY": "64"})

    assert vault.get(target) == {"KEY": "brought along from elsewhere"}


def test_a_key_needs_no_quoting_anywhere(vault: Vault) -> None:
    target = vault.add()
    compose(target, GeneratedKeys={"KEY": "4096"})

    assert str(vault.get(target)["KEY"]).isalnum()


def test_a_key_appears_in_no_answer_and_in_no_log(vault: Vault, logged: pytest.LogCaptureFixture) -> None:
    target = vault.add()

    answer = compose(target, GeneratedKeys={"KEY": "64"})

    key = vault.get(target)["KEY"]
    assert key not in str(answer)
    assert key not in logged.text


@pytest.mark.parametrize("length", ["31", "4097", "many", "-64"])
def test_a_key_that_could_be_guessed_or_is_no_key_is_refused(vault: Vault, length: str) -> None:
    with pytest.raises(ActionableError, match="KEY must be a whole number from 32 to 4096"):
        compose(vault.add(), GeneratedKeys={"KEY": length})


@pytest.mark.parametrize("other", [{"Urls": {"KEY": REDIS}}, {"OperatorKeys": ["KEY"]}])
def test_a_key_has_one_source(vault: Vault, other: dict[str, object]) -> None:
    with pytest.raises(ActionableError, match="KEY must be in GeneratedKeys alone"):
        compose(vault.add(), GeneratedKeys={"KEY": "64"}, **other)
