"""What AWS allows: the tables that configuration is checked against before anything is built."""

from typing import Annotated

from pydantic import AfterValidator

FARGATE_MEMORY_MIB: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
"""Memory sizes a Fargate task may have, by CPU units (1024 = 1 vCPU).

Source: Amazon ECS developer guide, "Task CPU and memory".
"""

APP_RUNNER_MEMORY_MIB: dict[int, tuple[int, ...]] = {
    256: (512, 1024),
    512: (1024,),
    1024: (2048, 3072, 4096),
    2048: (4096, 6144),
    4096: (8192, 10240, 12288),
}
"""Memory sizes an App Runner instance may have, by CPU units.

Source: App Runner API reference, ``InstanceConfiguration``.
"""

INSTANCE_MEMORY_GIB: dict[str, int] = {
    "t4g.micro": 1,
    "t4g.small": 2,
    "t4g.medium": 4,
    "t4g.large": 8,
    "t4g.xlarge": 16,
    "t4g.2xlarge": 32,
    "m6g.large": 8,
    "m6g.xlarge": 16,
    "m6g.2xlarge": 32,
    "m6g.4xlarge": 64,
    "m7g.large": 8,
    "m7g.xlarge": 16,
    "m7g.2xlarge": 32,
    "m7g.4xlarge": 64,
    "r6g.large": 16,
    "r6g.xlarge": 32,
    "r6g.2xlarge": 64,
    "r6g.4xlarge": 128,
    "r6g.8xlarge": 256,
    "r6g.12xlarge": 384,
    "r6g.16xlarge": 512,
    "r7g.large": 16,
    "r7g.xlarge": 32,
    "r7g.2xlarge": 64,
    "r7g.4xlarge": 128,
    "r7g.8xlarge": 256,
}
"""Memory of the database instance classes Cambium knows, without the ``db.`` prefix.

Source: Amazon RDS user guide, "Hardware specifications for DB instance classes".
"""

CREATABLE_POSTGRES_MINORS: dict[int, tuple[int, ...]] = {
    15: (13, 14, 15, 16, 17, 18, 19),
    16: (9, 10, 11, 12, 13, 14, 15),
    17: (5, 6, 7, 8, 9, 10, 11),
    18: (1, 2, 3, 4, 6),
}
"""PostgreSQL minor versions RDS still creates.

Source: registry schemas in cfn-lint 1.58.0 (2026-10-20); a test compares this table with them.
"""

CREATABLE_AURORA_MINORS: dict[int, tuple[int, ...]] = {
    15: (10, 12, 13, 14, 15, 17, 18, 19),
    16: (8, 9, 10, 11, 13, 14, 15),
    17: (4, 5, 6, 7, 9, 10, 11),
    18: (3, 4, 6),
}
"""PostgreSQL minor versions Aurora still creates: not those of RDS. Same source, same test."""

RESERVED_MASTER_USERNAMES = frozenset({"admin", "postgres", "rdsadmin", "rds_superuser", "public"})
"""Names RDS for PostgreSQL refuses or reserves; ``postgres`` works, and would be taken for the superuser."""

POSTGRES_RESERVED_CONNECTIONS = 3
"""Connections PostgreSQL keeps for superusers (``superuser_reserved_connections``)."""


GP3_IOPS_STORAGE_GIB = 400
"""RDS for PostgreSQL stripes storage from here on: below, gp3 has 3000 IOPS and takes no other number."""

BUCKET_NAME_LENGTH = 63
"""Characters in the name of an S3 bucket, at most."""


def _known_class(instance_class: str) -> str:
    if instance_class not in INSTANCE_MEMORY_GIB:
        raise ValueError(
            "must be an instance class without the db. prefix that Cambium knows the memory of: "
            + ", ".join(INSTANCE_MEMORY_GIB)
        )
    return instance_class


InstanceClass = Annotated[str, AfterValidator(_known_class)]
"""A size of which the memory is known, so that what runs in it can be checked against it."""


AWS_REGIONS = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)
"""Commercial regions. A test compares them with those the AWS SDK knows (botocore 1.43)."""


def nearest_memory(table: dict[int, tuple[int, ...]], cpu: int) -> str:
    """List what ``cpu`` may be combined with, or the CPU sizes when ``cpu`` itself is unknown."""
    if cpu not in table:
        return "cpu must be one of " + ", ".join(map(str, table))
    return f"memory_mib for cpu {cpu} must be one of " + ", ".join(map(str, table[cpu]))
