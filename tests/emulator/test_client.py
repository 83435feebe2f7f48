"""Clients that can only talk to the emulator."""

from pathlib import Path

import pytest

from emulator.client import client, session


@pytest.mark.parametrize(
    "url", ["https://rds.us-east-1.amazonaws.com", "http://localhost:4566", "http://10.0.0.1:4566"]
)
def test_refuses_an_endpoint_that_is_not_a_loopback_address(url: str) -> None:
    with pytest.raises(ValueError, match="only reached on loopback"):
        session(url=url)


def test_ignores_profile_credentials_and_endpoint_of_the_user(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text("[profile production]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_PROFILE", "does-not-exist")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://example.com")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com")

    made = client("sqs", region="us-west-2", account="210987654321")

    assert made.meta.endpoint_url == "http://127.0.0.1:4566"
    assert made.meta.region_name == "us-west-2"
    assert made._request_signer._credentials.access_key == "210987654321"
    assert made.meta.config.proxies == {}
