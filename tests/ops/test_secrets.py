"""What is found in the secrets of services, and what is never said about them."""

from pathlib import Path

import pytest

from ops.verify import secrets

NOWHERE = Path("/no/such/certificate")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "postgresql://app:hunter2@127.0.0.1:9/db?no_such_option=hunter2",
        "hunter2 is not a url",
        "postgresql://app:hunter2@127.0.0.1:9/db",
    ],
)
def test_a_url_that_does_not_work_is_reported_without_a_word_of_it(url: str) -> None:
    login, complaint = secrets.log_in("core-api", "DATABASE_URL", "app", url, NOWHERE)

    assert login.role == ""
    assert complaint.startswith("DATABASE_URL of service core-api does not log in: ")
    assert "hunter2" not in complaint
    assert "127.0.0.1" not in complaint
