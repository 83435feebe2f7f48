"""A small pool on the embedded AWS: database, load balancer, service, and who logs in through them."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from emulator.testing import Emulator, Stack

MASTER, ROLE, PASSWORD = "boss", "shop", "correct-horse"
CONSOLE = {"admin": ("pool_admin", "admin-word"), "stats": ("pool_stats", "stats-word")}
PORT = 6432

Resources = dict[str, Any]


def resource(type_name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_name, "DeletionPolicy": "Delete", "Properties": properties}


DATABASE: Resources = {
    "Database": resource(
        "AWS::RDS::DBInstance",
        Engine="postgres",
        EngineVersion="18.1",
        MasterUsername=MASTER,
        MasterUserPassword=PASSWORD,
        DBName="orders",
        Port="5432",
    )
}

DOOR: Resources = {
    "Balancer": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", Type="network", Scheme="internal"),
    "Target": resource(
        "AWS::ElasticLoadBalancingV2::TargetGroup", Port=PORT, Protocol="TCP", TargetType="ip"
    ),
    "Listener": resource(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn={"Ref": "Balancer"},
        Port=PORT,
        Protocol="TCP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Target"}}],
    ),
}

SETTINGS: dict[str, Any] = {
    "name": "pool",
    "listen_port": PORT,
    "databases": {
        alias: {"host_from": "HOST_OF_ORDERS", "port": 5432, "database": "orders"}
        for alias in ("orders", "orders_replica_1")
    },
    "pool_sizes": {ROLE: 4},
    "max_db_connections": 4,
    "max_client_conn": 100,
    "max_prepared_statements": 200,
    "server_idle_timeout": 60,
    "server_connect_timeout": 3,
    "query_wait_timeout": 10,
    "drain_seconds": 5,
}


def service(name: str, credentials: str, version: str, *, tasks: int = 2) -> Resources:
    """The tasks of a pool, given one version of a secret."""
    environment = {"POOL_SETTINGS": json.dumps(SETTINGS)}
    host = {"Name": "HOST_OF_ORDERS", "Value": {"Fn::GetAtt": ["Database", "Endpoint.Address"]}}
    container = {
        "Name": "pgbouncer",
        "Image": "pgbouncer:1",
        "Environment": [{"Name": key, "Value": value} for key, value in environment.items()] + [host],
        "Secrets": [{"Name": "POOL_CREDENTIALS", "ValueFrom": f"{credentials}:::{version}"}],
        "LogConfiguration": {
            "LogDriver": "awslogs",
            "Options": {"awslogs-group": {"Ref": "Logs"}, "awslogs-stream-prefix": "pool"},
        },
    }
    return {
        "Logs": resource("AWS::Logs::LogGroup"),
        "Cluster": resource("AWS::ECS::Cluster", ClusterName=name),
        "Task": resource(
            "AWS::ECS::TaskDefinition",
            Family=name,
            NetworkMode="awsvpc",
            ContainerDefinitions=[container],
        ),
        "Service": resource(
            "AWS::ECS::Service",
            ServiceName=name,
            Cluster={"Ref": "Cluster"},
            TaskDefinition={"Ref": "Task"},
            DesiredCount=tasks,
            LoadBalancers=[
                {"ContainerName": "pgbouncer", "ContainerPort": PORT, "TargetGroupArn": {"Ref": "Target"}}
            ],
        ),
    }


@dataclass
class EmbeddedPool:
    """A deployed pool."""

    emulator: Emulator
    name: str
    stack: Stack
    credentials: str
    verifier: str = field(repr=False, default="")

    @classmethod
    def prepared(cls, emulator: Emulator, name: str = "pool") -> "EmbeddedPool":
        """Deploy a database with a role, and the door of its pool."""
        stack = Stack(emulator, DATABASE | DOOR)
        secret = emulator.client("secretsmanager").create_secret(Name=f"{name}/logins", SecretString="{}")
        pool = cls(emulator, name, stack, secret["ARN"])
        with pool.direct() as master:
            made = master.pgconn.encrypt_password(PASSWORD.encode(), ROLE.encode(), b"scram-sha-256")
            pool.verifier = made.decode()
            master.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{pool.verifier}'")
        return pool

    def rotate(self, *, tasks: int = 2) -> None:
        """Store another version of the secret, and give it to the tasks."""
        logins = {kind: dict(zip(("username", "password"), CONSOLE[kind], strict=True)) for kind in CONSOLE}
        values = {"users": {ROLE: self.verifier}} | logins
        stored = self.emulator.client("secretsmanager").put_secret_value(
            SecretId=self.credentials, SecretString=json.dumps(values)
        )
        self.deploy(stored["VersionId"], tasks=tasks)

    def deploy(self, version: str, *, tasks: int = 2) -> None:
        """Deploy the tasks with one version of the secret."""
        self.stack.update(DATABASE | DOOR | service(self.name, self.credentials, version, tasks=tasks))

    @property
    def endpoint(self) -> dict[str, Any]:
        """Address and port of the database."""
        found = self.emulator.client("rds").describe_db_instances(DBInstanceIdentifier=self.stack["Database"])
        endpoint: dict[str, Any] = found["DBInstances"][0]["Endpoint"]
        return endpoint

    @property
    def host(self) -> str:
        """What a connection URL has as its host."""
        found = self.emulator.client("elbv2").describe_load_balancers(
            LoadBalancerArns=[self.stack["Balancer"]]
        )
        return str(found["LoadBalancers"][0]["DNSName"])

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks that run, as ECS describes them.

        MiniStack lists a task as running for a moment before its pooler is being started, without its kind.
        """
        ecs, cluster = self.emulator.client("ecs"), self.stack["Cluster"]
        arns = ecs.list_tasks(cluster=cluster, serviceName=self.name, desiredStatus="RUNNING")["taskArns"]
        found = ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []
        return [task for task in found if task["lastStatus"] == "RUNNING" and task.get("attributes")]

    def addresses(self) -> list[str]:
        """Where each task is reached."""
        details = [task["attachments"][0]["details"] for task in self.tasks()]
        return [one["value"] for some in details for one in some if one["name"] == "privateIPv4Address"]

    def login(self, **changes: Any) -> "psycopg.Connection[Any]":
        """Log in through the pool as a service does."""
        parameters: dict[str, Any] = {
            "host": changes.get("host") or self.host,
            "port": PORT,
            "user": ROLE,
            "password": PASSWORD,
            "dbname": "orders",
            "sslmode": "require",
            "connect_timeout": 15,
            "autocommit": True,
            "cursor_factory": psycopg.ClientCursor,
        }
        return psycopg.connect(**(parameters | changes))

    def direct(self, **changes: Any) -> "psycopg.Connection[Any]":
        """Log in to the database itself."""
        place = self.endpoint
        trusted = {"sslmode": "verify-full", "sslrootcert": str(Path(self.emulator.data) / "ca.pem")}
        who = {"host": place["Address"], "port": place["Port"], "user": MASTER}
        return self.login(**(who | trusted | changes))

    def console(self, address: str, kind: str = "admin") -> "psycopg.Connection[Any]":
        """Open the console of one pooler."""
        user, password = CONSOLE[kind]
        return self.login(host=address, user=user, password=password, dbname="pgbouncer")
