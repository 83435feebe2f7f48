"""What the tests of the Lambda's handlers hold in their hands."""

import json
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import psycopg
from aws_lambda_powertools.utilities.typing import LambdaContext

from connection_secrets import roles_handler
from emulator.postgres.server import Server
from emulator.postgres.tls import TlsFront

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

SENTINEL = "s3ntinel'\"@:/?#%&,\\ é"
"""Is part of every password here; none of its characters may break SQL, JSON or a URL."""

NUMBERS = count(1)
"""Keeps names apart: roles and secrets are shared by all tests of a server."""


def lambda_context(seconds: float = 60) -> LambdaContext:
    """Return a context with so much time left."""
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: int(seconds * 1000))
    return cast(LambdaContext, context)


EMPTY: dict[str, str] = {}


@dataclass(frozen=True)
class Vault:
    """Secrets the tests put in and look into."""

    client: "SecretsManagerClient"

    def add(self, values: object = EMPTY, *, document: str | None = None) -> str:
        """Create a secret."""
        content = document if document is not None else json.dumps(values)
        return self.client.create_secret(Name=f"test/{next(NUMBERS)}", SecretString=content)["ARN"]

    def put(self, arn: str, values: object) -> str:
        """Store a new version and return its id."""
        return self.client.put_secret_value(SecretId=arn, SecretString=json.dumps(values))["VersionId"]

    def get(self, arn: str) -> dict[str, Any]:
        """Return the current values."""
        values = json.loads(self.client.get_secret_value(SecretId=arn)["SecretString"])
        return cast(dict[str, Any], values)

    def version(self, arn: str) -> str:
        """Return the id of the current version."""
        return self.client.get_secret_value(SecretId=arn)["VersionId"]


@dataclass(frozen=True)
class Instance:
    """A server as applications see an RDS instance: by host name, over TLS."""

    server: Server
    front: TlsFront
    port: int
    ca_file: Path


@dataclass
class Database:
    """A fresh database with an RDS-like master, and what the resource for it says."""

    instance: Instance
    vault: Vault
    name: str
    secrets: dict[str, str]

    def role(self, kind: str) -> str:
        """Return the name of the role of that kind; roles are shared by a server's databases."""
        return f"{kind}_{self.name}"

    @property
    def properties(self) -> dict[str, Any]:
        """Return the resource properties as CloudFormation sends them."""
        return {
            "ServiceToken": "arn:aws:lambda:eu-central-1:123456789012:function:provider",
            "MasterSecretArn": self.secrets["master"],
            "Host": "localhost",
            "Port": str(self.instance.port),
            "Database": self.name,
            "Version": "1",
            "Roles": [
                {"Name": self.role(kind), "SecretArn": self.secrets[kind], "Kind": kind}
                for kind in ("owner", "application", "readonly")
            ],
        }

    def provision(self, **changes: Any) -> dict[str, Any]:
        """Run the handler."""
        event = {"RequestType": "Create", "ResourceProperties": self.properties | changes}
        return roles_handler.on_event(event, lambda_context())

    def connect(self, kind: str, **changes: Any) -> psycopg.Connection[Any]:
        """Log in as an application would, with verified TLS."""
        credentials = self.vault.get(self.secrets[kind])
        parameters = {
            "host": "localhost",
            "port": self.instance.port,
            "dbname": self.name,
            "user": credentials["username"],
            "password": credentials["password"],
            "sslmode": "verify-full",
            "sslrootcert": str(self.instance.ca_file),
        }
        return psycopg.connect(**(parameters | changes), autocommit=True)

    def as_superuser(self) -> psycopg.Connection[Any]:
        """Connect as the user RDS keeps for itself."""
        return self.instance.server.connect_as_admin(self.name)
