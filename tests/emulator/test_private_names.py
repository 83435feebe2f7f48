"""A pool found by name on the embedded AWS: the name leads to whichever pooler runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from emulator.testing import Emulator, started
from support.embedded_pool import DATABASE, DOOR, EmbeddedPool, Resources, resource, service
from support.pooler_told import binary

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.database,
    pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs addresses in 127/8"),
]

NAME = "pool.shop.internal"
NAMES: Resources = {
    "Vpc": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
    "Namespace": resource(
        "AWS::ServiceDiscovery::PrivateDnsNamespace", Name="shop.internal", Vpc={"Ref": "Vpc"}
    ),
    "Found": resource(
        "AWS::ServiceDiscovery::Service",
        Name="pool",
        DnsConfig={
            "NamespaceId": {"Fn::GetAtt": ["Namespace", "Id"]},
            "DnsRecords": [{"TTL": 5, "Type": "A"}],
        },
    ),
    "Told": {**resource("AWS::SSM::Parameter", Type="String", Value=NAME), "DependsOn": ["Found"]},
}


@dataclass
class NamedPool(EmbeddedPool):
    """The same pool behind a name."""

    def deploy(self, version: str, *, tasks: int = 1) -> None:
        """Deploy the tasks with one version of the secret."""
        made = service(self.name, self.credentials, version, tasks=tasks)
        properties = made["Service"]["Properties"]
        del properties["LoadBalancers"]
        properties["ServiceRegistries"] = [{"RegistryArn": {"Fn::GetAtt": ["Found", "Arn"]}}]
        self.stack.update(DATABASE | DOOR | NAMES | made)

    @property
    def host(self) -> str:
        """What a template that names it is given."""
        told = self.emulator.client("ssm").get_parameter(Name=self.stack["Told"])
        return str(told["Parameter"]["Value"])


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Run an emulator with a pgbouncer."""
    with started(tmp_path_factory.mktemp("named"), "--pgbouncer", str(binary())) as running:
        yield running


@pytest.fixture(scope="module")
def pool(own: Emulator) -> NamedPool:
    """A pool of one task."""
    pool = NamedPool.prepared(own)
    assert isinstance(pool, NamedPool)
    pool.rotate(tasks=1)
    return pool


def who(pool: NamedPool, host: str) -> object:
    with pool.login(host=host) as service:
        return service.execute("SELECT current_user").fetchone()


def test_a_service_logs_in_by_name_and_goes_on_to_the_next_task(pool: NamedPool) -> None:
    host, before = pool.host, pool.addresses()

    assert host.startswith("127.")
    assert host not in before, "the name stays where it is"
    assert who(pool, host) == ("shop",)

    pool.rotate(tasks=1)

    assert pool.host == host
    assert pool.addresses() != before
    assert who(pool, host) == ("shop",)


def test_a_name_without_a_pooler_leads_nowhere_and_another_name_is_left_as_it_is(pool: NamedPool) -> None:
    host = pool.host
    pool.stack.update(DATABASE | DOOR | NAMES)

    with pytest.raises(psycopg.OperationalError):
        pool.login(host=host, connect_timeout=3)
    assert resolved(pool, "other.shop.internal") == "other.shop.internal"

    pool.rotate(tasks=1)
    assert who(pool, host) == ("shop",)


def resolved(pool: NamedPool, name: str) -> str:
    told = resource("AWS::SSM::Parameter", Type="String", Value=name)
    pool.stack.update(DATABASE | DOOR | NAMES | {"Other": told})
    found = pool.emulator.client("ssm").get_parameter(Name=pool.stack["Other"])
    return str(found["Parameter"]["Value"])
