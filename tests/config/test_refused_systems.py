"""A product whose parts do not fit each other is refused before anything is built."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from config.cache import Cache, NoTransitEncryption
from config.catalog import load_system
from config.changes import CacheChange, Changes, DatabaseChange, Phase, ScalingChange, ServiceChange
from config.database import AuroraServerless, Database, Unprotected
from config.environment import Environment
from config.host import SingleHost, SmokeTests
from config.network import Network
from config.recovery import DatabaseDump, RecoveryTargets
from config.region import Region
from config.scaling import HealthCheck, Scaling
from config.service import RESERVED_SERVICES, Service
from config.sources import BucketName, CacheUrl, DatabaseUrl, QueueUrl
from config.storage import Bucket, Queue, Volume
from config.system import System

Product = Callable[..., System]
Refusal = Callable[[Callable[[], object]], str]

HOST = SingleHost(instance_type="t4g.micro", image_id="ami-0123456789abcdef0", data_volume_gib=10)


def service(name: str = "web", **fields: Any) -> Service:
    return Service(**{"name": name, "port": 9999, "cpu": 256, "memory_mib": 512, **fields})


def production(product: Product, **fields: Any) -> tuple[Environment, ...]:
    return (Environment.model_validate({**dict(product().environments[0]), **fields}),)


def aurora(product: Product, **fields: Any) -> AuroraServerless:
    database = product().database
    assert isinstance(database, Database)
    given = {name: getattr(database, name) for name in ("name", "master_username", "version", "roles")}
    sizes = {"min_capacity_acu": 0, "max_capacity_acu": 2, "max_connections": 100}
    return AuroraServerless(**{**given, **sizes, **fields})


DESCRIBED_WRONGLY: dict[str, tuple[dict[str, Any], str]] = {
    "two services of one name": (
        {"services": (service("web"), service("web", port=9998))},
        "services must have names of their own, got web, web",
    ),
    "two services on one port": (
        {"services": (service("web"), service("shop"))},
        "services web and shop both listen on port 9999: give each its own (only 80 may be shared)",
    ),
    "two services claiming one host": (
        {
            "services": (
                service("web", hosts=("notes.example",)),
                service("shop", port=9998, hosts=("notes.example",)),
            )
        },
        "services web and shop both claim notes.example/*: give it to one of them",
    ),
    "two services claiming one path": (
        {"services": (service("web", paths=("/api/*",)), service("shop", port=9998, paths=("/api/*",)))},
        "services web and shop both claim path /api/*",
    ),
    "a host outside the domain": (
        {"services": (service("web", hosts=("www.elsewhere.example",)),)},
        "host of service web must lie inside the domain notes.example, got www.elsewhere.example",
    ),
    "a call to nobody": (
        {"services": (service("web", calls=("shop",)),)},
        "service web uses service 'shop', which is not one of web",
    ),
    "services that call each other in a circle": (
        {
            "services": (
                service("web", calls=("shop",)),
                service("shop", port=9998, calls=("stock",)),
                service("stock", port=9997, calls=("shop",)),
            )
        },
        "services must not call each other in a circle, got shop -> stock -> shop",
    ),
    "a service that calls itself": (
        {"services": (service("web", calls=("web",)),)},
        "services must not call each other in a circle, got web -> web",
    ),
    "an image of nobody": (
        {"services": (service("web", image_of="shop"),)},
        "service web uses service 'shop', which is not one of web",
    ),
    "a bucket that does not exist": (
        {
            "buckets": (Bucket(name="uploads"),),
            "services": (service(environment={"S3_BUCKET": BucketName(bucket="upload")}),),
        },
        "service web uses bucket 'upload', which is not one of uploads",
    ),
    "a bucket where there are none": (
        {"services": (service(writes_buckets=("uploads",)),)},
        "service web uses bucket 'uploads', which is not one of those it has: none",
    ),
    "a queue that does not exist": (
        {"queues": (Queue(name="jobs"),), "services": (service(reads_queues=("job",)),)},
        "service web uses queue 'job', which is not one of jobs",
    ),
    "the address of a queue that does not exist": (
        {"services": (service(environment={"QUEUE": QueueUrl(queue="jobs")}),)},
        "service web uses queue 'jobs', which is not one of those it has: none",
    ),
    "a role that does not exist": (
        {"services": (service(database_pool=1, secrets={"DATABASE_URL": DatabaseUrl(role="root")}),)},
        "DATABASE_URL of service web names role 'root', which is not one of notes, notes_owner",
    ),
    "a cache that does not exist": (
        {"services": (service(secrets={"REDIS_URL": CacheUrl()}),)},
        "service web has a cache URL, so system notes must have a cache, got None",
    ),
    "a database that does not exist": (
        {"database": None},
        "service api has a database URL, so system notes must have a database, got None",
    ),
    "a dump into nowhere": (
        {"dumps": (DatabaseDump(bucket="backups"),)},
        "a database dump goes to bucket 'backups', which is not one of those it has: none",
    ),
    "an archive that does not exist": (
        {"audit_bucket": "audit"},
        "audit_bucket is bucket 'audit', which is not one of those it has: none",
    ),
    "a bucket and a replica of one name": (
        {"buckets": (Bucket(name="a", replica="b"), Bucket(name="b"))},
        "buckets and their replicas must have names of their own, got a, b, b",
    ),
    "a bucket where the audit trail has its own": (
        {"audit_trail": True, "buckets": (Bucket(name="audit"),)},
        "buckets and their replicas must have names of their own, got audit, audit",
    ),
    "a copy where the audit trail has its own": (
        {"audit_trail": True, "buckets": (Bucket(name="a", replica="audit"),)},
        "buckets and their replicas must have names of their own, got a, audit, audit",
    ),
    "two services that take every request": (
        {"services": (service("web"), service("shop", port=9998))},
        "services web and shop both claim every request that no other service claims: give it to one",
    ),
    "no service at all": ({"services": ()}, "System.services: must have at least 1 of them, got ()"),
    "a phase that moves the network": (
        {"phases": (Phase.model_validate({"title": "one", "network": {"cidr": "10.9.0.0/16"}}),)},
        "phase 1 must not change network.cidr, got 10.9.0.0/16",
    ),
}


@pytest.mark.parametrize("mistake", DESCRIBED_WRONGLY)
def test_a_description_that_contradicts_itself(mistake: str, product: Product, refusal: Refusal) -> None:
    fields, words = DESCRIBED_WRONGLY[mistake]

    assert words in refusal(lambda: product(**fields))


def test_an_environment_in_a_phase_that_is_not_there(product: Product, refusal: Refusal) -> None:
    message = refusal(lambda: product(environments=production(product, phase=3)))

    assert "phase must be 1 to 2: system notes ends at phase 2, got 3" in message


def test_two_environments_of_one_name(product: Product, refusal: Refusal) -> None:
    twice = product().environments * 2

    assert "environments must have names of their own, got production, production" in refusal(
        lambda: product(environments=twice)
    )


def test_two_environments_in_one_account(product: Product, refusal: Refusal) -> None:
    (environment,) = production(product)
    staging = environment.model_copy(update={"name": "staging"})

    message = refusal(lambda: product(environments=(environment, staging)))

    assert f"environments {environment.name} and staging must have accounts of their own" in message
    assert f"got account {environment.account} in {environment.regions[0].name}" in message


def test_an_unknown_environment_lists_the_known(product: Product, refusal: Refusal) -> None:
    assert refusal(lambda: product().resolve("prod")) == (
        "system notes has no environment 'prod'; it has production"
    )


@pytest.mark.parametrize("phase", [0, 3])
def test_a_phase_beyond_the_last_says_where_the_system_ends(
    phase: int, product: Product, refusal: Refusal
) -> None:
    assert refusal(lambda: product().resolve("production", phase)) == (
        f"phase must be 1 to 2: system notes ends at phase 2, got {phase}"
    )


RESOLVED_WRONGLY: dict[str, tuple[dict[str, Any], str]] = {
    "a connection budget that does not fit": (
        {"changes": Changes(services={"api": ServiceChange(database_pool=20, scaling=ScalingChange(max=2))})},
        "connections must be at most max_connections (50), got 52: api alone opens 2 x 20; "
        "lower its database_pool to 19, or raise max_connections to 52",
    ),
    "more instances than connections": (
        {"changes": Changes(services={"api": ServiceChange(database_pool=1, scaling=ScalingChange(max=60))})},
        "connections must be at most max_connections (50), got 72: api alone opens 60 x 1; "
        "raise max_connections to 72",
    ),
    "an impossible Fargate size": (
        {"changes": Changes(services={"api": ServiceChange(memory_mib=4096)})},
        "service api on Fargate: memory_mib for cpu 256 must be one of 512, 1024, 2048, "
        "got cpu 256 with memory_mib 4096",
    ),
    "a CPU size that no platform has": (
        {"changes": Changes(services={"api": ServiceChange(cpu=300)})},
        "service api on Fargate: cpu must be one of 256, 512, 1024, 2048, 4096, 8192, 16384, "
        "got cpu 300 with memory_mib 512",
    ),
    "an impossible App Runner size": (
        {
            "platform": "app-runner",
            "app_runner_acknowledgement": "here since 2021",
            "changes": Changes(services={"api": ServiceChange(cpu=512, memory_mib=2048)}),
        },
        "service api on App Runner: memory_mib for cpu 512 must be one of 1024, "
        "got cpu 512 with memory_mib 2048",
    ),
    "a service in a change that does not exist": (
        {"changes": Changes(services={"apo": ServiceChange(cpu=512)})},
        "environment production changes service 'apo', which is not one of api",
    ),
    "a cache in a change that does not exist": (
        {"changes": Changes(cache=CacheChange(replicas=1))},
        "environment production changes cache, which the system must have for that, got None",
    ),
    "a host outside the domain, by a change": (
        {"changes": Changes(services={"api": ServiceChange(hosts=("api.elsewhere.example",))})},
        "host of service api must lie inside the domain notes.example, got api.elsewhere.example",
    ),
    "a recovery region that serves": (
        {"recovery_region": "eu-north-1"},
        "recovery_region must be a region that serves nobody, got eu-north-1",
    ),
    "fewer zones than the network has": (
        {"regions": (Region(key="se", name="eu-north-1", zones=("eu-north-1a",)),)},
        "region se must name at least 2 zones, got eu-north-1a",
    ),
    "region keys duplicated": (
        {
            "regions": (
                Region(key="a", name="eu-north-1", zones=("eu-north-1a", "eu-north-1b")),
                Region(key="a", name="eu-west-1", zones=("eu-west-1a", "eu-west-1b")),
            )
        },
        "regions must have keys of their own, got a, a",
    ),
    "one region under two keys": (
        {
            "regions": (
                Region(key="a", name="eu-north-1", zones=("eu-north-1a", "eu-north-1b")),
                Region(key="b", name="eu-north-1", zones=("eu-north-1a", "eu-north-1b")),
            )
        },
        "regions must have names of their own, got eu-north-1, eu-north-1",
    ),
    "overlapping regions": (
        {
            "regions": (
                Region(key="a", name="eu-north-1", zones=("eu-north-1a", "eu-north-1b")),
                Region(key="b", name="eu-west-1", zones=("eu-west-1a", "eu-west-1b"), cidr="10.0.0.0/20"),
            )
        },
        "cidr of region b must not overlap that of region a (10.0.0.0/16), got 10.0.0.0/20",
    ),
    "a protection that is off in production": (
        {"changes": Changes(database=DatabaseChange(deletion_protection=Unprotected(reason="it is fine")))},
        "database.deletion_protection must stay on in production environment production, "
        "got an opt-out: it is fine",
    ),
    "a host that is not there": (
        {"platform": "host"},
        'platform "host" needs a host=SingleHost(...) in the system, got None',
    ),
    "a host that is too small": (
        {
            "platform": "host",
            "changes": Changes(host=HOST, services={"api": ServiceChange(memory_mib=2048)}),
        },
        "must be at most 512, since a t4g.micro has 1024 and the system needs 512, got 4224",
    ),
}

LARGE = HOST.model_copy(update={"instance_type": "t4g.medium"})
SMOKE = SmokeTests(api="api", pages="api", login_path="/in", refresh_path="/again", records_path="/all")
READY = LARGE.model_copy(update={"smoke_tests": SMOKE})

RESOLVED_WRONGLY |= {
    "a host without tests of a release": (
        {"platform": "host", "changes": Changes(host=LARGE)},
        "host.smoke_tests must say where the tests of a release look: SmokeTests(...), got None",
    ),
    "tests that look at nothing": (
        {
            "platform": "host",
            "changes": Changes(
                host=LARGE.model_copy(update={"smoke_tests": SMOKE.model_copy(update={"pages": "web"})})
            ),
        },
        "smoke_tests.pages must be a service with a port (api), got web",
    ),
    "two of a service on one host": (
        {
            "platform": "host",
            "changes": Changes(host=READY, services={"api": ServiceChange(scaling=ScalingChange(max=2))}),
        },
        "service api on a host: scaling.max must be 1, got 2",
    ),
    "spot on a host": (
        {
            "platform": "host",
            "changes": Changes(host=READY, services={"api": ServiceChange(spot=True)}),
        },
        "service api on a host must not have spot, got True: use Fargate",
    ),
    "a service on a host that nothing leads to": (
        {
            "platform": "host",
            "changes": Changes(host=READY, services={"api": ServiceChange(hosts=())}),
        },
        "service api on a host with a port must be public and have hosts",
    ),
    "app runner from a phase on": (
        {"changes": Changes(platform="app-runner")},
        "phase 1 is on app-runner, so app_runner_acknowledgement of environment production must say",
    ),
}


@pytest.mark.parametrize("mistake", RESOLVED_WRONGLY)
def test_an_environment_that_cannot_be(mistake: str, product: Product, refusal: Refusal) -> None:
    fields, words = RESOLVED_WRONGLY[mistake]
    system = product(environments=production(product, **fields))

    assert words in refusal(lambda: system.resolve("production"))


APP_RUNNER = {"platform": "app-runner", "app_runner_acknowledgement": "here since 2021"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"port": None},
            "service web on App Runner must listen on a port, got None: run a worker on Fargate",
        ),
        (
            {"volume": Volume(mount_path="/data")},
            "service web on App Runner must not have a volume, got /data: use Fargate",
        ),
        ({"scaling": Scaling(min=0)}, "service web on App Runner: scaling.min must be at least 1, got 0"),
        (
            {"health": HealthCheck(interval_seconds=30)},
            "service web on App Runner: health.interval_seconds must be at most 20, got 30",
        ),
    ],
)
def test_what_app_runner_cannot_run(
    fields: dict[str, Any], words: str, product: Product, refusal: Refusal
) -> None:
    system = product(services=(service(**fields),), environments=production(product, **APP_RUNNER))

    assert words in refusal(lambda: system.resolve("production"))


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (HealthCheck(interval_seconds=4), "health.interval_seconds must be 5 to 300, got 4"),
        (HealthCheck(timeout_seconds=1), "health.timeout_seconds must be 2 to 120, got 1"),
        (HealthCheck(unhealthy_threshold=11), "health.unhealthy_threshold must be at most 10, got 11"),
        (
            HealthCheck(interval_seconds=10, timeout_seconds=10),
            "health.timeout_seconds must be below its interval (10), got 10",
        ),
    ],
)
def test_what_a_load_balancer_cannot_ask(
    health: HealthCheck, words: str, product: Product, refusal: Refusal
) -> None:
    system = product(services=(service(health=health),))

    assert f"service web behind a load balancer: {words}" in refusal(lambda: system.resolve("production"))


def test_one_zone_for_a_database(product: Product, refusal: Refusal) -> None:
    system = product(network=Network(cidr="10.0.0.0/16", zones=1))

    assert "zones must be at least 2: databases and load balancers refuse fewer, got 1" in refusal(
        lambda: system.resolve("production")
    )


def test_clear_text_to_the_cache_of_production(product: Product, refusal: Refusal) -> None:
    off = NoTransitEncryption(reason="inside the VPC anyway")
    cache = Cache(engine="valkey", version="8.1", node_type="t4g.micro", transit_encryption=off)
    system = product(cache=cache)

    assert "cache.transit_encryption must stay on in production" in refusal(
        lambda: system.resolve("production")
    )


@pytest.mark.parametrize("name", RESERVED_SERVICES)
def test_a_service_named_like_a_secret_or_an_alarm_of_ours(name: str, refusal: Refusal) -> None:
    assert f"a service must have a name other than {', '.join(RESERVED_SERVICES)}, got {name}" in refusal(
        lambda: service(name)
    )


def test_a_bucket_named_audit_where_no_trail_has_one(product: Product) -> None:
    audit = (Bucket(name="audit"),)

    assert product(buckets=audit).buckets == audit
    assert product(buckets=audit, audit_trail=True, audit_bucket="audit").buckets == audit


def test_a_copy_that_has_nowhere_to_go(product: Product, refusal: Refusal) -> None:
    system = product(
        environments=production(product, recovery_region=None),
        buckets=(Bucket(name="uploads"), Bucket(name="backups", replica="copies")),
    )

    assert (
        "recovery_region of environment production must be given, since bucket backups has a copy in "
        "another region, got None"
    ) in refusal(lambda: system.resolve("production"))


@pytest.mark.parametrize(
    ("buckets", "often"),
    [
        ((Bucket(name="daily"), Bucket(name="weekly", replica="copies")), "every 168 hours"),
        ((Bucket(name="daily"), Bucket(name="weekly")), "never"),
    ],
)
def test_a_loss_that_only_the_home_region_could_prevent(
    product: Product, refusal: Refusal, buckets: tuple[Bucket, ...], often: str
) -> None:
    system = product(
        buckets=buckets,
        dumps=(DatabaseDump(bucket="daily"), DatabaseDump(bucket="weekly", every="week")),
        recovery=RecoveryTargets(restore_hours=4, loss_hours=24, availability_percent=99.9),
        environments=production(product, recovery_region="eu-central-1"),
    )

    assert (
        "recovery.loss_hours must be kept when the region is lost, too: a dump of the database leaves it "
        f"{often}, got 24; give a replica to the bucket of the most frequent dumps (of daily, weekly)"
    ) in refusal(lambda: system.resolve("production"))


def test_a_bucket_name_longer_than_s3_allows(product: Product, refusal: Refusal) -> None:
    system = product(buckets=(Bucket(name="everything-that-anybody-uploaded"),))

    assert refusal(lambda: system.resolve("production")).endswith(
        "the name of bucket notes-production-everything-that-anybody-uploaded-111122223333-eu-north-1 "
        "must have at most 63 characters, got 73: shorten its purpose"
    )


def test_two_regions_that_copy_to_one_place(product: Product, refusal: Refusal) -> None:
    """Bucket names are global: the copies of both would have the same."""
    regions = (
        Region(key="se", name="eu-north-1", zones=("eu-north-1a", "eu-north-1b"), cidr="10.0.0.0/16"),
        Region(key="ie", name="eu-west-1", zones=("eu-west-1a", "eu-west-1b"), cidr="10.1.0.0/16"),
    )
    described = product(
        environments=production(product, regions=regions, recovery_region="eu-central-1"),
        buckets=(Bucket(name="backups", replica="copies"),),
    )

    message = refusal(lambda: described.resolve("production"))

    assert "regions se and ie must copy their buckets to recovery regions of their own" in message


def test_aurora_that_is_another_database(product: Product, refusal: Refusal) -> None:
    other = Changes(aurora=aurora(product, name="other"))
    system = product(environments=production(product, changes=other))

    assert refusal(lambda: system.resolve("production")) == (
        "aurora of environment production must have the name of the system's database (notes), got other"
    )


def test_an_instance_size_for_aurora(product: Product, refusal: Refusal) -> None:
    both = Changes(aurora=aurora(product), database=DatabaseChange(multi_az=False))
    system = product(environments=production(product, changes=both))

    assert refusal(lambda: system.resolve("production")) == (
        "environment production must size Aurora Serverless with aurora, not with database, "
        "got database multi_az"
    )


def test_a_service_of_another_phase(product: Product, refusal: Refusal) -> None:
    phases = (Phase(title="one"), Phase(title="two", services={"web": ServiceChange(cpu=512)}))

    assert refusal(lambda: product(phases=phases).resolve("production", 2)) == (
        "phase 2 changes service 'web', which is not one of api"
    )


# The catalogue


def test_an_unknown_system_lists_the_known(newcomer: None, refusal: Refusal) -> None:
    assert (
        refusal(lambda: load_system("note"))
        == "there is no system 'note'; there is chatbot, notes, reptidex, restartix, restartix-fargate, "
        "vantrexia"
    )


BROKEN_MODULES = {
    "without_system": ("X = 1\n", "config.systems.without_system must define SYSTEM = System(...)"),
    "other_thing": ("SYSTEM = 1\n", "SYSTEM of config.systems.other_thing must be a System, got a int"),
    "other_name": (
        "from config.systems.restartix import SYSTEM as SYSTEM\n",
        "SYSTEM of config.systems.other_name must be named 'other-name' after its file, got 'restartix'",
    ),
    "bad_value": (
        "from config.network import Network\n\nNETWORK = Network(\n    cidr='10.0.0.0/33',\n)\n",
        "config.systems.bad_value, line 3 is not valid:\n  Network.cidr: must be an IPv4 network",
    ),
}


@pytest.mark.parametrize("module", BROKEN_MODULES)
def test_a_module_that_describes_no_system(
    module: str, tmp_path: Path, add_folder: Callable[[Path], None], refusal: Refusal
) -> None:
    text, words = BROKEN_MODULES[module]
    (tmp_path / f"{module}.py").write_text(text)
    add_folder(tmp_path)

    assert words in refusal(lambda: load_system(module.replace("_", "-")))
