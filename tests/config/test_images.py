"""The example image is refused before anything exists in an account of somebody's own."""

import pytest

from config.catalog import load_system
from config.changes import NetworkChange
from config.host import SingleHost
from config.images import check_images
from config.network import NatInstance
from config.system import System
from config.values import EXAMPLE_IMAGE, ConfigError

OWN, REAL = "210987654321", "ami-0fedcba9876543210"


def owned(name: str, environment: str, *, nat: str | None = None, host: str | None = None) -> System:
    """A system of ours, with that environment in an account of one's own and other images."""
    system = load_system(name)
    changes = dict[str, object]()
    if nat:
        changes["network"] = NetworkChange(nat=NatInstance(instance_type="t4g.nano", image_id=nat))
    if host:
        assert isinstance(system.host, SingleHost)
        changes["host"] = system.host.model_copy(update={"image_id": host})
    given = system.environment(environment)
    ours = given.model_copy(update={"account": OWN, "changes": given.changes.model_copy(update=changes)})
    return system.model_copy(update={"environments": (ours,)})


@pytest.mark.parametrize(
    ("system", "environment", "region", "fields"),
    [
        ("vantrexia", "production", "us-east-1", "image_id of network.nat and image_id of host"),
        ("reptidex", "dev", "us-east-1", "image_id of network.nat"),
        ("restartix-fargate", "staging", "eu-central-1", "image_id of network.nat"),
    ],
)
def test_e1_the_example_image_is_refused_with_the_command_that_finds_one(
    system: str, environment: str, region: str, fields: str
) -> None:
    host = EXAMPLE_IMAGE if "host" in fields else None
    with pytest.raises(ConfigError) as refused:
        owned(system, environment, nat=EXAMPLE_IMAGE, host=host).resolve(environment)

    said = " ".join(str(refused.value).split())
    assert f"{fields} must be an image of {region}, since account {OWN} is a real one" in said
    assert f"aws ssm get-parameter --region {region} --name /aws/service/ami-amazon-linux-latest/" in said


def test_one_of_two_is_named() -> None:
    with pytest.raises(ConfigError, match="image_id of host must be an image") as refused:
        owned("vantrexia", "production", nat=REAL, host=EXAMPLE_IMAGE).resolve("production")

    assert "network.nat" not in str(refused.value)


def test_images_of_ones_own_are_taken() -> None:
    deployment = owned("vantrexia", "production", nat=REAL, host=REAL).resolve("production")

    assert deployment.environment.account == OWN


def test_a_host_that_was_left_needs_no_image() -> None:
    grown = load_system("vantrexia").resolve("production", 2)
    owner = grown.environment.model_copy(update={"account": OWN})
    left = grown.model_copy(update={"environment": owner})

    check_images(left)
    with pytest.raises(ValueError, match="image_id of host must be"):
        check_images(left.model_copy(update={"platform": "host"}))
