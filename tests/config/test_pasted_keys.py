"""A key pasted where a reference belongs is refused, and never repeated."""

from typing import Any

import pytest
from pydantic import ValidationError

from config.explain import explain
from config.service import Service

PASTED = "sk_live_1234567890abcdef"


def refusal(**fields: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        Service(name="api", port=8080, cpu=256, memory_mib=512, **fields)
    return explain(refused.value, subject="it")


def test_a_secret_is_named_by_where_it_comes_from_and_never_shown() -> None:
    message = refusal(secrets={"STRIPE_KEY": PASTED})

    assert "must be where the value comes from, never the value: DatabaseUrl" in message
    assert PASTED not in message


@pytest.mark.parametrize("name", ["DATABASE_PASSWORD", "STRIPE_API_KEY", "SESSION_SECRET", "GITHUB_TOKEN"])
def test_a_password_has_no_place_among_environment_values(name: str) -> None:
    message = refusal(environment={name: PASTED})

    assert f"{name} must be in secrets" in message
    assert PASTED not in message


def test_a_wrong_environment_value_is_not_repeated() -> None:
    assert PASTED not in refusal(environment={"not a name": PASTED})
    assert PASTED not in refusal(environment=[PASTED])
