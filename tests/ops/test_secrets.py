"""What is found in the secrets of services, what is never said about them, and how a missing one is told."""

from pathlib import Path
from typing import Any
from unittest.mock import Mock

import boto3
import pytest
from botocore.stub import Stubber

from ops.commands import secrets as command
from ops.embedded.aws import Aws, Place
from ops.outcome import ExitCode, OperatorError
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


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    """A place of the embedded AWS whose answers are written by hand."""
    made = Aws("http://127.0.0.1:9", Place("111122223333", "eu-west-1"))
    client: Any = boto3.client(
        "secretsmanager", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    monkeypatch.setattr(made, "client", Mock(return_value=client))
    return made


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (None, ExitCode.NOT_RUNNING, "there is no secret toy/test/web on the embedded AWS"),
        ("hunter2", ExitCode.VERIFICATION, "secret toy/test/web is not JSON"),
    ],
)
def test_a_key_that_cannot_be_set_is_one_message_with_its_own_code(
    aws: Aws, answer: str | None, code: ExitCode, words: str
) -> None:
    with Stubber(aws.secretsmanager) as stub:
        if answer is None:
            stub.add_client_error("get_secret_value", "ResourceNotFoundException")
        else:
            stub.add_response("get_secret_value", {"SecretString": answer})

        with pytest.raises(OperatorError) as refused:
            command.present(aws, "toy/test/web")

    assert refused.value.code == code
    assert words in refused.value.message
    assert "hunter2" not in refused.value.message
