"""What a tenant is made of: stack, database, secrets, services, groups, snapshots and exports."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any

import psycopg

from database.key import BackupKey
from database.manifest import context
from database.sealed import unseal
from emulator.postgres.programs import programs
from support.embedded_place import ACCOUNT, PREFIX, REGION, Place

BACKUP_KEY = "0123456789abcdef" * 4
EXPORTS = f"clinic-production-departed-{ACCOUNT}-{REGION}"


class Silos(Place):
    """Looks at them through the API, and logs in as a service does."""

    def stack(self, tenant: str) -> str:
        """The status of its stack, or nothing."""
        for one in self.client("cloudformation").describe_stacks()["Stacks"]:
            if one["StackName"] == f"{PREFIX}-tenant-{tenant}":
                return str(one["StackStatus"])
        return ""

    def databases(self, tenant: str) -> list[dict[str, Any]]:
        """Its database instances: one or none."""
        found = self.client("rds").describe_db_instances()["DBInstances"]
        return [one for one in found if one["DBInstanceIdentifier"] == f"clinic-{tenant}-production"]

    def secrets(self, tenant: str) -> list[str]:
        """Names of its secrets."""
        pages = self.client("secretsmanager").get_paginator("list_secrets").paginate()
        names = [one["Name"] for page in pages for one in page["SecretList"]]
        return sorted(name for name in names if f"/tenants/{tenant}/" in name)

    def keys(self, tenant: str) -> dict[str, str]:
        """What its service is given."""
        return self.secret(f"clinic/production/tenants/{tenant}/api")

    def login(self, tenant: str, whose: str = "api") -> "psycopg.Connection[Any]":
        """Log in with the URL that a service, or the migration, is given."""
        name = f"clinic/production/tenants/{tenant}/{whose}"
        told = self.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
        url = json.loads(told)["DATABASE_URL"].replace("sslmode=require", "sslmode=verify-full")
        return psycopg.connect(url, sslrootcert=str(self.data / "ca.pem"), connect_timeout=10)

    def serves(self, tenant: str) -> bool:
        """Whether its service runs."""
        ecs = self.client("ecs")
        for cluster in ecs.list_clusters()["clusterArns"]:
            found = ecs.describe_services(cluster=cluster, services=[f"clinic-{tenant}-api"])["services"]
            if any(one["status"] == "ACTIVE" and one["runningCount"] for one in found):
                return True
        return False

    def bounds(self, tenant: str) -> list[tuple[int, int]]:
        """Between how many tasks its service scales."""
        found = self.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")
        return [
            (one["MinCapacity"], one["MaxCapacity"])
            for one in found["ScalableTargets"]
            if one["ResourceId"].endswith(f"/clinic-{tenant}-api")
        ]

    def image(self, tenant: str) -> str:
        """Tag of the image its service runs."""
        ecs = self.client("ecs")
        found = ecs.describe_task_definition(taskDefinition=f"clinic-{tenant}-api")["taskDefinition"]
        return str(found["containerDefinitions"][0]["image"]).rpartition(":")[2]

    def alarms(self, prefix: str) -> list[dict[str, Any]]:
        """Alarms whose names begin so."""
        found = self.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)
        return list(found["MetricAlarms"])

    def snapshots(self, tenant: str) -> list[str]:
        """Snapshots of its database."""
        found = self.client("rds").describe_db_snapshots()["DBSnapshots"]
        mine = f"clinic-{tenant}-production"
        return [one["DBSnapshotIdentifier"] for one in found if one["DBInstanceIdentifier"] == mine]

    def exports(self, tenant: str) -> list[str]:
        """Keys of what was exported of it, older versions included."""
        found = self.client("s3").list_object_versions(Bucket=EXPORTS, Prefix=f"tenants/{tenant}/")
        return sorted(one["Key"] for one in found.get("Versions", []))

    def opened(self, export: Mapping[str, Any]) -> str:
        """An export as SQL: decrypted with the backup key, and read without a server."""
        body = self.client("s3").get_object(Bucket=export["bucket"], Key=export["key"])["Body"]
        backup = str(export["key"]).split("/")[-2]
        plain = b"".join(unseal(body.read, BackupKey.from_text(BACKUP_KEY).secret, context(backup)))
        read = subprocess.run(
            [programs("18") / "pg_restore", "--file=-"], input=plain, capture_output=True, check=True
        )
        return read.stdout.decode()
