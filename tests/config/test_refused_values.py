"""A value that AWS would refuse, or that means something else than it says, is refused with its reason."""

from collections.abc import Callable
from typing import Any

import pytest

from config.alarms import Alarms, NoAlarms
from config.cache import Cache
from config.database import AuroraServerless, Database, DatabaseRole, Unprotected
from config.edge import CacheBehavior, Distribution, Edge
from config.environment import Environment
from config.network import NatGateways, NatInstance, Network
from config.region import Region, Shard, irish_home
from config.scaling import Scaling
from config.schedule import Schedule
from config.service import Service
from config.sources import DatabaseUrl
from config.storage import Bucket, Transition, Volume

Refusal = Callable[[Callable[[], object]], str]

OWNER = DatabaseRole(name="shop_owner", kind="owner")


def database(**fields: Any) -> Database:
    given = {
        "name": "shop",
        "master_username": "shop_admin",
        "version": "17.11",
        "instance_class": "t4g.small",
        "storage_gib": 50,
        "max_storage_gib": 100,
        "multi_az": True,
        "max_connections": 100,
        "roles": (OWNER,),
    }
    return Database(**{**given, **fields})


def aurora(**fields: Any) -> AuroraServerless:
    given = {
        "name": "shop",
        "master_username": "shop_admin",
        "version": "17.11",
        "min_capacity_acu": 0,
        "max_capacity_acu": 2,
        "max_connections": 100,
        "roles": (OWNER,),
    }
    return AuroraServerless(**{**given, **fields})


def service(**fields: Any) -> Service:
    return Service(**{"name": "api", "port": 8080, "cpu": 256, "memory_mib": 512, **fields})


def environment(**fields: Any) -> Environment:
    given = {
        "name": "production",
        "account": "111122223333",
        "regions": (irish_home(),),
        "recovery_region": "eu-central-1",
        "phase": 1,
        "production": True,
        "alarms": Alarms(emails=("me@example.com",)),
        "monthly_budget_usd": 100,
    }
    return Environment(**{key: value for key, value in {**given, **fields}.items() if value is not ...})


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    # the database
    "unpinned engine": (
        lambda: database(version="17"),
        "Database.version: must be pinned to a minor version such as 17.11: a major alone lets AWS choose, "
        "and two environments differ without a change in git, got '17'",
    ),
    "engine RDS can no longer create": (
        lambda: database(version="17.4"),
        "must be a version RDS still creates, such as 17.5, 17.6, 17.7, 17.8, 17.9, 17.10, 17.11, got '17.4'",
    ),
    "engine Aurora never had": (
        lambda: aurora(version="17.8"),
        "must be a version Aurora still creates, such as 17.4, 17.5, 17.6, 17.7, 17.9, 17.10, 17.11, "
        "got '17.8'",
    ),
    "major nobody creates": (lambda: database(version="9.6"), "such as 15.13, 15.14"),
    "unknown class": (
        lambda: database(instance_class="db.t4g.small"),
        "Database.instance_class: must be an instance class without the db. prefix",
    ),
    "public database": (
        lambda: database(publicly_accessible=True),
        "publicly_accessible must stay False: the database is reached from the VPC, "
        "and by people through SSM, got True",
    ),
    "reserved master name": (
        lambda: database(master_username="postgres"),
        "master_username must not be a reserved name "
        "(admin, postgres, public, rds_superuser, rdsadmin), got 'postgres'",
    ),
    "storage ceiling": (
        lambda: database(storage_gib=100, max_storage_gib=105),
        "max_storage_gib must exceed storage_gib (100) by at least 10 %, got 105",
    ),
    "provisioned IOPS on little storage": (
        lambda: database(iops=12000),
        "iops needs storage_gib to be at least 400, got 50",
    ),
    "no owner": (lambda: database(roles=()), "roles must name exactly one owner"),
    "the master as a role": (
        lambda: database(roles=(OWNER, DatabaseRole(name="shop_admin", kind="application"))),
        "roles must have names of their own, other than master_username shop_admin, "
        "got shop_owner, shop_admin",
    ),
    "protection off without a reason": (
        lambda: database(deletion_protection=False),
        'Database.deletion_protection: must be True or Unprotected(reason="..."), got False',
    ),
    "opt-out without a reason": (
        lambda: Unprotected.model_validate({}),
        "Unprotected.reason: must be given",
    ),
    "opt-out with half a reason": (
        lambda: NoAlarms(reason="no"),
        "NoAlarms.reason: must have at least 10 characters, got 'no'",
    ),
    "pause above zero": (
        lambda: aurora(min_capacity_acu=0.5, pause_after_seconds=300),
        "min_capacity_acu must be 0 for the cluster to pause, got 0.5",
    ),
    "capacity upside down": (
        lambda: aurora(min_capacity_acu=4, max_capacity_acu=2),
        "max_capacity_acu must be at least min_capacity_acu (4), got 2",
    ),
    "text for a number": (
        lambda: database(storage_gib="plenty"),
        "Database.storage_gib: must be a whole number, got 'plenty'",
    ),
    "a number out of range": (
        lambda: database(storage_gib=5),
        "Database.storage_gib: must be at least 20, got 5",
    ),
    "a misspelt field": (
        lambda: database(mutli_az=True),
        "Database has no field 'mutli_az'; did you mean multi_az? It has name, master_username",
    ),
    # the cache
    "unknown cache version": (
        lambda: Cache(engine="redis", version="7.2", node_type="t4g.micro"),
        "version of redis must be one of 7.0, 7.1, got '7.2'",
    ),
    "unknown engine": (
        lambda: Cache.model_validate({"engine": "memcached", "version": "1", "node_type": "t4g.micro"}),
        "Cache.engine: must be 'redis' or 'valkey', got 'memcached'",
    ),
    "clear text without a reason": (
        lambda: Cache.model_validate(
            {"engine": "redis", "version": "7.1", "node_type": "t4g.micro", "transit_encryption": False}
        ),
        'Cache.transit_encryption: must be True or NoTransitEncryption(reason="..."), got False',
    ),
    # the network
    "no network at all": (
        lambda: Network(cidr="10.0.0.1/16"),
        "Network.cidr: must be an IPv4 network such as 10.0.0.0/16",
    ),
    "too small to lay out": (lambda: Network(cidr="10.0.0.0/26"), "cidr must be from a /16 to a /25"),
    "subnet outside the VPC": (
        lambda: Network(cidr="10.0.0.0/16", zones=1, public_cidrs=("10.1.0.0/24",)),
        "subnet 10.1.0.0/24 must lie inside the VPC's 10.0.0.0/16",
    ),
    "overlapping subnets": (
        lambda: Network(cidr="10.0.0.0/16", zones=1, public_cidrs=("10.0.128.0/20",)),
        "private subnet 10.0.128.0/19 overlaps public subnet 10.0.128.0/20",
    ),
    "a subnet AWS finds too small": (
        lambda: Network(cidr="10.0.0.0/16", zones=1, public_cidrs=("10.0.0.0/29",)),
        "subnet 10.0.0.0/29 must be a /28 or larger",
    ),
    "a subnet short": (
        lambda: Network(cidr="10.0.0.0/16", zones=2, public_cidrs=("10.0.0.0/24",)),
        "public_cidrs must have one network per zone (2), got 1",
    ),
    "more gateways than zones": (
        lambda: Network(cidr="10.0.0.0/16", zones=2, nat=NatGateways(count=3)),
        "nat.count must be at most zones (2), got 3",
    ),
    "an image that moves": (
        lambda: NatInstance(image_id="latest"),
        "NatInstance.image_id: must be the id of a pinned machine image, such as ami-0123456789abcdef0",
    ),
    # places
    "a zone of another region": (
        lambda: Region(key="ie", name="eu-west-1", zones=("eu-central-1a",)),
        "zone eu-central-1a must lie in region eu-west-1",
    ),
    "a zone twice": (
        lambda: Region(key="ie", name="eu-west-1", zones=("eu-west-1a", "eu-west-1a")),
        "region ie must name each zone once, got eu-west-1a, eu-west-1a",
    ),
    "shard keys duplicated": (
        lambda: Region(
            key="ie", name="eu-west-1", zones=("eu-west-1a",), shards=(Shard(key="1"), Shard(key="1"))
        ),
        "region ie must have shards with keys of their own, got 1, 1",
    ),
    "a shard key that is no number": (
        lambda: Shard(key="one"),
        'Shard.key: must be a number as text, "1" to "99", got \'one\'',
    ),
    # services
    "two answers for one variable": (
        lambda: service(database_pool=1, environment={"URL": "x"}, secrets={"URL": DatabaseUrl(role="shop")}),
        "service api: URL must be an environment value or a secret, got both",
    ),
    "no pool for a database": (
        lambda: service(secrets={"URL": DatabaseUrl(role="shop")}),
        "service api has a database URL, so database_pool must say how many connections one task opens, "
        "got 0",
    ),
    "told another port": (
        lambda: service(environment={"PORT": "9000"}),
        "service api: environment value PORT must be its port 8080, got '9000'",
    ),
    "a variable no shell can hold": (
        lambda: service(environment={"LOG-LEVEL": "info"}),
        "an environment variable must be letters, digits and underscores, got 'LOG-LEVEL'",
    ),
    "a door without a port": (
        lambda: service(port=None, paths=("/*",)),
        "service api has hosts or paths, so port must say where it listens, got None",
    ),
    "a group that is the database's": (
        lambda: service(group="database"),
        "group of service api must be a name other than internet, load-balancer, database, cache, "
        "connection-pool, connection-pool-door, database-jobs, host, volume, nat, tenant-preparation, "
        "tenant-databases, got 'database'",
    ),
    "two writers of one volume": (
        lambda: service(volume=Volume(mount_path="/data"), scaling=Scaling(max=2)),
        "service api has a volume, which one task writes: scaling.max must be 1, got 2",
    ),
    "an image that changes by itself": (
        lambda: service(image="ghcr.io/acme/api:latest"),
        "must be an image with its registry, such as ghcr.io/acme/api, and without the tag latest",
    ),
    "a one-off task that listens": (
        lambda: service(before_rollout=True),
        "service api runs once before a rollout: port must be None and scaling.max 1, got 8080 and 1",
    ),
    "bounds upside down": (
        lambda: Scaling(min=3, max=2),
        "max must be at least min (3), got 2",
    ),
    "scaling in above scaling out": (
        lambda: Scaling(cpu_percent=50, in_cpu_percent=60),
        "in_cpu_percent must be below cpu_percent (50), got 60",
    ),
    "a name AWS refuses": (
        lambda: service(name="API"),
        "Service.name: must be lower-case letters, digits and hyphens, beginning with a letter, 40 at most, "
        "got 'API'",
    ),
    "a list where a tuple is": (
        lambda: service(hosts="api.example.com"),
        "Service.hosts: must be a tuple, such as (first, second) or (only,), got 'api.example.com'",
    ),
    # storage and edge
    "infrequent access too early": (
        lambda: Transition(after_days=7, storage_class="STANDARD_IA"),
        "after_days must be at least 30 for STANDARD_IA, got 7",
    ),
    "gone before it moves": (
        lambda: Bucket(
            name="a", expire_after_days=30, transitions=(Transition(after_days=30, storage_class="GLACIER"),)
        ),
        "expire_after_days of bucket a must exceed the days before its transition to GLACIER (30), got 30",
    ),
    "gone before the lock opens": (
        lambda: Bucket(name="a", expire_after_days=30, lock_days=60),
        "expire_after_days of bucket a must be at least its lock_days (60), got 30",
    ),
    "no default behaviour": (
        lambda: Distribution(behaviors=(CacheBehavior(path="/api/*", ttl_seconds=0),)),
        "behaviors must name each path once, and '*' for everything else, got ['/api/*']",
    ),
    "a failover that nobody can do": (
        lambda: Edge(domain="example.com", failover_to="status.example.org"),
        "failover_to needs dns to be \"route53\", got 'cloudflare'",
    ),
    # environments
    "missing alarms argument": (
        lambda: environment(alarms=...),
        'alarms of environment production must be given: Alarms(emails=("you@example.com",)), '
        'or NoAlarms(reason="...") where nobody is to be woken',
    ),
    "alarms switched off without a reason": (
        lambda: environment(alarms=None),
        'Environment.alarms: must be Alarms(emails=("you@example.com",)) or NoAlarms(reason="..."), got None',
    ),
    "unalarmed production": (
        lambda: environment(alarms=NoAlarms(reason="we look at it every day")),
        "alarms of production environment production must name somebody: "
        'Alarms(emails=("you@example.com",)), got NoAlarms',
    ),
    "alarms for nobody": (lambda: Alarms(emails=()), "Alarms.emails: must have at least 1 of them, got ()"),
    "App Runner without acknowledgement": (
        lambda: environment(platform="app-runner"),
        "platform of environment production is app-runner, which takes no new AWS customers "
        "since 2026-04-30: set app_runner_acknowledgement to a sentence saying that this account "
        'already uses it, or platform to "fargate"',
    ),
    "an account that is no number": (
        lambda: environment(account="acme"),
        "Environment.account: must be the twelve digits of an AWS account, in quotes, got 'acme'",
    ),
    "production that sleeps": (
        lambda: environment(schedule=Schedule(wake="07:00", sleep="19:00")),
        "schedule of production environment production must be left out",
    ),
    "an hour that no clock shows": (
        lambda: Schedule(wake="7:00", sleep="19:00"),
        "Schedule.wake: must be a time of day, 00:00 to 23:59, got '7:00'",
    ),
    "awake for a negative day": (
        lambda: Schedule(wake="20:00", sleep="08:00"),
        "wake must be earlier than sleep (08:00), got 20:00",
    ),
}


@pytest.mark.parametrize("mistake", REFUSED)
def test_a_mistake_is_answered_with_what_is_allowed(mistake: str, refusal: Refusal) -> None:
    act, words = REFUSED[mistake]

    assert words in refusal(act)
